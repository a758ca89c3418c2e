"""Undefined is not a value: seeds that change nothing, differences that are shown as none, and exact ones."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

import pytest

from agent.evidence.evidence import Evidence
from agent.results.collect import collect
from agent.results.final_info import BadResults, checked_metrics
from agent.results.results import Results
from agent.results.tables.grid import grid_of
from agent.results.tables.markdown import results_table, run_table
from agent.results.values import Value
from agent.results.words import conclusion, phrases
from agent.results.words.compared import compare_text
from agent.session.events import RunAccepted
from agent.session.template.contract import Metric
from tests.world.study import results as study


def judged(base: Value, runs: Sequence[float], deterministic: bool = False) -> Results:
    """A baseline and runs on one metric, `error`, of which less is better."""
    values = [base, *map(Value, runs)]
    made = [
        dataclasses.replace(run, values={"error": value}, differences=(), deterministic=deterministic and not n)
        for n, (run, value) in enumerate(zip(study().runs, values, strict=False))
    ]
    return Results({"error": Metric(direction="lower", description="")}, "error", tuple(made))


def test_seeds_that_gave_the_same_are_named_in_every_form_of_words() -> None:
    """Verdict, noise, comparison, conclusion, both tables: the noise is unknown, and all say why."""
    found = judged(Value(694.8455, 0.0, 3), [9.9536, 694.8455, 9.9536])
    _, first, second, third = found.runs
    why = "(all seeds gave the same)"
    assert phrases.verdict_text(found, first, "error") == (
        f"not judged against the baseline, whose noise is unknown {why}"
    )
    assert phrases.verdict_text(found, second, "error") == "equal to the baseline"
    assert phrases.noise_text(found, "error") == f"unknown {why}"
    assert compare_text(found, first, second, "error").endswith(f"with the noise unknown {why}")
    assert compare_text(found, first, third, "error") == "equal to run 3"
    assert conclusion.conclusion_text(found) == (
        f"The baseline's noise on error is unknown {why}, so no run can be said to beat it."
    )
    assert f"| unknown {why} |" in run_table(found, first)
    assert "(noise unknown, since all seeds gave the same: error)" in results_table(found)
    assert Evidence(found).resolve("run_1.error.noise").text == f"unknown {why}"
    assert not found.group("better", "error") and not found.group("worse", "error")


def test_a_deterministic_template_judges_exactly() -> None:
    """Declared so, with seeds that agree or with a single one: a visible difference counts, and is worded as exact."""
    for base in (Value(10.0, 0.0, 3), Value(10.0)):
        found = judged(base, [9.9536, 10.5, 10.00001], deterministic=True)
        _, first, second, third = found.runs
        assert [phrases.verdict_text(found, run, "error") for run in (first, second, third)] == [
            "better than the baseline (exact)",
            "worse than the baseline (exact)",
            "equal to the baseline (exact)",
        ]
        assert conclusion.conclusion_text(found) == "On error, run 1 beat the baseline (exact)."
        assert conclusion.best_text(found) == "Run 1: 9.9536, -0.0464 against the baseline (exact)."
        assert compare_text(found, first, second, "error") == "better than run 2 by 0.5464 (exact)"
        assert phrases.noise_text(found, "error") == "exact" and grid_of(found).columns[0].noise_bare == "exact"
        assert conclusion.baseline_warnings(found) == []
    worse = judged(Value(10.0, 0.0, 3), [10.5, 10.00001], deterministic=True)
    assert conclusion.conclusion_text(worse) == (
        "No comparable run beat the baseline on error, and run 1 did worse (exact)."
    )


def test_a_deterministic_template_whose_seeds_differ_is_judged_by_their_noise() -> None:
    """What was measured goes before what was declared, and a line says so."""
    found = judged(Value(10.0, 0.1, 3), [9.9], deterministic=True)
    assert phrases.verdict_text(found, found.runs[1], "error") == "within noise of the baseline"
    [line] = conclusion.baseline_warnings(found)
    assert "deterministic = true" in line and "different error" in line


def test_the_baseline_warns_where_its_seeds_change_nothing() -> None:
    """The primary metric, or all of them: what follows, and both remedies. A count that is fixed by design is no matter."""
    told, remedy = conclusion.baseline_warnings(judged(Value(694.8455, 0.0, 3), []))
    assert "noise of error is unknown" in told
    assert "seed reaches the code" in remedy and "`deterministic = true` in [baseline] of template.toml" in remedy
    assert conclusion.baseline_warnings(study()) == []
    assert conclusion.baseline_warnings(judged(Value(1.0), [])) == []


def test_a_difference_and_its_noise_are_told_apart() -> None:
    """0.00034 beyond 0.00031: a digit more in note, reference, page and brief; else the metric's own digits."""
    spread = 0.00031 / (4.303 * math.sqrt(4 / 3))
    found = judged(Value(1.0, spread, 3), [1.0 - 0.00034, 1.0 - 0.0012])
    _, first, second = found.runs
    assert Evidence(found).resolve("run_1.error.delta").text == "-0.00034"
    assert Evidence(found).resolve("run_1.error.noise").text == "0.00031"
    assert "| -0.00034 | 0.00031 | 0.00045 | better than the baseline, beyond noise (one look) |" in run_table(
        found, first
    )
    assert "| -0.0012 | 0.0003 | 0.0004 |" in run_table(found, second)
    grid = grid_of(found)
    assert (grid.rows[1].cells[0].delta, grid.rows[2].cells[0].delta) == ("-0.00034", "-0.0012")
    assert (grid.columns[0].noise_shown, grid.columns[0].noise_bare) == ("±0.00031", "0.00031")


