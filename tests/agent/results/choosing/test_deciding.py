"""What seeds can show is said before the first run: which metrics can be decided, and how many seeds the others take."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent.results.choosing.deciding import PART, Power, powers
from agent.results.results import Results
from agent.results.values import Value
from agent.results.verdicts.student import detectable, power
from agent.session.template.contract import Metric
from tests.world.study import baseline, controlled, results


def of(value: Value, metric: Metric | None = None, seeds: int = 1, deterministic: bool = False) -> Power:
    """What is said of one metric of a baseline that measured this."""
    base = replace(baseline(), values={"m": value}, deterministic=deterministic)
    kind = metric or Metric(direction="lower", description="", digits=3)
    return powers(Results({"m": kind}, "m", (base,)), seeds)[0]


def test_a_noisy_metric_says_how_many_seeds_it_takes() -> None:
    """Absorption as docs/metrics.md has it: one seed shows nothing below 41 %; with 12 seeds a side a tenth is found, with 11 not."""
    told = str(powers(replace(results(), named=("absorption_fraction",)))[1])
    assert told == (
        "absorption_fraction cannot be decided with one seed a run: noise ±0.288 on 0.704, so that no change below 41% shows; "
        "a change by 54% is found four times in five, with 3 seeds a side 25%, with 5 17%, with 10 11%; "
        "a change by 10% takes 12 seeds a side"
    )
    wanted = PART * 0.704 / 0.058
    assert power(wanted, 12, 12) >= 0.8 > power(wanted, 11, 11)


def test_a_quiet_metric_can_be_decided() -> None:
    """Explained variance: a change by a third of a percent is found with one seed, so no number of seeds is named."""
    (told,) = powers(results())
    assert told.decided and str(told).startswith(
        "explained_variance can be decided with one seed a run: noise ±0.0020 on"
    )
    assert told.more == "a change by 0.29% is found four times in five" and len(told.lines) == 2


def test_the_metrics_are_those_that_the_idea_names() -> None:
    """The primary one first; others are not spoken of."""
    named = powers(replace(results(), named=("mse", "absorption_fraction")))
    assert [each.metric for each in named] == ["explained_variance", "mse", "absorption_fraction"]


def test_more_seeds_a_run_show_smaller_changes() -> None:
    """Three seeds a run against the baseline's three: 3.07 standard deviations in place of 6.53."""
    one, three = of(Value(1.0, 0.02, 3)), of(Value(1.0, 0.02, 3), seeds=3)
    assert (one.decided, three.decided) == (False, True)
    assert "a change by 13% is found four times in five" in one.more and "with 3 seeds a run" in three.text
    assert f"a change by {100 * detectable(3, 3) * 0.02:.2g}%" in three.more


def test_a_target_that_is_near_is_what_must_be_shown() -> None:
    """Reaching it takes more seeds than a tenth does; one that is far, or reached already, leaves a tenth to be shown."""
    kind = Metric(direction="lower", description="")
    near = of(Value(1.0, 0.05, 3), kind.model_copy(update={"target": 0.95}))
    assert near.decided is False and near.more.endswith("; reaching 0.95 takes 17 seeds a side")
    for target in (0.0, 2.0):
        other = of(Value(1.0, 0.05, 3), kind.model_copy(update={"target": target}))
        assert other.more.endswith("; a change by 10% takes 6 seeds a side")


@pytest.mark.parametrize(
    ("value", "deterministic", "decided", "why"),
    [
        (Value(1.0), False, None, "its noise is unknown, since the baseline has one seed"),
        (Value(1.0, 0.0, 3), False, None, "its noise is unknown, since all seeds gave the same"),
        (Value(1.0, 0.0, 3), True, True, "nothing is drawn at random"),
        (Value(1.0, 5.0, 3), False, False, "takes more than 1000 seeds a side"),
        (Value(0.0, 0.1, 3), False, None, "no change below 0.497 shows"),
    ],
)
def test_what_cannot_be_said_is_not_said(value: Value, deterministic: bool, decided: bool | None, why: str) -> None:
    """Unknown noise, none at all, far too much, a baseline of 0, of which no part can be taken."""
    told = of(value, deterministic=deterministic)
    assert told.decided is decided and why in str(told) and "nan" not in str(told).lower()
    assert all(len(line) <= 160 for line in told.lines)


def test_a_metric_without_a_value_is_told_too() -> None:
    """The baseline has none: no run can be judged by it. A control that does as well stands behind the sentence."""
    study = results()
    gone = Results(study.metrics, "mse", (replace(study.runs[0], values={}),))
    assert "was not measured in the baseline" in str(powers(gone)[0])
    beside = powers(replace(controlled(), named=("absorption_fraction",)))[1]
    assert str(beside).endswith("(an untrained model scores 0.592 here)")
