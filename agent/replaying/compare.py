"""What differs between a session and its replay: the ways taken, the code, and values beyond noise."""

from __future__ import annotations

import math

from agent.brief import results_of
from agent.results.results import Results, RunResult
from agent.session.events import AttemptEnded, Edited, Noted, RunAccepted, SectionWritten
from agent.session.session import Session


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


def _values(results: Results, old: RunResult, new: RunResult) -> list[str]:
    """Two single-seed runs of the same code differ by chance by sqrt(2) of one run's spread."""
    found = []
    for metric, then in old.values.items():
        now = new.values.get(metric)
        if now is None:
            found.append(f"{old.name}: {metric}: measured then, not now")
            continue
        noise = (results.noise(metric) or 0.0) * math.sqrt(2)
        if abs(now.mean - then.mean) > max(noise, 1e-6 * abs(then.mean)):
            found.append(f"{old.name}: {metric}: {then.mean:.6g} then, {now.mean:.6g} now (noise ±{noise:.2g})")
    return found


def _outcomes(session: Session) -> dict[tuple[str, str], str]:
    """Kind and step of every edit and attempt, with what came of it; the baseline is measured or reused, which is no difference."""
    edits = {(edit.kind, edit.step): edit.outcome for edit in session.journal.all(Edited)}
    attempts = [event for event in session.journal.all(AttemptEnded) if not event.run.startswith("run_0")]
    return edits | {(attempt.kind, attempt.step): attempt.outcome for attempt in attempts}


def _ways(past: Session, again: Session) -> list[str]:
    then, now = _outcomes(past), _outcomes(again)
    steps = sorted(then.keys() | now.keys(), key=lambda key: (key[1], key[0]))
    return [
        f"{step}: {kind} was {then.get((kind, step), 'absent')}, is {now.get((kind, step), 'absent')}"
        for kind, step in steps
        if then.get((kind, step)) != now.get((kind, step))
    ]


def _texts(past: Session, again: Session) -> list[str]:
    found = []
    code_then = {e.run: e.code for e in past.journal.all(RunAccepted)}
    code_now = {e.run: e.code for e in again.journal.all(RunAccepted)}
    found += [f"{run}: the accepted code differs" for run, code in code_then.items() if code_now.get(run, code) != code]
    notes_then = {e.subject: e.source for e in past.journal.all(Noted)}
    notes_now = {e.subject: e.source for e in again.journal.all(Noted)}
    found += [f"note on {name}: differs" for name, text in notes_then.items() if notes_now.get(name) != text]
    draft_then = {e.step: e.source for e in past.journal.all(SectionWritten)}
    draft_now = {e.step: e.source for e in again.journal.all(SectionWritten)}
    return found + [f"{step}: differs" for step, text in draft_then.items() if draft_now.get(step) != text]
