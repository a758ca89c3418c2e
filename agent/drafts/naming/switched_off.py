"""Rows of a grid of switches that say nothing of them: `r=8` beside `r=8, both tricks` is the one with neither."""

from __future__ import annotations

from collections.abc import Iterable

from agent.drafts.records.telling import OFF


def begun_by(heads: Iterable[str]) -> frozenset[str]:
    """The headers of rows that others go on from."""
    every = frozenset(heads)
    return frozenset(head for head in every if any(other != head and other.startswith(head) for other in every))


def with_nothing_on(runs: frozenset[str]) -> frozenset[str]:
    """Of several runs those in which every switch is off; all where there are none, or no switch."""
    switches = {part.removeprefix(OFF) for run in runs for part in run.split("/") if part.startswith(OFF)}
    off = frozenset(run for run in runs if switches.isdisjoint(run.split("/")))
    return off if switches and off else runs
