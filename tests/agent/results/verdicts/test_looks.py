"""Looks are counted: what one look finds is called that, and what survives all looks stands."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable
from dataclasses import replace

import pytest

from agent.results.results import Results, RunResult
from agent.results.tables.grid import grid_of
from agent.results.values import Value
from agent.results.verdicts.looks import Looks
from agent.results.verdicts.student import quantile
from agent.results.words.compared import compare_text
from agent.results.words.conclusion import conclusion_text
from agent.results.words.groups import group_text
from agent.results.words.phrases import verdict_text
from agent.session.steps import RunName
from agent.session.template.contract import Metric

METRIC = Metric(direction="higher", description="")
S = 0.01
"""The baseline's standard deviation over three seeds."""
ONE = quantile(0.975, 2) * S * math.sqrt(4 / 3)
"""The band of one look."""


def run(number: int, value: Value) -> RunResult:
    return RunResult(RunName.of(number), f"Try {number}", {"a": value, "b": value}, {}, {})


def session(means: Iterable[float], named: tuple[str, ...] = ()) -> Results:
    """A baseline at 1.0 with three seeds, then a run a mean; both metrics measure the same."""
    runs = (run(number, Value(mean)) for number, mean in enumerate(means, start=1))
    return Results({"a": METRIC, "b": METRIC}, "a", (run(0, Value(1.0, S, 3)), *runs), named=named)


def test_looks_are_runs_times_the_metrics_that_the_idea_names() -> None:
    """The primary one alone where it names none; whoever picks another metric out has looked at all."""
    assert session([1.0] * 4).looks == Looks(4, ("a",), 2)
    assert [session([1.0] * 4).looks.at(name) for name in ("a", "b")] == [4, 8]
    assert [session([1.0] * 4, ("b",)).looks.at(name) for name in ("a", "b")] == [8, 8]
    assert session([], ("b", "gone")).looks == Looks(0, ("a", "b"), 2) and session([]).looks.at("a") == 1


def test_all_looks_together_have_the_confidence_of_one() -> None:
    """Bonferroni: 1 - 0.05/20 each; the union of twenty such looks errs once in twenty at most."""
    looks = Looks(20, ("a",), 1)
    assert looks.confidence("a") == pytest.approx(1 - 0.05 / 20) and Looks(1, ("a",), 1).confidence("a") == 0.95


def test_the_band_for_all_looks_is_at_the_corrected_level() -> None:
    """t(2) at 1 - 0.05/4 in place of 0.95; one run of one metric has one band only."""
    four = session([1.0] * 4)
    assert four.noise("a") == pytest.approx(ONE)
    assert four.band("a") == pytest.approx(quantile(1 - 0.0125 / 2, 2) * S * math.sqrt(4 / 3))
    assert session([1.0]).band("a") == session([1.0]).noise("a")
    assert grid_of(replace(session([1.0]), metrics={"a": METRIC})).looks == ""


def test_what_one_look_finds_is_called_that_once_there_were_more() -> None:
    """The same run, alone better beyond noise, among four better by one look; worse likewise; far away it stands."""
    near, far = 1.0 + 1.2 * ONE, 1.0 + 20 * ONE
    alone, among = session([near]), session([near, 1.0, 2.0 - near, far])
    assert verdict_text(alone, alone.runs[1], "a") == "better than the baseline, beyond noise"
    words = [verdict_text(among, each, "a") for each in among.runs[1:]]
    assert words == [
        "better than the baseline, beyond noise (one look)",
        "within noise of the baseline",
        "worse than the baseline, beyond noise (one look)",
        "better than the baseline, beyond noise",
    ]
    row = grid_of(among).rows[1].cells[0]
    assert (row.mark, row.told, row.word) == ("(+)", "better (one look)", "better")


def test_a_comparison_of_two_runs_counts_looks_too() -> None:
    """Two runs of one seed each differ by less than four looks allow."""
    found = session([1.0 + 1.3 * ONE, 1.0, 1.0, 1.0])
    told = compare_text(found, found.runs[1], found.runs[2], "a")
    assert told.endswith(", beyond noise (one look)") and told.startswith("better than run 2 by ")


def test_the_conclusion_says_which_runs_survive() -> None:
    """None, some, all: a run that one look alone bears is never among those that beat the baseline beyond noise."""
    near, far = 1.0 + 1.2 * ONE, 1.0 + 20 * ONE
    assert conclusion_text(session([near])) == "On a, run 1 beat the baseline beyond noise."
    assert conclusion_text(session([near, 1.0])) == (
        "On a, run 1 beat the baseline beyond noise (one look), no run by all looks made."
    )
    assert conclusion_text(session([near, 1.0, far])) == (
        "On a, run 3 beat the baseline beyond noise, run 1 by one look only; the best of them was run 3."
    )
    some = session([near, 1.0, far])
    assert group_text(some, some.group("better", "a"), "a") == "runs 1 and 3 (run 1 by one look)"


def test_what_is_exact_needs_no_counting() -> None:
    """Where nothing is drawn at random, the hundredth look is as good as the first, and tables have no second band."""
    base = replace(run(0, Value(1.0)), deterministic=True)
    found = Results({"a": METRIC}, "a", (base, *(run(number, Value(1.0 + number / 100)) for number in (1, 2, 3))))
    assert [verdict_text(found, each, "a") for each in found.runs[1:]] == ["better than the baseline (exact)"] * 3
    assert grid_of(found).looks == ""


def test_on_pure_noise_all_looks_err_as_seldom_as_one() -> None:
    """Of 400 sessions of ten runs that change nothing, some tenth calls one better by one look, and at most 5 % by all."""
    draw = random.Random(7)
    once = surviving = 0
    for _ in range(400):
        seeds = [draw.gauss(0, 1) for _ in range(3)]
        mean = sum(seeds) / 3
        spread = math.sqrt(sum((seed - mean) ** 2 for seed in seeds) / 2)
        tries = (run(number, Value(draw.gauss(0, 1))) for number in range(1, 11))
        found = Results({"a": METRIC}, "a", (run(0, Value(mean, spread, 3)), *tries))
        better = found.group("better", "a")
        once += bool(better)
        surviving += any(not found.verdict(each, "a").one_look for each in better)
    assert once > 25 and surviving <= 0.05 * 400
