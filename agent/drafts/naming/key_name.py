"""How the name of one metric or setting can be said: its words, its short forms, the data set or class that it is of."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from agent.drafts.naming.words import GENERIC, initials, plain_words, tokens
from agent.drafts.records.pool import is_row
from agent.drafts.records.runs import Key, Quantity

_PER_SECOND = re.compile(r"per_?(?:s|secs?|seconds?)$|_ps$", re.IGNORECASE)

_UNIT = re.compile(
    r"(?<=[a-z]s)_(?:[mkb]|millions?|thousands?|billions?)$|(?<=[a-z])_(?:m3_?s|m_s|mm|cm|km|kg|mg|hz|[kmg]hz|kwh|[kmg]w|[km]?j|deg_?c|[km]?ev|nm|um|db|dbm|ppm|mmhg|mol|usd|pct|[kmgt]i?b|[mu]s)$",
    re.IGNORECASE,
)
"""The unit behind a key's name, which nobody says with it."""
_GLUED = re.compile(r"(?<![A-Za-z])([A-Z]{2,})([a-z])(?![A-Za-z])")
"""Initials with a letter that tells one of several: APs and APl are no plurals of AP."""
_VERBS = frozenset({"is", "as", "at", "in", "on", "it", "or", "an", "to", "be", "we"})
_SHORT = re.compile(r"([A-Za-z]{2,5}\d?)_")
_NO_MEASURE = frozenset(
    [
        "train",
        "test",
        "val",
        "valid",
        "dev",
        "eval",
        "mean",
        "avg",
        "best",
        "last",
        "final",
        "max",
        "min",
        "num",
        "std",
        "total",
        "top",
        "low",
        "high",
        "peak",
        "time",
        "model",
        "per",
        "n",
        "is",
        "first",
        "worst",
        "tail",
        "head",
        "in",
        "out",
    ]
)
"""Short words that stand before a measure, not for one."""


@dataclass(frozen=True)
class KeyName:
    key: Key
    leaf: frozenset[str]
    """Words of the last part of the path that tell something."""
    around: frozenset[str]
    """Words of the parts above it."""
    short: frozenset[str]
    """The name as one word."""
    initials: frozenset[str]
    """EV of explained_variance: said in capitals, since "it" is no inference_time."""
    qualifiers: tuple[frozenset[str], ...]
    parts: tuple[frozenset[str], ...] = ()
    """The words of each part of the path above the last, but for those that are a data set or a class."""
    head: str = ""
    """The last word that tells something: the accuracy of top_1_test_accuracy."""
    letters: frozenset[str] = frozenset()
    """Its words that are one letter as they are written: the m of `rmse_m`, none of t2m."""
    first: str = ""
    """The first word where it may be a measure's, with a data set behind it: the ppl of `ppl_c4`; empty else."""


@dataclass(frozen=True)
class Match:
    """A name that words of a text hit: `covered` is how much of it they say."""

    name: KeyName
    hits: frozenset[str]
    covered: float
    strayed: int
    """Data sets or classes of the metric that the text does not name."""


def key_name(key: Key, nested: bool) -> KeyName:
    """The name of a key; `nested` where the parts of its path above the last are part of it."""
    own = [tokens(_GLUED.sub(r"\1_\2", _UNIT.sub("", re.sub(r"_s$", "_second", part)))) for part in key.path]
    leaf = frozenset(own[-1]) - GENERIC
    above = own[:-1] if nested else []
    while not leaf and above:
        leaf = frozenset(above.pop()) - GENERIC
    leaf = (
        leaf or frozenset(own[-1]) - _VERBS or frozenset({own[-1][-1].upper()})
    )  # `it is` speaks of no Inception Score
    around = frozenset(word for part in above for word in part) - GENERIC - leaf
    plain = plain_words(key.path[-1].replace("_", " "))
    short = frozenset({"".join(plain)} if len("".join(plain)) > 1 else ())
    short |= frozenset({"throughput"} if _PER_SECOND.search(key.path[-1]) else ())
    short -= _VERBS
    letters = frozenset({initials(plain)} - {""}) | (frozenset(plain) & _VERBS)
    told = tuple(told_by(each) for each in sorted(key.qualifiers))
    head = next((word for word in reversed(own[-1]) if word in leaf), "")
    parts = tuple(frozenset(tokens(part)) - GENERIC for part in key.path[:-1] if nested and part not in key.qualifiers)
    return KeyName(
        key=key,
        leaf=leaf,
        around=around,
        short=short,
        initials=letters,
        qualifiers=told,
        parts=tuple(part for part in parts if part and sum(map(len, part)) > 3),
        head=head,
        letters=frozenset(
            word for part in key.path for word in re.findall(r"(?<![^\W_])[A-Za-z](?![^\W_])", part.lower())
        ),
        first=_measure(key.path[-1], own[-1]),
    )


def _measure(name: str, words: Sequence[str]) -> str:
    found = _SHORT.match(name)
    return words[0] if found and len(words) > 1 and found[1].lower() not in _NO_MEASURE else ""


