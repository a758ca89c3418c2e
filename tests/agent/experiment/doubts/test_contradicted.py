"""A training record that contradicts the clock, the supervisor's count or what any training writes is refused."""

from __future__ import annotations

import math
import random

import pytest

from agent.experiment.doubts.contradicted import contradictions
from agent.session.cost import Cost
from agent.session.run_info import RunInfo

KEYS = ["config.steps"]


def noisy(points: int, seed: int = 0) -> list[float]:
    """A loss that falls as measured losses do."""
    rng = random.Random(seed)
    return [math.exp(-0.1 * step) * (1 + 0.05 * rng.random()) + 0.2 for step in range(points)]


def info(loss: list[float], cpu_s: float | None = None, steps: int = 400, **training: object) -> RunInfo:
    """A result with this curve."""
    record = {"steps": steps, "curve": {"step": list(range(len(loss))), "loss": loss}, **training}
    found = RunInfo({"config": {"steps": steps}, "training": record})
    return found if cpu_s is None else found.costing([Cost(wall_s=cpu_s, cpu_s=cpu_s)])


BASELINE = [info(noisy(41, seed), cpu_s=20.0 + seed) for seed in range(3)]


@pytest.mark.parametrize(
    ("mine", "cost", "reason"),
    [
        (
            info(noisy(41), seconds=61.0),
            Cost(wall_s=24.0, cpu_s=22.0),
            "training took 61.0 s, and the whole launch took 24.0 s",
        ),
        (
            info(noisy(41)),
            Cost(wall_s=2.0, cpu_s=1.9),
            "took 1.9 CPU-seconds, and no launch of the baseline less than 20.0",
        ),
        (info([0.9, 0.2]), Cost(wall_s=22.0, cpu_s=22.0), "has 2 points, and the baseline's 41"),
        (info([]), None, "has 0 points"),
        (info([0.5] * 41), None, "are all the same"),
        (info([1.0 - 0.02 * step for step in range(41)]), None, "lie on a straight line"),
        (info([0.95**step for step in range(41)]), None, "fall by the same factor each time"),
        (info([1.0 - 0.02 * step for step in range(40)] + [0.123]), None, "lie on a straight line"),
    ],
)
def test_each_contradiction_has_its_reason(mine: RunInfo, cost: Cost | None, reason: str) -> None:
    """Named, with the numbers that speak against each other."""
    (found,) = contradictions(mine, cost, BASELINE, KEYS)
    assert reason in found


@pytest.mark.parametrize(
    ("mine", "cost"),
    [
        (info(noisy(41), seconds=20.9), Cost(wall_s=20.5, cpu_s=20.0)),  # within what clocks differ
        (info(noisy(41)), Cost(wall_s=8.0, cpu_s=7.0)),  # three times as fast
        (info(noisy(41)), Cost(wall_s=9.0, cpu_s=1.0, gpu_s=8.0)),  # its work is a GPU's
        (info(noisy(41)), None),
        (info(noisy(25)), None),
        (info([0.9, 0.2], steps=10), Cost(wall_s=1.0, cpu_s=1.0)),  # another budget: not comparable, and told so
    ],
)
def test_an_honest_run_contradicts_nothing(mine: RunInfo, cost: Cost | None) -> None:
    """Faster code, a GPU, another clock, fewer points, another budget."""
    assert contradictions(mine, cost, BASELINE, KEYS) == []


def test_a_baseline_that_says_little_is_no_measure() -> None:
    """Few points, a curve that is itself a line, no cost known, no baseline yet."""
    line = [1.0 - 0.02 * step for step in range(41)]
    assert contradictions(info(line), None, [info(line)], KEYS) == []
    assert contradictions(info([0.5]), None, [info(noisy(5))], KEYS) == []
    assert contradictions(info(noisy(41)), Cost(wall_s=0.1, cpu_s=0.1), [info(noisy(41))], KEYS) == []
    assert contradictions(info([0.5]), Cost(wall_s=0.1), [], KEYS) == []
    assert contradictions(info(noisy(41)), Cost(wall_s=0.1, cpu_s=0.02), [info(noisy(41), cpu_s=0.2)], KEYS) == []
