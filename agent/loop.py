"""The whole session: baseline, plan, runs, figures, draft, audit, PDF.

Plain straight-line code. Every costly step goes through the journal: where its event is recorded already, the step
returns it and nothing is done again. So resuming a session is running this file from the top.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from agent.brief import Brief
from agent.coding.coder import Coder
from agent.coding.edit import diff_between
from agent.coding.reply import read_reply
from agent.coding.tries import Tries
from agent.coding.turn import Turn, work_turn
from agent.errors import BadAnswer, EnvironmentBroken, ModelUnavailable, NoAnswer, NoRecordedAnswer
from agent.experiment.asking import Asking, Attempted
from agent.experiment.doubts import DOUBT
from agent.experiment.laboratory import Laboratory
from agent.models.declined import check_given
from agent.models.gateway import Gateway
from agent.models.unused import MEND_AND_RESUME
from agent.paper import write_paper
from agent.progress import Progress
from agent.results.plan import checked_plan
from agent.results.story import story_of
from agent.sandbox import Sandbox
from agent.session.contract import Experiment, Figures
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
from agent.session.journal import BaseEvent
from agent.session.session import Session
from agent.session.steps import FIGURES_TEMPLATE, PLAN, RunName, Step
from agent.writing.notes import note_figures, note_run
from agent.writing.notes_text import write_notes


@dataclass(frozen=True)
class Parts:
    """Who takes part in a session."""

    session: Session
    gateway: Gateway
    coder: Coder
    laboratory: Laboratory
    sandbox: Sandbox
    brief: Brief
    progress: Progress


def work_session(parts: Parts) -> SessionEnded:
    """From the idea to the paper. Raises Paused or Interrupted; whatever was done by then is in the journal."""
    session = parts.session
    parts.laboratory.measure_baseline()
    parts.laboratory.measure_controls()
    make_plan(parts)
    for number in range(1, session.settings.limits.max_runs + 1):
        accepted = work_run(parts, RunName.of(number))
        if accepted is None:
            break
        note = note_run(session, parts.gateway, accepted, diff_of(parts, accepted))
        ask_advice(parts, accepted, note)
    accepted_any = bool(story_of(session).runs)
    if not accepted_any and not session.settings.paper.anyway:
        return SessionEnded(state="no_runs", exit_code=5, reason="no run was accepted: no figures, no paper")
    draw_figures(parts)
    findings = write_paper(session, parts.gateway, parts.sandbox)
    if not accepted_any:
        return SessionEnded(
            state="no_runs", exit_code=5, reason="no run was accepted; figures and paper were asked for"
        )
    if findings:
        return SessionEnded(state="findings", exit_code=5, reason=f"the audit has {len(findings)} findings")
    return SessionEnded(state="done")


def say(parts: Parts, kind: type[BaseEvent], step: Step, what: str) -> None:
    """Show that a step begins; one that the journal holds already is not worked again, and not told again."""
    if parts.session.journal.find(kind, step) is None:
        parts.progress.now(what)


def make_plan(parts: Parts) -> None:
    """The writer plans the runs; every later brief shows the plan. One that lists no run is asked for again."""
    say(parts, Planned, PLAN, "planning the runs")
    parts.session.journal.step(Planned, PLAN, lambda: Planned(text=_plan(parts)))


def _plan(parts: Parts) -> str:
    """The writer's plan. Raises ModelUnavailable where it never lists a run, unless a recording holds no other answer."""
    tries, answers = parts.session.settings.models.max_answers, list[str]()

    def parse(answer: str) -> str:
        answers.append(answer.strip())
        return check_given(checked_plan(answer))

    try:
        return parts.gateway.ask_for("writer", PLAN, "plan", parse, **parts.brief.plan())
    except BadAnswer as bad:
        if len(answers) < tries:
            return answers[-1]
        text = " ".join(answers[-1].split())[:120]
        raise ModelUnavailable(
            f"the writer answered {tries} times without a plan ({text!r}): {bad}; raise max_answers (LABLOOP_MAX_ANSWERS) "
            "to ask again, or begin with another --model"
        ) from bad


