"""What others reported is shown with its mark, and nothing is computed with it."""

from __future__ import annotations

import dataclasses

import pytest

from agent.errors import BadAnswer
from agent.evidence.fill import fill, filled_values, unfill
from agent.results.tables.markdown import results_table
from tests.world.study import REPORTED
from tests.world.study import evidence as measured

EVIDENCE = dataclasses.replace(measured(), reported=REPORTED)
VALUE = "[[reported.topk.absorption_fraction]]"


def test_a_reported_value_carries_its_mark() -> None:
    """In text it says that it was not measured here; in LaTeX its macro adds the dagger; its digits are those published."""
    assert EVIDENCE.resolve("reported.topk.absorption_fraction").text == "0.1429 (reported, not measured here)"
    assert EVIDENCE.resolve("reported . topk . l0").text == "40 (reported, not measured here)"
    assert EVIDENCE.resolve("reported.topk.unlearning").reported == "0.0262"
    assert EVIDENCE.resolve("reported.source").text == "Table 2 of a paper"
    latex = fill(f"Others reported {VALUE}.", EVIDENCE, "latex").text
    assert latex == "Others reported \\evidreported{reported.topk.absorption_fraction}{0.1429}."
    assert filled_values(latex) == [("reported.topk.absorption_fraction", "0.1429")]
    assert unfill(latex) == f"Others reported {VALUE}."


@pytest.mark.parametrize(
    "reference",
    [
        "compare run_3 reported.topk.absorption_fraction absorption_fraction",
        "compare run_3 vs reported.topk.absorption_fraction",
        "compare run_3 reported absorption_fraction",
        "table absorption_fraction | run_0 reported.topk",
        "count better reported.topk.absorption_fraction",
        "conclusion reported.topk",
        "best reported.topk",
    ],
)
def test_nothing_is_computed_with_a_reported_value(reference: str) -> None:
    """Comparisons, tables, counts and conclusions refuse it, and say why."""
    with pytest.raises(BadAnswer, match="not measured here, under the same conditions"):
        EVIDENCE.resolve(reference)


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ("reported.topk.absorption_fraction.delta", "no delta, verdict or noise"),
        ("reported.topk.mse", "nearest"),
        ("reported.topc.l0", "topk.l0"),
        ("reported.topk", "reported.NAME.METRIC"),
        ("reported", "reported.NAME.METRIC"),
    ],
)
def test_only_published_values_can_be_referred_to(reference: str, said: str) -> None:
    """A reported value has no delta, no verdict and no noise, and one that was not published does not exist."""
    with pytest.raises(BadAnswer, match=said):
        EVIDENCE.resolve(reference)


def test_without_published_results_there_is_nothing_to_refer_to() -> None:
    """At a scale that names none, the reference is refused."""
    with pytest.raises(BadAnswer, match="no published results"):
        measured().resolve("reported.topk.l0")


def test_measured_tables_hold_no_reported_value() -> None:
    """Neither the brief's table nor a table of the paper nor `best` nor the noise knows of them."""
    results = EVIDENCE.results
    assert "0.1429" not in results_table(results) + EVIDENCE.resolve("table").text
    assert "unlearning" not in EVIDENCE.resolve("table").text
    assert EVIDENCE.resolve("best absorption_fraction").text == measured().resolve("best absorption_fraction").text
