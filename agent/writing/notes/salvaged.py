"""What can stand of a note that is wrong to the last try: label by label, since one bad sentence is no reason to lose the others."""

from __future__ import annotations

from agent.errors import BadAnswer
from agent.evidence.evidence import Evidence
from agent.writing.notes.note import FIELDS, Note, note_problems, read_note

LEFT_OUT = "Left out by the tool: what was said here is not borne by what was measured, and was not put right."


def salvaged(text: str, evidence: Evidence, free: str, title: str, wrong: str) -> Note | None:
    """The note with `LEFT_OUT` under each label that is wrong by itself, and the run's own `title` in place of a wrong one.

    Where nothing but the title was wrong it is a note as any; else it is refused for what was `wrong`. None where no label can
    stand, or where the labels do not stand together.
    """
    try:
        note = read_note(text, title)
    except BadAnswer:
        return None

    def stands(kept: str, *fields: tuple[str, str]) -> bool:
        return not note_problems(Note(kept, fields, ""), evidence, free)

    told = note.title if stands(note.title) else ""
    kept = tuple((label, content if stands("", (label, content)) else LEFT_OUT) for label, content in note.fields)
    left_out = [label for label, content in kept if content == LEFT_OUT]
    if len(left_out) == len(kept) or not stands(told, *(each for each in kept if each[0] not in left_out)):
        return None
    lines = [f"{label}: {content}" for label, content in ((FIELDS[0], told or title), *kept)]
    return Note(told or title, kept, "\n".join(lines), wrong if left_out else "")
