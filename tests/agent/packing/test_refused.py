"""Notes that the tool left out in part or whole: what could stand is not lost without a word."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from agent.packing.checks.refused import refused_notes
from agent.packing.manifest import Manifest
from agent.packing.opened import Opened
from agent.results.choosing.parents import Change
from agent.session.events import Noted, SessionJournal
from agent.session.session import Session
from agent.session.steps import BASELINE
from agent.writing.notes.asking import NO_NOTE, note_run
from agent.writing.notes.salvaged import LEFT_OUT
from tests.world import papers
from tests.world.stage import Writer, accepted, gateway_for, make_session

_WRONG = papers.PLAIN_NOTE.replace("[[run_3.explained_variance]]", "0.99")
_CAVEAT = "One seed of the method"


def noted(tmp_path: Path, reply: str) -> tuple[Session, Noted]:
    """A session, and the note on its third run that came of a writer who always answers alike."""
    session = make_session(tmp_path)
    writer = Writer(otherwise=lambda request: reply)
    return session, note_run(session, gateway_for(session, writer), accepted(session, "run_3"), Change(BASELINE))


def told(session: Session, note: Noted) -> list[str]:
    """What is told of the package were this the note."""
    events = [note if each.seq == note.seq else each for each in session.journal.events]
    journal = SessionJournal(session.paths.journal, session.journal.form, events=events)
    opened = Opened(replace(session, journal=journal), Manifest.of(session, {}, {}), {})
    return [each.what for each in refused_notes(opened)]


def test_a_label_that_could_stand_is_not_left_out(tmp_path: Path) -> None:
    """The tool leaves out the label with the typed result, which is honest; a caveat that goes the same way is found."""
    session, note = noted(tmp_path, _WRONG)
    assert LEFT_OUT in note.source and told(session, note) == []
    line = next(line for line in note.source.splitlines() if _CAVEAT in line)
    label = line.partition(":")[0]
    turned = note.source.replace(line, f"{label}: {LEFT_OUT}")
    assert told(session, note.model_copy(update={"source": turned})) == [f"{label} is left out"]


@pytest.mark.parametrize(
    ("reply", "reason", "found"),
    [
        (papers.PLAIN_NOTE, "the answer cannot be used", ["the whole note is left out"]),
        (papers.PLAIN_NOTE, f"typed: '{_CAVEAT}'", []),
        (_WRONG, "0.99 is typed", []),
    ],
)
def test_a_note_that_could_stand_is_not_left_out_whole(
    tmp_path: Path, reply: str, reason: str, found: list[str]
) -> None:
    """One that today's rules take is missed, unless an older version's reason quotes it; one that they refuse is not."""
    session, note = noted(tmp_path, reply)
    assert told(session, note.model_copy(update={"source": NO_NOTE, "refused": reason})) == found
