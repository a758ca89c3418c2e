"""The journal: the only truth about what happened."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.errors import Interrupted, SessionError
from agent.session.events import Edited, Planned, SessionStarted
from agent.session.journal import Journal


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    made = Journal(tmp_path / "journal.jsonl")
    made.append(SessionStarted(idea="x", template="toy"))
    return made


def test_a_step_is_worked_once_over_two_processes(journal: Journal) -> None:
    """A recorded step is returned, not repeated, also by a journal opened anew."""
    worked = []

    def work() -> Planned:
        worked.append(1)
        return Planned(text="a plan")

    first = journal.step(Planned, "plan", work)
    again = Journal(journal.path).step(Planned, "plan", work)
    assert (first.text, again.text, len(worked)) == ("a plan", "a plan", 1)


def test_steps_of_different_kinds_share_a_name(journal: Journal) -> None:
    """run_1/turn_1 names an edit and an attempt; one does not answer for the other."""
    journal.step(Planned, "run_1/turn_1", lambda: Planned(text="p"))
    assert journal.find(Edited, "run_1/turn_1") is None


def test_a_failing_step_records_nothing(journal: Journal) -> None:
    """Work that raises leaves no event, so that it is done again on resume."""
    with pytest.raises(ZeroDivisionError):
        journal.step(Planned, "plan", lambda: Planned(text=str(1 // 0)))
    assert Journal(journal.path).find(Planned, "plan") is None


@pytest.mark.parametrize("cut", range(1, 40, 6))
def test_a_torn_last_line_never_counted(journal: Journal, cut: int) -> None:
    """A line cut off by a kill is dropped, the lines before it stay, and the next line starts clean."""
    journal.step(Planned, "plan", lambda: Planned(text="a plan"))
    whole = journal.path.read_bytes()
    journal.path.write_bytes(whole[:-cut])
    again = Journal(journal.path)
    assert [event.kind for event in again.events] == ["session_started"]
    again.step(Planned, "plan", lambda: Planned(text="anew"))
    assert [event.kind for event in Journal(journal.path).events] == ["session_started", "plan"]


def test_a_damaged_line_in_the_middle_is_an_error_with_its_number(journal: Journal) -> None:
    """Damage that no kill explains is never skipped in silence."""
    journal.path.write_bytes(b"{}\n" + journal.path.read_bytes())
    with pytest.raises(SessionError, match="line 1"):
        Journal(journal.path)


def test_a_newer_format_is_refused(tmp_path: Path) -> None:
    """A journal of a later labloop is not half understood."""
    path = tmp_path / "journal.jsonl"
    Journal(path).append(SessionStarted(format=99))
    with pytest.raises(SessionError, match="newer"):
        Journal(path)


def test_unknown_fields_of_an_event_are_ignored(journal: Journal) -> None:
    """A field added by another version does not stop this one from reading."""
    text = journal.path.read_text().replace('"kind":"session_started"', '"kind":"session_started","colour":"red"')
    journal.path.write_text(text)
    assert len(Journal(journal.path).events) == 1


def test_a_stop_request_is_heard_before_new_work_only(journal: Journal) -> None:
    """Asked to stop, a recorded step is still returned; a new one is not begun."""
    journal.step(Planned, "plan", lambda: Planned(text="p"))
    journal.stop = lambda: "Ctrl-C"
    assert journal.step(Planned, "plan", lambda: Planned(text="other")).text == "p"
    with pytest.raises(Interrupted):
        journal.step(Planned, "plan 2", lambda: Planned(text="p"))


def test_events_are_numbered_and_stamped_in_utc(journal: Journal) -> None:
    """seq counts from 0 and time carries its zone."""
    event = journal.append(Planned(text="p"))
    assert event.seq == 1 and event.time.endswith("+00:00")
