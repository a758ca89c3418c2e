"""What runs cost against the baseline: measured from outside, said with every claim where it is far from the baseline's."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from agent.session.cost import Cost
from agent.session.run_info import RunInfo, is_number

Part = Literal["wall_s", "cpu_s", "gpu_s", "peak_gb", "beside_cores", "data_cpu_s"]
PARTS: Mapping[str, Part] = {
    name: name for name in ("wall_s", "cpu_s", "gpu_s", "peak_gb", "beside_cores", "data_cpu_s")
}
"""What is known of a cost, as references name it."""
FACTOR = 1.5
"""Where a baseline does not say from which factor on a cost is told."""
LEAST_S = 1.0
"""Seconds of compute below which a difference is the start of an interpreter, and says nothing."""


@dataclass(frozen=True)
class Compute:
    """What the launches of a run cost, one a seed; none where that was not measured."""

    launches: tuple[Cost, ...] = ()
    factor: float = FACTOR

    def mean(self, part: Part) -> float | None:
        """Over the launches; None where one of them does not know it, or there is none."""
        known = self.known(part)
        return statistics.fmean(known) if known and len(known) == len(self.launches) else None

    def known(self, part: Part) -> list[float]:
        """Of each launch that knows it."""
        return [value for each in self.launches if (value := getattr(each, part)) is not None]


@dataclass(frozen=True)
class Ratio:
    """How many times another's compute: GPU seconds where both used one, else CPU seconds."""

    times: float
    far: bool
    """By more than the factor from each of the other's launches, and by more than a second."""


def compute_of(info: RunInfo) -> Compute:
    """What a result says that its launches cost."""
    part = info.get("cost")
    factor = part.get("factor") if isinstance(part, Mapping) else None
    known = is_number(factor) and factor > 1
    return Compute(info.costs, float(factor) if known and factor is not None else FACTOR)


def ratio_of(mine: Compute, theirs: Compute, factor: float) -> Ratio | None:
    """How the one's compute stands to the other's; None where it was not measured on both sides."""
    for part in (PARTS["gpu_s"], PARTS["cpu_s"]):
        own, other = mine.mean(part), theirs.mean(part)
        if own is not None and other:
            nearest = min(theirs.known(part), key=lambda each: abs(each - own))
            times = own / nearest if nearest else math.inf
            return Ratio(own / other, abs(own - nearest) >= LEAST_S and not 1 / factor < times < factor)
    return None
