"""Turns of the coder and their launches, as the page shows them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from agent.page.files import Files, diff_lines
from agent.page.pieces import Fact, Tone
from agent.page.view import AttemptView, TurnView
from agent.results.english import capitalised
from agent.results.event_words import edit_words, leaves_the_plot
from agent.results.story.turns import Turn
from agent.results.values import duration
from agent.session.events import AttemptBegun, AttemptEnded, Edited, FiguresDrawn, LaunchEnded
from agent.session.paths import AttemptPaths


def turn_views(turns: Iterable[Turn], files: Files) -> tuple[TurnView, ...]:
    """Each turn with its edit and its launch."""
    return tuple(_turn(turn, files) for turn in turns)


def _turn(turn: Turn, files: Files) -> TurnView:
    if turn.given_up is not None:
        return TurnView(step=turn.step, tone="bad", given_up=turn.given_up.reason)
    view = _edit(turn.edit) if turn.edit is not None else TurnView(step=turn.step)
    return replace(view, attempt=_launch(turn, files))


def _edit(event: Edited) -> TurnView:
    tone: Tone = (
        "flat"
        if event.completed or leaves_the_plot(event)
        else "good"
        if event.outcome == "applied" and not event.left
        else "bad"
    )
    return TurnView(
        step=event.step,
        outcome=event.outcome,
        tone=tone,
        sentence=f"{capitalised(edit_words(event))}.",
        diff=diff_lines(event.diff),
        reply=event.reply,
        advice=event.advice,
    )


def _launch(turn: Turn, files: Files) -> AttemptView | None:
    if turn.cut_off is not None:
        return _unended(turn.cut_off, files)
    match turn.ended:
        case AttemptEnded() as event:
            return replace(_attempt(event, files), repeated=turn.repeated)
        case FiguresDrawn() as event:
            return replace(_drawing(turn, event, files), repeated=turn.repeated)
        case _:
            return None


def _attempt(event: AttemptEnded, files: Files) -> AttemptView:
    tone: Tone = "good" if event.outcome == "ok" else "bad"
    if event.number is None:
        return AttemptView(
            name="not launched", outcome=event.outcome, tone=tone, reason=event.reason, cause=event.cause
        )
    facts = [Fact(label="experiment", value=duration(event.seconds))]
    if event.score_seconds:
        facts.append(Fact(label="evaluator", value=duration(event.score_seconds)))
    if event.exit_code:
        facts.append(Fact(label="exit status", value=str(event.exit_code)))
    launch = files.reading.paths.attempt(event.number)
    return AttemptView(
        name=f"attempt {event.number}",
        outcome=event.outcome,
        tone=tone,
        facts=tuple(facts),
        reason=event.reason,
        cause=event.cause,
        logs=files.logs(launch),
        code=files.code(launch),
    )


def _drawing(turn: Turn, event: FiguresDrawn, files: Files) -> AttemptView:
    launch = AttemptPaths(files.reading.paths.drawing(turn.step))
    return AttemptView(
        name="plot.py",
        outcome="ok" if event.ok else "failed",
        tone="good" if event.ok else "bad",
        reason=f"{len(event.files)} files in figures/" if event.ok else event.reason,
        cause="" if event.ok else event.cause,
        logs=files.logs(launch),
        code=files.code(launch),
    )


def _unended(event: AttemptBegun, files: Files) -> AttemptView:
    """A launch without an end: the newest one of a session that somebody holds runs now."""
    reading = files.reading
    newest = max(other.number for other in reading.all(AttemptBegun))
    running = reading.holder is not None and event.number == newest
    left = any(end.number == event.number for end in reading.all(LaunchEnded))
    now = "its experiment has ended; it is being scored" if left else "running now"
    stopped = (
        "its experiment has ended; it was stopped before it was scored, and --resume scores what it left"
        if left
        else "cut off before it ended: the session was stopped or killed"
    )
    launch = reading.paths.attempt(event.number)
    return AttemptView(
        name=f"attempt {event.number}",
        outcome="running" if running else "cut off",
        tone="busy" if running else "flat",
        reason=now if running else stopped,
        logs=files.logs(launch),
        code=files.code(launch),
    )
