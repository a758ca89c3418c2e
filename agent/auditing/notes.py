"""notes.txt against the journal: each note is what its source says, filled in with the runs of its time."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.auditing.files import differences
from agent.auditing.older import decides_alike
from agent.drafts.placed import misplaced
from agent.errors import BadAnswer
from agent.evidence.evidence import Evidence
from agent.evidence.once import is_read_in
from agent.proofreading.problems import problems_of
from agent.results.story import story_of
from agent.results.words.phrases import WORDS
from agent.session.events import Finding, Noted
from agent.session.session import Session
from agent.writing.known import evidence_of, known_text
from agent.writing.notes.note import note_problems, read_note
from agent.writing.notes.salvaged import LEFT_OUT
from agent.writing.notes.text import notes_text, render_note

_SHOWN_CHARACTERS = 160
_COST = re.compile(
    r", at (?:N times (?:the baseline's compute|the compute of run \d+)(?: on fresh seeds)?|\w+ N against (?:the baseline|run \d+)'s N)".replace(
        "N", r"-?\d+(?:\.\d+)?"
    )
)
"""What stands behind claims, in older words behind each of them."""


def audit_notes(session: Session) -> Iterator[Finding]:
    """What does not hold in the notes, and lines of notes.txt that the tool did not write."""
    notes = list(session.journal.all(Noted))
    last = {note.subject: note.seq for note in notes}
    for note in notes:
        then = story_of(session).until(note.seq)
        if then.baseline is None:
            continue
        evidence = evidence_of(session, then)
        if note.seq == last[note.subject]:
            yield from audit_note(note, evidence, known_text(session))
        else:  # history: no evidence for anything, but it must be what was written then
            yield from _rendered_otherwise(note, evidence)
    if notes:
        yield from differences(session.paths.notes, notes_text(session.journal.events), "notes.txt")


def audit_note(note: Noted, evidence: Evidence, free: str) -> Iterator[Finding]:
    """What this evidence does not bear of a note; `free`: words that it may repeat."""
    where = f"notes.txt, {note.subject}"
    yield from _rendered_otherwise(note, evidence)
    for reference in note.references:
        try:
            filled = evidence.resolve(reference)
        except BadAnswer as bad:
            yield Finding(where=where, what=f"[[{reference}]]", why=str(bad))
            continue
        if note.words != WORDS and not filled.reference.tells_a_result:
            continue  # told in the words of an older version
        if not is_read_in(note.text, filled, evidence.results):
            yield Finding(where=where, what=f"[[{reference}]]", why=f"the note does not say {filled.text!r}")
    if note.refused:  # then the words are this tool's
        what = "a note that stands in part" if LEFT_OUT in note.source else "no usable note of the writer's"
        yield Finding(where=where, what=what, why=note.refused)
        return
    for problem in _problems_left(note, evidence, free):
        yield Finding(where=where, what="left by the writer", why=problem)


def _problems_left(note: Noted, evidence: Evidence, free: str) -> list[str]:
    try:
        return note_problems(read_note(note.source), evidence, free)
    except BadAnswer:  # the figures' note has other labels
        return [*problems_of(note.source, evidence, free), *misplaced(note.source, evidence, latex=False)]


def _rendered_otherwise(note: Noted, evidence: Evidence) -> Iterator[Finding]:
    """The note's whole section, its table included, made again from its source."""
    run = evidence.results.get(note.subject)
    try:
        again = render_note(read_note(note.source, run.title if run else ""), evidence, note.subject).text
    except BadAnswer:
        return  # the figures' note, or one that only says that no answer could be used
    told, expected = (note.text, again) if note.words == WORDS else (_measured(note.text), _measured(again))
    if told.split() == expected.split():  # where lines break, a placeholder's length decides too
        changed = list(_judged_otherwise(note.text, again))
    else:
        known = {*expected.splitlines()}
        changed = [line for line in told.splitlines() if line not in known] or ["a line is missing"]
    if run is not None and changed:
        what = changed[0][:_SHOWN_CHARACTERS]
        yield Finding(where=f"journal, note on {note.subject}", what=what, why="its source and the runs say otherwise")


def _judged_otherwise(text: str, again: str) -> Iterator[str]:
    """Rows of a note's table, in any version's words, whose verdict decides otherwise than the one made anew."""
    wanted = {_measured_cells(line)[1]: _verdict_of(line) for line in again.splitlines() if line.startswith("|")}
    for line in text.splitlines():
        if line.startswith("|") and not decides_alike(_verdict_of(line), wanted.get(_measured_cells(line)[1], "")):
            yield line


def _verdict_of(line: str) -> str:
    """The last cell of a row."""
    return line.rstrip(" |").rpartition("|")[2].strip()


def _measured(text: str) -> str:
    """A note with metric, value and baseline of its table alone, by name: the rest is an older version's words and order."""
    lines = [line for line in text.splitlines() if not line.startswith("Every verdict: ")]
    rows = sorted("|".join(_measured_cells(line)) for line in lines if line.startswith("|"))
    prose = " ".join(line for line in lines if not line.startswith("|"))
    return "\n".join([_COST.sub("", " ".join(prose.split())), *rows])


def _measured_cells(line: str) -> list[str]:
    """Of `| loss (lower is better) | 0.5 | 0.6 | …` what was measured: name, value, baseline."""
    empty, metric, *values = line.split("|")[:4]
    return [empty, metric.partition(" (")[0].rstrip(), *(value.partition(" ± ")[0].rstrip() for value in values)]
