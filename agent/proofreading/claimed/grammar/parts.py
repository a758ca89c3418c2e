"""A sentence in words, and its words in parts: between marks, and before words with which a clause may begin."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from agent.proofreading.claimed.grammar import word_classes as words
from agent.proofreading.sentences.names import CITED

_PATH = r"(?:https?://|~/|(?<!\w)/(?=\w+/))[\w.~/-]+"
_TOKEN = re.compile(
    rf"{_PATH}|[^\W\d_](?:[\w-]|[’'](?![’'])|\.(?=[a-z]))*|\d[\d.,/]*(?<![.,])|[\ue000-\uf8ff]|{CITED}|[–—-]{{1,3}}(?=\s)|\S"
)
_FILE = re.compile(rf"\w[\w-]*\.[a-z]\w+|{_PATH}")
"""A file's name, its path or an address, which says nothing of what it holds."""
_ALL_BUT = re.compile(r"\b(all) but\b", re.IGNORECASE)
"""An adverb that looks like the beginning of a clause."""
_TELLS = re.compile(rf"[\w,;:()&–—-]|[\ue000-\uf8ff]|{CITED}")
"""What a sentence is read by; full stops and marks of formulas say nothing."""
SHOWN_WORDS = 8
"""Of a claim that is told, so many words are shown."""
MARKS = frozenset(",;:()&–—") | {"-", "--", "---"}


@dataclass(frozen=True)
class Token:
    """A word, a number, a reference or a mark at text[start:end]."""

    text: str
    start: int
    end: int

    @property
    def low(self) -> str:
        return self.text.lower().replace("’", "'")

    @property
    def is_reference(self) -> bool:
        return 0xE000 <= ord(self.text[0]) < 0xF8FF

    @property
    def is_word(self) -> bool:
        return self.text[0].isalpha() and not self.is_reference

    @property
    def is_number(self) -> bool:
        return self.text[0].isdigit()


@dataclass(frozen=True)
class Part:
    """Words between two cuts; `opener` is the mark or the word that opens it, `after` the mark before that word."""

    opener: str
    tokens: tuple[Token, ...]
    mark: str = ""
    verb: int | None = None
    """Place of its finite verb; None where it has none."""


def tokens_of(text: str) -> list[Token]:
    """Words, numbers, references and marks of a text."""
    text = _ALL_BUT.sub(r"\1    ", text)
    return [
        Token(match.group(), *match.span())
        for match in _TOKEN.finditer(text)
        if _TELLS.match(match.group()) and not _FILE.fullmatch(match.group())
    ]


def parts_of(tokens: Sequence[Token]) -> Iterator[Part]:
    opener, mark, held = "", "", list[Token]()
    for place, token in enumerate(tokens):
        if token.text in MARKS:
            yield Part(opener, tuple(held), mark)
            opener, mark, held = token.text, token.text, []
        elif token.low in words.OPENS and _opens(tokens, place):
            if held or opener not in MARKS | {""}:
                yield Part(opener, tuple(held), mark)
                mark, held = "", []
            opener = token.low
        else:
            held.append(token)
    yield Part(opener, tuple(held), mark)


def _opens(tokens: Sequence[Token], place: int) -> bool:
    """Not the `that` of `that of run 3`, nor the `so` of `so large`."""
    low = tokens[place].low
    after = tokens[place + 1].low if place + 1 < len(tokens) else ""
    if low == "that":
        first = (
            not place
            or tokens[place - 1].text in MARKS
            or tokens[place - 1].low in words.PREPOSITIONS | words.COORDINATES
        )
        return after not in ("of", "") and not (first and (after in ("in", "is", "was") or words.ends_as_verb(after)))
    if low in ("what", "which"):
        return True
    return not (low == "so" and words.is_attribute(after))


def runs_ended(tokens: Sequence[Token], place: int) -> int:
    """How many runs a number ends: 1 for `run 3`, more for `runs 2 and 3`; 0 where it names none."""
    several = 1
    while place >= 0 and (tokens[place].is_number or tokens[place].low in ("and", "or", "to")):
        several += tokens[place].low in ("and", "or", "to")
        place -= 1
    if place < 0 or tokens[place].low not in ("run", "runs"):
        return 0
    return several + (tokens[place].low == "runs")


def is_adverb(token: Token) -> bool:
    low = token.low
    return low in words.ADVERBS or (low.endswith("ly") and len(low) > 4)


def is_no_longer(tokens: Sequence[Token], place: int) -> bool:
    return tokens[place].low == "no" and place + 1 < len(tokens) and tokens[place + 1].low == "longer"
