"""Whom the confirmation is about: decided after the last run, journalled, and kept to once the split was opened."""

from __future__ import annotations

from agent.results.choosing.candidate import choose, claimable
from agent.results.choosing.rivals import held_against
from agent.results.story import results_of, story_of
from agent.session.events import CandidateChosen, ConfirmationOpened, Edited, FiguresDrawn
from agent.session.session import Session
from agent.session.settings import Settings
from agent.session.settings.confirm import NONE
from agent.session.steps import CANDIDATE, OPENED


def chosen_candidate(session: Session) -> CandidateChosen | None:
    """Whom the confirmation is about, decided once; anew where the settings ask otherwise before the split was opened.

    None in a session that had gone on to its figures before there was a confirmation: its texts know of none.
    """
    events, asked = list(session.journal.all(CandidateChosen)), _asked(session.settings)
    if not events and _drew(session):
        return None
    if events and (events[-1].asked == asked or _drew(session) or session.journal.find(ConfirmationOpened, OPENED)):
        return events[-1]
    return session.journal.step(CandidateChosen, CANDIDATE.again(len(events)), lambda: _choice(session, asked))


def _asked(settings: Settings) -> str:
    return NONE if settings.confirmation.seeds == 0 else settings.confirmation.run


def _drew(session: Session) -> bool:
    return any(session.journal.all(FiguresDrawn)) or any(
        event.step.is_of_figures for event in session.journal.all(Edited)
    )


def _choice(session: Session, asked: str) -> CandidateChosen:
    template, results = session.template, results_of(session)
    confirmation = template.confirmation
    if confirmation is None:
        return CandidateChosen(asked=asked, reason=f"the template {template.name} declares no [confirmation]")
    wanted = [name for name in claimable(session.primary, session.idea.leading) if name in results.metrics]
    metrics = confirmation.scored(wanted)
    if not metrics:
        reason = f"none of the idea's metrics is scored by the confirmation of the template {template.name}"
        return CandidateChosen(asked=asked, reason=reason)
    choice = choose(results, metrics, asked)
    run = choice.run.name if choice.run else None
    beside = list(held_against(story_of(session), results, run)) if run is not None else []
    return CandidateChosen(
        run=run, metric=choice.metric, metrics=list(metrics), asked=asked, reason=choice.reason, beside=beside
    )
