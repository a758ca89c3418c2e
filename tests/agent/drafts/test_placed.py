"""A reference gives the right value; that it stands in another run's row, or under another metric, is found by reading the text."""

from __future__ import annotations

import pytest

from agent.drafts.placed import misplaced
from tests.world.study import evidence

TABLE = r"""
\begin{table}
\caption{All runs.}
\begin{tabular}{lcc}
\toprule
Run & mse & explained variance \\
\midrule
Baseline & [[baseline.mse]] & [[baseline.explained_variance]] \\
Run 1 & [[run_1.mse]] & [[run_1.explained_variance]] \\
ROW \\
\bottomrule
\end{tabular}
\end{table}
"""


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (r"Run 3 & [[run_3.explained_variance]] & [[run_3.mse]]", "0.8971 is explained_variance of run_3, not its mse"),
        (r"Run 3 & [[run_1.mse]] & [[run_3.explained_variance]]", "0.1250 is mse of run_1, not of run_3"),
        (r"[[run_3.title]] & [[run_2.mse]] & [[run_3.explained_variance]]", "0.1095 is mse of run_2, not of run_3"),
    ],
)
def test_a_value_under_the_wrong_head_is_found(row: str, said: str) -> None:
    """Columns swapped, another run's row, a row that is called by its run's title."""
    assert any(said in found for found in misplaced(TABLE.replace("ROW", row), evidence(), latex=True))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Run 3 has an explained variance of [[run_3.mse]].", "0.1029 is mse of run_3"),
        ("Runs 1 and 3 have an mse of [[run_3.mse]] and [[run_1.mse]].", "0.1029 is mse of run_3, not of run_1"),
        ("Our mse is [[baseline.mse]] in run 3.", "0.1088 is mse of run_0, not of"),
    ],
)
def test_a_value_of_another_in_a_sentence_is_found(text: str, said: str) -> None:
    """Another metric, two runs the other way round, the baseline's as the run's."""
    assert any(said in found for found in misplaced(text, evidence(), latex=True))
    assert any(said in found for found in misplaced(text, evidence(), latex=False))


@pytest.mark.parametrize(
    "text",
    [
        TABLE.replace("ROW", r"[[run_3.title]] & [[run_3.mse]] & [[run_3.explained_variance]]"),
        TABLE.replace("ROW", r"Run 3 & [[run_3.mse.verdict]] & [[run_3.explained_variance.delta]]"),
        "The mse falls from [[baseline.mse]] to [[run_3.mse]] in run 3.",
        "With an mse of [[run_3.mse]] against [[baseline.mse]], run 3 is [[run_3.mse.verdict]].",
        "The baseline's mse is [[baseline.mse]], that of run 3 [[run_3.mse]].",
        "On mse run 3 ([[run_3.mse]]) and on absorption run 2 ([[run_2.absorption_fraction]]) were seen.",
        "[[table mse | run_1 run_3]]",
        "Run 9 reaches [[run_9.mse]].",
    ],
)
def test_what_stands_where_it_belongs_is_left_alone(text: str) -> None:
    """Values in their place, words of the tool's own; a reference to nothing is told where it is filled in."""
    assert misplaced(text, evidence(), latex=True) == []
