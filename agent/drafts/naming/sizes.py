"""Runs by a size that is written short: the 65k of `topk_65k_k20`, and of a setting of 65,536."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping

from agent.drafts.naming import phrases
from agent.drafts.naming.words import plain_words_and_digits
from agent.drafts.text.numerals import Numeral, numerals

_PART = re.compile(r"[/_\s-]+")


def of_size(number: Numeral, names: Iterable[str], varied: Mapping[str, Mapping[str, float]]) -> frozenset[str]:
    """Those of the runs whose name has the size as a part, else those of which a setting has about that value; empty where all have."""
    if not number.suffix or number.percent or number.factor or number.suffix not in "kKM":
        return frozenset()
    runs = frozenset(names)
    told = number.shown.lower().replace(" ", "")
    called = frozenset(run for run in runs if told in _PART.split(run.lower()))
    if called:
        return called if called < runs else frozenset()
    for values in varied.values():
        having = frozenset(run for run, value in values.items() if _is_about(value, number))
        if having and having < runs:
            return having
    return frozenset()


def of_cell(header: str, number: Numeral, names: Iterable[str]) -> frozenset[str]:
    """The runs in whose names what heads a cell stands beside what is in it: `16k` under `Width` of `topk_width_16k`, 4 under `Bits`
    of `gptq_4bit`; empty where all have that."""
    runs = frozenset(names)
    said, value = plain_words_and_digits(header)[:1], plain_words_and_digits(number.shown)
    if not said or not value or number.percent or not (number.whole or number.suffix):
        return frozenset()
    singular = said[0].removesuffix("s")
    called = frozenset(run for run in runs if _stands(singular, value, plain_words_and_digits(run)))
    return called if called < runs else frozenset()


def _stands(word: str, value: list[str], name: list[str]) -> bool:
    """Whether a value stands right behind or before a word in a name."""
    places = (place for place in range(len(name)) if name[place : place + len(value)] == value)
    return any(word in name[max(place - 1, 0) : place] + name[place + len(value) :][:1] for place in places)


def by_size(
    text: str, names: Iterable[str], varied: Mapping[str, Mapping[str, float]]
) -> Iterator[tuple[int, int, frozenset[str]]]:
    """Where a text says a size that some of the runs have, and which."""
    for number in numerals(text):
        if runs := of_size(number, names, varied):
            yield number.start, number.end, runs


def alone(
    number: Numeral, told: Iterable[Numeral], text: str, varied: Mapping[str, Mapping[str, float]]
) -> Iterator[tuple[str, Mapping[str, float]]]:
    """The settings of which no other value stands right behind: `k = 20 and 40` names no one run, `k = 20, 1.1 points above` does."""
    behind = phrases.LISTED.match(text, number.end)
    second = next((one for one in told if behind and one.start == behind.end() - 1), None)
    for name, values in varied.items():
        if second is None or not any(math.isclose(value, second.value, rel_tol=1e-3) for value in values.values()):
            yield name, values


def _is_about(value: float, number: Numeral) -> bool:
    """16,384 is written 16k, and 65,536 is written 65k."""
    step = 1e6 if number.suffix == "M" else 1e3
    if value == number.value:
        return True
    whole = value > 0 and float(value).is_integer()
    return whole and int(value) & (int(value) - 1) == 0 and value // step * step == number.value
