"""Scores that were made before: of an evaluation that was cut short or lost an eval, only the missing ones are made anew."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from harness.evaluation.command.plan import Plan
from harness.evaluation.evals import Eval
from harness.evaluation.scoring.scores import Found, Outcome, Scores, Value
from harness.saved import write_json
from harness.store.cache import key_of
from harness.store.content import content_hash

HARNESS = Path(__file__).parents[2]


class Record:
    """The scores of one SAE by one plan, written to a file after each eval."""

    def __init__(self, path: Path, run_dir: Path, plan: Plan, more: Mapping[str, Any]) -> None:
        """`more` is whatever else the scores depend on."""
        self.path = path
        self.key = _key(run_dir, plan, more)

    def made(self, evals: Sequence[Eval]) -> list[Outcome]:
        """What the file holds of these evals, where it was written for the same SAE, by the same plan and code."""
        try:
            value = json.loads(self.path.read_text(encoding="utf-8"))
            by_eval = value["made"]["evals"] if value["made"]["key"] == self.key else {}
            return [_outcome(each.name, value, by_eval[each.name]) for each in evals if each.name in by_eval]
        except (OSError, ValueError, KeyError, TypeError):  # nothing there, or a file of something else
            return []

    def write(self, scores: Scores) -> dict[str, Any]:
        """The evaluator's file, with what is needed to take it up again; as it was written."""
        value = {**scores.as_json(), "made": {"key": self.key, "evals": scores.made}}
        write_json(self.path, value)
        return value


def _outcome(name: str, value: Mapping[str, Any], made: Mapping[str, Sequence[str]]) -> Outcome:
    metrics = {metric: Value(**value["metrics"][metric]) for metric in made["metrics"]}
    details = {detail: value["details"][detail] for detail in made["details"]}
    return Outcome(name, value["details"]["seconds"][name], Found(metrics, details))


def _key(run_dir: Path, plan: Plan, more: Mapping[str, Any]) -> str:
    """A hash of the run's SAE and settings, the plan beside its evals, and the code that scores."""
    read = [run_dir / "final_info.json", *sorted((run_dir / "sae").glob("*"))]
    code = [path for kind in ("*.py", "*.c") for path in sorted(HARNESS.rglob(kind))]
    return key_of(
        {
            "sae": {path.name: content_hash(path) for path in read if path.is_file()},
            "plan": {name: str(value) for name, value in vars(plan).items() if name != "evals"},
            "code": key_of({str(path.relative_to(HARNESS)): content_hash(path) for path in code}),
            **more,
        }
    )
