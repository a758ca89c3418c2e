"""Hypotheses: registered from the plan before the first run, and what came of each follows from what was measured."""

from __future__ import annotations

from collections.abc import Iterator

from agent.packing.opened import Opened
from agent.results.registered.hypotheses import read_hypotheses
from agent.results.registered.outcomes import registration_of
from agent.results.story import results_of, story_of
from agent.results.words.phrases import WORDS
from agent.session.events import Finding, HypothesesJudged, Registered
from agent.session.events.hypothesis import registered_sha256


def hypotheses(opened: Opened) -> Iterator[Finding]:
    """What was registered stands in the plan, has its hash, and no run had been tried; outcomes are computed again."""
    session = opened.session
    for event in session.journal.all(Registered):
        then, where = story_of(session).until(event.seq), f"journal.jsonl, {event.kind}"
        if then.attempts:
            why = f"{then.attempts[0].run} had been tried before"
            yield Finding(where=where, what="hypotheses were registered", why=why)
        if event.sha256 != registered_sha256(event.hypotheses):
            yield Finding(where=where, what="the hash of the hypotheses", why="it is not that of their lines")
        stated = read_hypotheses(then.plan, results_of(session, then).metrics).hypotheses
        unread = {line.partition(":")[0] for line in event.unread}  # what an older version could not read, this one may
        for each in {*event.hypotheses} ^ {one for one in stated if one.name not in unread}:
            why = "the plan does not state it" if each in event.hypotheses else "the plan states it"
            yield Finding(where=where, what=str(each), why=f"{why}; {len(event.hypotheses)} are registered")
    for judged in session.journal.all(HypothesesJudged):
        yield from _other_outcomes(opened, judged)


def _other_outcomes(opened: Opened, judged: HypothesesJudged) -> Iterator[Finding]:
    session = opened.session
    then = story_of(session).until(judged.seq)
    again = registration_of(then, results_of(session, then), over=True)
    wanted = {one.name: one for one in (each.recorded for each in again.tested)}
    told = {one.name: one for one in judged.outcomes}
    where = f"journal.jsonl, {judged.kind}"
    for name in sorted(wanted.keys() | told.keys()):
        mine, other = told.get(name), wanted.get(name)
        same_words = judged.words != WORDS or (mine and mine.words) == (other and other.words)
        if (mine and mine.outcome) != (other and other.outcome) or not same_words:
            what = f"{name}: {f'{mine.outcome} ({mine.words})' if mine else 'not told'}"
            why = f"the runs say: {f'{other.outcome} ({other.words})' if other else 'none is registered'}"
            yield Finding(where=where, what=what, why=why)
    if judged.words == WORDS and {*judged.left_out} != {*again.left_out}:
        yield Finding(where=where, what="planned runs that were not made", why="plan and runs say others")
