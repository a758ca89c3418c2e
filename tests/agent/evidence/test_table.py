"""A table is placed by the tool, each value with its mark and its evidence."""

from __future__ import annotations

from agent.evidence.fill import fill
from tests.world.study import evidence


def test_tables_hold_each_value_of_each_run_with_its_mark() -> None:
    """All accepted runs are listed where none is named; what cannot be compared is starred; the noise is a row."""
    text = fill("[[table explained_variance mse]]", evidence(), "text").text
    assert (
        "run_1  0.8750-" in text and "run_3  0.8971+" in text and "run_4  0.9300*" in text and "noise  0.0020" in text
    )
    latex = fill("[[table explained_variance mse | baseline run_3]]", evidence(), "latex").text
    assert "\\evid{run_3.explained_variance.mean}{0.8971}\\evidbetter" in latex and "Run 1" not in latex
