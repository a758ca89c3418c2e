"""What is asked of a text in an older version's words, which cannot be made anew: the same numbers, and verdicts that decide the same."""

from __future__ import annotations

import re

_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?(?:e[+-]\d+)?")
_POWER = re.compile(r"\\ensuremath\{(?:(?P<factor>[\d.]+)\\times )?10\^\{(?P<exponent>-?\d+)\}\}")
"""How a number with an exponent is set, which older versions printed as Python writes it."""
_DECISION = re.compile(
    r"\b(?:not (?:comparable|confirmed|held|tested|tried)|better|worse|beyond|within(?! \d)|equal|undecided|confirmed|held)\b"
)
"""The words of a verdict that decide."""
_SAME = {"equal": "within"}
"""What an older version did not tell apart."""
_UNJUDGED = re.compile(r"\b(?:unknown|not judged)\b")
"""Why there is no verdict today, which an older version did not ask."""


def says_as_much(value: str, wanted: str) -> bool:
    """Whether the first number of `value` is that of `wanted` at its digits, of a table any: an older one had another order.

    Words alone say nothing that can be held.
    """
    mine, theirs = _NUMBER.search(_plain(value)), [found[0] for found in _NUMBER.finditer(_plain(wanted))]
    if mine is None or not theirs:
        return True
    digits, _, exponent = mine[0].partition("e")
    near = 0.5 * 10.0 ** (int(exponent or 0) - len(digits.partition(".")[2])) * (1 + 1e-9)
    known = theirs if "\\begin{tabular}" in wanted else theirs[:1]
    return any(abs(float(mine[0]) - float(number)) <= near for number in known)


def _plain(text: str) -> str:
    """The text with its powers of ten as Python writes them."""
    return _POWER.sub(lambda power: f"{power['factor'] or 1}e{int(power['exponent']):+03d}", text)


def decides_alike(value: str, wanted: str) -> bool:
    """Whether a verdict in an older version's words decides what it decides today: that may tell more than that did, or less, but not
    better for worse or within noise. A sentence, which may tell of several runs, is not read so."""
    if wanted.endswith(".") or _UNJUDGED.search(wanted):
        return True
    mine, theirs = ({_SAME.get(word, word) for word in _DECISION.findall(text)} for text in (value, wanted))
    return mine <= theirs or theirs <= mine
