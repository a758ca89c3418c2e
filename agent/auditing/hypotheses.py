"""Hypotheses against the journal: none was changed after it was registered, and each outcome is what the results say."""

from __future__ import annotations

from collections.abc import Iterator

from agent.results.registered.hypotheses import read_hypotheses
from agent.results.registered.outcomes import registration_of
from agent.results.story import results_of, story_of
from agent.results.words.phrases import WORDS
from agent.session.events import Finding, HypothesesJudged, Registered, RunAccepted
from agent.session.events.hypothesis import registered_sha256
from agent.session.session import Session
from agent.session.steps import BASELINE

_WHERE = "journal, hypotheses"


def audit_hypotheses(session: Session) -> Iterator[Finding]:
    """What does not hold in what was registered, and in what came of it."""
    story = story_of(session)
    registered, judged = story.last(Registered), story.last(HypothesesJudged)
    if registered is not None:
        if registered_sha256(registered.hypotheses) != registered.sha256:
            why = "the hypotheses are others than those that were registered"
            yield Finding(where=_WHERE, what=f"sha256 {registered.sha256[:16]}", why=why)
        planned = read_hypotheses(story.plan, session.metrics).hypotheses
        for each in registered.hypotheses:
            if each not in planned:
                yield Finding(where=_WHERE, what=str(each), why="the plan does not say so")
        runs = [event.seq for event in story.all(RunAccepted) if event.run != BASELINE]
        if runs and min(runs) < registered.seq:
            yield Finding(
                where=_WHERE, what=f"event {registered.seq}", why="registered after the first run, not before"
            )
    if judged is None or judged.words != WORDS:
        return
    then = story.until(judged.seq)
    found = {each.hypothesis.name: each for each in registration_of(then, results_of(session, then), over=True).tested}
    for outcome in judged.outcomes:
        again = found.get(outcome.name)
        if again is None or again.recorded != outcome:
            said = again.words if again else "no such hypothesis"
            yield Finding(where=_WHERE, what=f"{outcome.name}: {outcome.words}", why=f"the results say: {said}")
