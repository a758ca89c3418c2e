"""Which metrics a prompt shows run by run, and what it says of the others: every token is paid for, in every message."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from agent.results.results import Results
from agent.results.verdicts.verdict import Verdict

_MOST_TOLD = 4
"""Metrics that nobody named and that stand since a run differs on them beyond noise."""
_LEAST_FOLDED = 3
"""Fewer are shown with the rest: a line that folds them would be as long."""
_SILENT = ("within noise", "equal", "not measured", "not comparable")


@dataclass(frozen=True)
class Mattering:
    """The metrics of a prompt's table: those shown, in the order of the results, and those folded into a line."""

    shown: tuple[str, ...]
    within: tuple[str, ...] = ()
    """Folded: no run is beyond noise on them."""
    beyond: tuple[str, ...] = ()
    """Folded though a run is, since others tell more."""

    @property
    def told(self) -> str:
        """The line below the table; empty where nothing is folded."""
        parts = [f"no run beyond noise: {', '.join(self.within)}"] * bool(self.within)
        parts += [f"beyond noise, less far than those shown: {', '.join(self.beyond)}"] * bool(self.beyond)
        if not parts:
            return ""
        return (
            f"(measured too, not shown: {'; '.join(parts)}. All of them can be referred to by name; one that a hypothesis, an "
            "advice or a person names is shown in the next message)"
        )


def mattering(results: Results, asked: Iterable[str] = ()) -> Mattering:
    """What a prompt shows: the primary metric, those that the idea or `asked` names, and those on which a run says most.

    All of them before there is a run, and where too few would be folded.
    """
    wanted = {results.primary, *results.named, *asked}
    others = {name: _reach(results, name) for name in results.metrics if name not in wanted}
    telling = sorted((name for name, reach in others.items() if reach), key=lambda name: -others[name])
    folded = [name for name in others if name not in telling[:_MOST_TOLD]]
    if len(results.runs) < 2 or len(folded) < _LEAST_FOLDED:
        return Mattering(tuple(results.metrics))
    return Mattering(
        shown=tuple(name for name in results.metrics if name not in folded),
        within=tuple(name for name in folded if not others[name]),
        beyond=tuple(name for name in folded if others[name]),
    )


def _reach(results: Results, metric: str) -> float:
    """How far the run that differs most is from the baseline, in half-widths of its noise; 0 where none is beyond it."""
    return max((_beyond(results.verdict(run, metric)) for run in results.runs[1:]), default=0.0)


def _beyond(verdict: Verdict) -> float:
    if verdict.word in _SILENT or verdict.delta is None:
        return 0.0
    return abs(verdict.delta) / verdict.noise if verdict.noise else 1.0
