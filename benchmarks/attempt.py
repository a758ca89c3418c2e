"""One attempt of a session, train and score, by its phases: with an evaluator for each run, and with the one that stays.

Both as sessions start them, without the sandbox: `python experiment.py`, then `python -m harness.evaluation`, either started
anew and its evals one after the other, or waiting already and its evals side by side. The two take turns.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[1]
ROUNDS = 3
COLD, WARM = "an evaluator for each run, one eval after the other", "the evaluator that stays, evals side by side"
_ONE_BY_ONE = """
import sys
from harness.evaluation import __main__ as evaluation
from harness.evaluation.command import evaluate
evaluate._at_once = lambda plan: 1
sys.exit(evaluation.main(sys.argv[1:]))
"""


class ScoresDiffer(Exception):
    """The two ways do not give the same numbers, so their times cannot be compared."""


@dataclass(frozen=True)
class Attempt:
    """Seconds by the clock of one attempt."""

    training_s: float
    experiment_s: float  # with imports, activations from the cache, and saving
    scoring_s: float  # from the request, or the start of the process, to the file
    evals_s: Mapping[str, float] = field(default_factory=dict)  # each by itself; side by side they overlap

    @property
    def whole_s(self) -> float:
        return self.experiment_s + self.scoring_s


class Waiting:
    """The evaluator that stays."""

    def __init__(self) -> None:
        began = time.monotonic()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "harness.evaluation", "--wait"],
            cwd=REPOSITORY,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        self._process.stdout.readline()
        self.loading_s = time.monotonic() - began

    def score(self, folder: Path, flags: Sequence[str]) -> int:
        """The exit status of scoring with these flags, in `folder`."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        logs = {name: str(folder / f"{name}.log") for name in ("stdout", "stderr")}
        command = ["python", "-m", "harness.evaluation", *flags]
        self._process.stdin.write(json.dumps({"command": command, "cwd": str(folder), **logs}) + "\n")
        self._process.stdin.flush()
        answer: dict[str, int] = json.loads(self._process.stdout.readline())
        return answer["exit_code"]

    def close(self) -> None:
        self._process.communicate()


def measure_attempts(rounds: int = ROUNDS, experiment: Sequence[str] = (), evals: Sequence[str] = ()) -> dict[str, Any]:
    """The median attempt of both ways, and what it takes to load once: `{"loading_s": …, COLD: Attempt, WARM: Attempt}`.

    `experiment` and `evals` are more flags. The cache is the machine's own, filled first. Raises ScoresDiffer.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _attempt(folder / "first", None, experiment, evals)  # fills the cache
        waiting = Waiting()
        try:
            found: dict[str, list[Attempt]] = {COLD: [], WARM: []}
            for number in range(rounds):
                scores: list[Any] = []
                for way, how in ((COLD, None), (WARM, waiting)):
                    place = folder / f"{number}_{len(scores)}"
                    found[way].append(_attempt(place, how, experiment, evals))
                    scores.append(json.loads((place / "scores.json").read_text(encoding="utf-8"))["metrics"])
                if scores[0] != scores[1]:
                    raise ScoresDiffer(f"the scores of round {number + 1} are not the same: {scores[0]}, {scores[1]}")
        finally:
            waiting.close()
    return {"loading_s": waiting.loading_s, **{way: median(each) for way, each in found.items()}}


def median(attempts: Sequence[Attempt]) -> Attempt:
    """Phase by phase."""
    return Attempt(
        training_s=statistics.median(each.training_s for each in attempts),
        experiment_s=statistics.median(each.experiment_s for each in attempts),
        scoring_s=statistics.median(each.scoring_s for each in attempts),
        evals_s={name: statistics.median(each.evals_s[name] for each in attempts) for name in attempts[0].evals_s},
    )


def attempt_table(found: Mapping[str, Any]) -> str:
    """In Markdown."""
    ways = {name: each for name, each in found.items() if isinstance(each, Attempt)}
    evals = list(next(iter(ways.values())).evals_s)
    lines = [
        "| | experiment | of it training | scoring | " + " | ".join(f"of it {name}" for name in evals) + " | attempt |",
        "|---|" + "---|" * (len(evals) + 4),
    ]
    for way, each in ways.items():
        seconds = [each.experiment_s, each.training_s, each.scoring_s, *each.evals_s.values(), each.whole_s]
        lines.append(f"| {way} | " + " | ".join(f"{value:.1f} s" for value in seconds) + " |")
    before, after = ways[COLD].whole_s, ways[WARM].whole_s
    return "\n".join(
        [
            *lines,
            "",
            f"Loading it once takes {found['loading_s']:.1f} s, beside the session's first experiment. An attempt takes "
            f"{after / before:.0%} of the time, its scores equal to the last digit.",
        ]
    )


def _attempt(place: Path, waiting: Waiting | None, experiment: Sequence[str], evals: Sequence[str]) -> Attempt:
    """Train, then score."""
    place.mkdir()
    run, out = place / "run_1", place / "scores.json"
    began = time.monotonic()
    _checked([sys.executable, str(REPOSITORY / "experiment.py"), f"--out_dir={run}", *experiment], place)
    trained = time.monotonic()
    flags = [f"--run_dir={run}", f"--out={out}", *evals]
    if waiting is None:
        _checked([sys.executable, "-c", _ONE_BY_ONE, *flags], place)
    elif waiting.score(place, flags) != 0:
        raise RuntimeError((place / "stderr.log").read_text(encoding="utf-8"))
    scored = time.monotonic()
    info = json.loads((run / "final_info.json").read_text(encoding="utf-8"))
    seconds = json.loads(out.read_text(encoding="utf-8"))["details"]["seconds"]
    return Attempt(info["training"]["seconds"], trained - began, scored - trained, seconds)


def _checked(command: Sequence[str], folder: Path) -> None:
    """Run it to its end. Raises RuntimeError with what it said where that is not a good one."""
    env = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(done.stderr)
