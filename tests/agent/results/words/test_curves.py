"""What an adviser sees of training: curves thinned, both sides, and what one side lacks."""

from __future__ import annotations

from typing import Any

from agent.results.results import RunResult
from agent.results.words.curves import curves_beside, curves_of, thinned, totals_beside
from agent.session.steps import RunName


def trained(run: str, **training: Any) -> RunResult:
    return RunResult(name=RunName(run), title=run, values={}, config={}, training=training)


def test_a_curve_is_thinned_and_keeps_its_ends() -> None:
    """Twenty points of a thousand, the first and the last among them; a short one is whole."""
    points = thinned([float(n) for n in range(1000)])
    assert len(points) == 20 and points[0] == 0 and points[-1] == 999 and points == sorted(points)
    assert thinned([3.0, 2.0]) == [3.0, 2.0] and thinned([]) == []


def test_only_lists_of_numbers_are_curves() -> None:
    """Nested lists have dots in their names; words, booleans, NaN and single numbers are no curve."""
    training = {
        "curve": {"loss": [2, 1.5]},
        "names": ["a", "b"],
        "flags": [True, False],
        "bad": [1.0, float("nan")],
        "one": [1.0],
    }
    assert list(curves_of(training)) == [("curve.loss", [2.0, 1.5])]


def test_what_one_side_lacks_is_said() -> None:
    """A run without the baseline's curve is told apart from one whose curve is short: the adviser must see it."""
    run, base = trained("run_1", steps=800, extra=[1.0, 2.0]), trained("run_0", steps=400, loss=[2.0, 1.0], ok=True)
    assert curves_beside(run, base) == [
        "loss, baseline (2 points): 2 1",
        "loss, run_1: not recorded",
        "extra, baseline: not recorded",
        "extra, run_1 (2 points): 1 2",
    ]
    assert totals_beside(run, base) == ["steps: baseline 400, run_1 800"]
