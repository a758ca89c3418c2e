"""Runs that are named through others: `SAM and Mixup combined` is the run that has both, `without it` the one that lacks what another adds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from agent.drafts.naming import phrases
from agent.drafts.naming.mention import Mention
from agent.drafts.naming.words import JOINTS, plain_words_and_digits
from agent.drafts.records.runs import Run

_NEAR = 28
"""Characters around two names in which it may be said that they are one together."""
_ADDS = re.compile(r"\s+(?:with|plus)\s+|\s*\+\s*")
_SIGNS = frozenset({"+", "plus", "&"})


def as_one(found: Sequence[Mention], text: str, aliases: Mapping[tuple[str, ...], frozenset[str]]) -> list[Mention]:
    """The mentions, two that are said to be combined as one of the run that has the words of both."""
    done: list[Mention] = []
    for each in found:
        last = done[-1] if done else None
        both = _both(last, each, text, aliases) if last is not None else frozenset[str]()
        if last is not None and both:
            done[-1] = replace(last, end=each.end, runs=both, plain=False, ours=False)
        else:
            done.append(each)
    return done


_IS_ADDED = re.compile(r"\s+(?:is|are|was|were)\s+(?:also\s+|then\s+)?(?:added|applied on top|stacked)\b")
"""What says that a run is a part, which joins the run before it."""


def added(found: Sequence[Mention], text: str, aliases: Mapping[tuple[str, ...], frozenset[str]]) -> list[Mention]:
    """The mentions, `B` as the run that has both in `0.92 with A, and 0.91 when B is added`, where one is called so."""
    done: list[Mention] = []
    for each in found:
        before = next((one for one in reversed(done) if not one.target and one.runs != each.runs), None)
        if before is not None and _IS_ADDED.match(text, each.end):
            each = replace(each, runs=_with_all_words((before, each), text, aliases) or each.runs)
        done.append(each)
    return done


def parted(
    text: str, start: int, end: int, aliases: Mapping[tuple[str, ...], frozenset[str]]
) -> Iterator[tuple[int, int]]:
    """Where names stand: `Mixup, CutMix` are two, though a run is called by both; else text[start:end] is one."""
    parts = [match.span() for match in re.finditer(r"[^,]+", text[start:end])]
    alone = len(parts) > 1 and all(
        tuple(plain_words_and_digits(text[start + a : start + b])) in aliases for a, b in parts
    )
    yield from ((start + a, start + b) for a, b in parts) if alone else ((start, end),)


def without_part(said: str, aliases: Mapping[tuple[str, ...], frozenset[str]], whole: frozenset[str]) -> frozenset[str]:
    """`Without CutMix`, where a run combines two (`whole`): the run that has the words of the combination but for these."""
    words = set(plain_words_and_digits(said))
    left = {
        tuple(word for word in alias if word not in words | JOINTS)
        for alias, runs in aliases.items()
        if words < set(alias) and runs <= whole
    }
    return frozenset().union(*(aliases[rest] for rest in left if rest in aliases))


def _both(one: Mention, two: Mention, text: str, aliases: Mapping[tuple[str, ...], frozenset[str]]) -> frozenset[str]:
    between = text[one.end : two.start]
    if one.plain or two.plain or one.ours or two.ours or not phrases.JOINED.fullmatch(between):
        return frozenset()
    around = text[max(0, one.start - _NEAR) : one.start] + " | " + text[two.end : two.end + _NEAR]
    if between.strip() not in _SIGNS and not phrases.TOGETHER.search(around):
        return frozenset()
    return _with_all_words((one, two), text, aliases)


def _with_all_words(
    mentions: tuple[Mention, Mention], text: str, aliases: Mapping[tuple[str, ...], frozenset[str]]
) -> frozenset[str]:
    """The run whose name has the words of both and the fewest besides; none where it is one of them."""
    one, two = mentions
    said = {*plain_words_and_digits(text[one.start : one.end]), *plain_words_and_digits(text[two.start : two.end])}
    fitting = [(len(alias), runs) for alias, runs in aliases.items() if said - JOINTS <= set(alias)]
    least = min((size for size, _ in fitting), default=0)
    return frozenset().union(*(runs for size, runs in fitting if size == least)) - one.runs - two.runs


def without_it(
    found: Sequence[Mention], text: str, runs: Iterable[Run], aliases: Mapping[tuple[str, ...], frozenset[str]]
) -> Iterator[Mention]:
    """`AWQ with a residual …, against 5.60 without it`: to what it was added, else whose name has its words but for some."""
    known = list(runs)
    for match in phrases.WITHOUT_IT.finditer(text):
        before = [each for each in found if each.end <= match.start() and not each.target]
        first = _ADDS.split(text[before[-1].start : before[-1].end])[0] if before else ""
        lesser = (
            aliases.get(tuple(plain_words_and_digits(first)), frozenset[str]()) - before[-1].runs
            if before
            else frozenset[str]()
        )
        lesser = lesser or (_lesser(before[-1].runs, known) if before else lesser)
        if lesser:
            yield Mention(match.start(), match.end(), lesser)


def _lesser(runs: frozenset[str], known: Sequence[Run]) -> frozenset[str]:
    """The runs whose names have most of the words of these, and none besides."""
    names = {run.name: [frozenset(plain_words_and_digits(text)) for text in (run.name, *run.labels)] for run in known}
    own = [words for name in runs for words in names.get(name, [])]
    sizes: dict[str, int] = {}
    for name, each in names.items():
        if name not in runs:
            sizes[name] = max(
                (len(words) for words in each if words and any(words < other for other in own)), default=0
            )
    most = max(sizes.values(), default=0)
    return frozenset(name for name, size in sizes.items() if size == most > 0)


def sub_names(runs: Iterable[Run], taken: Iterable[frozenset[str]]) -> dict[tuple[str, ...], frozenset[str]]:
    """Two words or more in a row of a title, by which it may be called: `warm restarts` of "Cosine warm restarts".

    Of several titles with these words, the one that has the fewest besides; none of metrics or settings (`taken`, by their words).
    """
    best: dict[tuple[str, ...], tuple[int, frozenset[str]]] = {}
    others = set(taken)
    for run in runs:
        for label in run.labels:
            words = tuple(plain_words_and_digits(label))
            for start in range(len(words)):
                for end in range(start + 2, min(len(words), start + _LONGEST) + 1):
                    part = words[start:end]
                    if len(words) > _LONGEST + 2 or part == words or not _tells(part) or frozenset(part) in others:
                        continue
                    size, named = best.get(part, (len(words), frozenset()))
                    if len(words) < size:
                        best[part] = (len(words), frozenset({run.name}))
                    elif len(words) == size:
                        best[part] = (size, named | {run.name})
    return {part: named for part, (_, named) in best.items() if len(named) == 1}


_LONGEST = 4
"""Words of a part of a title by which it is called."""
_LINKS = frozenset(
    ["and", "with", "of", "the", "a", "an", "for", "in", "on", "at", "to", "by", "no", "without", "plus", "run", "from"]
)


def _tells(part: tuple[str, ...]) -> bool:
    """Whether words are a name: none of them a link, most of them of letters."""
    return not _LINKS & {part[0], part[-1]} and sum(word.isalpha() and len(word) > 2 for word in part) > 1
