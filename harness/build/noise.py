"""How far metrics move by chance, and how large a difference they can show: measured and written into docs/metrics.md.

    python -m harness.build.noise --seeds 5                      the whole measurement, and the tables in docs/metrics.md
    python -m harness.build.noise --seeds 5 --runs DIR           the same; runs are kept in DIR, those already there are used

Trains the untouched experiment.py with several seeds and scores each with the evaluator, in processes of their own.
"""

from __future__ import annotations

import argparse
import json
import logging
import math
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomllib

from harness.errors import HarnessError
from harness.progress import track

log = logging.getLogger("harness.build.noise")

REPOSITORY = Path(__file__).resolve().parents[2]
PAGE = REPOSITORY / "docs" / "metrics.md"
CONFIDENCE, POWER = 0.95, 0.8
BASELINE_SEEDS = 3  # of the template: what one run is compared with
SIDES = (3, 5, 10)  # seeds a side of a comparison of its own


class NoiseError(HarnessError):
    """The noise cannot be measured: a run or its scoring failed, or the page has no place for the table."""


@dataclass(frozen=True)
class Noise:
    """A metric over training seeds. `own` is the standard deviation between repeats of one SAE's evaluation, `repeats` their number."""

    values: tuple[float, ...]
    own: float | None
    repeats: int

    @property
    def mean(self) -> float:
        return statistics.fmean(self.values)

    @property
    def sd(self) -> float:
        """Sample standard deviation over seeds, of the mean of the repeats, as sessions see it."""
        return statistics.stdev(self.values)

    @property
    def own_part(self) -> float | None:
        """Part of the variance over seeds that is the evaluation's own: own² / repeats / sd², at most 1.

        An upper bound: all SAEs are scored with the same seeds, and what these shift for all alike is no noise between runs.
        """
        if self.own is None or self.sd == 0:
            return None
        return min(1.0, self.own**2 / self.repeats / self.sd**2)

    @property
    def training(self) -> float:
        """Standard deviation that is left when the evaluation's own is taken out: what other seeds of training do."""
        return self.sd * math.sqrt(1 - (self.own_part or 0.0))


def verdict_half_width(n: int) -> float:
    """Half-width of the verdict's 95% prediction interval, in standard deviations measured over n seeds: t(n−1)·√(1 + 1/n)."""
    from scipy import stats

    return float(stats.t.ppf((1 + CONFIDENCE) / 2, n - 1) * math.sqrt(1 + 1 / n))


def detectable(n_run: int, n_baseline: int) -> float:
    """The true difference, in true standard deviations, that is found significant (95%, two-sided) four times in five.

    One run against n seeds: the verdict's prediction interval, spread from the n seeds, n − 1 degrees of freedom.
    Several a side: the two-sample t-test, pooled, n_run + n_baseline − 2 degrees of freedom. Both statistics follow the
    noncentral t with the difference over √(1/n_run + 1/n_baseline).
    """
    from scipy import optimize

    def lacking(difference: float) -> float:
        return power(difference, n_run, n_baseline) - POWER

    enough = 1.0
    while lacking(enough) < 0:
        enough *= 1.5
    return float(optimize.brentq(lacking, 0.0, enough, xtol=1e-6))


def power(difference: float, n_run: int, n_baseline: int) -> float:
    """How often a true difference, in standard deviations, is found significant; see `detectable`. Raises ValueError below 2 seeds."""
    from scipy import stats

    freedom = n_baseline - 1 if n_run == 1 else n_run + n_baseline - 2
    if n_baseline < 2:
        raise ValueError(f"{n_baseline} baseline seeds have no spread: at least 2 are needed")
    at = difference / math.sqrt(1 / n_run + 1 / n_baseline)
    limit = stats.t.ppf((1 + CONFIDENCE) / 2, freedom)
    wrong_way = float(stats.nct.cdf(-limit, freedom, at))  # scipy has NaN where it is next to 0
    return float(stats.nct.sf(limit, freedom, at)) + (0.0 if math.isnan(wrong_way) else wrong_way)


def collect(scores: Sequence[Mapping[str, Any]]) -> dict[str, Noise]:
    """The metrics that every seed's evaluation has, in the evaluator's order."""
    found = {}
    for name in scores[0]["metrics"]:
        each = [score["metrics"].get(name) for score in scores]
        if any(value is None for value in each):
            continue
        spreads = [value["spread"] for value in each if value["spread"] is not None]
        own = math.sqrt(statistics.fmean(spread**2 for spread in spreads)) if spreads else None
        found[name] = Noise(tuple(value["mean"] for value in each), own, each[0]["n"])
    return found


def in_order(found: Mapping[str, Noise], names: Sequence[str]) -> dict[str, Noise]:
    """The metrics in the order of `names`, those that it lacks last."""
    return {name: found[name] for name in dict.fromkeys([*names, *found]) if name in found}


