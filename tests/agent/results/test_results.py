"""Results from a journal: what is judged, what is best, and what becomes of results that cannot be read."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from agent.errors import SessionError
from agent.results.collect import Readable, collect, collect_readable
from agent.results.results import Results
from agent.session.events import RunAccepted
from agent.session.template.contract import Metric

METRICS = {
    "loss": Metric(direction="lower", description="", primary=True),
    "gain": Metric(direction="higher", description=""),
    "slow": Metric(direction="higher", description="", optional=True),
}


def accepted(number: int, metrics: Mapping[str, Any], differences: Sequence[str] = ()) -> RunAccepted:
    """The event of a run that measured `metrics`: plain numbers of one seed, or whole entries."""
    entries = {name: value if isinstance(value, dict) else {"mean": value} for name, value in metrics.items()}
    results = {"config": {}, "training": {}, "metrics": entries}
    return RunAccepted(run=f"run_{number}", title="", results=results, comparable=list(differences))


def baseline(loss: float = 1.0, seeds: int = 3) -> RunAccepted:
    """A baseline whose noise on loss is 4.303 · 0.01 · sqrt(4/3) = 0.0497 at three seeds."""
    spread = 0.01 if seeds > 1 else None
    return accepted(0, {name: {"mean": loss, "spread": spread, "n": seeds} for name in ("loss", "gain")})


def results(*runs: RunAccepted, seeds: int = 3) -> Results:
    return collect(METRICS, "loss", [baseline(seeds=seeds), *runs])


def test_runs_stand_in_the_order_of_their_numbers() -> None:
    """However the journal came to hold them."""
    found = collect(METRICS, "loss", [accepted(2, {"loss": 1}), baseline(), accepted(10, {"loss": 1})])
    assert [run.index for run in found.runs] == [0, 2, 10] and found.baseline.is_baseline
    assert found.get("run_10") is found.runs[2] and found.get("run_1") is None


def test_the_best_run_is_by_each_metrics_own_direction() -> None:
    """The lowest loss, the highest gain."""
    found = results(accepted(1, {"loss": 0.5, "gain": 0.5}), accepted(2, {"loss": 2.0, "gain": 2.0}))
    assert (found.best.name, found.best_by("gain").name) == ("run_1", "run_2")


@pytest.mark.parametrize("value", [1.0, math.nan, math.inf])
def test_a_tie_and_what_is_no_number_leave_the_baseline_the_best(value: float) -> None:
    """A run that equals the baseline is not better; NaN is no measurement."""
    assert results(accepted(1, {"loss": value})).best.is_baseline


def test_what_cannot_be_compared_is_never_the_best() -> None:
    """However good its value, neither by `best` nor in a group of judged runs."""
    found = results(accepted(1, {"loss": 0.1}, ["config.k: 16 → 32"]), accepted(2, {"loss": 0.9}))
    assert found.best.name == "run_2"
    assert found.verdict(found.runs[1], "loss").word == "not comparable"
    assert found.verdict(found.runs[1], "loss").delta == pytest.approx(-0.9)
    assert [[run.index for run in found.group(word, "loss")] for word in ("better", "worse", "within")] == [[2], [], []]
    assert [run.index for run in found.group("not_comparable")] == [1]
    assert [run.index for run in found.group("comparable")] == [2] and len(found.group("runs")) == 2


def test_with_one_seed_nobody_is_better_or_worse() -> None:
    """The baseline's noise is unknown: no run is judged, none is in a judged group."""
    found = results(accepted(1, {"loss": 0.1}), accepted(2, {"loss": 9.0}), seeds=1)
    assert {found.verdict(run, "loss").word for run in found.runs[1:]} == {"noise unknown"}
    assert found.noise("loss") is None and found.noise_between(found.runs[1], found.runs[2], "loss") is None
    assert not found.group("better", "loss") and not found.group("worse", "loss")


def test_noise_between_runs_counts_a_run_as_one_seed_and_the_baseline_as_all_of_its_own() -> None:
    """sqrt(2) between two runs, sqrt(1 + 1/3) between run and baseline, whichever comes first."""
    found = results(accepted(1, {"loss": 0.9}), accepted(2, {"loss": 0.8}))
    base, first, second = found.runs
    noise = 4.3026527 * 0.01
    assert found.noise_between(first, second, "loss") == pytest.approx(noise * math.sqrt(2))
    assert found.noise_between(first, base, "loss") == found.noise_between(base, first, "loss") == found.noise("loss")
    assert found.noise("loss") == pytest.approx(noise * math.sqrt(4 / 3))


DAMAGED: list[dict[str, Any]] = [
    {},
    {"metrics": {"loss": "low"}},
    {"metrics": {"loss": {"spread": 0.1}}},
    {"metrics": ["loss"]},
]


@pytest.mark.parametrize("damage", DAMAGED)
def test_damaged_results_are_an_error_that_names_the_run(damage: dict[str, Any]) -> None:
    """The loop does not go on with a run that cannot be read."""
    with pytest.raises(SessionError, match="run_1: its recorded results cannot be read"):
        collect(METRICS, "loss", [baseline(), RunAccepted(run="run_1", title="", results=damage)])


@pytest.mark.parametrize("damage", DAMAGED)
def test_for_looking_at_a_damaged_run_is_told_and_the_rest_stands(damage: dict[str, Any]) -> None:
    """The page shows the others, and a line says what is left out."""
    events = [baseline(), RunAccepted(run="run_1", title="", results=damage), accepted(2, {"loss": 0.9})]
    found = collect_readable(METRICS, "loss", events)
    assert found.results is not None and [run.index for run in found.results.runs] == [0, 2]
    assert len(found.problems) == 1 and found.problems[0].startswith("run_1: its recorded results cannot be read")


def test_without_a_baseline_nothing_is_judged() -> None:
    """No run, or a baseline that cannot be read: there is nothing to compare with."""
    assert collect_readable(METRICS, "loss", []) == Readable(None)
    assert collect_readable(METRICS, "loss", [accepted(1, {"loss": 1.0})]).results is None


def test_a_metric_that_nobody_declared_is_shown_its_direction_unknown() -> None:
    """It is in the tables, and no run is better or worse by it; a primary that is no metric is replaced."""
    events = [baseline(), accepted(1, {"loss": 0.9, "own": 3.0})]
    events[0].results["metrics"]["own"] = {"mean": 1.0, "spread": 0.0, "n": 3}
    found = collect_readable({}, "gone", events).results
    assert found is not None and set(found.metrics) == {"loss", "gain", "own"} and found.primary == "loss"
    assert {found.verdict(found.runs[1], name).word for name in ("loss", "own")} == {"direction unknown"}
    assert found.best.is_baseline and found.best_by("nonsense").is_baseline
    declared = collect_readable(METRICS, "loss", events).results
    assert declared is not None and declared.verdict(declared.runs[1], "loss").word == "better"


def test_an_optional_metric_that_nobody_measured_is_left_out() -> None:
    """The required ones stay, measured or not."""
    assert list(results(accepted(1, {"loss": 0.9})).metrics) == ["loss", "gain"]
    assert list(results(accepted(1, {"slow": 0.9})).metrics) == ["loss", "gain", "slow"]