def test_what_is_shown_as_equal_is_neither_better_nor_the_best() -> None:
    """9.9536 against 9.9536, beyond a tiny noise: equal at the digits shown, and the baseline stays the best."""
    found = judged(Value(9.95362, 1e-7, 3), [9.95359, 9.95358])
    _, first, second = found.runs
    assert phrases.verdict_text(found, first, "error") == "equal to the baseline at the digits shown"
    assert compare_text(found, first, second, "error") == "equal to run 2 at the digits shown"
    assert conclusion.conclusion_text(found) == "No comparable run beat the baseline beyond noise on error."
    assert found.best.is_baseline and conclusion.best_text(found) == ""


def test_what_equals_the_baseline_counts_as_within() -> None:
    """Lists and counts of runs keep it: it is neither better nor worse."""
    found = judged(Value(16.0, 0.0, 3), [16.0, 17.0, 16.0])
    assert [run.index for run in found.group("within", "error")] == [1, 3]
    assert Evidence(found).resolve("list within error").text == "runs 1 and 3"


@pytest.mark.parametrize("spread", [0.0, 0.5, None])
def test_what_was_measured_once_has_no_spread(spread: float | None) -> None:
    """A file that says 0 of a single measurement is not believed: neither the value nor a table shows one."""
    checked = checked_metrics({"error": {"mean": 1.0, "spread": spread, "n": 1}}, ["error"], "x")
    assert not isinstance(checked, BadResults) and checked["error"].spread is None
    cell = grid_of(judged(Value(1.0, spread, 1), [])).rows[0].cells[0]
    assert cell.spread == ""


@pytest.mark.parametrize("base", [Value(0.0, 0.0, 3), Value(0.0)])
def test_nothing_over_nothing_is_undefined(base: Value) -> None:
    """0 against a baseline of 0 is no percentage, and no verdict but that they are equal, where seeds say that much."""
    found = judged(base, [0.0, 0.1])
    assert [phrases.percent_text(found, run, "error") for run in found.runs[1:]] == (
        ["undefined (the baseline is zero)"] * 2
    )
    words = [found.verdict(run, "error").word for run in found.runs[1:]]
    assert words == ["equal" if base.n > 1 else "noise unknown", "noise unknown"]


def test_a_session_that_was_told_of_no_noise_keeps_its_texts_and_loses_its_false_verdicts() -> None:
    """Of an earlier version's baseline, whose noise stands as 0: equal is within it as it was said; nothing is better."""
    told = {"error": {"mean": 16.0, "spread": 0.0, "n": 3, "noise": 0.0}}
    events = [RunAccepted(run="run_0", title="", results={"metrics": told})]
    events += [
        RunAccepted(run=f"run_{n}", title="", results={"metrics": {"error": {"mean": mean}}})
        for n, mean in ((1, 16.0), (2, 9.0))
    ]
    found = collect({"error": Metric(direction="lower", description="")}, "error", events)
    assert [found.verdict(run, "error").word for run in found.runs[1:]] == ["within noise", "noise unknown"]
    assert phrases.noise_text(found, "error") == "0.0000"
    assert phrases.verdict_text(found, found.runs[2], "error").endswith("unknown (all seeds gave the same)")
    assert compare_text(found, found.runs[2], found.runs[1], "error").endswith("unknown (all seeds gave the same)")
