"""A whole session that argues: it is clean where its conditions hold; played where one does not, the draft is marked, not untrue."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.auditing.session import audit_session
from agent.session.events import Compiled, SectionWritten
from tests.world.packed import worked_session
from tests.world.toy import ANSWERS

pytestmark = [pytest.mark.tex, pytest.mark.whole]

HOLDS = (
    "[[if confirmed.excess_loss held]]On fresh seeds the gain of run 2 on excess loss is confirmed."
    "[[else]]No gain of run 2 on excess loss was confirmed.[[end]]"
)
STALE = (
    "[[if confirmed.excess_loss worse]]On fresh seeds run 2 is confirmed worse than the baseline on excess loss.[[end]]"
)


def worked(folder: Path, text: str, states: tuple[str, ...]) -> tuple[str, list[str], bool]:
    """(paper.tex, what the audit finds, whether the PDF is marked) of a toy session whose Results end with `text`."""
    steps = [("writer", f"draft/Results/{phase}/1") for phase in ("fill", "refine")]
    instead = {step: f"{ANSWERS[step]}\n\n{text}" for step in steps}
    session = worked_session(folder, instead, states=states, confirm="run_2")
    found = [finding.what for finding in audit_session(session).findings]
    assert list(session.journal.all(SectionWritten))[-1].source, "the sections are there"
    compiled = list(session.journal.all(Compiled))[-1]
    assert compiled.ok
    return (session.paths.latex / "paper.tex").read_text(encoding="utf-8"), found, compiled.marked


def test_a_session_that_argues_ends_with_a_clean_paper(tmp_path: Path) -> None:
    """TeX takes the passage, the branch that holds is printed, and the audit finds nothing."""
    tex, found, marked = worked(tmp_path, HOLDS, ("done",))
    assert "is confirmed.\\evidend{}" in tex and "No gain" not in tex
    assert (found, marked) == ([], False)


def test_a_recording_whose_passage_does_not_hold_here_gives_a_marked_draft(tmp_path: Path) -> None:
    """It has no other answer to give: the section stands, the passage shows as stale in the PDF, and the session ends with the finding."""
    tex, found, marked = worked(tmp_path, STALE, ("findings",))
    assert (
        "\\evidstale{stale: a passage for the case" in tex
        and "confirmed worse than the baseline on excess loss" not in tex
    )
    assert found == ["a stale passage"] and marked
