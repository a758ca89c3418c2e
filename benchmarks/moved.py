"""What a method and an architecture come to at tiny scale, by the present splits: measured and written into the docs.

    .venv/experiment/bin/python -m benchmarks.moved methods --seeds 3 --runs DIR        docs/metrics.md
    .venv/experiment/bin/python -m benchmarks.moved architectures --runs DIR            docs/architectures.md

Each is trained by experiment.py, as it is or as the recorded session of ideas/progressive edited it, and scored by the evaluator,
in processes of their own. What lies in DIR already is not measured again.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import statistics
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.recorded_edits import versions
from harness.build.noise import digits_of, insert

log = logging.getLogger("benchmarks.moved")

REPOSITORY = Path(__file__).resolve().parents[1]
RECORDING = REPOSITORY / "ideas" / "progressive.recording.jsonl"
BASELINE = "baseline"
METHODS = {
    BASELINE: "baseline",
    "run_1": "progressive: weight and threshold fall with the progress, λ 0.03",
    "run_2": "static: a third of the weight and half of the threshold throughout",
}
"""What the recorded session tried, by the run whose code it is."""
MOVED = ("explained_variance", "decoder_cosine", "coactive_cosine")
KINDS = ("topk", "batch_topk", "jumprelu", "gated", "relu", "matryoshka", "ortsae")
OF_KINDS = (
    "explained_variance",
    "l0",
    "dead_latents",
    "ce_loss_score",
    "kl_div_score",
    "decoder_cosine",
    "absorption_fraction",
    "full_absorption",
    "probing_top_1",
    "probing_top_5",
)


@dataclass(frozen=True)
class Tried:
    """One SAE that is trained and scored: which code, with which flags."""

    name: str
    script: Path
    flags: tuple[str, ...] = ()


def methods(runs: Path) -> list[Tried]:
    """The baseline, and the recorded session's code after each of these runs, written into `runs`."""
    code = {version.step.split("/")[0]: version.code["experiment.py"] for version in versions(RECORDING, REPOSITORY)}
    found = [Tried(BASELINE, REPOSITORY / "experiment.py")]
    for name in [name for name in METHODS if name != BASELINE]:
        script = runs / name / "experiment.py"
        script.parent.mkdir(parents=True, exist_ok=True)
        script.write_text(code[name], encoding="utf-8")
        found.append(Tried(name, script))
    return found


def kinds(_: Path) -> list[Tried]:
    """Each built-in kind of SAE with its defaults."""
    return [Tried(kind, REPOSITORY / "experiment.py", (f"--sae={kind}",)) for kind in KINDS]


def scores(tried: Tried, seed: int, runs: Path, evals: str) -> Mapping[str, Any]:
    """The metrics of one training seed, measured unless they lie in `runs`. Raises CalledProcessError with what was said."""
    run = runs / tried.name / f"seed_{seed}"
    out = run / "scores.json"
    if not out.is_file():
        log.info("%s, seed %d: training and scoring", tried.name, seed)
        _call([str(tried.script), f"--out_dir={run}", f"--seed={seed}", *tried.flags])
        _call(["-m", "harness.evaluation", f"--run_dir={run}", f"--out={out}", f"--evals={evals}"])
    metrics: Mapping[str, Any] = json.loads(out.read_text(encoding="utf-8"))["metrics"]
    return metrics


def _call(words: Sequence[str]) -> None:
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    subprocess.run([sys.executable, *words], cwd=REPOSITORY, env=environment, stdout=subprocess.DEVNULL, check=True)


def cell(values: Sequence[float], digits: int) -> str:
    """Mean ± standard deviation over seeds; one seed has none."""
    mean = f"{statistics.fmean(values):.{digits}f}"
    return mean if len(values) < 2 else f"{mean} ± {statistics.stdev(values):.{digits}f}"


def table(rows: Mapping[str, Sequence[Mapping[str, Any]]], first: str, names: Sequence[str]) -> str:
    """A Markdown table: a row for each thing tried, by its label, a column for each metric."""
    digits = digits_of(REPOSITORY / "template.toml")
    lines = [f"| {first} | {' | '.join(f'`{name}`' for name in names)} |", "|---" * (1 + len(names)) + "|"]
    for label, found in rows.items():
        cells = [cell([each[name]["mean"] for each in found], digits[name]) for name in names]
        lines.append(f"| {label} | {' | '.join(cells)} |")
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("methods", "architectures"))
    parser.add_argument("--seeds", type=int, default=1, help="how many, from 0")
    parser.add_argument("--runs", type=Path, required=True, help="folder to keep the runs in")
    given = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stderr)
    of_methods = given.what == "methods"
    page = REPOSITORY / "docs" / ("metrics.md" if of_methods else "architectures.md")
    insert(page.read_text(encoding="utf-8"), given.what, "")  # before an hour is spent
    runs, evals = given.runs.resolve(), "core" if of_methods else "core,absorption,sparse_probing"
    rows = {
        METHODS[one.name] if of_methods else f"`{one.name}`": [
            scores(one, seed, runs, evals) for seed in range(given.seeds)
        ]
        for one in (methods(runs) if of_methods else kinds(runs))
    }
    found = table(rows, "variant" if of_methods else "`--sae`", MOVED if of_methods else OF_KINDS)
    page.write_text(insert(page.read_text(encoding="utf-8"), given.what, found), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
