"""A table is placed by the tool, each value with its mark and its evidence."""

from __future__ import annotations

from agent.evidence.fill import fill
from tests.world.study import evidence


def test_tables_hold_each_value_of_each_run_with_its_mark() -> None:
    """All accepted runs are listed where none is named; what cannot be compared is starred; both bands of noise are rows."""
    text = " ".join(fill("[[table explained_variance mse]]", evidence(), "text").text.split())
    for row in ("run_1 0.8750-", "run_3 0.8971+ 0.1029(+)", "run_4 0.9300*", "noise 0.0020", "all looks 0.0041 0.0092"):
        assert row in text
    latex = fill("[[table explained_variance mse | baseline run_3]]", evidence(), "latex").text
    assert "\\evid{run_3.explained_variance.mean}{0.8971}\\evidbetter" in latex and "Run 1" not in latex
    assert "\\evid{run_3.mse.mean}{0.1029}\\evidbetteronce" in latex
    assert "\\begin{tabular}{lr<{\\hspace{0.5em}}r<{\\hspace{1em}}}" in latex, (
        "room for the widest marks of each column"
    )
    unmarked = fill("[[table explained_variance mse | baseline]]", evidence(), "latex").text
    assert "\\begin{tabular}{lrr}" in unmarked
    assert "\\emph{all looks} & 0.0041 & 0.0092" in latex and "\\evidlookslegend{4 at the primary metric" in latex
