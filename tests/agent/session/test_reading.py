"""The one reader of a session's folder: whole, unfinished, damaged, moved, hostile."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path
from typing import Any

import pytest

from agent.errors import LabloopError, SessionError
from agent.session.events import Exchanged, RunAccepted
from agent.session.reading import read_session
from agent.session.session import Session, open_session
from tests.world.sessions import cut_journal, make_session

pytestmark = pytest.mark.whole


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Session:
    """One session that no test changes."""
    return make_session(tmp_path_factory.mktemp("whole"))


@pytest.fixture
def session(tmp_path: Path, whole: Session) -> Session:
    """A copy of it that a test may damage, its template beside it."""
    shutil.copytree(whole.template.root, tmp_path / "pocket")
    root = shutil.copytree(whole.paths.root, tmp_path / "runs" / whole.name)
    write_spec(root, {"template": str(tmp_path / "pocket")})
    return open_session(root)


def write_spec(root: Path, changes: dict[str, Any]) -> None:
    path = root / "session.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def seen(session: Session) -> str:
    """What the reader says could not be read."""
    return "; ".join(problem.seen for problem in read_session(session.paths.root).problems)


def refusal(session: Session) -> str:
    """Why the session cannot be opened."""
    with pytest.raises(LabloopError) as raised:
        open_session(session.paths.root)
    return str(raised.value)


def test_a_whole_session_is_read_without_a_problem(whole: Session) -> None:
    """Events, idea, settings, metrics and files are those that the session was made with."""
    reading = read_session(whole.paths.root)
    assert reading.problems == ()
    assert list(reading.events) == whole.journal.events
    assert (reading.idea, reading.settings, reading.primary) == (whole.idea, whole.settings, whole.primary)
    assert reading.metrics == whole.template.metrics
    assert [event.run for event in reading.all(RunAccepted)] == ["run_0", "run_1", "run_2", "run_3"]
    first = next(reading.all(Exchanged))
    assert (reading.exchange(first.number) or {})["step"] == first.step
    assert reading.blob(whole.files["plot.py"]) == "import json\n"
    assert reading.holder is None


def test_no_session_at_all_is_an_error_for_everyone(tmp_path: Path) -> None:
    """A folder with neither file is named, with where sessions lie."""
    for read in (read_session, open_session):
        with pytest.raises(SessionError, match=r"holds no session\.json and no .*; name a session's folder \(they lie"):
            read(tmp_path)


def test_without_session_json_the_journal_is_read(session: Session) -> None:
    """Who looks sees the events, and metrics of a template of that name; who would open it is told what is missing."""
    session.paths.spec.unlink()
    reading = read_session(session.paths.root)
    assert len(reading.events) == len(session.journal.events)
    assert "session.json is missing or damaged" in seen(session)
    assert "holds no session.json" in refusal(session)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "cannot be read: Expecting"),
        ("[]", "one JSON object, found list"),
        ("[" * 5000, "cannot be read"),
        ("\x00", ""),
    ],
)
def test_a_session_json_that_is_none_hides_nothing_else(session: Session, text: str, why: str) -> None:
    """Half a file, another value, a tower of brackets: the journal is read, and the opener names file and damage."""
    session.paths.spec.write_text(text)
    assert "session.json is missing or damaged" in seen(session)
    assert read_session(session.paths.root).events
    assert str(session.paths.spec) in refusal(session)
    assert why in refusal(session)


def test_a_huge_session_json_is_not_read(session: Session) -> None:
    """Twenty megabytes and a byte are a problem, not a wait."""
    with session.paths.spec.open("ab") as file:
        file.truncate(20_000_001)
    assert "session.json is missing or damaged" in seen(session)
    assert "larger than 20 MB" in refusal(session)


@pytest.mark.parametrize(
    ("changes", "says", "refuses"),
    [
        ({"idea": {"Name": "x"}}, "session.json holds no readable idea", "idea.Title: Field required; mend this field"),
        ({"settings": {"max_runs": "many"}}, "session.json: settings", "settings"),
        ({"fixed_sha256": None}, "session.json: fixed_sha256", "fixed_sha256"),
        ({"reported": {"format": 2}}, "session.json: reported", "reported"),
    ],
)
def test_a_wrong_part_of_session_json_leaves_the_others(
    session: Session, changes: dict[str, Any], says: str, refuses: str
) -> None:
    """The part is named; what else session.json says is still known."""
    write_spec(session.paths.root, changes)
    reading = read_session(session.paths.root)
    assert says in seen(session)
    assert refuses in refusal(session)
    assert reading.metrics == session.template.metrics
    assert (reading.idea is None) == ("idea" in changes)
    assert (reading.settings is None) == ("settings" in changes)
    assert reading.spec is None


@pytest.mark.parametrize("line", ['{"kind": "from_the_future"}', '{"kind": "run", "run": 7}', "\x00\xff", "[]"])
def test_a_damaged_line_does_not_hide_the_others(session: Session, line: str) -> None:
    """All other lines are read; the damage is told by its line, to both."""
    lines = session.paths.journal.read_text(encoding="utf-8").splitlines()
    lines[3] = line
    session.paths.journal.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert len(read_session(session.paths.root).events) == len(lines) - 1
    assert "line 4 is damaged" in seen(session)
    assert f"{session.paths.journal}: line 4 is damaged" in refusal(session)


def test_a_journal_that_is_missing_or_empty_is_no_session_to_take_up(session: Session) -> None:
    """Nothing is known of what happened: it can be looked at, and not be resumed."""
    cut_journal(session, 0, torn='{"kind": "session_st')
    assert "journal.jsonl holds no event" in seen(session)
    assert "never began; start a new one" in refusal(session)
    session.paths.journal.write_bytes(b"\x00" * 4096)
    assert "holds no line that can be read; put it back" in refusal(session)
    session.paths.journal.unlink()
    assert "journal.jsonl is missing" in seen(session)
    assert f"{session.paths.journal}: missing" in refusal(session)


def test_a_line_that_was_cut_off_by_a_kill_is_no_problem(session: Session) -> None:
    """It never counted; the session is read, and opens."""
    cut_journal(session, 12, torn='{"kind": "edit", "outc')
    assert (len(read_session(session.paths.root).events), seen(session)) == (12, "")
    assert len(open_session(session.paths.root).journal.events) == 12


def test_a_session_knows_its_metrics_where_its_template_is_gone(session: Session) -> None:
    """Looking on needs no template; opening does, and says where to name it."""
    shutil.rmtree(session.template.root)
    reading = read_session(session.paths.root)
    assert (reading.problems, dict(reading.metrics)) == ((), session.template.metrics)
    assert "session.json: template: " in refusal(session)
    assert "is not there any more: move it back, or" in refusal(session)


def test_an_older_session_takes_its_metrics_from_its_template(session: Session) -> None:
    """Where session.json does not say what was measured, the template does; without it, none of it is known."""
    write_spec(session.paths.root, {"metrics": {}, "primary": ""})
    reading = read_session(session.paths.root)
    assert (reading.problems, reading.primary) == ((), session.primary)
    assert dict(reading.metrics) == session.template.metrics
    shutil.rmtree(session.template.root)
    reading = read_session(session.paths.root)
    assert (reading.metrics, reading.primary) == ({}, "")
    assert "the template pocket is not on this machine" in seen(session)
    assert "is not there any more: move it back, or" in refusal(session)


def test_the_primary_metric_is_the_idea_s_where_it_names_one(session: Session) -> None:
    """As for the session itself: the idea's, else the template's."""
    idea = session.idea.model_dump() | {"Primary_Metric": "absorption"}
    write_spec(session.paths.root, {"idea": idea})
    assert read_session(session.paths.root).primary == open_session(session.paths.root).primary == "absorption"


def test_who_holds_it_is_read_once(session: Session) -> None:
    """The holder is whom the lock names; a lock that leads out of the session names nobody."""
    record = json.dumps({"host": "elsewhere", "pid": 7, "beat": time.time()})
    session.paths.lock.write_text(record)
    found = read_session(session.paths.root).holder
    assert found is not None and found.name == "process 7 on elsewhere"
    session.paths.lock.unlink()
    (session.paths.root.parent / "lock").write_text(record)
    session.paths.lock.symlink_to(session.paths.root.parent / "lock")
    assert read_session(session.paths.root).holder is None


def test_blobs_and_exchanges_are_read_inside_the_session_only(session: Session) -> None:
    """A digest that is a path, a link that leads out, a missing or damaged file: each is None."""
    secret = session.paths.root.parent / "secret"
    secret.write_text('{"reply": "SECRET"}')
    session.paths.exchange(1).unlink()
    session.paths.exchange(1).symlink_to(secret)
    session.paths.exchange(2).write_text("{")
    reading = read_session(session.paths.root)
    assert reading.blob("../../secret") is None
    assert reading.blob(str(secret)) is None
    assert [reading.exchange(number) for number in (1, 2, 999)] == [None, None, None]
