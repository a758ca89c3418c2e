"""Notes of which the tool left out a part, or all: nothing of a reply was left out that could stand.

A reply is read again by today's rules. Those of an older version refused more here and there, so that what its reason quotes is let pass too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.errors import BadAnswer
from agent.evidence.evidence import Evidence
from agent.packing.opened import Opened
from agent.results.story import story_of
from agent.results.words.phrases import WORDS
from agent.session.events import Finding, Noted
from agent.writing.fields import read_fields
from agent.writing.known import evidence_of, known_text
from agent.writing.notes.asking import NO_NOTE
from agent.writing.notes.note import FIELDS, Note, note_problems, parse_note
from agent.writing.notes.salvaged import LEFT_OUT

_QUOTED = re.compile(r"'([^'\n]+)'|\"([^\"\n]+)\"|“([^”\n]+)”|(\[\[[^\[\]\n]*\]\])")
"""What a reason quotes of a text: in quotation marks, or a reference."""


def refused_notes(opened: Opened) -> Iterator[Finding]:
    """Of a note on a run that was refused, each label that is left out was wrong in the reply, and so was a note that is left out whole."""
    session = opened.session
    titles = {str(run.run): run.title for run in story_of(session).runs}
    for note in session.journal.all(Noted):
        given = [reply for step, reply in opened.replies.items() if step.startswith(f"{note.step}/")]
        if not note.refused or note.words != WORDS or note.subject not in titles or not given:
            continue
        then = story_of(session).until(note.seq)
        lost = _lost(note, given[-1], titles[note.subject], evidence_of(session, then), known_text(session))
        for label in lost:
            why = "what the writer says there is borne by what was measured"
            yield Finding(where=f"journal.jsonl, {note.step}", what=f"{label} is left out", why=why)


def _lost(note: Noted, reply: str, title: str, evidence: Evidence, free: str) -> list[str]:
    """What of the last reply is not in the note, though it could stand and no reason quotes it."""
    if NO_NOTE in note.source:
        return ["the whole note"] if _stands_whole(reply, title, evidence, free) and not _quotes(note, reply) else []
    told, given = (read_fields(text, FIELDS) for text in (note.source, reply))
    return [
        label
        for label, content in given.items()
        if told.get(label) == LEFT_OUT
        and not note_problems(Note("", ((label, content),), ""), evidence, free)
        and not _quotes(note, content)
    ]


def _stands_whole(reply: str, title: str, evidence: Evidence, free: str) -> bool:
    """Whether a reply is a note that today's rules take, with a title of its own or the run's."""
    try:
        parse_note(reply, evidence, free, title)
    except BadAnswer:
        return False
    return True


def _quotes(note: Noted, text: str) -> bool:
    """Whether the reason why a note was refused quotes something of a text."""
    squeezed = "".join(text.split())
    pieces = ("".join("".join(match).split()).rstrip("….") for match in _QUOTED.findall(note.refused))
    return any(piece and piece in squeezed for piece in pieces)
