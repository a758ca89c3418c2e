"""The study in folders that are called by the date, with or without a hash and a name."""

from __future__ import annotations

import hashlib
from pathlib import Path

from tests.agent.drafts.layouts.kept import Writer, lines, put, settings_of
from tests.agent.drafts.layouts.study import CELLS, SETTINGS, Cell


def _hash(one: Cell) -> str:
    return hashlib.sha1(f"{one}".encode()).hexdigest()[:8]


def dated_hashes(root: Path) -> None:
    """A folder a launch, called by day and hash, with its settings."""
    for one in CELLS:
        launch = root / "runs" / f"2026-02-1{one.seed}_{_hash(one)}"
        put(launch / "config.json", settings_of(one))
        put(launch / "eval.json", one.results)


def times_of_day(root: Path) -> None:
    """A folder a launch, called by the time of day under the day, the settings in a hidden folder."""
    for n, one in enumerate(CELLS):
        launch = root / "outputs" / "2026-02-10" / f"12-{n:02}-31"
        put(launch / ".hydra" / "config.yaml", lines(settings_of(one)))
        put(launch / "metrics.json", one.results)


def dated_names(root: Path) -> None:
    """A folder a launch, called by the time and by what ran; the settings are those of all."""
    for n, one in enumerate(CELLS):
        put(root / f"20260210-1201{n:02}_{one.method}_{one.data}_seed{one.seed}" / "metrics.json", one.results)
    put(root / "config.json", SETTINGS)


def hashed_names(root: Path) -> None:
    """A folder a launch, called by the method and a hash, with its settings."""
    for one in CELLS:
        launch = root / f"{one.method}_{_hash(one)}a1"
        put(launch / "params.json", settings_of(one))
        put(launch / "result.json", one.results)


DATED: tuple[Writer, ...] = (dated_hashes, times_of_day, dated_names, hashed_names)
