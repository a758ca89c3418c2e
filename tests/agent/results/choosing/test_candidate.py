"""Who is launched again on fresh seeds: the best that was seen better, never one that cannot be compared."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent.results.choosing.candidate import choose, claimable
from agent.session.steps import RunName
from tests.world import study

LEADING = ("explained_variance", "mse", "feature_separation")


def test_the_best_of_those_seen_better_is_the_candidate() -> None:
    """run_3 is better by explained variance; run_4, higher still, is not comparable."""
    found = choose(study.results(), ("explained_variance",))
    assert found.run is not None and (found.run.name, found.metric) == ("run_3", "explained_variance")


def test_better_on_any_of_the_ideas_metrics_is_enough() -> None:
    """Without run_3, run_1 and run_2 are better on separation alone; the primary metric chooses between them: run_2."""
    results = study.results()
    without = replace(results, runs=tuple(run for run in results.runs if run.name != "run_3"))
    assert choose(without, ("explained_variance",)).run is None
    found = choose(without, LEADING)
    assert found.run is not None and found.run.name == "run_2"


def test_a_metric_where_lower_is_better_takes_the_lowest() -> None:
    """The direction is the metric's own."""
    found = choose(study.results(), ("mse",))
    assert found.run is not None and found.run.name == "run_3"


def test_no_candidate_says_why() -> None:
    """Nobody better beyond noise: the metrics that were looked at are named."""
    found = choose(study.results(), ("absorption_fraction", "l0"))
    assert found.run is None
    assert found.reason == "no comparable run is better than the baseline beyond noise on absorption fraction and l0"


def test_a_metric_that_tells_nothing_neither_makes_nor_chooses_a_candidate() -> None:
    """An untrained model beats the baseline on separation: nobody is a candidate by it, and no metric left is said."""
    found = choose(study.controlled(), ("feature_separation",))
    assert found.run is None and found.reason == "none of feature separation tells the baseline from a control"
    both = choose(study.controlled(), ("feature_separation", "explained_variance"))
    assert both.run is not None and (both.run.name, both.metric) == ("run_3", "explained_variance")


@pytest.mark.parametrize(
    ("asked", "name", "reason"),
    [
        ("run_1", "run_1", "asked for"),
        ("run_4", None, "run_4 was asked for, and it is not comparable with the baseline"),
        ("run_9", None, "run_9 was asked for, and it is no accepted run"),
        ("run_5", None, "run_5 was asked for, and it was dropped"),
        ("none", None, "none was asked for"),
    ],
)
def test_a_person_may_name_it(asked: str, name: str | None, reason: str) -> None:
    """Also one that was not seen better; what cannot be compared, was dropped or is not there is refused in words."""
    results = replace(study.results(), dropped=("run_5 (Warm up): it leaked",))
    found = choose(results, ("explained_variance",), asked)
    assert (found.run.name if found.run else None, found.reason) == (name and RunName(name), reason)


def test_the_ideas_metrics_may_be_claimed_the_primary_one_first() -> None:
    """An idea that names none may claim the primary one alone."""
    assert claimable("mse", ("l0", "mse")) == ("mse", "l0")
    assert claimable("mse", ()) == ("mse",)
