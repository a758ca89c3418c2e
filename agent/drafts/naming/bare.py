"""Headers that are numbers alone: `1e-4`, `3e-4`, `1e-3` over columns are values of the one setting that has them all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from agent.drafts.text.numerals import Numeral, numerals

_FEWEST = 2


def runs_of_bare(header: str, headers: Iterable[str], varied: Mapping[str, Mapping[str, float]]) -> frozenset[str]:
    """The runs with the value that a header gives, of the setting whose values all bare headers of its table are; none where it is no number."""
    own = _number(header)
    every = [number for each in set(headers) if (number := _number(each)) is not None]
    if own is None or len(every) < _FEWEST:
        return frozenset()
    fitting = [
        frozenset(run for run, value in known.items() if _is(value, own))
        for known in varied.values()
        if all(any(_is(value, number) for value in known.values()) for number in every)
    ]
    return fitting[0] if fitting and all(each == fitting[0] for each in fitting) else frozenset()


def _number(header: str) -> Numeral | None:
    """The number that a header is; None where it says anything else."""
    found = list(numerals(header))
    return found[0] if len(found) == 1 and found[0].shown == header.strip() else None


def _is(value: float, number: Numeral) -> bool:
    return abs(value - number.value) <= 1e-12 + 1e-6 * abs(value)
