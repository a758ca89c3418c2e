"""notes.txt, written by the tool from the journal: one section a run, its table of metrics in it, the figures last."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

from agent.evidence.evidence import Evidence
from agent.evidence.fill import fill
from agent.evidence.once import Once
from agent.results.registered.outcomes import NONE_REGISTERED
from agent.results.story import Story
from agent.results.tables.markdown import run_table
from agent.results.words.phrases import WORDS
from agent.session.events import Advised, Event, HypothesesJudged, Noted, ParentChosen, Registered
from agent.session.files import write_text
from agent.session.paths import SessionPaths
from agent.session.steps import Step
from agent.writing.notes.note import ANSWER, Note

_WIDTH = 110
_HEAD = (
    "# Notes\n\nWritten by labloop from the session's journal; edits to this file are lost. Every number is measured."
)


def render_note(note: Note, evidence: Evidence, subject: str) -> Noted:
    """The section as it stands in notes.txt, with the table of the run's metrics placed by the tool."""
    run = evidence.results.get(subject)
    used: list[str] = []
    once = Once(evidence.results)

    def filled(text: str, once: Once | None = None) -> str:
        result = fill(text, evidence, "text", once)
        used.extend(result.references)
        return result.text

    heading = f"## {subject}: {filled(note.title)}" if run else f"## {filled(note.title)}"
    parts = [heading, *([run_table(evidence.results, run)] if run else [])]
    parts += [f"{label}:\n{_wrapped(filled(content, once))}" for label, content in note.fields]
    return Noted(
        subject=Step(subject),
        title=filled(note.title),
        source=note.source,
        text="\n\n".join(parts),
        references=list(dict.fromkeys(used)),
        refused=note.refused,
        words=WORDS,
    )


def notes_text(events: Iterable[Event]) -> str:
    """All of notes.txt, from the journal: runs in order, the figures last; after a run, what the tool has to say of it."""
    story = Story(list(events))
    parts = [_HEAD]
    for subject, note in story.notes.items():
        parts += [note.text, *(f"{label}:\n{_wrapped(text)}" for label, text in _remarks(story, subject, note))]
    if story.said:
        parts += ["## Said by a person", *(_wrapped(f"- {word}") for word in story.said)]
    if story.ended_early:
        parts += ["## End of the runs", _wrapped(f"After {story.ended_early.run}: {story.ended_early.reason}.")]
    parts += _registered(story)
    return "\n\n".join(parts) + "\n"


def _remarks(story: Story, subject: Step, note: Noted) -> Iterator[tuple[str, str]]:
    """(label, text): from which run it began, that no advice was had on it, or that the note does not answer the advice."""
    chosen = next((event for event in story.all(ParentChosen) if event.run == subject.run), None)
    if chosen is not None:
        parent = "the baseline" if chosen.parent.is_baseline else chosen.parent
        yield "Begun from", f"{parent}: {chosen.why}."
    yield from (("Advice", event.told) for event in story.all(Advised) if event.run == subject.run and event.refused)
    for dropped in (event for event in story.dropped.values() if event.run == subject.run):
        yield "Dropped", f"A person took this run out of what counts{': ' * bool(dropped.why)}{dropped.why}."
    if note.revised_after:
        yield "Revised", f"After {note.revised_after}; what it said before is in the journal and on the page."
    if note.unanswered:
        yield ANSWER, "None that could be used was given; the note is as it was before the advice."


def _registered(story: Story) -> Iterator[str]:
    """What was registered before the first run with what came of it, and which planned runs were not made."""
    registered, judged = story.last(Registered), story.last(HypothesesJudged)
    if registered is not None and not registered.hypotheses:
        yield "## Hypotheses"
        yield _wrapped(NONE_REGISTERED)
    if judged is None:
        return
    if registered is not None and judged.outcomes:
        words = {each.name: each.words for each in judged.outcomes}
        lines = [f"- {each}: {words.get(each.name, '')}" for each in registered.hypotheses]
        yield f"## Hypotheses, registered before the first run (sha256 {registered.sha256})"
        yield "\n".join(map(_wrapped, lines))
    if judged.left_out:
        lines = [f"- {each.run}, {each.title}: {each.reason}" for each in judged.left_out]
        yield "## Planned runs without a result that counts"
        yield "\n".join(map(_wrapped, lines))


def write_notes(paths: SessionPaths, events: Iterable[Event]) -> None:
    """Write notes.txt anew from the journal's notes."""
    write_text(paths.notes, notes_text(events))


def _wrapped(text: str) -> str:
    """Lines of at most 110 characters; tables and code keep theirs."""
    lines: list[str] = []
    for line in text.splitlines():
        if len(line) <= _WIDTH or line.lstrip().startswith("|") or "  " in line.strip():
            lines.append(line)
            continue
        indent = " " * (len(line) - len(line.lstrip()))
        lines += textwrap.wrap(line, _WIDTH, subsequent_indent=indent, break_on_hyphens=False, break_long_words=False)
    return "\n".join(lines).strip()