def noise_table(found: Mapping[str, Noise], digits: Mapping[str, int]) -> str:
    """Mean, spread, range, and whose noise it is."""
    rows = [
        "| metric | mean | sd over seeds | range | eval's own sd, one repeat | sd of training alone | eval's part of the variance |"
    ]
    rows.append("|---|---|---|---|---|---|---|")
    for name, noise in found.items():
        d = digits.get(name, 4)
        own = "–" if noise.own is None else f"{noise.own:.{d}f}"
        part = "–" if noise.own_part is None else f"≤ {noise.own_part:.0%}"
        span = f"{min(noise.values):.{d}f} … {max(noise.values):.{d}f}"
        rows.append(
            f"| `{name}` | {noise.mean:.{d}f} | {noise.sd:.{d}f} | {span} | {own} | {noise.training:.{d}f} | {part} |"
        )
    return "\n".join(rows)


def power_table(found: Mapping[str, Noise], digits: Mapping[str, int]) -> str:
    """The differences that can be shown, in each metric's own unit."""
    factors = [verdict_half_width(BASELINE_SEEDS), detectable(1, BASELINE_SEEDS)]
    factors += [detectable(n, n) for n in SIDES]
    heads = [f"noise in a verdict (1 run, {BASELINE_SEEDS} seeds)", f"1 run against {BASELINE_SEEDS} seeds"]
    heads += [f"{n} against {n}" for n in SIDES]
    rows = [f"| metric | {' | '.join(heads)} |", "|---" * (1 + len(heads)) + "|"]
    rows.append("| in standard deviations | " + " | ".join(f"{factor:.2f}" for factor in factors) + " |")
    for name, noise in found.items():
        d = digits.get(name, 4)
        rows.append(f"| `{name}` | " + " | ".join(f"{factor * noise.sd:.{d}f}" for factor in factors) + " |")
    return "\n".join(rows)


def insert(page: str, name: str, table: str) -> str:
    """The page with the table between its markers. Raises NoiseError where they are not there, once and in order."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    if page.count(begin) != 1 or page.count(end) != 1 or page.index(begin) > page.index(end):
        raise NoiseError(f"the page needs the lines {begin} and {end}, once each and in this order")
    before, after = page.split(begin)[0], page.split(end)[1]
    return f"{before}{begin}\n{table}\n{end}{after}"


def measure(seeds: Sequence[int], runs: Path, evals: str) -> list[dict[str, Any]]:
    """Each seed's scores. Seeds whose scores lie in `runs` already are not measured again. Raises NoiseError where one fails."""
    found = []
    for seed in track(seeds, "seeds", unit="seed"):
        run, out = runs / f"seed_{seed}", runs / f"seed_{seed}" / "scores.json"
        if not out.is_file():
            log.info("seed %d: training and scoring", seed)
            _call(["experiment.py", f"--out_dir={run}", f"--seed={seed}"])
            _call(["-m", "harness.evaluation", f"--run_dir={run}", f"--out={out}", f"--evals={evals}"])
        found.append(json.loads(out.read_text(encoding="utf-8")))
    return found


def _call(command: list[str]) -> None:
    done = subprocess.run([sys.executable, *command], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NoiseError(f"{' '.join(command)} ended with {done.returncode}: {done.stderr.strip()[-400:]}")


def digits_of(template: Path) -> dict[str, int]:
    """Digits after the point of each metric, from template.toml."""
    metrics = tomllib.loads(template.read_text(encoding="utf-8"))["metrics"]
    return {name: metric.get("digits", 4) for name, metric in metrics.items()}


def main(arguments: list[str] | None = None) -> int:
    """Measure, write the tables. Returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m harness.build.noise", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=5, help="how many, from 0")
    parser.add_argument("--out", type=Path, default=PAGE, help="page with the markers of both tables")
    parser.add_argument("--runs", type=Path, help="folder to keep the runs in; a temporary one unless given")
    parser.add_argument("--evals", default="default", help="as of python -m harness.evaluation")
    given = parser.parse_args(arguments)
    if given.seeds < 2:
        parser.error("a spread needs at least 2 seeds")
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    try:
        page = given.out.read_text(encoding="utf-8")
        for name in ("noise", "power"):
            insert(page, name, "")  # before an hour is spent
        with tempfile.TemporaryDirectory() as folder:
            runs = (given.runs or Path(folder)).resolve()
            scores = measure(range(given.seeds), runs, given.evals)
        digits = digits_of(REPOSITORY / "template.toml")
        found = in_order(collect(scores), list(digits))
        page = insert(given.out.read_text(encoding="utf-8"), "noise", noise_table(found, digits))
        given.out.write_text(insert(page, "power", power_table(found, digits)), encoding="utf-8")
    except (HarnessError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(f"{given.seeds} seeds, {len(found)} metrics: {given.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
