"""The runs of a session, as the files in run_*/ tell them: what figures and trackers read."""

from __future__ import annotations

import json
import logging
import math
import re
import sys
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from harness.errors import HarnessError

log = logging.getLogger(__name__)

BASELINE = "run_0"
SCORES = "scores.json"  # beside final_info.json, where a run was scored by hand


class RunsError(HarnessError):
    """A file of a session's runs is damaged or cannot be read; the message names it and what to do."""


@dataclass(frozen=True)
class Value:
    """A metric of a run: its mean over n repeats."""

    mean: float
    spread: float | None  # standard deviation; None where it was measured once
    n: int
    noise: float | None = None  # baseline: half-width of the 95% prediction interval for one more run


@dataclass(frozen=True)
class Run:
    """One run folder: its name (`run_3`), its title, and what its final_info.json says."""

    name: str
    title: str
    info: Mapping[str, Any]
    controls: Mapping[str, Any] = field(default_factory=dict)  # the baseline's: controls.json, beside titles.json
    differences: tuple[str, ...] = ()  # why it is not comparable with the baseline: not_comparable.json, beside them
    parent: str = ""  # the run from whose code it began: parents.json, beside them
    fresh: Mapping[str, Sequence[float]] = field(
        default_factory=dict
    )  # by metric, a value a fresh seed: confirmation.json
    is_candidate: bool = False  # it was chosen to be tried on fresh seeds
    bands: Mapping[str, Any] = field(default_factory=dict)  # the baseline's: bands.json, noise for one look and for all

    @property
    def number(self) -> int:
        return int(self.name.removeprefix("run_"))

    @property
    def is_baseline(self) -> bool:
        return self.name == BASELINE

    @property
    def label(self) -> str:
        """Number and title on at most four lines, for a legend."""
        return self._wrapped(36, 4)

    @property
    def tick(self) -> str:
        """Number and title on at most three short lines, for an axis."""
        return self._wrapped(36, 3)

    def curve(self, name: str) -> list[float]:
        """A list of the loss curve (`step`, `loss`, …); empty where the run did not log it."""
        found = self.info.get("training", {}).get("curve", {}).get(name, [])
        return [float(value) for value in found]

    def metric(self, name: str) -> Value | None:
        """A metric's value, or None where it is missing or not finite: missing is not zero."""
        found = self.info.get("metrics", {}).get(name)
        if not isinstance(found, Mapping) or not _is_number(found.get("mean")):
            return None
        spread, noise = (found.get(part) if _is_number(found.get(part)) else None for part in ("spread", "noise"))
        return Value(float(found["mean"]), spread, int(found.get("n", 1)), noise)

    def detail(self, name: str) -> Any:
        """What the evaluation left under `details` by this name; None where it left nothing. The baseline's is its first
        seed's."""
        return self.info.get("details", {}).get(name) or None

    def _wrapped(self, width: int, lines: int) -> str:
        mark = "*" if self.differences else ""  # as in every table
        text = "Baseline" if self.is_baseline else f"{self.number}{mark}: {self.title}"
        text += f" (from {self.parent.removeprefix('run_')})" if self.parent not in ("", BASELINE) else ""
        text += " (not comparable)" if self.differences else ""
        return "\n".join(_balanced(text, width, lines))


