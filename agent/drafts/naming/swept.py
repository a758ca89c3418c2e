"""Runs by the values of a setting that stand in step with a list of numbers: `0.12, 0.09 and 0.07 for p = 0.1, 0.3 and 0.5`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from agent.drafts.naming.context import Context
from agent.drafts.naming.sentence import Sentence
from agent.drafts.text.numerals import Numeral

_SAID = re.compile(r"(?:=|:|\b(?:for|at|with|of|to|from)\b(?:\s+[A-Za-z_-]+){0,3})\s*\$?\s*\Z")
"""Before the values of a setting."""


def in_step_with_values(at: Sentence, number: Numeral, context: Context) -> Context:
    """The context with the runs of the value in the number's place, where as many values of one setting are listed as numbers."""
    place, group, _ = at.listed(number)
    if len(group) < 2:
        return context
    told = next(
        (runs for values in _lists(at, group) if (runs := _having(at, values, place, context.runs))), frozenset[str]()
    )
    return replace(context, runs=told) if told else context


def _lists(at: Sentence, group: list[Numeral]) -> Iterator[list[Numeral]]:
    """The other lists of as many numbers."""
    done = {one.start for one in group}
    for number in at.numbers:
        if number.start in done:
            continue
        _, other, _ = at.listed(number)
        done |= {one.start for one in other}
        if len(other) == len(group) and _SAID.search(at.text[: other[0].start]):
            yield other


def _having(at: Sentence, values: list[Numeral], place: int, among: frozenset[str]) -> frozenset[str]:
    """Those that have the value at `place`, where one setting has all of the values."""
    for known in at.names.runs.varied.values():
        if {one.value for one in values} <= set(known.values()):
            having = frozenset(run for run, value in known.items() if value == values[place].value)
            if shared := having & among if among & having else having:
                return shared
    return frozenset()
