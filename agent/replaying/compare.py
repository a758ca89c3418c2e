"""What differs between a session and its replay: the ways taken, the code, and values beyond noise."""

from __future__ import annotations

from agent.results.results import Results, RunResult
from agent.results.story import results_of, story_of
from agent.session.events import Edited, SectionWritten
from agent.session.session import Session

_ROUNDING = 1e-6
"""Relative size of a difference that another machine's arithmetic makes, whatever the noise."""


def compare_sessions(past: Session, again: Session) -> list[str]:
    """Each difference in a line: steps, outcomes, accepted code, texts, metrics beyond the past baseline's noise."""
    found = _ways(past, again) + _texts(past, again)
    old, new = results_of(past), results_of(again)
    for run in old.runs:
        other = new.get(run.name)
        if other is None:
            found.append(f"{run.name}: accepted then, not now")
        else:
            found += _values(old, run, other)
    return found + [f"{run.name}: accepted now, not then" for run in new.runs if old.get(run.name) is None]


def compare_run(session: Session, name: str, again: RunResult) -> list[str]:
    """The metrics of one run that was run again, against its recorded ones."""
    results = results_of(session)
    recorded = results.get(name)
    assert recorded is not None, name
    return _values(results, recorded, again)


def values_of(session: Session, name: str, again: RunResult) -> list[str]:
    """What each metric was then and is now, a line each, the session's own first: what stands behind `nothing differs`."""
    recorded = results_of(session).get(name)
    assert recorded is not None, name
    both = [metric for metric in session.metrics if metric in recorded.values and metric in again.values]
    return [f"  {each}: {recorded.values[each].mean:.6g} then, {again.values[each].mean:.6g} now" for each in both]


def _values(results: Results, old: RunResult, new: RunResult) -> list[str]:
    """The metrics that differ by more than two runs of the same code do by chance, by the past baseline's noise.

    Where that noise is unknown, whatever is more than rounding is told, and that nobody knows whether it is chance.
    """
    found = []
    for metric, then in old.values.items():
        now = new.values.get(metric)
        if now is None:
            found.append(f"{old.name}: {metric}: measured then, not now")
            continue
        noise = results.noise_between(old, new, metric)
        if abs(now.mean - then.mean) > max(noise or 0.0, _ROUNDING * abs(then.mean)):
            chance = "unknown" if noise is None else f"±{noise:.2g}"
            found.append(f"{old.name}: {metric}: {then.mean:.6g} then, {now.mean:.6g} now (noise {chance})")
    return found


def _outcomes(session: Session) -> dict[tuple[str, str], str]:
    """Kind and step of every edit and attempt, with what came of it; the baseline is measured or reused, which is no difference."""
    story = story_of(session)
    edits = {(edit.kind, edit.step): edit.outcome for edit in story.all(Edited)}
    return edits | {(attempt.kind, attempt.step): attempt.outcome for attempt in story.attempts}


def _ways(past: Session, again: Session) -> list[str]:
    then, now = _outcomes(past), _outcomes(again)
    steps = sorted(then.keys() | now.keys(), key=lambda key: (key[1], key[0]))
    return [
        f"{step}: {kind} was {then.get((kind, step), 'absent')}, is {now.get((kind, step), 'absent')}"
        for kind, step in steps
        if then.get((kind, step)) != now.get((kind, step))
    ]


def _texts(past: Session, again: Session) -> list[str]:
    then, now = story_of(past), story_of(again)
    code = {name: event.code for name, event in now.accepted.items()}
    found = [
        f"{name}: the accepted code differs"
        for name, event in then.accepted.items()
        if name in code and code[name] != event.code
    ]
    notes = {name: note.source for name, note in now.notes.items()}
    found += [f"note on {name}: differs" for name, note in then.notes.items() if notes.get(name) != note.source]
    draft = {event.step: event.source for event in now.all(SectionWritten)}
    return found + [f"{e.step}: differs" for e in then.all(SectionWritten) if draft.get(e.step) != e.source]
