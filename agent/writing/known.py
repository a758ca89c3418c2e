"""What the texts of a session may stand on: the evidence of its runs, and what was known before any of them."""

from __future__ import annotations

from agent.evidence.evidence import Evidence
from agent.models.replies.subject import Subject, subject_of
from agent.proofreading.problems import free_text
from agent.results.registered.outcomes import registration_of
from agent.results.story import Story, results_of, story_of
from agent.session.session import Session


def evidence_of(session: Session, told: Story | None = None) -> Evidence:
    """The accepted runs of a session, with what its template's scale says that others reported.

    `told` is the story as it stood at some time, and the evidence is then that of the time; the whole story where it is
    not given.
    """
    story = told or story_of(session)
    results = results_of(session, story)
    return Evidence(results, session.template.reported, registration_of(story, results))


def known_text(session: Session) -> str:
    """The idea's own words and the template's title, whose numbers a text may repeat."""
    return free_text(session.idea, session.template.title)


def subject_of_session(session: Session) -> Subject:
    """What every answer in a session must speak of to be one."""
    return subject_of(session.metrics, known_text(session))