def load_runs(folder: Path) -> list[Run]:
    """Every run_* in `folder` that has a final_info.json, in order, titled from titles.json where there is one.

    Of a run without metrics, those of its scores.json are taken; a warning says how to score one that has none either.
    Raises FileNotFoundError where there is none at all, RunsError where a file is damaged.
    """
    titles_file = folder / "titles.json"
    titles = _read(titles_file, "delete it, and runs have no titles") if titles_file.exists() else {}
    remedy = "work the run again, or move its folder out of the session's"
    runs = [
        Run(
            name=path.parent.name,
            title=titles.get(path.parent.name, path.parent.name),
            info=_scored(path, _read(path, remedy)),
        )
        for path in folder.glob("run_*/final_info.json")
        if re.fullmatch(r"run_\d+", path.parent.name)
    ]
    if not runs:
        raise FileNotFoundError(f"no run_*/final_info.json in {folder.resolve()}")
    controls = _beside(folder, "controls.json", "figures show no controls")
    differing = _beside(folder, "not_comparable.json", "figures draw every run as comparable")
    parents = _beside(folder, "parents.json", "figures name no run's parent")
    fresh = _beside(folder, "confirmation.json", "figures show no fresh seeds")
    bands = _beside(folder, "bands.json", "figures show the noise for one look alone")
    samples = {str(fresh.get("run")): fresh.get("candidate", {}), BASELINE: fresh.get("baseline", {})}
    samples |= fresh.get("beside", {})
    return [
        replace(
            run,
            controls=controls if run.is_baseline else {},
            differences=tuple(differing.get(run.name, ())),
            parent=str(parents.get(run.name, "")),
            fresh=samples.get(run.name, {}),
            is_candidate=run.name == fresh.get("run"),
            bands=bands if run.is_baseline else {},
        )
        for run in sorted(runs, key=lambda run: run.number)
    ]


def _beside(folder: Path, name: str, without: str) -> dict[str, Any]:
    """What the tool tells beside the runs; empty where it tells nothing. Raises RunsError."""
    path = folder / name
    return _read(path, f"delete it, and {without}") if path.exists() else {}


def load_run(folder: Path) -> Run:
    """The run in `folder` alone, without a session round it. Raises RunsError where its file is missing or damaged."""
    path = folder / "final_info.json"
    name, info = folder.resolve().name, _scored(path, _read(path, "name the folder of a run"))
    return Run(name=name, title=name, info=info)


def metric_names(runs: Sequence[Run]) -> list[str]:
    """The metrics that some run has, in the order of the first run that has them."""
    return list(dict.fromkeys(name for run in runs for name in run.info.get("metrics", {})))


def _scored(path: Path, info: dict[str, Any]) -> dict[str, Any]:
    """`info`, the run's final_info.json at `path`, with the metrics and details of scores.json where it has no metrics.

    Raises RunsError.
    """
    folder, scores = path.parent, path.with_name(SCORES)
    if info.get("metrics"):
        return info
    if not scores.exists():
        if (folder / "sae").is_dir():  # what harness.evaluation reads
            command = f"{sys.executable} -m harness.evaluation --run_dir={folder} --out={scores}"
            log.warning("%s has no scores: type `%s`", folder.name, command)
        return info
    remedy = "score the run again, or delete it"
    found = _read(scores, remedy)
    metrics, details = found.get("metrics"), found.get("details", {})
    if not isinstance(metrics, dict) or not isinstance(details, dict):
        raise RunsError(f"{scores}: 'metrics' and 'details' must be objects: {remedy}")
    if scores.stat().st_mtime_ns < path.stat().st_mtime_ns:
        log.warning("%s is older than %s: if the run was trained again since, score it again", scores, path)
    return {**info, "metrics": metrics, "details": {**(info.get("details") or {}), **details}}


def _read(path: Path, remedy: str) -> dict[str, Any]:
    """The JSON object in a file. Raises RunsError."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RunsError(f"{path} cannot be read as JSON ({error}): {remedy}") from error
    if not isinstance(value, dict):
        raise RunsError(f"{path} holds no JSON object: {remedy}")
    return value


def _balanced(text: str, width: int, most: int) -> list[str]:
    """Lines of at most `width` characters, as equal in length as their number allows; cut with … beyond `most` lines."""
    lines = textwrap.wrap(text, width, max_lines=most, placeholder=" …", break_on_hyphens=False)
    for narrower in range(width - 1, width // 2, -1):
        tried = textwrap.wrap(text, narrower, break_on_hyphens=False)
        if len(tried) > len(lines):
            break
        lines = tried
    return lines


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
