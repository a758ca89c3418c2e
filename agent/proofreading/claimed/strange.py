"""A strange word: one of no report and not of the session, which claims something wherever in a sentence it stands.

The rules on clauses ask what is said of whom; this one asks nothing of grammar. "Features that used to quarrel now divide the labour"
has its claim in a relative clause, "a whisker separates them" in its subject, "no ifs, no buts" has no verb at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from agent.proofreading.claimed.grammar.parts import SHOWN_WORDS, Token
from agent.proofreading.claimed.grammar.word_classes import COPULAS, IRREGULAR_PARTICIPLES
from agent.proofreading.claimed.of_whom import Vocabulary
from agent.proofreading.claimed.plain_words import is_plain
from agent.proofreading.sentences.cited import of_a_cited_work
from agent.proofreading.sentences.prose import Sentence
from agent.proofreading.sentences.supposed import is_supposed

_SHORTEST = 3
"""Letters from which a word may be strange: what is shorter is a sign of a formula."""

_OR_BEFORE = re.compile(r"\w or \Z")
_OR_BEHIND = re.compile(r" or \w")
_PREFIXES = (
    "auto",
    "anti",
    "co",
    "hyper",
    "ill",
    "inter",
    "intra",
    "multi",
    "non",
    "over",
    "pre",
    "post",
    "re",
    "semi",
    "sub",
    "super",
    "un",
    "under",
)


def strange_words(
    sentence: Sentence, tokens: Sequence[Token], excused: Sequence[tuple[int, int]], vocabulary: Vocabulary
) -> Iterator[Token]:
    """Each strange word that stands in no clause that is excused (`excused`: their spans), in no passage, and is nobody else's."""
    text = sentence.text
    for token in tokens:
        if (
            _is_of_a_path(text, token)
            or not _is_strange(token, vocabulary)
            or _is_an_alternative(text, token)
            or any(start <= token.start < end for start, end in excused)
        ):
            continue
        place = (token.start, token.end)
        if not (sentence.given(*place) or of_a_cited_work(text, *place) or is_supposed(text, *place)):
            yield token


def _is_of_a_path(text: str, token: Token) -> bool:
    """`notes/run.txt`, and `(home)/notes.txt`, as a package names a folder of whoever made it."""
    return text[token.start - 1 : token.start] == "/" or text[token.end : token.end + 2].removeprefix(")")[:1] == "/"


def _is_an_alternative(text: str, token: Token) -> bool:
    """`Good or bad`, `softly or hard`: what is named beside its opposite says nothing."""
    return _OR_BEFORE.search(text, 0, token.start) is not None or _OR_BEHIND.match(text, token.end) is not None


def _is_strange(token: Token, vocabulary: Vocabulary) -> bool:
    low = token.low
    if not token.is_word or len(low) < _SHORTEST or _is_name(token):
        return False
    return not is_plain(low) and not all(
        _is_known(part, vocabulary) for part in low.removesuffix("'s").removesuffix("'").split("-")
    )


def _is_known(part: str, vocabulary: Vocabulary) -> bool:
    if (
        len(part) < _SHORTEST
        or part in _PREFIXES
        or part in COPULAS
        or part in IRREGULAR_PARTICIPLES
        or is_plain(part)
        or vocabulary.is_known_word(part)
    ):
        return True
    if part.endswith("ly") and vocabulary.is_known_word(part.removesuffix("ly")):
        return True
    stems = (part.removeprefix(prefix) for prefix in _PREFIXES if part.startswith(prefix))
    return any(len(stem) > _SHORTEST and (is_plain(stem) or vocabulary.is_known_word(stem)) for stem in stems)


def _is_name(token: Token) -> bool:
    """Whether it is written as a name or a sign: a capital in it, or behind the first word."""
    letters = token.text.replace("-", "").replace("'", "").replace("’", "")
    return (
        not letters.isalpha()
        or token.text[1:] != token.text[1:].lower()
        or bool(token.start and token.text[0].isupper())
    )


def told(word: Token, sentence: Sentence) -> tuple[str, str]:
    """What a word that nobody knows may be, and what would be taken in its place."""
    around = sentence.clause(word.start, word.end).strip()
    said = word.text if len(around.split()) > SHOWN_WORDS else around
    why = f"{word.text!r} is no plain word of a report or of this session, and an image says how good something is; "
    return (
        said,
        why + "write the verdict ([[RUN.METRIC.verdict]]), or say in plain words how it was made, set or measured",
    )
