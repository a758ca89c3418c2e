"""The card of a published SAE: what was trained, what was measured, against which baseline, and what proves it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.show.runs import Run, RunsError, Value, load_run, load_runs
from harness.store.content import content_hash

METRICS = "metrics.json"  # beside the runs of a session: what each metric means
JOURNAL = "journal.jsonl"


@dataclass(frozen=True)
class Row:
    """One metric, as the card's table has it."""

    name: str
    better: str  # higher, lower, or empty where nobody said
    value: str
    baseline: str
    times: str  # seeds of a baseline, repeats of the evaluation of a run
    verdict: str


@dataclass(frozen=True)
class Card:
    """All that the card says."""

    run: Run
    rows: tuple[Row, ...]
    differences: tuple[tuple[str, str, str], ...]  # settings that are not the baseline's: name, baseline's, this run's
    session: str  # the session's name; empty for a run made by hand
    journal_sha256: str
    weights_sha256: str
    controls: tuple[tuple[str, Mapping[str, Any]], ...]

    @property
    def config(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.run.info["config"]
        return found

    @property
    def reference(self) -> str:
        """Where it was made, for an SAE that was brought in; empty for one that was trained here."""
        return str(self.run.info.get("reference", {}).get("source", ""))

    @property
    def steps(self) -> str:
        """Optimiser steps, as the run recorded them; empty where it recorded none."""
        return _counted(self.run, "steps")

    @property
    def tokens(self) -> str:
        """Tokens that it trained on, as it recorded them."""
        return _counted(self.run, "tokens") or "an unknown number of"


def card_of(folder: Path) -> Card:
    """The card of the run in `folder`, with its session round it where there is one. Raises RunsError."""
    in_session = (folder.parent / JOURNAL).is_file()
    runs = load_runs(folder.parent) if in_session else [load_run(folder)]
    run = next((each for each in runs if each.name == folder.name), None)
    if run is None:
        raise RunsError(f"{folder}: is no accepted run of the session {folder.parent.name}")
    if not run.info.get("metrics"):
        raise RunsError(f"{folder}: was never scored, and a card says what was measured: score it first")
    baseline = runs[0] if runs[0].is_baseline and not run.is_baseline else None
    known = _declared(folder.parent / METRICS) if in_session else {}
    names = [name for name in known if name in run.info["metrics"]] or list(run.info["metrics"])
    return Card(
        run=run,
        rows=tuple(_row(name, known.get(name, {}), run, baseline) for name in names if run.metric(name)),
        differences=_differences(run, baseline) if baseline else (),
        session=folder.resolve().parent.name if in_session else "",
        journal_sha256=_sha256(folder.parent / JOURNAL) if in_session else "",
        weights_sha256=_sha256(folder / "sae" / "sae_weights.safetensors"),
        controls=_controls(runs[0]),
    )


def _counted(run: Run, name: str) -> str:
    found = run.info.get("training", {}).get(name)
    return f"{found:,}" if isinstance(found, int) else ""


def _row(name: str, known: Mapping[str, Any], run: Run, baseline: Run | None) -> Row:
    value, base = run.metric(name), baseline.metric(name) if baseline else None
    assert value is not None
    digits = int(known.get("digits", 4))
    return Row(
        name=name,
        better=str(known.get("direction") or ""),
        value=_number(value, digits),
        baseline=_number(base, digits) if base else "",
        times="once" if value.n == 1 else f"{value.n} times",
        verdict=verdict_text(value, base, known, digits),
    )


def verdict_text(value: Value, base: Value | None, metric: Mapping[str, Any], digits: int) -> str:
    """How a run of one seed stands to its baseline: by the interval that run_0 tells as its `noise`."""
    if base is None:
        return ""
    delta = value.mean - base.mean
    told = f"{delta:+.{digits}f}"
    if base.noise is None:
        return f"{told}, noise unknown"
    if abs(delta) <= base.noise:
        return f"{told}, within noise"
    if not metric.get("direction"):
        return f"{told}, beyond noise"
    better = (delta > 0) == (metric["direction"] == "higher")
    return f"{told}, {'better' if better else 'worse'}, seen in one run"


def _number(value: Value, digits: int) -> str:
    spread = f" ± {value.spread:.{digits}f}" if value.spread is not None else ""
    return f"{value.mean:.{digits}f}{spread}"


def _differences(run: Run, baseline: Run) -> tuple[tuple[str, str, str], ...]:
    mine, theirs = run.info.get("config", {}), baseline.info.get("config", {})
    names = [name for name in dict.fromkeys([*theirs, *mine]) if mine.get(name) != theirs.get(name)]
    return tuple((name, _setting(theirs, name), _setting(mine, name)) for name in names)


def _setting(config: Mapping[str, Any], name: str) -> str:
    return json.dumps(config[name]) if name in config else "–"


def _controls(baseline: Run) -> tuple[tuple[str, Mapping[str, Any]], ...]:
    return tuple((str(each.get("title", name)), each.get("metrics", {})) for name, each in baseline.controls.items())


def _declared(path: Path) -> dict[str, Any]:
    """What the session says of each metric; {} where it says nothing. Raises RunsError."""
    if not path.is_file():
        return {}
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RunsError(f"{path} cannot be read as JSON ({error}): delete it, and directions are unknown") from error
    return found if isinstance(found, dict) else {}


def _sha256(path: Path) -> str:
    return content_hash(path) if path.is_file() else ""
