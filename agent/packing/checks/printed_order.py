"""The order of the PDF's words: each stretch of paper.tex is printed word for word, short words, numbers and signs among them.

A stretch may be broken where a page or column ends, or round a float: what stands between its parts is then printed of the paper too, or on
every page. Formulas, citations, figures and what styles print are not compared.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path

from agent.packing.checks.broken import pages_of_paper
from agent.packing.checks.printed_words import OF_TEX
from agent.packing.checks.prose import GAP, algorithms, stretches, tokens, with_legends
from agent.packing.opened import Opened
from agent.session.events import Finding

_BROKEN = re.compile(r"([^\W\d_])- (?=[^\W\d_])")
_HYPHEN = f" {GAP} "
_EDGE = 16
"""Words at the beginning and at the end of a page among which its head and foot are."""
_LABELS = OF_TEX | {"fig", "tab", "eq", "sec", "continued", "of", "and", "et", "al", "see"}
"""What stands beside numbers and names that are not held: of figures, of sections, of works."""
_DENYING = frozenset(["not", "no", "never", "nor", "without"])
_PIECE = 3
"""Words that a part of a broken stretch holds at least, where it has as many."""
_SHORTEST = 2
_BRIEF = (0, 6, 12, 24, 48)
"""Below how many words a stretch has no place before those that a page's end breaks: these are tried."""
_UNREADABLE = "\N{REPLACEMENT CHARACTER}"
_MOST_UNREADABLE = 0.02
_SHOWN = 5
_CONTEXT = 6


def printed_order(opened: Opened) -> Iterator[Finding]:
    """Stretches of paper.tex that the PDF does not print as they stand."""
    folder, pdf = opened.session.paths.latex, opened.session.paths.paper
    paper = folder / "paper.tex"
    if not pdf.is_file() or not paper.is_file():
        return
    try:
        texts = pages_of_paper(pdf, folder)
    except (ValueError, LookupError):
        return  # printed_words.py tells it
    if "".join(texts).count(_UNREADABLE) > _MOST_UNREADABLE * sum(map(len, texts)):
        return
    read = partial(Path.read_text, encoding="utf-8", errors="replace")
    source = read(paper)
    held = stretches(with_legends(source, "".join(map(read, sorted(folder.glob("*.sty"))))))
    for words in islice(not_printed(texts, held, algorithms(source)), _SHOWN):
        why = "paper.tex has these words in this order, and the PDF does not"
        yield Finding(where=pdf.name, what=f"“{' '.join(words)}” is not printed so", why=why)


def not_printed(
    pages: Sequence[str], held: Sequence[Sequence[str]], of_algorithms: AbstractSet[str] = frozenset()
) -> Sequence[Sequence[str]]:
    """Of stretches of words those parts that pages of a PDF do not print as they stand; none where that can be read in any way.

    A short stretch may stand within a long one that a page's end breaks: which of the two has a place is found by trying. What an
    algorithm prints is in no stretch: `of_algorithms` are its words.
    """
    tried: list[Sequence[Sequence[str]]] = []
    for brief in _BRIEF:
        tried.append(list(_Print.of(pages, of_algorithms).otherwise(held, brief)))
        if not tried[-1]:
            break
    return min(tried, key=len)


