"""References are forgiving in form and strict in meaning."""

from __future__ import annotations

import pytest

from agent.evidence.reference import nearest, parse_reference, references


@pytest.mark.parametrize(
    ("typed", "canonical"),
    [
        ("run 3 . l0", "run_3.l0"),
        ("Run-12.mse", "run_12.mse"),
        ("run\\_3.config.lambda\\_max", "run_3.config.lambda_max"),
        ("Baseline.mse", "run_0.mse"),
        ("compare run 1, baseline  mse", "compare run_1 run_0 mse"),
        ("`best.name`", "best.name"),
        ("table mse\\|run_0", "table mse | run_0"),
        ("run_03.mse", "run_03.mse"),
    ],
)
def test_has_one_canonical_form(typed: str, canonical: str) -> None:
    """Blanks, capitals, LaTeX's escapes and the baseline's name do not matter; a run that cannot be is left as it is."""
    assert parse_reference(typed).text == canonical


@pytest.mark.parametrize(
    ("reference", "judged"),
    [
        ("run_3.mse.verdict", "mse"),
        ("run_3.mse.delta", "mse"),
        ("compare run_1 run_2 l0", "l0"),
        ("count better mse", "mse"),
        ("conclusion", "primary"),
        ("conclusion mse", "mse"),
        ("run_3.mse", ""),
        ("run_3.mse.noise", ""),
        ("best mse", ""),
        ("table mse", ""),
    ],
)
def test_knows_which_metric_it_judges(reference: str, judged: str) -> None:
    """A comparison in words needs a reference that says one of that metric; a value, its noise and a table say none."""
    parsed = parse_reference(reference)
    assert parsed.judged_metric("primary") == judged and parsed.judges == bool(judged)


@pytest.mark.parametrize(
    ("reference", "tells"),
    [
        ("run_3.mse", True),
        ("run_3.mse.delta", True),
        ("run_3.mse.n", False),
        ("run_3.config.k", False),
        ("best", False),
    ],
)
def test_knows_whether_it_tells_a_result(reference: str, tells: bool) -> None:
    """Values and what is computed from them are results; noise, seeds, settings and names are not."""
    assert parse_reference(reference).tells_a_result == tells


def test_finds_every_reference_of_a_text() -> None:
    """In the order in which they stand."""
    assert [found.text for found in references("a [[run_1.mse]], b [[best.name]] [[broken")] == [
        "run_1.mse",
        "best.name",
    ]


def test_names_what_was_nearly_meant() -> None:
    """Close names first; without any close one all of them; without names that there are none."""
    assert nearest("lamda_max", ["lambda_max", "k"]) == "nearest: lambda_max"
    assert nearest("zzz", ["k", "lr"]) == "valid: k, lr"
    assert nearest("x", []) == "there are none"
