"""Rows of a grid of switches that say nothing of them: `r=8` beside `r=8, both tricks` is the one with neither."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from agent.drafts.naming.cells import Entry
from agent.drafts.records.telling import OFF


def with_nothing_on(read: Sequence[Entry]) -> list[Entry]:
    """Each entry of several runs whose row another row goes on from, of those of its runs in which every switch is off."""
    heads = {entry.cell.row[-1] for entry in read if entry.cell.row}
    begun = {head for head in heads if any(other != head and other.startswith(head) for other in heads)}
    return [_plain(entry) if entry.cell.row and entry.cell.row[-1] in begun else entry for entry in read]


def _plain(entry: Entry) -> Entry:
    runs = entry.context.runs
    switches = {part.removeprefix(OFF) for run in runs for part in run.split("/") if part.startswith(OFF)}
    off = frozenset(run for run in runs if switches.isdisjoint(run.split("/")))
    return replace(entry, context=replace(entry.context, runs=off)) if switches and off and off < runs else entry