@dataclass
class _Print:
    """All words of a PDF, and which of them a stretch was found in."""

    words: Sequence[str]
    whole: Mapping[int, str]
    """Where a line's end may have broken a word in two: that word, by the place of its first part."""
    on_every_page: frozenset[str]
    places: Mapping[str, Sequence[int]]
    """Where each word begins."""
    of_algorithms: AbstractSet[str]
    used: set[int] = field(default_factory=set)

    @classmethod
    def of(cls, texts: Sequence[str], of_algorithms: AbstractSet[str]) -> _Print:
        """The print with these texts, a page each, and the words that its algorithms may have."""
        pages = [tokens(_BROKEN.sub(rf"\1{_HYPHEN}", text)) for text in texts]
        edges = Counter(word for page in pages for word in {*page[:_EDGE], *page[-_EDGE:]})
        often = frozenset(word for word, count in edges.items() if count > 1 and count >= len(pages) - 1)
        words: list[str] = []
        whole: dict[int, str] = {}
        for word in (word for page in pages for word in page):
            if word == GAP:
                whole[len(words) - 1] = ""
                continue
            if len(words) - 1 in whole:
                whole[len(words) - 1] = words[-1] + word
            words.append(word)
        places: dict[str, list[int]] = defaultdict(list)
        for place, word in enumerate(words):
            for form in {word, whole.get(place, word)}:
                places[form].append(place)
        return cls(words, whole, often, places, of_algorithms)

    def otherwise(self, held: Sequence[Sequence[str]], brief: int) -> Iterator[Sequence[str]]:
        """Words round each place at which a stretch is not printed as it stands; of fewer words than `brief` it takes its place last."""
        alone = {stretch[0] for stretch in held if len(stretch) < _SHORTEST}
        known = {word for stretch in held for word in stretch if len(word) > 1 and not word.isdigit()} - alone
        by_length = sorted((stretch for stretch in held if len(stretch) >= _SHORTEST), key=len, reverse=True)
        printed = [stretch for stretch in by_length if self._whole_at(stretch)]
        torn = [stretch for stretch in by_length if not self._whole_at(stretch)]
        parts: list[tuple[Sequence[str], range | None]] = []
        for stretch in (
            *(each for each in printed if len(each) >= brief),
            *torn,
            *(each for each in printed if len(each) < brief),
        ):
            if not self._takes_whole(stretch):
                parts += self._parts(stretch)
        for around, between in parts:
            if between is None or not self._is_honest(between, known | _DENYING):
                yield around

    def _is_honest(self, between: range, known: AbstractSet[str]) -> bool:
        """Whether what breaks a stretch is a page's end or a float: it has a number or a label, and no words of its own."""
        words = [self.words[place] for place in between]
        furniture = self.on_every_page | _LABELS | (self.of_algorithms if "algorithm" in words else frozenset())
        own = {self.words[place] for place in between if place not in self.used}
        return any(word.isdigit() or word in furniture for word in words) and not own & known - furniture

    def _takes_whole(self, stretch: Sequence[str]) -> bool:
        """Whether a stretch is printed unbroken; its place is taken then."""
        place = self._whole_at(stretch)
        self.used.update(place)
        return bool(place)

    def _whole_at(self, stretch: Sequence[str]) -> range:
        """The first place that is free where a stretch is printed unbroken; empty where there is none."""
        for start in self.places.get(stretch[0], ()):
            length, behind = self._run(stretch, start)
            if length == len(stretch):
                return range(start, behind)
        return range(0)

    def _parts(self, stretch: Sequence[str]) -> Iterator[tuple[Sequence[str], range | None]]:
        """Where a stretch is broken: the words there, and what is printed between its parts; None where its rest is not printed."""
        done, end = 0, -1
        while done < len(stretch):
            start, length, behind = self._longest(stretch[done:], end) or self._torn(stretch[done:], end)
            around = stretch[max(0, done - _CONTEXT) : done + _CONTEXT]
            if not length:
                yield around, None
                return
            if end >= 0:
                yield around, range(end, start)
            self.used.update(range(start, behind))
            done, end = done + length, behind

    def _torn(self, stretch: Sequence[str], after: int) -> tuple[int, int, int]:
        """The same of a stretch that was broken behind its first word or two: the nearest place before that of its rest."""
        for count in range(1, min(_PIECE, len(stretch))):
            rest = self._longest(stretch[count:], after)
            places = self.places.get(stretch[0], ()) if rest else ()
            for start in (each for each in reversed(places) if rest and after <= each <= rest[0] - count):
                if self._run(stretch[:count], start)[0] == count:
                    return start, count, start + count
        return 0, 0, 0

    def _longest(self, stretch: Sequence[str], after: int) -> tuple[int, int, int] | None:
        """Where most of a stretch's beginning is printed, from `after` on: the place, how much of it, and the place behind."""
        best = (0, 0, 0)
        for start in self.places.get(stretch[0], ()):
            length, behind = self._run(stretch, start) if start >= after else (0, start)
            if length > best[1]:
                best = (start, length, behind)
        return best if best[1] >= min(_PIECE, len(stretch)) else None

    def _run(self, stretch: Sequence[str], start: int) -> tuple[int, int]:
        """How many words of a stretch are printed from a place on, where no other is, and the place behind them."""
        length, at = 0, start
        while length < len(stretch) and at < len(self.words) and at not in self.used:
            if self.words[at] == stretch[length]:
                at += 1
            elif self.whole.get(at) == stretch[length] and at + 1 not in self.used:
                at += 2
            else:
                break
            length += 1
        return length, at
