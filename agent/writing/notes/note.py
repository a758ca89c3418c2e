"""A note as the model gave it: read forgivingly, checked strictly."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from agent.drafts.placed import attributed, misplaced
from agent.errors import BadAnswer
from agent.evidence.evidence import Evidence
from agent.evidence.fill import fill
from agent.evidence.passages import Torn, parts
from agent.models.replies.declined import check_given
from agent.models.replies.subject import check_speaks, subject_of
from agent.proofreading.problems import problems_of
from agent.writing.fields import read_fields
from agent.writing.figures import read_figure_texts

FIELDS = ("Title", "What changed", "Why", "What was seen", "Reading", "Next")
"""The labels of a note on a run."""
ANSWER = "Answer to the advice"
"""The label of what a note's final form says to the advice on its first one."""
REVISED = "Why it was revised"
"""The label of what a revision says of its reason."""
_NEEDED = ("What changed", "What was seen", "Reading")
_PROPOSES = "Next"
_MOST_PROBLEMS = 12


@dataclass(frozen=True)
class Note:
    """A note; references are not filled in yet."""

    title: str
    fields: tuple[tuple[str, str], ...]
    source: str
    refused: str = ""
    """Why the text is the tool's own, where it is."""


class StaleNote(BadAnswer):
    """All that is wrong with a note is a passage that does not hold now: it can stand, the passage shown as stale."""

    def __init__(self, message: str, note: Note) -> None:
        super().__init__(message)
        self.note = note


def parse_note(text: str, evidence: Evidence, free: str = "", title: str = "") -> Note:
    """The model's note on a run. Raises BadAnswer naming every reference, typed number or field that is wrong, or a refusal."""
    note = read_note(check_given(text), title)
    _check_speaks(dict(note.fields).values(), evidence, free)
    _refuse(note, note_problems(note, evidence, free), evidence)
    return note


def parse_final_note(text: str, evidence: Evidence, free: str = "", title: str = "") -> Note:
    """The final form of a note, which answers the advice. Raises BadAnswer as `parse_note` does, and where it answers nothing."""
    stale: StaleNote | None = None
    try:
        note = parse_note(text, evidence, free, title)
    except StaleNote as found:
        note, stale = found.note, found
    if ANSWER not in dict(note.fields):
        raise BadAnswer(f"The answer lacks {ANSWER}: what the note takes from the advice, or why not.")
    if stale is not None:
        raise stale
    return note


def parse_figures_note(text: str, evidence: Evidence, files: Sequence[str], free: str = "") -> Note:
    """The model's note on the figures, one field a file. Raises BadAnswer for a figure that is missing, and as above."""
    texts = read_figure_texts(check_given(text), files)
    for name, content in texts.items():
        if not content:
            raise BadAnswer(f"The answer says nothing on {name}. It must have one heading a file: {', '.join(files)}.")
    _check_speaks(texts.values(), evidence, free)
    note = Note("Figures", tuple(texts.items()), text)
    told = "\n\n".join(texts.values())
    found = [*problems_of(told, evidence, free), *misplaced(told, evidence, latex=False)]
    _refuse(note, [*found, *_cut_passages(note, found)], evidence)
    return note


def read_note(text: str, title: str = "") -> Note:
    """A note as it was given, whatever it says. Raises BadAnswer for labels that are missing."""
    fields = read_fields(text, (*FIELDS, ANSWER, REVISED))
    missing = [label for label in _NEEDED if not fields.get(label)]
    if missing:
        raise BadAnswer(f"The answer lacks {', '.join(missing)}. It must have these labels: {', '.join(FIELDS)}.")
    kept = tuple((label, fields[label]) for label in (*FIELDS[1:], ANSWER, REVISED) if fields.get(label))
    return Note(fields.get("Title", "").strip().strip("*\"'") or title, kept, text)


def note_problems(note: Note, evidence: Evidence, free: str = "") -> list[str]:
    """What is wrong with a note; its proposals may name settings that nobody has tried yet."""
    told = [note.title, *(content for label, content in note.fields if label != _PROPOSES)]
    text = "\n\n".join(told)
    found = [*problems_of(text, evidence, free), *misplaced(text, evidence, latex=False)]
    found += _cut_passages(note, found)
    proposed = dict(note.fields).get(_PROPOSES, "")
    found += problems_of(proposed, evidence, free, proposing=True)
    return found + attributed(proposed, evidence, latex=False)


def bare_note(title: str, reading: str, refused: str = "") -> Note:
    """A note of the tool's own, without any reference."""
    plain = reading.replace("[[", "").replace("]]", "")
    return Note(title, (("Reading", plain),), plain, refused)


def _check_speaks(said: Iterable[str], evidence: Evidence, free: str) -> None:
    """Raises BadAnswer where nothing that a note says, its title and the names of files apart, speaks of the session."""
    check_speaks("\n".join(said), subject_of(evidence.results.metrics, free), "a note")


def _cut_passages(note: Note, known: Sequence[str]) -> list[str]:
    """Passages that begin under one label and end under another: each field is filled in by itself."""
    return [
        f"under {label}: {part.why}; a passage begins and ends under one label"
        for label, content in (("Title", note.title), *note.fields)
        for part in parts(content)
        if isinstance(part, Torn) and part.why not in known
    ]


def _refuse(note: Note, problems: Sequence[str], evidence: Evidence) -> None:
    """Raises BadAnswer where anything is wrong; a StaleNote where that is stale passages alone."""
    if not problems:
        return
    told = "\n".join(f"- {problem}" for problem in problems[:_MOST_PROBLEMS])
    stale = {why for _, content in note.fields for why in fill(content, evidence, "text").stale}
    raise StaleNote(told, note) if stale >= set(problems) else BadAnswer(told)
