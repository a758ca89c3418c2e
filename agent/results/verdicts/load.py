"""Whether a launch shared its machine as the baseline's did: where a budget is wall clock, other work beside it takes from it."""

from __future__ import annotations

from agent.session.run_info import RunInfo
from agent.session.template.parts import Budget

_LABEL = "load beside it"


def load_differences(budget: Budget, info: RunInfo, baseline: RunInfo) -> list[str]:
    """`load beside it: 0.1 cores → 3.2 cores`, where the template's budget is wall clock and the launches' loads differ.

    A launch's load is how many cores other processes of the machine kept busy meanwhile, measured by its supervisor. Each launch
    must lie between the lowest and the highest of the baseline's, give or take `load_cores`. A load that was not measured is
    a difference, as any key that is missing is. Empty where the budget is no wall clock.
    """
    if not budget.wall_clock:
        return []
    mine = [cost.beside_cores for cost in info.costs] or [None]
    theirs = [cost.beside_cores for cost in baseline.costs] or [None]
    known = [cores for cores in theirs if cores is not None]
    if len(known) < len(theirs):
        return [f"{_LABEL}: not measured → {_cores(mine[0])}"]
    low, high = min(known) - budget.load_cores, max(known) + budget.load_cores
    off = [cores for cores in mine if cores is None or not low <= cores <= high]
    return [f"{_LABEL}: {_span(known)} → {_cores(cores)}" for cores in off[:1]]


def _span(known: list[float]) -> str:
    low, high = f"{min(known):.1f}", f"{max(known):.1f}"
    return f"{low} cores" if low == high else f"{low} to {high} cores"


def _cores(cores: float | None) -> str:
    return "not measured" if cores is None else f"{cores:.1f} cores"
