"""What there is to draw, by the name of the file in which a figures' script finds it: no figure is made of anything else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from agent.results import controls
from agent.results.confirmation import Confirmation
from agent.results.results import Results
from agent.results.story import Story, results_of, story_of
from agent.results.verdicts.matched import MARK
from agent.results.words.confirmed import outcome_of
from agent.session.session import Session
from agent.session.steps import BASELINE
from agent.session.template.contract import Metric

RESULT = "/final_info.json"
"""Ends the name of a run's file."""
SINCE = ("parents.json", "not_comparable.json", "confirmation.json", "bands.json")
"""Files that older versions did not lay down, or only where there was something to say."""
TITLES = "titles.json"


def to_draw(session: Session, story: Story | None = None) -> dict[str, Any]:
    """Each file's content: the runs that count, titles, metrics, controls, parents, what differs, fresh seeds and bands.

    The title of a run that is not at what comparisons are made at begins with ‡, so that whatever a script labels by it is marked.
    `story`: the session as it stood then; as it stands now where None.
    """
    then = story or story_of(session)
    runs = then.counted.values()
    results = results_of(session, then)
    files: dict[str, Any] = {f"{run.run}{RESULT}": run.results.written() for run in runs}
    apart = {run.name for run in results.runs if results.left(run)}
    files[TITLES] = {str(run.run): f"{MARK} {run.title}" if run.run in apart else run.title for run in runs}
    files["metrics.json"] = described_metrics(session)
    more = {
        "controls.json": controls.described(results.controls),
        "parents.json": {str(run.run): str(run.parent) for run in runs if run.parent},
        "not_comparable.json": {str(run.run): list(run.comparable) for run in runs if run.comparable},
        "confirmation.json": samples(results.confirmation),
        "bands.json": bands(results),
    }
    return files | {name: content for name, content in more.items() if content}


def as_before(name: str, content: Any) -> Any:
    """What an older version laid down in the place of this content: titles without a mark."""
    return {run: title.removeprefix(f"{MARK} ") for run, title in content.items()} if name == TITLES else content


def described_metrics(session: Session) -> dict[str, dict[str, Any]]:
    """metrics.json: what each metric is, as figures read it."""
    return described(session.metrics, session.primary)


def described(metrics: Mapping[str, Metric], primary: str) -> dict[str, dict[str, Any]]:
    """metrics.json: direction, unit, label, description, digits and target of each metric, and which one is primary."""
    return {
        name: {
            "direction": metric.direction,
            "unit": metric.unit,
            "label": name.replace("_", " "),
            "description": metric.description,
            "digits": metric.digits,
            "target": metric.target,
            "primary": name == primary,
        }
        for name, metric in metrics.items()
    }


def samples(of: Confirmation | None) -> dict[str, Any]:
    """confirmation.json: the candidate, the fresh seeds, and by metric one value a seed of it and of the baseline; under `beside` the
    same of the runs that the plan holds against it, where there are any."""
    if of is None or not of.measured:
        return {}
    sides = {"candidate": of.candidate, "baseline": of.baseline}
    values = {side: {name: list(sample) for name, sample in found.items()} for side, found in sides.items()}
    beside = {str(run): {name: list(sample) for name, sample in found.items()} for run, found in of.beside.items()}
    more = {"beside": beside} if beside else {}
    return {"run": str(of.run), "seeds": list(of.seeds), **values, **more, "failed": list(of.failed)}


def bands(results: Results) -> dict[str, dict[str, Any]]:
    """bands.json: by metric the half-widths of the noise for one look and for all looks made, as tables tell them, and what
    fresh seeds said: the difference of candidate and baseline with the half-width of its interval. Unknown is null."""
    found: dict[str, dict[str, Any]] = {}
    for name in results.metrics:
        if name not in results.baseline.values:
            continue
        entry: dict[str, Any] = {
            "one_look": results.noise(name),
            "all_looks": results.band(name),
            "looks": results.looks.at(name),
        }
        fresh = outcome_of(results, name)
        if fresh.difference is not None:
            entry["fresh"] = {"word": fresh.word, "difference": fresh.difference, "noise": fresh.noise}
        found[name] = entry
    return found


def with_seeds(files: Mapping[str, Any], run_0: Path) -> dict[str, Any]:
    """The same with the result of each seed of the baseline that lies in its folder, and can be read."""
    found = dict(files)
    for path in sorted(run_0.glob("seeds/*/final_info.json")):
        try:
            found[f"{BASELINE}/{path.relative_to(run_0).as_posix()}"] = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            continue  # told by whoever checks the baseline's own files
    return found


def all_to_draw(session: Session, then: Story) -> dict[str, Any]:
    """All that a figures' script could read of a session when this story was told: `to_draw`, and the baseline's seeds."""
    return with_seeds(to_draw(session, then), session.paths.run(BASELINE))


def known_results(files: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """What was measured, by who measured it: each run and each control, for a check that looks for typed numbers."""
    runs = {name.removesuffix(RESULT): info for name, info in files.items() if name.endswith(RESULT)}
    return runs | {f"the control {name}": info for name, info in files.get("controls.json", {}).items()}
