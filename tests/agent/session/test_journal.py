"""The journal: the only truth about what happened."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import pytest
from pydantic import Field, TypeAdapter

from agent.errors import Interrupted, SessionError
from agent.session.events import SESSION, Edited, Planned, SessionJournal, SessionStarted
from agent.session.journal import BaseEvent, FirstEvent, Format, Journal, readable_events
from agent.session.stop import Stop


class Begun(FirstEvent):
    """The first line of a journal of another kind."""

    kind: Literal["campaign_begun"] = "campaign_begun"
    format: int = 3


class Queued(BaseEvent):
    """An event that no session has."""

    kind: Literal["queued"] = "queued"
    idea: str


CAMPAIGN: Format[Begun | Queued] = Format(TypeAdapter(Annotated[Begun | Queued, Field(discriminator="kind")]), Begun, 3)


@pytest.fixture
def journal(tmp_path: Path) -> SessionJournal:
    made = Journal(tmp_path / "journal.jsonl", SESSION)
    made.append(SessionStarted(idea="x", template="toy"))
    return made


def test_a_step_is_worked_once_over_two_processes(journal: SessionJournal) -> None:
    """A recorded step is returned, not repeated, also by a journal opened anew."""
    worked = []

    def work() -> Planned:
        worked.append(1)
        return Planned(text="a plan")

    first = journal.step(Planned, "plan", work)
    again = Journal(journal.path, SESSION).step(Planned, "plan", work)
    assert (first.text, again.text, len(worked)) == ("a plan", "a plan", 1)


def test_steps_of_different_kinds_share_a_name(journal: SessionJournal) -> None:
    """run_1/turn_1 names an edit and an attempt; one does not answer for the other."""
    journal.step(Planned, "run_1/turn_1", lambda: Planned(text="p"))
    assert journal.find(Edited, "run_1/turn_1") is None


def test_a_failing_step_records_nothing(journal: SessionJournal) -> None:
    """Work that raises leaves no event, so that it is done again on resume."""
    with pytest.raises(ZeroDivisionError):
        journal.step(Planned, "plan", lambda: Planned(text=str(1 // 0)))
    assert Journal(journal.path, SESSION).find(Planned, "plan") is None


@pytest.mark.parametrize("cut", range(1, 40, 6))
def test_a_torn_last_line_never_counted(journal: SessionJournal, cut: int) -> None:
    """A line cut off by a kill is dropped, the lines before it stay, and the next line starts clean."""
    journal.step(Planned, "plan", lambda: Planned(text="a plan"))
    whole = journal.path.read_bytes()
    journal.path.write_bytes(whole[:-cut])
    again = Journal(journal.path, SESSION)
    assert [event.kind for event in again.events] == ["session_started"]
    again.step(Planned, "plan", lambda: Planned(text="anew"))
    assert [event.kind for event in Journal(journal.path, SESSION).events] == ["session_started", "plan"]


def test_a_damaged_line_in_the_middle_is_an_error_with_its_number(journal: SessionJournal) -> None:
    """Damage that no kill explains is never skipped in silence."""
    journal.path.write_bytes(b"{}\n" + journal.path.read_bytes())
    with pytest.raises(SessionError, match="line 1"):
        Journal(journal.path, SESSION)


def test_a_newer_format_is_refused(tmp_path: Path) -> None:
    """A journal of a later labloop is not half understood."""
    path = tmp_path / "journal.jsonl"
    Journal(path, SESSION).append(SessionStarted(format=99))
    with pytest.raises(SessionError, match="newer"):
        Journal(path, SESSION)


def test_unknown_fields_of_an_event_are_ignored(journal: SessionJournal) -> None:
    """A field added by another version does not stop this one from reading."""
    text = journal.path.read_text().replace('"kind":"session_started"', '"kind":"session_started","colour":"red"')
    journal.path.write_text(text)
    assert len(Journal(journal.path, SESSION).events) == 1


def test_a_stop_request_is_heard_before_new_work_only(journal: SessionJournal) -> None:
    """Asked to stop, a recorded step is still returned; a new one is not begun."""
    journal.step(Planned, "plan", lambda: Planned(text="p"))
    journal.stop.request("Ctrl-C")
    assert journal.step(Planned, "plan", lambda: Planned(text="other")).text == "p"
    with pytest.raises(Interrupted, match="Ctrl-C"):
        journal.step(Planned, "plan 2", lambda: Planned(text="p"))


def test_events_are_numbered_and_stamped_in_utc(journal: SessionJournal) -> None:
    """seq counts from 0 and time carries its zone."""
    event = journal.append(Planned(text="p"))
    assert event.seq == 1 and event.time.endswith("+00:00")


def test_a_stop_is_asked_from_whom_the_journal_was_given(tmp_path: Path) -> None:
    """Several journals may share one Stop: requested once, none of them begins anything new."""
    stop = Stop()
    journals = [Journal(tmp_path / name, SESSION, stop) for name in ("a.jsonl", "b.jsonl")]
    stop.request("enough")
    for journal in journals:
        with pytest.raises(Interrupted, match="enough"):
            journal.step(Planned, "plan", lambda: Planned(text="p"))


def test_a_listener_hears_what_is_recorded_while_it_listens(journal: SessionJournal) -> None:
    """It is told of each event after its line was written, and of none afterwards."""
    heard: list[int] = []
    with journal.heard_by(lambda event: heard.append(event.seq)):
        journal.append(Planned(text="p"))
    journal.append(Planned(text="q"))
    assert heard == [1]


def test_damage_is_told_and_the_rest_is_read(journal: SessionJournal) -> None:
    """Whoever only looks gets every line that can be read, and what is wrong with the others."""
    journal.append(Planned(text="p"))
    first, second = journal.path.read_bytes().splitlines(keepends=True)
    journal.path.write_bytes(first + b"not json\n" + second)
    events, damage = readable_events(journal.path, SESSION)
    assert [event.kind for event in events] == ["session_started", "plan"] and damage.startswith("line 2 is damaged")


def test_another_kind_of_journal_has_its_own_events(tmp_path: Path) -> None:
    """The format says which events there are, which is the first, and how new a version may be."""
    journal = Journal(tmp_path / "campaign.jsonl", CAMPAIGN)
    journal.append(Begun())
    journal.step(Queued, "one", lambda: Queued(idea="x"))
    again = Journal(journal.path, CAMPAIGN)
    assert [event.kind for event in again.events] == ["campaign_begun", "queued"]
    with pytest.raises(SessionError, match="line 1 is damaged"):
        Journal(journal.path, SESSION)
    journal.path.write_text(Queued(idea="x").model_dump_json() + "\n")
    with pytest.raises(SessionError, match="the first line must be campaign_begun; this is no campaign's journal"):
        Journal(journal.path, CAMPAIGN)
