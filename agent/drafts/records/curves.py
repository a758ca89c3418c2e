"""Curves of training: what tells them from repeats of a measurement, and what of a loss says that nothing was trained."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePath, PurePosixPath
from typing import Any

LOSS = re.compile(r"loss|nll|objective", re.IGNORECASE)
_CURVE = re.compile(
    r"(?:^|_)(?:train(?:ing)?|curves?|history|histories|logs?|trace|trajectory|progress|epochs?|steps?)(?:_|$)", re.I
)
_A_LOG = re.compile(
    r"(?:^|[_-])(?:logs?|history|histories|curves?|progress|train(?:ing)?|trace)(?:$|[_-])", re.IGNORECASE
)
_ENOUGH = 3
"""Values of a loss before one says that it never moves."""


def is_curve(file: str, place: Sequence[str]) -> bool:
    """Whether a list of numbers is a curve over training, by its file and the names above it: no repeats of anything."""
    return any(_CURVE.search(name) for name in place) or _A_LOG.search(PurePosixPath(file).stem) is not None


def is_log(path: PurePath) -> bool:
    """Whether a file is a log, by its name or its folder's."""
    return any(_A_LOG.search(name) for name in (path.stem, path.parent.name))


def curve_signs(items: Sequence[Any], place: Sequence[str]) -> Iterator[str]:
    """What the losses of a list say against its training: all null, no number at the end, the same throughout."""
    if items and all(isinstance(item, Mapping) for item in items):
        names = {str(name) for item in items for name in item if LOSS.search(str(name))}
        for name in sorted(names):
            told = [item[name] for item in items if name in item]
            yield from _signs(told, ".".join([*place, name]))
    elif place and LOSS.search(place[-1]):
        yield from _signs(items, ".".join(place))


def _signs(values: Sequence[Any], place: str) -> Iterator[str]:
    numbers = [value for value in values if isinstance(value, (int, float)) and not isinstance(value, bool)]
    if values and all(value is None for value in values):
        yield f"{place} is null" + (" throughout" if len(values) > 1 else "")
    elif numbers and numbers[-1] is values[-1] and not math.isfinite(numbers[-1]):
        yield f"{place} ends at {numbers[-1]:g}"
    elif len(numbers) >= _ENOUGH and len(set(numbers)) == 1:
        yield f"{place} is {numbers[0]:g} throughout"
