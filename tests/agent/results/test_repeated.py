"""Runs that the tool launched on several seeds, among those that it launched once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent.results.values import Value
from agent.results.verdicts.welch import interval
from agent.results.words import phrases
from agent.session.steps import RunName
from tests.world import study

EV = "explained_variance"
REPEATED = replace(study.run(1, {}), values={EV: Value(0.8925, 0.0004, 3)}, seeds=(0, 1, 2))
CLAIMED = replace(REPEATED, name=RunName("run_2"), seeds=())
RESULTS = replace(study.results(), runs=(study.baseline(), REPEATED, CLAIMED))


def test_a_run_on_several_seeds_is_judged_by_both_samples() -> None:
    """Welch's interval, where the tool launched both sides on several seeds: narrower than one seed's prediction interval."""
    verdict, welch = RESULTS.verdict(REPEATED, EV), interval(0.0, (0.0004, 3), (0.0004, 3)).half_width
    assert verdict.noise == pytest.approx(welch) and verdict.delta == pytest.approx(0.0013)
    assert verdict.word == "better"


def test_what_a_result_says_of_its_own_spread_is_no_further_seed() -> None:
    """An evaluator's repeats, or an experiment's invention: one launch is one launch, and has no ± in texts."""
    assert RESULTS.verdict(CLAIMED, EV).noise == pytest.approx(RESULTS.noise(EV))
    assert RESULTS.verdict(CLAIMED, EV).word == "within noise"
    kind = study.METRICS[EV]
    assert phrases.value_text(REPEATED, REPEATED.values[EV], kind) == "0.8925 ± 0.0004"
    assert phrases.value_text(CLAIMED, CLAIMED.values[EV], kind) == "0.8925"


def test_between_one_launch_and_several_the_baselines_spread_counts() -> None:
    """t(2) · s · √(1/3 + 1/1): as between the baseline and a run."""
    assert RESULTS.noise_between(REPEATED, CLAIMED, EV) == pytest.approx(RESULTS.noise(EV))


def test_seeds_that_all_gave_the_same_are_no_sample() -> None:
    """Neither side varies: the noise is not known, and nothing is called better."""
    still = replace(REPEATED, values={EV: Value(0.9, 0.0, 3)})
    base = replace(study.baseline(), values={EV: Value(0.8912, 0.0, 3)})
    assert replace(RESULTS, runs=(base, still)).verdict(still, EV).word == "noise unknown"
