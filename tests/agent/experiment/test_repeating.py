"""A run on several seeds: which they are, and what the run's values are over them."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.experiment.repeating import over_seeds, run_seeds, unlike_baseline
from agent.results.story.plan import seeds_planned
from agent.session.paths import REPOSITORY
from agent.session.run_info import RunInfo
from agent.session.template import load_template
from tests.world.slow_toy import slow_template

TOY = load_template(REPOSITORY / "templates/toy")


def info(seed: int, loss: float, gradients: int = 2000, **more: float) -> RunInfo:
    config = {"dimension": 20, "noise": 0.3, "gradients": gradients, "seed": seed}
    metrics = {
        "excess_loss": {"mean": loss, "spread": None, "n": 1},
        **{k: {"mean": v, "spread": None, "n": 1} for k, v in more.items()},
    }
    return RunInfo({"format": 1, "config": config, "training": {"steps": 1}, "metrics": metrics})


def test_the_baselines_seeds_come_first_so_that_pairs_exist() -> None:
    """The toy's baseline has 0 to 4: three seeds are three of them, seven go on behind them."""
    assert run_seeds(TOY, 1) == [0]
    assert run_seeds(TOY, 3) == [0, 1, 2]
    assert run_seeds(TOY, 7) == [0, 1, 2, 3, 4, 5, 6]


def test_no_seed_of_a_run_is_one_of_the_confirmation(tmp_path: Path) -> None:
    """Fresh seeds stay fresh, however many a run is launched on."""
    template = load_template(slow_template(tmp_path, ("first_seed = 101", "first_seed = 4")))
    assert run_seeds(template, 5) == [0, 1, 2, 3, 7]
    assert run_seeds(template, 5, confirm=2) == [0, 1, 2, 3, 7] and run_seeds(template, 6, confirm=5) == [
        0,
        1,
        2,
        3,
        9,
        10,
    ]


def test_values_are_over_the_seeds_that_all_have() -> None:
    """Mean, standard deviation and n; a metric that one seed lacks is left out; settings and training are the first seed's."""
    found = over_seeds({0: info(0, 1.0, distance=2.0), 1: info(1, 2.0), 2: info(2, 3.0, distance=2.0)})
    assert found["metrics"] == {"excess_loss": {"mean": 2.0, "spread": 1.0, "n": 3}}
    assert found["seeds"] == [0, 1, 2] and found.config["seed"] == 0


def test_a_metric_that_a_seed_has_no_measure_for_keeps_its_reason() -> None:
    """The run lacks it over its seeds: which seed, and why; what the first seed says is said as it says it."""
    whole, other = info(0, 1.0, distance=2.0), info(1, 2.0)
    lacks = RunInfo({**other, "details": {"undefined": {"distance": "no two are on"}}})
    found = over_seeds({0: whole, 1: lacks})
    assert "distance" not in found.metrics
    assert found.details["undefined"] == {"distance": "with seed 1: no two are on"}
    first = RunInfo({**info(0, 1.0), "details": {"undefined": {"distance": "none"}}})
    assert over_seeds({0: first, 1: lacks}).details["undefined"] == {"distance": "none"}
    assert "details" not in over_seeds({0: whole, 1: other})


def test_the_seed_is_the_tools_own_and_no_difference() -> None:
    """Each launch has another; all else must be the baseline's, with every seed."""
    baseline = info(0, 1.0)
    assert unlike_baseline(TOY, {0: info(0, 1.0), 1: info(1, 2.0)}, baseline) == []
    assert unlike_baseline(TOY, {0: info(0, 1.0), 1: info(1, 2.0, gradients=4000)}, baseline) == [
        "with seed 1, config.gradients: 2000 → 4000"
    ]
    assert unlike_baseline(TOY, {0: info(0, 1.0), 1: info(7, 2.0)}, baseline) == ["with seed 1, config.seed: 1 → 7"]
    assert unlike_baseline(TOY, {0: info(0, 1.0, gradients=9), 1: info(1, 2.0, gradients=9)}, baseline) == [
        "config.gradients: 2000 → 9"
    ]


@pytest.mark.parametrize(
    ("plan", "seeds"),
    [
        ("1. A: x.\n2. Noisy (3 seeds): asks about absorption.\n3. B: y.", 3),
        ("1. A\n2. Noisy: x (on 5 seeds).", 5),
        ("1. A\n2. Noisy: x.\n\nrun_2: 4 seeds", 4),
        ("1. A\n2. Noisy: x, judged against 3 seeds of the baseline.\n", 1),
        ("1. A (3 seeds)\n2. B", 1),
        ("1. A\n2. Noisy (90 seeds)", 10),
        ("1. A\n2. Noisy (0 seeds)", 1),
    ],
)
def test_the_plan_may_ask_more_of_a_single_run(plan: str, seeds: int) -> None:
    """In its line or apart; words about other seeds ask for none, and nobody asks for more than ten."""
    assert seeds_planned(plan, 2) == seeds
