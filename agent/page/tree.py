"""Which run began from which: each below its parent, as the page lists them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from agent.page.pieces import Tone
from agent.page.view import Branch, RunView

_DEEPEST = 6
"""Levels that are indented; a longer line of runs goes on at this one."""


def tree_of(runs: Sequence[RunView]) -> tuple[Branch, ...]:
    """Every run below its parent, in the order in which the runs began; one whose parent is not shown stands at the left."""
    shown = {run.name for run in runs}
    roots = [run for run in runs if run.parent not in shown]
    return tuple(branch for run in roots for branch in _below(run, runs, 0))


def _below(run: RunView, runs: Sequence[RunView], depth: int) -> Iterator[Branch]:
    yield Branch(name=run.name, title=run.title, depth=min(depth, _DEEPEST), tone=_tone(run), state=run.state)
    for child in runs:
        if child.parent == run.name:
            yield from _below(child, runs, depth + 1)


def _tone(run: RunView) -> Tone:
    """Of its verdict on the primary metric; none where it has none."""
    return run.row.primary.tone if run.row and run.row.primary and run.row.primary.word else "none"
