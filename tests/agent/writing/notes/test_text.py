"""notes.txt is written by the tool from the journal, whole and in order."""

from __future__ import annotations

from pathlib import Path

from agent.session.events import Noted
from agent.writing.notes.note import parse_note
from agent.writing.notes.text import notes_text, render_note, write_notes
from tests.world.papers import PLAIN_NOTE
from tests.world.stage import make_session
from tests.world.study import evidence


def test_renders_a_section_with_the_table_of_all_metrics() -> None:
    """The tool places the table: value, baseline with its spread, delta, noise and verdict of every metric."""
    noted = render_note(parse_note(PLAIN_NOTE, evidence()), evidence(), "run_3")
    assert noted.text.startswith("## run_3: Cosine decay of the weight")
    row = "| mse (lower is better) | 0.1029 | 0.1088 ± 0.0004 | -0.0059 | 0.0020 | 0.0092 | better than the baseline, beyond noise (one look) |"
    assert row in noted.text
    assert "Explained variance is 0.8971, better than the baseline, beyond noise." in noted.text
    assert noted.source == PLAIN_NOTE and noted.references == [
        "run_3.explained_variance",
        "run_3.explained_variance.verdict",
    ]


def test_notes_are_rebuilt_whole_and_in_order_after_any_loss(tmp_path: Path) -> None:
    """Overwritten notes come back from the journal, runs by number, the figures last."""
    session = make_session(tmp_path)
    for subject in ("figures", "run_10", "run_2"):
        session.journal.append(
            Noted(step=f"{subject}/note", subject=subject, title="t", source="", text=f"## {subject}")
        )
    session.paths.notes.write_text("overwritten")
    write_notes(session.paths, session.journal.events)
    text = session.paths.notes.read_text()
    assert text == notes_text(session.journal.events)
    assert text.index("## run_2") < text.index("## run_10") < text.index("## figures")
