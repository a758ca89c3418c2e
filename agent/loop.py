"""The whole session: baseline, plan, runs, figures, draft, audit, PDF.

Plain straight-line code. Every costly step goes through the journal: where its event is recorded already, the step
returns it and nothing is done again. So resuming a session is running this file from the top.
"""

from __future__ import annotations

from dataclasses import dataclass

from agent.brief import Brief, title_of
from agent.coding.coder import Coder
from agent.coding.edit import diff_between
from agent.coding.turn import Turn, work_turn
from agent.errors import EnvironmentBroken
from agent.experiment.laboratory import Laboratory
from agent.models.gateway import Gateway
from agent.paper import write_paper
from agent.progress import Progress
from agent.results.story import results_of, story_of
from agent.session.events import (
    Advised,
    AttemptEnded,
    Edited,
    FiguresDrawn,
    Noted,
    Planned,
    RunAbandoned,
    RunAccepted,
    SessionEnded,
)
from agent.session.session import Session
from agent.writing.notes import note_figures, note_run


@dataclass(frozen=True)
class Parts:
    """Who takes part in a session."""

    session: Session
    gateway: Gateway
    coder: Coder
    laboratory: Laboratory
    brief: Brief
    progress: Progress


def work_session(parts: Parts) -> SessionEnded:
    """From the idea to the paper. Raises Paused or Interrupted; whatever was done by then is in the journal."""
    session = parts.session
    parts.laboratory.measure_baseline()
    make_plan(parts)
    for index in range(1, session.settings.limits.max_runs + 1):
        accepted = work_run(parts, f"run_{index}")
        if accepted is None:
            break
        note = note_run(session, parts.gateway, results_of(session), accepted, diff_of(parts, accepted))
        ask_advice(parts, accepted, note)
    draw_figures(parts)
    findings = write_paper(session, parts.gateway, results_of(session), parts.laboratory.sandbox)
    if findings:
        return SessionEnded(state="findings", exit_code=5, reason=f"the audit has {len(findings)} findings")
    return SessionEnded(state="done")


def make_plan(parts: Parts) -> None:
    """The writer plans the runs; every later brief shows the plan."""
    parts.progress.now("planning the runs")
    parts.session.journal.step(
        Planned,
        "plan",
        lambda: Planned(text=parts.gateway.ask_for("writer", "plan", "plan", str.strip, **parts.brief.plan())),
    )


def work_run(parts: Parts, run: str) -> RunAccepted | None:
    """Edit, launch and repair until a run is accepted; None when the coder is done or nothing works any more."""
    session, limit = parts.session, parts.session.settings.limits.max_repairs + 1
    for chance in range(session.settings.limits.max_abandoned):
        edit: Edited | None = None
        problem: AttemptEnded | None = None
        title, seen = run, set[str]()
        for turn in range(1, limit + 1):
            step = f"{run}/turn_{chance * limit + turn}"
            parts.progress.now(f"{step}: the coder edits" if turn == 1 else f"{step}: the coder repairs")
            repeated = False
            if edit is None or problem is None:
                message = parts.brief.run(run)
            else:
                repeated = problem.signature in seen
                seen.add(problem.signature)
                message = parts.brief.repair(run, title, edit, problem, turn, repeated)
            whole_files = edit is not None and (edit.outcome == "unmatched" or (edit.left > 0 and repeated))
            files = session.template.experiment
            asked = Turn(step, message, tuple(files.editable), tuple(files.read_only), whole_files)
            edit = work_turn(session, parts.gateway, parts.coder, asked)
            if edit.completed and problem is None:
                return None
            title = title_of(edit, fallback=title)
            problem = parts.laboratory.attempt(run, step, edit)
            if problem.outcome == "ok":
                return parts.laboratory.accept(run, title, problem, edit)
            if problem.outcome == "environment":
                raise EnvironmentBroken(f"{run}: {problem.reason}; no edit can mend this: mend it, then --resume")
        assert problem is not None
        reason = f"no accepted result after {limit} turns; the last: {problem.reason}"
        abandoned = RunAbandoned(run=run, title=title, reason=reason)
        session.journal.step(RunAbandoned, f"{run}/abandoned_{chance + 1}", lambda: abandoned)  # noqa: B023
    return None


def ask_advice(parts: Parts, accepted: RunAccepted, note: Noted) -> None:
    """A second model comments on the run; the next brief shows it."""
    step = f"{accepted.run}/advice"
    parts.progress.now(f"{step}: the adviser reads")
    values = parts.brief.advice(accepted, note.text, diff_of(parts, accepted))
    parts.session.journal.step(
        Advised,
        step,
        lambda: Advised(run=accepted.run, text=parts.gateway.ask_for("adviser", step, "advice", str.strip, **values)),
    )


def draw_figures(parts: Parts) -> None:
    """The coder edits plot.py, the tool runs and checks it, with repairs; then the notes get their figure section."""
    session = parts.session
    last: FiguresDrawn | None = None
    seen: set[str] = set()
    for turn in range(1, session.settings.limits.max_repairs + 2):
        step = f"figures/turn_{turn}"
        parts.progress.now(f"{step}: the coder draws")
        repeated = last is not None and last.signature in seen
        seen |= {last.signature} if last else set()
        message = parts.brief.figures(parts.laboratory.result_structure(), last, repeated)
        files = session.template.figures
        asked = Turn(step, message, tuple(files.editable), tuple(files.read_only))
        edit = work_turn(session, parts.gateway, parts.coder, asked)
        last = parts.laboratory.draw(step, edit)
        if last.ok:
            break
    if last is None or not last.ok:
        last = parts.laboratory.draw_template("figures/template")
    note_figures(session, parts.gateway, results_of(session), last)


def diff_of(parts: Parts, accepted: RunAccepted) -> str:
    """What a run changed against the accepted run before it."""
    before = story_of(parts.session).before(accepted) or accepted
    names = parts.session.template.experiment.editable
    return diff_between(parts.session.blobs, before.code, accepted.code, names)
