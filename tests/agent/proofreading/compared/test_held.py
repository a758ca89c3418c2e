"""A comparison in words is held against what was measured, whoever its sentence calls by number, title or `it`."""

from __future__ import annotations

import pytest

from agent.proofreading.problems import problems_of
from tests.world.study import evidence

BETTER = "[[compare run_3 run_1 explained_variance]]"
"""Run 3 is better than run 1, beyond noise; run 3 is better than the baseline, run 1 worse."""


def said(text: str) -> list[str]:
    return problems_of(text, evidence(), latex=True)


@pytest.mark.parametrize(
    "text",
    [
        f"It is better than run 1 on explained variance ({BETTER}).",
        f"It is worse than run 3 ({BETTER}).",
        "It is worse than run 3 ([[compare run_1 run_3 explained_variance]]).",
        "It is worse than run 2 on explained variance ([[run_1.explained_variance.verdict]]).",
        f"Cosine decay is better on explained variance than plain penalty ({BETTER}).",
        "Cosine decay is better on explained variance ([[run_3.explained_variance.verdict]]).",
        "Run 3 is better than run 1, which is [[run_1.explained_variance.verdict]].",
        "Explained variance is higher in run 3 ([[run_3.explained_variance.verdict]]).",
    ],
)
def test_what_was_measured_may_be_said(text: str) -> None:
    """Whoever `it` is: the one of the pair that the words behind it do not name."""
    assert said(text) == []


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (f"It is worse than run 1 on explained variance ({BETTER}).", "run_3 is better than run_1"),
        (f"It is better than run 3 ({BETTER}).", "run_1 is worse than run_3"),
        (f"Plain penalty is better on explained variance than cosine decay ({BETTER}).", "run_1 is worse than run_3"),
        ("Plain penalty is better on explained variance ([[run_3.explained_variance.verdict]]).", "run_1 is worse"),
        (
            "It is worse than run 3, which is [[run_3.explained_variance.verdict]].",
            "the verdict is of run_3 alone; write [[compare RUN run_3 METRIC]]",
        ),
        ("Our method is better than run 1 ([[run_1.explained_variance.verdict]]).", "the verdict is of run_1 alone"),
    ],
)
def test_the_other_way_round_is_told(text: str, why: str) -> None:
    """`It` beside a comparison, titles exchanged, and a verdict of the one that something is compared with, which says nothing of it."""
    assert any(why in problem for problem in said(text)), said(text)
