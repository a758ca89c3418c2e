"""What the texts of a session may stand on: the evidence of its runs, and what was known before any of them."""

from __future__ import annotations

from agent.evidence.evidence import Evidence
from agent.proofreading.problems import free_text
from agent.results.results import collect
from agent.session.events import RunAccepted
from agent.session.session import Session


def evidence_of(session: Session, before: int | None = None) -> Evidence:
    """The accepted runs of a session, with what its template's scale says that others reported.

    `before` is a place in the journal: the evidence is then what it was when the event of that `seq` was recorded.
    """
    runs = (run for run in session.journal.all(RunAccepted) if before is None or run.seq < before)
    return Evidence(collect(session.template.metrics, session.primary, runs), session.template.reported)


def known_text(session: Session) -> str:
    """The idea's own words and the template's title, whose numbers a text may repeat."""
    return free_text(session.idea, session.template.title)
