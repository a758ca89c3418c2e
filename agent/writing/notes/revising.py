"""Asks the writer once, after all the runs, which of its notes no longer hold; each form of a note stays in the journal."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from agent.errors import BadAnswer, NoAnswer, NoRecordedAnswer
from agent.evidence.evidence import Evidence
from agent.evidence.referable import referable
from agent.models.gateway import Gateway
from agent.models.replies.declined import check_given
from agent.models.replies.subject import check_speaks, subject_of
from agent.models.replies.unused import MEND_AND_RESUME
from agent.results.story import Story, story_of
from agent.results.tables.asked import asked_for
from agent.results.tables.markdown import results_table
from agent.session.events import Advised, FiguresDrawn, Noted, NotesRevised
from agent.session.session import Session
from agent.session.steps import NOTES_REVISED, RunName, Step
from agent.writing.fields import read_fields
from agent.writing.known import evidence_of, known_text
from agent.writing.notes.note import FIELDS, REVISED, Note, note_problems, read_note
from agent.writing.notes.text import render_note, write_notes

_HEADING = re.compile(r"^[ \t]*(?:#+[ \t]*|\*\*)(?P<run>run_\d+)\b[^\n]*$", re.MULTILINE)
_NONE = re.compile(r"\W*none\b", re.IGNORECASE)
_ADVICE_CHARACTERS = 700
_MOST_PROBLEMS = 12
_FRESH_SEEDS = "the confirmation"
_SHOWN = (*FIELDS[1:5], REVISED)
"""The labels that are shown of each note, and may be given anew."""


def revise_notes(
    session: Session, gateway: Gateway, say: Callable[[str], None] = lambda text: None
) -> NotesRevised | None:
    """What the writer revised, recorded, and notes.txt written anew; what was recorded is not asked again.

    None where nothing came after any note, and in a session of an older version that has gone on to its figures. A recording
    without an answer, or a writer without a usable one: the notes stand, and why is journalled.
    """
    story = story_of(session)
    if story.last(NotesRevised) is None and (not came_after(story) or any(story.all(FiguresDrawn))):
        return None
    if story.last(NotesRevised) is None:
        say("the writer looks at its notes once more")
    revised = session.journal.step(NotesRevised, NOTES_REVISED, lambda: _revised(session, gateway))
    write_notes(session.paths, session.journal.events)
    return revised


def came_after(story: Story) -> str:
    """What came last after a note: `the confirmation`, or the last run; empty where there is one run alone, or none."""
    confirmation = story.confirmation
    if story.run_notes and confirmation is not None and confirmation.measured:
        return _FRESH_SEEDS
    noted = [run for run in story.run_notes if run in story.counted]
    return str(noted[-1]) if len(noted) > 1 else ""


def _revised(session: Session, gateway: Gateway) -> NotesRevised:
    story, evidence = story_of(session), evidence_of(session)
    after, notes = came_after(story), {run: note for run, note in story.run_notes.items() if run in story.counted}
    try:
        found = gateway.ask_for(
            "writer",
            NOTES_REVISED,
            "notes_revise",
            lambda text: read_revisions(text, notes, evidence, known_text(session)),
            **_shown(session, story, evidence, notes),
        )
    except NoRecordedAnswer:
        return NotesRevised(after=after, refused="the recording that was played revises no note")
    except (BadAnswer, NoAnswer) as failed:
        return NotesRevised(after=after, refused=str(failed).removesuffix(MEND_AND_RESUME))
    for run, note in found.items():
        written = render_note(note, evidence, run).model_copy(update={"revised_after": after})
        session.journal.step(Noted, Step.note_revised(run), lambda written=written: written)  # type: ignore[misc]
    return NotesRevised(runs=list(found), after=after)


def read_revisions(
    text: str, notes: Mapping[RunName, Noted], evidence: Evidence, free: str = ""
) -> dict[RunName, Note]:
    """The notes that an answer changes, whole: what it does not give of one stays as it was. Empty where it changes none.

    Raises BadAnswer for a run without a note, for a change without a reason, and for all that a note may not say.
    """
    headings = list(_HEADING.finditer(text))
    if not headings and _NONE.match(text):
        return {}
    check_given(text)
    if not headings:
        raise BadAnswer("Give each note that must change below a heading with its run, or answer NONE.")
    found, problems = dict[RunName, Note](), list[str]()
    for heading, following in zip(headings, [*headings[1:], None], strict=True):
        run = RunName.parse(heading["run"])
        block = text[heading.end() : following.start() if following else len(text)]
        if run is None or run not in notes:
            problems.append(f"{heading['run']} has no note that could be revised; there are {', '.join(notes)}")
            continue
        given = read_fields(block, (*FIELDS, REVISED))
        if not given.get(REVISED) or len(given) < 2:
            problems.append(f"{run}: give the labels that change, and `{REVISED}:`")
            continue
        check_speaks("\n".join(given.values()), subject_of(evidence.results.metrics, free), "a note")
        found[run] = _changed(notes[run], given)
        problems += [f"{run}: {problem}" for problem in note_problems(found[run], evidence, free)]
    if problems:
        raise BadAnswer("\n".join(f"- {problem}" for problem in problems[:_MOST_PROBLEMS]))
    return found


def _changed(before: Noted, given: Mapping[str, str]) -> Note:
    """The note with what is given in the place of what it said."""
    fields = {**read_fields(before.source, (*FIELDS, REVISED)), **given}
    source = "\n".join(f"{label}: {fields[label]}" for label in (*FIELDS, REVISED) if fields.get(label))
    return read_note(source, before.title)


def _shown(session: Session, story: Story, evidence: Evidence, notes: Mapping[RunName, Noted]) -> dict[str, Any]:
    """Values of notes_revise.jinja."""
    said = {run: read_fields(note.source, FIELDS) for run, note in notes.items()}
    advice = {
        each.run: each.text[:_ADVICE_CHARACTERS] for each in story.all(Advised) if each.run in notes and each.text
    }
    return {
        "idea": session.idea,
        "table": results_table(evidence.results, asked_for(session)),
        "notes": {run: {label: one[label] for label in _SHOWN if one.get(label)} for run, one in said.items()},
        "titles": {run: note.title for run, note in notes.items()},
        "advice": advice,
        "names": referable(evidence),
        "after": came_after(story),
        "outcomes": [f"{each.hypothesis}: {each.words}" for each in evidence.registration.tested],
        "reason": REVISED,
        "said": story.said,
        "dropped": story.dropped_runs,
    }
