"""The story of each run as the page tells it: turns, launches, what was accepted, note and advice."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from agent.page.files import Files, code_diff, diff_lines
from agent.page.source import Source
from agent.page.text import duration
from agent.page.view import AttemptView, Fact, Link, Row, RunView, Tone, TurnView
from agent.session.events import (
    Advised,
    AttemptBegun,
    AttemptEnded,
    Edited,
    Event,
    FiguresDrawn,
    Noted,
    RunAbandoned,
    RunAccepted,
)
from agent.session.steps import Step

_EDITS: dict[str, tuple[str, Tone]] = {
    "applied": ("The edit was applied.", "good"),
    "no_edit": ("The coder answered without changing a file.", "bad"),
    "unmatched": ("The edit did not match the file, so nothing changed.", "bad"),
    "outside": ("The edit also touched files that it may not; those changes were undone.", "bad"),
}
_MOST_PICTURES = 12
_HEADING = re.compile(r"\A\s*## [^\n]*\n")
_LABEL = re.compile(r"\n\n([A-Za-z][\w .-]{0,60}):\n(?=([^\s|*+#>-]?))")


@dataclass
class _Told:
    """The events of one run, sorted out."""

    turns: list[TurnView] = field(default_factory=list)
    accepted: RunAccepted | None = None
    before: RunAccepted | None = None
    title: str = ""
    note: str = ""
    advice: str = ""
    completed: bool = False


def tell_runs(source: Source, files: Files, rows: Sequence[Row]) -> tuple[RunView, ...]:
    """Every run that anything is known of, in the order in which it began."""
    told: dict[str, _Told] = {}
    seen: dict[str, set[str]] = {}
    last: RunAccepted | None = None
    for event in source.events:
        name = _run_of(event)
        if not name:
            continue
        run = told.setdefault(name, _Told())
        _tell(run, event, files, seen.setdefault(name, set()))
        if isinstance(event, RunAccepted):
            run.before, last = last, event
    for attempt in _cut_off(source):
        run = told.setdefault(attempt.run.split("/")[0], _Told())
        _place(run, attempt.step, _unfinished(attempt, files, source.held()))
    by_name = {row.run: row for row in rows}
    return tuple(_view(name, run, by_name.get(name), source, files) for name, run in told.items())


def tell_figures(source: Source, files: Files) -> tuple[TurnView, ...]:
    """The turns in which the figures were drawn."""
    run, seen = _Told(), set[str]()
    for event in source.events:
        if isinstance(event, Edited) and event.step.startswith("figures"):
            run.turns.append(_turn(event))
        elif isinstance(event, FiguresDrawn):
            repeated = bool(event.signature) and event.signature in seen
            seen.add(event.signature)
            sentence = f"{len(event.files)} files in figures/" if event.ok else event.reason
            folder = event.step.replace("/", "_")
            _place(
                run,
                event.step,
                AttemptView(
                    "plot.py",
                    "ok" if event.ok else "failed",
                    "good" if event.ok else "bad",
                    (),
                    sentence,
                    "" if event.ok else event.cause,
                    repeated,
                    files.logs(folder),
                    files.code(folder),
                ),
            )
    return tuple(run.turns)


def _run_of(event: Event) -> str:
    match event:
        case Edited():
            name = event.step
        case AttemptEnded() | RunAccepted() | RunAbandoned() | Advised():
            name = Step(event.run)
        case Noted():
            name = event.subject
        case _:
            return ""
    return name.split("/")[0] if name.startswith("run_") else ""


def _tell(run: _Told, event: Event, files: Files, seen: set[str]) -> None:
    match event:
        case Edited():
            run.turns.append(_turn(event))
            run.completed = event.completed
        case AttemptEnded():
            _place(run, event.step, _attempt(event, files, event.signature in seen))
            seen |= {event.signature} if event.signature else set()
        case RunAccepted():
            run.accepted, run.title = event, event.title
        case RunAbandoned():
            run.title = event.title or run.title
            run.turns.append(TurnView(event.step, "", "bad", "", (), "", None, given_up=event.reason))
        case Noted():
            run.note = as_markdown(event.text)
        case Advised():
            run.advice = event.text


def as_markdown(text: str) -> str:
    """A section of notes.txt as Markdown: its heading stands on the page already, its labels run into their text."""

    def label(found: re.Match[str]) -> str:
        return f"\n\n**{found[1]}.**" + (" " if found[2] else "\n\n")

    return _LABEL.sub(label, "\n\n" + _HEADING.sub("", text, count=1).lstrip("\n"))


def _turn(event: Edited) -> TurnView:
    sentence, tone = _EDITS[event.outcome]
    if event.outcome == "applied" and event.unmatched:
        sentence = f"{sentence} Blocks that did not match the file on the way: {event.unmatched}."
    if event.left:
        sentence, tone = (f"Only a part of the edit was applied; blocks that never matched: {event.left}.", "bad")
    if event.outside:
        sentence = f"{sentence} Outside: {', '.join(event.outside)}."
    if event.completed:
        sentence, tone = "The coder said that all is completed.", "flat"
    return TurnView(event.step, event.outcome, tone, sentence, diff_lines(event.diff), event.reply, None)


def _place(run: _Told, step: str, attempt: AttemptView) -> None:
    """Put a launch beside the turn of its step, else in a place of its own."""
    for place, turn in enumerate(run.turns):
        if turn.step == step.split("/again_")[0] and turn.attempt is None and not turn.given_up:
            run.turns[place] = TurnView(
                turn.step, turn.outcome, turn.tone, turn.sentence, turn.diff, turn.reply, attempt
            )
            return
    run.turns.append(TurnView(step, "", "none", "", (), "", attempt))


def _attempt(event: AttemptEnded, files: Files, repeated: bool) -> AttemptView:
    tone: Tone = "good" if event.outcome == "ok" else "bad"
    if event.number is None:
        return AttemptView("not launched", event.outcome, tone, (), event.reason, event.cause, repeated, (), ())
    facts = [Fact("experiment", duration(event.seconds))]
    if event.score_seconds:
        facts.append(Fact("evaluator", duration(event.score_seconds)))
    if event.exit_code:
        facts.append(Fact("exit status", str(event.exit_code)))
    folder = files.source.paths.attempt(event.number).root.name
    return AttemptView(
        f"attempt {event.number}",
        event.outcome,
        tone,
        tuple(facts),
        event.reason,
        event.cause,
        repeated,
        files.logs(folder),
        files.code(folder),
    )


def _cut_off(source: Source) -> list[AttemptBegun]:
    """Launches without an end. One that a resumed session launched again is left out: its second try tells more."""
    ended = {event.number for event in source.all(AttemptEnded)}
    return [event for event in source.all(AttemptBegun) if event.number not in ended]


def _unfinished(event: AttemptBegun, files: Files, held: bool) -> AttemptView:
    newest = max((other.number for other in files.source.all(AttemptBegun)), default=event.number)
    running = held and event.number == newest
    reason = "running now" if running else "cut off before it ended: the session was stopped or killed"
    folder = files.source.paths.attempt(event.number).root.name
    return AttemptView(
        f"attempt {event.number}",
        "running" if running else "cut off",
        "busy" if running else "flat",
        (),
        reason,
        "",
        False,
        files.logs(folder),
        files.code(folder),
    )


def _view(name: str, run: _Told, row: Row | None, source: Source, files: Files) -> RunView:
    accepted = run.accepted
    diff, lost = code_diff(source, run.before.code, accepted.code) if accepted and run.before else ("", "")
    pictures = [file for file in source.names(name) if file.endswith(".png")][:_MOST_PICTURES]
    code = _outcome_links(name, source, files) if accepted else ()
    state, tone = _state(run, source)
    remark = lost or ("" if run.before is None or diff else "The code is the same as that of the run before.")
    if accepted and not run.turns:
        remark = "Nothing was launched for it here: the result was measured before, with the same template on the same machine."
    return RunView(
        name,
        run.title,
        state,
        tone,
        row,
        diff_lines(diff),
        remark,
        run.note,
        run.advice,
        files.images(name, pictures),
        code,
        tuple(run.turns),
    )


def _outcome_links(name: str, source: Source, files: Files) -> tuple[Link, ...]:
    """A run's code and results, the baseline's seed by seed."""
    made = [files.link(f"{name}.py"), files.link(name, "final_info.json", text="final_info.json")]
    made += [
        files.link(name, "seeds", seed, "final_info.json", text=f"seed {seed}") for seed in source.names(name, "seeds")
    ]
    made += [files.link(name, "scores", *path.parts, text=f"scores/{path}") for path in source.files(name, "scores")]
    return tuple(link for link in made if link is not None)


def _state(run: _Told, source: Source) -> tuple[str, Tone]:
    if run.accepted is not None:
        return "accepted", "good"
    if run.turns and run.turns[-1].given_up:
        return "given up", "bad"
    if run.completed:
        return "the coder was done", "flat"
    return ("in progress", "busy") if source.held() else ("not finished", "flat")
