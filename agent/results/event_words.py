"""Each kind of event in a few words: the one table of them, for the page and for the terminal."""

from __future__ import annotations

from agent.results.english import counted
from agent.results.story.reviewed import told_objections
from agent.results.story.state import ENDS
from agent.results.values import count, duration
from agent.session.events import (
    Advised,
    AttemptBegun,
    AttemptEnded,
    Audited,
    Called,
    CandidateChosen,
    Compiled,
    ConfirmationOpened,
    Confirmed,
    ControlMeasured,
    Edited,
    EditOutcome,
    Event,
    FiguresDrawn,
    LaunchEnded,
    Noted,
    NotesRevised,
    ObjectionsAnswered,
    ParentChosen,
    PersonSaid,
    Reviewed,
    RunAbandoned,
    RunAccepted,
    RunDropped,
    RunsEnded,
    ScoringBegun,
    ScoringEnded,
    SectionWritten,
    SentBack,
    SessionEnded,
    SessionStarted,
    SignedOff,
    Unused,
)

_EDITS: dict[EditOutcome, str] = {
    "applied": "the edit was applied",
    "no_edit": "the coder answered without changing a file",
    "unchanged": "the edit changes nothing: what it puts in is what stands there already",
    "unmatched": "the edit did not match the file, so nothing changed",
    "outside": "the edit also touched files that it may not; those changes were undone",
}
_PHASES = {"fill": "written", "refine": "refined", "title": "title settled"}


def event_words(event: Event) -> str:
    """An event in a few words; empty for one that needs none."""
    return _of_work(event) or _of_runs(event) or _of_texts(event)


def _of_work(event: Event) -> str:
    """Calls, edits, launches."""
    match event:
        case SessionStarted():
            return f"{event.idea} on the template {event.template}"
        case Called():
            tokens = f"{count(event.tokens_sent)} tokens sent, {count(event.tokens_received)} received"
            unused = f", not used: {event.fault}" if isinstance(event, Unused) else ""
            return f"{event.role}: {tokens}, {duration(event.seconds)}{unused}"
        case Edited():
            return edit_words(event)
        case AttemptBegun():
            return f"attempt {event.number} for {event.run}"
        case LaunchEnded():
            return f"attempt {event.number} for {event.run}: ended after {duration(event.seconds)}"
        case ScoringBegun():
            return f"attempt {event.number} for {event.run}: the evaluator begins"
        case ScoringEnded():
            return f"attempt {event.number} for {event.run}: scored in {duration(event.seconds)} {event.reason}".strip()
        case AttemptEnded():
            return _attempt_words(event)
        case SessionEnded():
            return ENDS[event.state] + (f": {event.reason}" if event.reason else "")
        case _:
            return ""


def edit_words(event: Edited) -> str:
    """What became of a coder's turn: applied and to which files, in part, not at all and why."""
    if event.completed:
        return "the coder said that all is completed"
    if leaves_the_plot(event):
        return "plot.py stays as it is"
    if event.left:
        said = [f"only a part of the edit was applied; blocks that never matched: {event.left}"]
    else:
        said = [": ".join(filter(None, [_EDITS[event.outcome], ", ".join(event.changed), event.unread]))]
        if event.outcome == "applied" and event.unmatched:
            said.append(f"blocks that did not match the file on the way: {event.unmatched}")
    if event.refused:
        said.append(f"not editable, left as it was: {', '.join(event.refused)}")
    if event.outside:
        said.append(f"outside: {', '.join(event.outside)}")
    return "; ".join(said)


def leaves_the_plot(event: Edited) -> bool:
    """Whether the coder found the figures' script good as it is, which is no failure."""
    return event.outcome == "no_edit" and event.step.is_of_figures and not event.unread


def _attempt_words(event: AttemptEnded) -> str:
    """How a launch ended, in what time, and why; how a turn ended that was not launched."""
    outcome = event.outcome.replace("_", " ")
    if event.number is None:
        return f"{event.run}: {outcome}" + (f": {event.reason}" if event.reason else "")
    scored = f", scored in {duration(event.score_seconds)}" if event.score_seconds else ""
    said = f"{event.run}, attempt {event.number}: {outcome} after {duration(event.seconds)}{scored}"
    return said + (f": {event.reason}" if event.reason else "")


def _of_runs(event: Event) -> str:
    """What counts, what is confirmed, and what decided how the session goes on."""
    match event:
        case RunAccepted():
            return f"{event.run} accepted: {event.title}"
        case ControlMeasured():
            return f"control {event.control}: {event.title}"
        case RunAbandoned():
            return f"{event.run} given up: {event.reason}"
        case CandidateChosen():
            beside = f"; beside it {', '.join(event.beside)}, which the plan holds against it" if event.beside else ""
            return f"{event.run or 'nothing'}, {event.reason}{beside}"
        case ConfirmationOpened():
            return f"for {event.run}, seeds {', '.join(map(str, event.seeds))}: the split is read from here on"
        case Confirmed():
            return f"{event.run} on {len(event.seeds)} fresh seeds"
        case ParentChosen():
            return f"{event.run} begins from {event.parent}: {event.why}"
        case PersonSaid():
            return event.text
        case RunDropped():
            return f"{event.run} dropped: {event.why}".removesuffix(": ")
        case RunsEnded():
            return event.reason
        case _:
            return ""


def _of_texts(event: Event) -> str:
    """Notes, advice, figures, the draft."""
    match event:
        case Noted():
            return f"{event.subject}: {event.title}"
        case NotesRevised():
            return event.refused or f"after {event.after}: {', '.join(event.runs) or 'none is changed'}"
        case Advised():
            return f"on {event.run}"
        case FiguresDrawn():
            return counted(len(event.files), "file") if event.ok else f"failed: {event.reason}"
        case SectionWritten():
            return f"{event.section}: {_PHASES[event.phase]}"
        case Reviewed():
            return event.refused or told_objections(event)
        case ObjectionsAnswered():
            changed = sum(answer.how == "changed" for answer in event.answers)
            return f"{event.section}: {len(event.answers)} answered, {changed} of them by a change"
        case Compiled():
            return counted(event.pages, "page") if event.ok else ": ".join(["LaTeX made no PDF", *event.faults[:1]])
        case SentBack():
            return f"findings go back to {', '.join(event.findings)}"
        case SignedOff():
            return f"by {event.name}"
        case Audited():
            found = counted(len(event.findings), "finding") if event.findings else "no findings"
            return f"{counted(event.numbers, 'number')} checked, {found}"
        case _:
            return ""
