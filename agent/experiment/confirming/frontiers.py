"""The frontiers of a confirmation: what candidate and baseline scored on fresh seeds at each point of a sweep."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from agent.results.verdicts.at_points import merged_details
from agent.results.verdicts.frontier import KEY
from agent.session.run_info import RunInfo
from agent.session.steps import RunName


def fresh_frontiers(
    infos: Mapping[tuple[RunName, int], RunInfo], runs: Iterable[RunName], seeds: Sequence[int]
) -> dict[RunName, dict[str, Any]]:
    """By run: the frontier of all its seeds together, as a result's details hold one; of a run that is no sweep, or lacks a seed, none."""
    found = {}
    for run in runs:
        details = [infos[run, seed].details for seed in seeds if (run, seed) in infos]
        merged = merged_details(details, with_noise=False) if len(details) == len(seeds) else {}
        if merged:
            found[run] = merged[KEY]
    return found
