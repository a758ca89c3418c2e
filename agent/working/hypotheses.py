"""What was registered before the first run, held against what was measured, once the runs are over."""

from __future__ import annotations

from agent.results.registered.outcomes import registration_of
from agent.results.story import results_of, story_of
from agent.results.words.phrases import WORDS
from agent.session.events import FiguresDrawn, HypothesesJudged
from agent.session.steps import HYPOTHESES
from agent.working.parts import Parts
from agent.writing.notes.text import write_notes


def judge_hypotheses(parts: Parts) -> None:
    """Record what came of each hypothesis and which planned runs were not made, and say so in the notes.

    Nothing where there is neither, nor in a session of an older version that has gone on to its figures.
    """
    session, story = parts.session, story_of(parts.session)
    if story.last(HypothesesJudged) is None:
        found = registration_of(story, results_of(session), over=True)
        if any(story.all(FiguresDrawn)) or not (found.tested or found.left_out):
            return
        judged = HypothesesJudged(
            outcomes=[each.recorded for each in found.tested], left_out=list(found.left_out), words=WORDS
        )
        session.journal.step(HypothesesJudged, HYPOTHESES, lambda: judged)
    write_notes(session.paths, session.journal.events)
