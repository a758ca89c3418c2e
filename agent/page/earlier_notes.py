"""The forms of a note before its last one, as the page folds them: each with what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from agent.page.files import diff_lines
from agent.page.text import note_markdown
from agent.page.view import EarlierNote
from agent.session.events import Noted
from agent.session.versions import unified_diff

_ADVICE = "the advice"
_REVISION = "its revision after"


def earlier_notes(forms: Sequence[Noted]) -> tuple[EarlierNote, ...]:
    """Every form but the last, in order; one that says what the next one does is left out."""
    return tuple(
        EarlierNote(
            before=f"{_REVISION} {after.revised_after}" if after.revised_after else _ADVICE,
            text=note_markdown(before.text),
            diff=diff_lines(unified_diff(f"note on {before.subject}", _words(before), _words(after))),
        )
        for before, after in pairwise(forms)
        if before.text != after.text
    )


def _words(note: Noted) -> bytes:
    lines = (line for line in note.text.splitlines() if not line.startswith("|"))
    return "\n".join([*lines, ""]).encode()