def work_run(parts: Parts, run: RunName) -> RunAccepted | None:
    """Edit, launch and repair until a run is accepted; None when the coder is done or nothing works any more.

    Done before the plan is, it is asked back once. A session that ended without a run, taken up again, has new chances.
    """
    limits, story = parts.session.settings.limits, story_of(parts.session)
    closed = -1 if parts.session.settings.paper.anyway else story.closed_without_runs
    turns, asked_back = 0, False
    for chance in range(limits.max_abandoned + sum(event.seq < closed for event in story.abandoned)):
        title, tries, asking = str(run), Tries[AttemptEnded](limits.max_repairs + 1), Asking(parts.laboratory, run)
        while tries.left:
            turns += 1
            step = Step.turn(run, turns)
            try:
                edited = edit_experiment(parts, run, step, title, tries, asked_back)
            except NoRecordedAnswer:
                if tries.last and tries.last.failure.signature == DOUBT:
                    return asking.accept_as_it_was()
                if not asked_back or tries.last:
                    raise
                return None  # it was taken at its word where it was recorded
            if asking.has_a_result and not edited.changed:
                return asking.accept_as_it_was()
            if edited.completed and tries.idle:
                if edited.seq > closed and (asked_back or not story.left_to_do(limits.max_runs)):
                    return None
                asked_back, tries = True, tries.asked_anew()
                continue
            title = read_reply(edited.reply).title or title
            attempt = asking.try_out(Attempted(step, title, edited), may_ask=tries.number < tries.limit)
            if attempt.outcome == "ok":
                return parts.laboratory.accept(run, title, attempt, edited)
            if attempt.outcome == "environment":
                raise EnvironmentBroken(f"{run}: {attempt.reason}; no edit can mend this: mend it, then --resume")
            tries = tries.failed(edited, attempt)
        if asking.has_a_result:
            return asking.accept_as_it_was()
        abandon(parts, run, title, Step.abandoned(run, chance + 1), attempt)
    return None


def edit_experiment(
    parts: Parts, run: RunName, step: Step, title: str, tries: Tries[AttemptEnded], asked_back: bool = False
) -> Edited:
    """The coder's turn: the first message for a run, or what came of the last try; `asked_back`: it said it was done."""
    say(parts, Edited, step, f"{step}: the coder {'repairs' if tries.last else 'edits'}")
    message = parts.brief.repair(run, title, tries) if tries.last else parts.brief.run(run, asked_back)
    return ask_coder(parts, turn_on(parts.session.template.experiment, step, message, tries))


def turn_on(files: Experiment | Figures, step: Step, message: str, tries: Tries[Any]) -> Turn:
    """A turn on these files of the template."""
    shown, command = tuple(files.read_only), tuple(files.command)
    return Turn(step, message, tuple(files.editable), shown, tries.edits_miss, command)


def ask_coder(parts: Parts, turn: Turn) -> Edited:
    """The turn of the session's coder."""
    return work_turn(parts.session, parts.gateway, parts.coder, turn)


def abandon(parts: Parts, run: RunName, title: str, step: Step, last: AttemptEnded) -> None:
    """Give a run up: its code is undone, its name is used again, later briefs name what was tried."""
    turns = parts.session.settings.limits.max_repairs + 1
    reason = f"no accepted result after {turns} turns; the last: {last.reason}"
    parts.session.journal.step(RunAbandoned, step, lambda: RunAbandoned(run=run, title=title, reason=reason))


def ask_advice(parts: Parts, accepted: RunAccepted, note: Noted) -> None:
    """A second model comments on the run; the next brief shows it. Without advice the session goes on, and notes and page say so."""
    step = Step.advice(accepted.run)
    say(parts, Advised, step, f"{step}: the adviser reads")
    values = parts.brief.advice(accepted, note.text, diff_of(parts, accepted))

    def work() -> Advised:
        try:
            text = parts.gateway.ask_for("adviser", step, "advice", check_given, **values)
        except (BadAnswer, NoAnswer) as failed:
            parts.progress.now(f"{step}: no usable advice, going on without")
            return Advised(run=accepted.run, text="", refused=str(failed).removesuffix(MEND_AND_RESUME))
        return Advised(run=accepted.run, text=text)

    if parts.session.journal.step(Advised, step, work).refused:
        write_notes(parts.session.paths, parts.session.journal.events)


def draw_figures(parts: Parts) -> None:
    """The coder edits plot.py, the tool runs and checks it, with repairs; then the notes get their figure section."""
    tries = Tries[FiguresDrawn](parts.session.settings.limits.max_repairs + 1)
    while tries.left:
        step = Step.figures_turn(tries.number)
        edited = edit_figures(parts, step, tries)
        drawn = parts.laboratory.draw(step, edited)
        if drawn.ok:
            break
        tries = tries.failed(edited, drawn)
    else:
        drawn = parts.laboratory.draw_template(FIGURES_TEMPLATE)
    note_figures(parts.session, parts.gateway, drawn)


def edit_figures(parts: Parts, step: Step, tries: Tries[FiguresDrawn]) -> Edited:
    """The coder's turn on the figures' script."""
    say(parts, Edited, step, f"{step}: the coder draws")
    message = parts.brief.figures(parts.laboratory.result_structure(), tries)
    return ask_coder(parts, turn_on(parts.session.template.figures, step, message, tries))


def diff_of(parts: Parts, accepted: RunAccepted) -> str:
    """What a run changed against the accepted run before it."""
    before = story_of(parts.session).before(accepted) or accepted
    names = parts.session.template.experiment.editable
    return diff_between(parts.session.blobs, before.code, accepted.code, names)
