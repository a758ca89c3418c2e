"""A session is started, opened and taken up again; what stands in the way of reading it is in test_reading.py."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agent.errors import Interrupted, SessionError, UsageError
from agent.session.events import Planned, SessionResumed, SessionStarted
from agent.session.session import note_resumption, open_session, start_session, with_settings
from agent.session.settings import Settings
from agent.session.stop import Stop
from agent.session.template import load_template
from tests.world.sessions import make_idea, make_template
from tests.world.toy import toy_session


def test_a_session_that_was_started_opens_as_it_was(tmp_path: Path) -> None:
    """Idea, template, settings, files and the first line of the journal are those that it began with."""
    session = toy_session(tmp_path)
    opened = open_session(session.paths.root)
    assert (opened.idea, opened.template, opened.settings) == (session.idea, session.template, session.settings)
    assert (opened.files, opened.fixed_sha256) == (session.files, session.fixed_sha256)
    (first,) = opened.journal.events
    assert isinstance(first, SessionStarted)
    assert (first.idea, first.template) == (session.idea.Name, session.template.name)
    for name, digest in opened.files.items():
        assert opened.blobs.get(digest) == (session.template.root / name).read_bytes()


def test_sessions_of_one_second_have_folders_of_their_own(tmp_path: Path) -> None:
    """The same idea started three times at once: three folders, none of them the other's."""
    sessions = [toy_session(tmp_path) for _ in range(3)]
    assert len({session.paths.root for session in sessions}) == 3
    assert all(session.idea.Name in session.name for session in sessions)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """The error names the flag and the remedy."""
    (tmp_path / "runs").write_text("a file")
    with pytest.raises(UsageError, match=r"--out .*runs: .*; name a folder that can be written"):
        toy_session(tmp_path)


def test_a_session_that_is_asked_to_stop_begins_nothing_new(tmp_path: Path) -> None:
    """Whoever opened it with a stop is asked before each new step."""
    stop = Stop()
    session = open_session(toy_session(tmp_path).paths.root, stop=stop)
    stop.request("SIGINT")
    with pytest.raises(Interrupted, match="SIGINT"):
        session.journal.step(Planned, "plan", lambda: Planned(text=""))


def test_taking_it_up_again_is_written_down(tmp_path: Path) -> None:
    """With the process that did it; and a session can be taken up as often as it is stopped."""
    root = toy_session(tmp_path).paths.root
    for pid in (7, 8):
        note_resumption(open_session(root), pid)
    assert [event.pid for event in open_session(root).journal.all(SessionResumed)] == [7, 8]


def test_a_fixed_half_that_changed_is_not_gone_on_with(tmp_path: Path) -> None:
    """Its runs could not be compared any more: the error names the files, and nothing is written down."""
    folder = tmp_path / "pocket"
    declared = make_template(folder)
    text = (folder / "template.toml").read_text()
    (folder / "judge.py").write_text("1\n")
    (folder / "template.toml").write_text(text.replace("timeout_s = 60", 'timeout_s = 60\nfixed = ["judge.py"]'))
    template = load_template(declared.root)
    root = start_session(tmp_path / "runs", make_idea(), template, Settings()).paths.root
    (folder / "judge.py").write_text("2\n")
    opened = open_session(root)
    with pytest.raises(SessionError, match=r"fixed files \(judge\.py\) changed since the session began"):
        note_resumption(opened, 7)
    assert len(opened.journal.events) == 1


def test_a_fixed_half_that_measures_the_same_is_gone_on_with(tmp_path: Path) -> None:
    """Where the template declares the earlier state as equal, the session resumes, and is held to the files of today."""
    folder = tmp_path / "pocket"
    declared = make_template(folder)
    text = (folder / "template.toml").read_text()
    (folder / "judge.py").write_text("1\n")
    (folder / "template.toml").write_text(text.replace("timeout_s = 60", 'timeout_s = 60\nfixed = ["judge.py"]'))
    session = start_session(tmp_path / "runs", make_idea(), load_template(declared.root), Settings())
    (folder / "judge.py").write_text("1  # the same, laid out anew\n")
    equal = f'timeout_s = 60\nfixed = ["judge.py"]\nmeasures_as = ["{session.fixed_sha256}"]'
    (folder / "template.toml").write_text(text.replace("timeout_s = 60", equal))
    opened = open_session(session.paths.root)
    note_resumption(opened, 7)
    assert opened.fixed_sha256 == load_template(folder).fixed_hash() != session.fixed_sha256


def test_a_template_that_was_moved_is_asked_for_where_it_can_be_named(tmp_path: Path) -> None:
    """The error names file, field and the folder that is gone; written there anew, the session opens."""
    session = toy_session(tmp_path)
    spec = json.loads(session.paths.spec.read_text())
    session.paths.spec.write_text(json.dumps(spec | {"template": str(tmp_path / "gone")}))
    with pytest.raises(SessionError, match=r"session\.json: template: .*gone is not there any more: move it back, or"):
        open_session(session.paths.root)
    session.paths.spec.write_text(json.dumps(spec))
    assert open_session(session.paths.root).template.name == session.template.name


def test_opening_reads_the_journal_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A journal of many lines is not read again for the settings that a resumption gives; what it holds is the same."""
    begun = toy_session(tmp_path)
    read: list[Path] = []
    before = Path.read_bytes

    def counted(path: Path) -> bytes:
        read.append(path)
        return before(path)

    monkeypatch.setattr(Path, "read_bytes", counted)
    opened = with_settings(open_session(begun.paths.root), begun.settings)
    assert [path for path in read if path == begun.paths.journal] == [begun.paths.journal]
    assert opened.journal.events == begun.journal.events
    opened.journal.append(SessionResumed(pid=1, changed=[]))
    assert open_session(begun.paths.root).journal.events == opened.journal.events
