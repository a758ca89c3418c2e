"""A session that is taken up again goes on with its own settings, and with what is said now where that may change."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from agent.errors import UsageError
from agent.session.events import SessionResumed
from agent.session.session import note_resumption, open_session
from agent.session.settings import Settings, overlay, resumed
from agent.session.settings.resumed import differences, resume_settings, surroundings
from tests.world.toy import toy_session

RECORDED = Settings.model_validate({"model": "m", "max_runs": 3, "max_output_tokens": 8192})


@pytest.fixture(autouse=True)
def default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The labloop.toml of these tests; it is not there at first."""
    path = tmp_path / "labloop.toml"
    monkeypatch.setattr(resumed, "default_file", lambda: path)
    return path


def taken_up(flags: dict[str, Any] | None = None, config: Path | None = None, **environ: str) -> list[str]:
    return differences(RECORDED, resume_settings(RECORDED, {}, flags or {}, config, environ))


def test_nothing_said_is_nothing_changed() -> None:
    """A session goes on as it was begun."""
    assert taken_up() == []


def test_each_place_may_change_a_setting(default: Path, tmp_path: Path) -> None:
    """labloop.toml, a file that is named, the environment and flags: later ones win, and each change is told once."""
    default.write_text("max_output_tokens = 2048\n")
    assert taken_up() == ["max_output_tokens 8192 → 2048"]
    named = tmp_path / "small.toml"
    named.write_text("[models]\nmax_output_tokens = 1024\n[limits]\nbudget_tokens = 9\n")
    assert taken_up(config=named) == ["max_output_tokens 8192 → 1024", "budget_tokens none → 9"]
    assert taken_up(LABLOOP_MAX_OUTPUT_TOKENS="512") == ["max_output_tokens 8192 → 512"]
    default.unlink()
    assert taken_up({"max_runs": 5}, LABLOOP_MAX_RUNS="4") == ["max_runs 3 → 5"]
    assert taken_up({"paper": False}) == ["paper true → false"]


def test_what_flags_had_gone_before_stays(default: Path) -> None:
    """A line that stood in labloop.toml or the environment as the session was begun does not undo its flags."""
    default.write_text("[limits]\nmax_runs = 10\nmax_repairs = 2\n")
    environ = {"LABLOOP_MODEL": "paid", "HOME": "/nobody"}
    known = surroundings(environ)
    assert known == {"limits.max_runs": 10, "limits.max_repairs": 2, "LABLOOP_MODEL": "paid"}
    assert resume_settings(RECORDED, known, {}, None, environ) == RECORDED
    default.write_text("[limits]\nmax_runs = 10\nmax_repairs = 1\n")
    assert differences(RECORDED, resume_settings(RECORDED, known, {}, None, environ)) == ["max_repairs 4 → 1"]


def test_what_cannot_change_is_refused_by_name() -> None:
    """Whoever says it: a flag or the environment."""
    with pytest.raises(UsageError, match="coder aider → scripted: cannot change within a session"):
        taken_up({"coder": "scripted"})
    with pytest.raises(UsageError, match="coder aider → scripted"):
        taken_up(LABLOOP_CODER="scripted")
    assert taken_up({"coder": "aider"}) == []


def test_a_bad_value_names_where_it_stands(default: Path, tmp_path: Path) -> None:
    """A variable, the file, a file that is not there."""
    with pytest.raises(UsageError, match="the environment: LABLOOP_MAX_RUNS"):
        taken_up(LABLOOP_MAX_RUNS="many")
    default.write_text("max_rums = 3\n")
    with pytest.raises(UsageError, match=r"labloop\.toml: max_rums: there is no such setting; did you mean max_runs"):
        taken_up()
    with pytest.raises(UsageError, match="no such settings file"):
        taken_up(config=tmp_path / "gone.toml")


def test_a_played_session_is_handed_to_a_model_by_a_flag_alone() -> None:
    """A variable that names a model for other work must not make a recorded session cost money."""
    played = overlay(RECORDED, "a test", {"model": "recorded", "recording": "r.jsonl"})
    environ = {"LABLOOP_MODEL": "paid"}
    with pytest.raises(UsageError, match=r"recorded → paid.*--model recorded or --model paid"):
        resume_settings(played, {}, {}, None, environ)
    assert resume_settings(played, {}, {"model": "recorded"}, None, environ) == played
    assert resume_settings(played, {}, {"model": "paid"}, None, environ).models.writer == "paid"


def test_the_last_limit_counts_until_another_is_given(tmp_path: Path) -> None:
    """What was given on a resume stands in session.json and in the journal, and holds on the next one."""
    session = toy_session(tmp_path)
    root = session.paths.root
    given = overlay(session.settings, "a test", {"budget_tokens": 77000, "max_output_tokens": 2048})
    note_resumption(open_session(root, given), 1)
    assert open_session(root).settings == given
    note_resumption(open_session(root), 2)
    told = [event.changed for event in open_session(root).journal.all(SessionResumed)]
    assert told == [["max_output_tokens 8192 → 2048", "budget_tokens none → 77000"], []]


def test_a_session_knows_what_stood_around_it(default: Path, tmp_path: Path) -> None:
    """At its start, and anew whenever it is taken up; one of an older labloop knows nothing."""
    default.write_text("max_runs = 4\n")
    session = toy_session(tmp_path)
    assert open_session(session.paths.root).surroundings["max_runs"] == 4
    default.write_text("max_runs = 5\n")
    note_resumption(open_session(session.paths.root), 1)
    assert open_session(session.paths.root).surroundings["max_runs"] == 5
    raw = json.loads(session.paths.spec.read_text())
    del raw["surroundings"]
    session.paths.spec.write_text(json.dumps(raw))
    assert open_session(session.paths.root).surroundings == {}