def told_by(qualifier: str) -> frozenset[str]:
    """The words of a data set's or a class's name; a name of one letter is that letter."""
    if len(qualifier) == 1:
        return frozenset({qualifier.lower()})
    words = frozenset(tokens(qualifier))
    words = frozenset(word for word in words if len(word) > 1) or words  # the division of `x_div_y`
    return (words - GENERIC) or words


def windows(words: Sequence[str]) -> dict[str, frozenset[str]]:
    """Initials of three or four words in a row with these words, and two words written as one, for keys that are no more."""
    pairs = {one + two: frozenset[str]() for one, two in pairwise(words) if len(one) > 2 and len(two) > 1}
    pairs |= {
        f"-{one[0]}{two[0]}": frozenset((one, two)) for one, two in pairwise(words) if min(len(one), len(two)) > 3
    }
    rows = (words[start : start + size] for size in (3, 4) for start in range(len(words) - size + 1))
    return pairs | {"".join(word[0] for word in row): frozenset(row) for row in rows}


_TALK = frozenset({"method", "methods", "model", "models", "score", "scores", "result", "results", "full", "shows"})
"""Words of which no abbreviation is: "the method scores" is no `mse`."""


def is_spelt(short: str, words: tuple[str, str]) -> bool:
    """Whether letters stand in two words in order, of each at least its first."""
    first, second = words
    if {first, second} & _TALK:
        return False
    return any(_begins(short[:cut], first) and _begins(short[cut:], second) for cut in range(1, len(short)))


def _begins(letters: str, word: str) -> bool:
    """Whether a word begins with the first of the letters and has the others behind it in order."""
    rest = iter(word)
    return letters[0] == word[0] and all(letter in rest for letter in letters)


def of_results(keys: dict[tuple[str, ...], Key], quantities: Sequence[Quantity]) -> dict[tuple[str, ...], Key]:
    """The keys without those of a log alone of which a result has all words: the `return` of a log beside `final_return`."""
    results = {one.key.path for one in quantities if not is_row(one.place)}
    words = [frozenset(word for part in path for word in tokens(part)) for path in results]
    return {
        path: key
        for path, key in keys.items()
        if path in results or not any(frozenset(tokens(path[-1])) <= each for each in words)
    }


def without_first(shorts: frozenset[str], spelt: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """The two words that spell all but the first of three initials: the calibration error of `ece`."""
    told = (spelt.get(f"-{short[1:]}") for short in shorts if len(short) == 3 and short.isalpha())
    return next((words for words in told if words), frozenset())


def is_said(qualifier: frozenset[str], text: str) -> bool:
    """Whether a class of one letter is really named: a letter alone is mostly an article or a unit."""
    if any(len(word) > 1 or word.isdigit() for word in qualifier):
        return True
    letter = re.escape(next(iter(qualifier)))
    return bool(
        re.search(rf"\b(?:letters?|class|classes|features?)\s+{letter}\b|['\"‘“`]{letter}['\"’”]", text, re.IGNORECASE)
    )


def telling(hits: frozenset[str], whole: frozenset[str], letters: frozenset[str]) -> frozenset[str]:
    """The words that tell something: the 4 of `4-bit` is not that of C4, nor the 1 of Table 1 that of ETTh1; all of `T2m` is.

    `letters` are those that stand alone in the name: the m of `10 m wind` is not that of t2m.
    """
    if any(len(word) > 1 and not word[0].isdigit() for word in hits):
        return hits
    joined = len(hits) > 1 and any(not word.isalpha() and hits.issuperset(tokens(word)) for word in whole)
    return hits if joined or (len(hits) == 1 and hits <= letters) else frozenset()


def outdoes(one: Match, other: Match, words: Sequence[str]) -> bool:
    """Whether `one` is meant rather than `other` in a text of these words: its name stands there in a row and is no part of the
    other's, or it explains more of the text, or as much and is fully named."""
    mine, its = _stands(one, other, words), _stands(other, one, words)
    if mine != its and (one.hits >= other.hits or one.hits <= other.hits):
        return mine
    if one.hits > other.hits:
        return one.covered >= other.covered
    return one.hits == other.hits and one.covered > 0.99 > other.covered


def _stands(one: Match, other: Match, words: Sequence[str]) -> bool:
    """Whether all words of a name stand in a row, one of which another name lacks: the "test loss ratio" of a mask is no test_loss_with_mask."""
    own = tokens(one.name.key.path[-1])
    lacks = not set(own) <= set(tokens(other.name.key.path[-1]))
    words_of_it = [word for word in own if word.isalpha() and len(word) > 1]  # F1 is one
    return len(words_of_it) > 1 and lacks and any(tuple(words[at : at + len(own)]) == own for at in range(len(words)))


def says_more(one: Match, other: Match) -> bool:
    """Whether `one` is fully named by words of which `other` has some and is named in part: tokens_per_s, and no max_new_tokens."""
    return one.hits > other.hits and one.covered > 0.99 > other.covered
