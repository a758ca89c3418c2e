"""Which numbers within a figure are those of its axes: in one line, in the order of their places, a whole step apart."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from agent.printing.figure_text import FigureText

_BARE = re.compile(r"[-+−]?\d+(?:\.\d+)?\s*%?")
_STEPS = (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8)
"""How far apart the numbers of an axis are, but for powers of ten."""
_ALIGNED = 2.0
"""Points within which numbers stand in one line, or end in one column."""
_DIGIT, _WIDTHS = 0.636, {".": 0.318, "−": 0.838, "-": 0.361, "+": 0.838, "%": 0.95, " ": 0.318}
"""Widths in the font of figures, in its size: a digit's, and those of other signs."""
_SMALL = 20.0
"""So many steps from 0, an axis may count from elsewhere: matplotlib does where its middle is 100 times what it spans."""
_EVEN = 0.06
"""How unevenly places on one axis may be apart: figures round them."""


@dataclass(frozen=True)
class _Place:
    """A bare number: its line, and where along the axis it stands."""

    text: FigureText
    line: float
    along: float

    @property
    def value(self) -> float:
        """The number that stands there, in the unit of its axis."""
        return float(self.text.text.rstrip(" %").replace("−", "-"))


def is_bare(text: FigureText) -> bool:
    """Whether it is a number alone."""
    return _BARE.fullmatch(text.text) is not None


def axis_numbers(texts: Sequence[FigureText]) -> set[FigureText]:
    """The numbers along the axes of all panels; whatever else is a number alone was written beside a point or a bar."""
    bare = [text for text in texts if is_bare(text)]
    across = [_Place(text, text.y, text.x + _width(text) / 2) for text in bare]
    up = [_Place(text, text.x + _width(text), text.y) for text in bare]
    return {place.text for places in (across, up) for line in _lines(places) for axis in _axes(line) for place in axis}


def _width(text: FigureText) -> float:
    return text.size * sum(_WIDTHS.get(char, _DIGIT) for char in text.text)


def _lines(places: Sequence[_Place]) -> Iterator[list[_Place]]:
    line: list[_Place] = []
    for place in sorted(places, key=lambda each: each.line):
        if line and place.line - line[-1].line > _ALIGNED:
            yield sorted(line, key=lambda each: each.along)
            line = []
        line.append(place)
    yield sorted(line, key=lambda each: each.along)


def _axes(line: Sequence[_Place]) -> Iterator[list[_Place]]:
    """The stretches of a line that go up by one step, evenly, or by powers: panels stand side by side."""
    axis: list[_Place] = []
    for place in line:
        if axis and not _goes_on(axis, place):
            if len(axis) > 1:
                yield axis
                axis = axis[-1:] if _goes_on(axis[-1:], place) else []
            else:
                axis = []
        axis.append(place)
    if len(axis) > 1:
        yield axis


def _goes_on(axis: Sequence[_Place], place: _Place) -> bool:
    step, apart = place.value - axis[-1].value, place.along - axis[-1].along
    if step <= 0 or apart <= 0:
        return False
    if len(axis) == 1:
        return _is_step(step) and any(
            _is_multiple(place.value - first, step) for first in _counted_from(place.value, step)
        )
    wanted, was_apart = axis[-1].value - axis[-2].value, axis[-1].along - axis[-2].along
    return math.isclose(step, wanted, rel_tol=1e-6) and abs(apart - was_apart) <= _EVEN * was_apart


def _is_step(step: float) -> bool:
    lead = step / 10.0 ** math.floor(math.log10(step) + 1e-9)
    return any(math.isclose(lead, each, rel_tol=1e-6) for each in _STEPS)


def _counted_from(value: float, step: float) -> tuple[float, ...]:
    """From what an axis counts its steps: 0; where they are small beside its numbers, also the power of ten below these, as matplotlib does."""
    if abs(value) < _SMALL * step:
        return (0.0,)
    return (0.0, math.copysign(10.0 ** math.floor(math.log10(abs(value))), value))


def _is_multiple(value: float, step: float) -> bool:
    return math.isclose(value / step, round(value / step), abs_tol=1e-6)
