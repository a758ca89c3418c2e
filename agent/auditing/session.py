"""A session's audit: whether every number of its notes and paper still is what its evidence says."""

from __future__ import annotations

from agent.auditing.drawn import audit_drawn
from agent.auditing.figure_words import audit_figure_words
from agent.auditing.files import audit_controls, audit_figures, audit_results
from agent.auditing.hypotheses import audit_hypotheses
from agent.auditing.notes import audit_notes
from agent.auditing.paper import audit_paper
from agent.session.events import Audited, Finding, Noted, SectionWritten
from agent.session.session import Session


def audit_session(session: Session) -> Audited:
    """What does not hold, and how many numbers were checked."""
    findings: list[Finding] = [
        *audit_results(session),
        *audit_controls(session),
        *audit_notes(session),
        *audit_figures(session),
        *audit_drawn(session),
        *audit_figure_words(session),
        *audit_hypotheses(session),
    ]
    numbers = sum(len(note.references) for note in session.journal.all(Noted))
    if any(True for _ in session.journal.all(SectionWritten)):
        values, found = audit_paper(session)
        findings += found
        numbers += values
    return Audited(findings=findings, numbers=numbers)
