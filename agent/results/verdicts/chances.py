"""How often a session calls a run better where no run is: by one look, and with all looks counted. The table of docs/metrics.md."""

from __future__ import annotations

import math
from collections.abc import Iterator

from agent.results.verdicts.looks import Looks
from agent.results.verdicts.student import two_sided

SEEDS, RUNS = (3, 5, 10), (1, 10, 20)
_PARTS = 160
_METRIC = "primary"


def chance(seeds: int, runs: int, counted: bool) -> float:
    """P(at least one of `runs` runs of one seed that change nothing is called better than a baseline of `seeds` seeds).

    By one metric, normally distributed. With b the baseline's mean and w its standard deviation as measured, a run is called better
    beyond b + t·w·√(1 + 1/seeds), independently of the others given both: 1 - E[Φ(b + t·w·√(1 + 1/seeds))^runs], b ~ N(0, 1/seeds),
    w² ~ χ²(seeds - 1)/(seeds - 1), summed by Simpson. `counted`: t at the level for that many looks.
    """
    level = Looks(runs if counted else 1, (_METRIC,), 1).confidence(_METRIC)
    reach = two_sided(level, seeds - 1) * math.sqrt(1 + 1 / seeds)
    none = 0.0
    for spread, weight in _spreads(seeds - 1):
        for mean, share in _normal(1 / math.sqrt(seeds)):
            none += weight * share * (1 - 0.5 * math.erfc((mean + reach * spread) / math.sqrt(2))) ** runs
    return 1 - none


def chances_table() -> str:
    """Markdown: baseline seeds × runs, by one look and with all looks counted."""
    heads = [f"{runs} run{'s' * (runs > 1)}" for runs in RUNS]
    rows = [f"| baseline seeds | {' | '.join(heads)} | {' | '.join(f'{head}, all looks' for head in heads)} |"]
    rows.append("|---" * (1 + 2 * len(RUNS)) + "|")
    for seeds in SEEDS:
        cells = [f"{chance(seeds, runs, counted):.1%}" for counted in (False, True) for runs in RUNS]
        rows.append(f"| {seeds} | {' | '.join(cells)} |")
    return "\n".join(rows)


def _simpson(low: float, high: float) -> Iterator[tuple[float, float]]:
    """Places and their weights."""
    width = (high - low) / _PARTS
    for place in range(_PARTS + 1):
        yield low + place * width, width / 3 * (1 if place in (0, _PARTS) else 4 if place % 2 else 2)


def _normal(sd: float) -> Iterator[tuple[float, float]]:
    """Values of N(0, sd²) with what each weighs in a mean."""
    for value, width in _simpson(-8.0, 8.0):
        yield value * sd, width * math.exp(-value * value / 2) / math.sqrt(2 * math.pi)


def _spreads(degrees: int) -> Iterator[tuple[float, float]]:
    """Measured standard deviations, in true ones, with what each weighs in a mean."""
    half = degrees / 2
    scale = math.log(2) + half * math.log(half) - math.lgamma(half)
    for ratio, width in _simpson(1e-9, 1 + 9 / math.sqrt(degrees)):
        yield ratio, width * math.exp(scale - half * ratio**2 + (degrees - 1) * math.log(ratio))
