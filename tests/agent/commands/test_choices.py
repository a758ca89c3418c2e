"""Which idea, which template, which recording: chosen in one way by every command."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agent.commands.choices import plays, read_task, template_folder, with_recording
from agent.errors import UsageError
from agent.session.paths import REPOSITORY
from agent.session.settings import Settings
from agent.session.settings.groups import ExperimentSettings

TOY = REPOSITORY / "templates" / "toy"


@pytest.fixture
def idea(tmp_path: Path) -> Path:
    """An idea with a recording beside it."""
    path = tmp_path / "idea.json"
    path.write_text((TOY / "idea.json").read_text())
    path.with_suffix(".recording.jsonl").touch()
    return path


def chosen(idea: Path | None, **settings: object) -> tuple[str, str]:
    """Who writes, and which recording is played."""
    models = with_recording(Settings.model_validate(settings), idea).models
    return models.writer, models.recording


def test_without_a_model_the_ideas_recording_is_played(idea: Path) -> None:
    """It is named by its whole path, so that the session finds it again from anywhere."""
    assert chosen(idea) == ("recorded", str(idea.with_suffix(".recording.jsonl")))


def test_a_recording_that_is_named_wins(idea: Path, tmp_path: Path) -> None:
    """Also one that does not exist: the check says so, instead of another one being played."""
    assert chosen(idea, recording=str(tmp_path / "mine.jsonl")) == ("recorded", str(tmp_path / "mine.jsonl"))
    assert chosen(None, recording=str(tmp_path / "mine.jsonl")) == ("recorded", str(tmp_path / "mine.jsonl"))


def test_a_role_that_plays_gets_the_ideas_recording(idea: Path) -> None:
    """`recorded` for one role is enough; a model that plays nothing gets no recording."""
    own = str(idea.with_suffix(".recording.jsonl"))
    assert chosen(idea, model="recorded") == ("recorded", own)
    assert chosen(idea, model="manual", adviser="recorded") == ("manual", own)
    assert chosen(idea, model="manual") == ("manual", "")


def test_where_there_is_none_nothing_changes(idea: Path) -> None:
    """No recording beside the idea, or no idea: whoever needs a model has to say so."""
    idea.with_suffix(".recording.jsonl").unlink()
    assert chosen(idea) == chosen(None) == ("", "")
    assert chosen(idea, model="recorded") == ("recorded", "")


def test_a_recording_plays_in_any_role() -> None:
    """Writer, coder or adviser."""
    assert plays(Settings.model_validate({"model": "manual", "coder_model": "recorded"}))
    assert not plays(Settings.model_validate({"model": "manual", "recording": "x.jsonl"}))


def test_a_template_is_named_or_found_from_the_idea(idea: Path) -> None:
    """--template wins; an idea within a template belongs to it; the repository's root is for the rest."""
    assert template_folder(idea.parent, TOY / "idea.json") == idea.parent
    assert template_folder(None, TOY / "idea.json") == TOY
    assert template_folder(None, idea) == template_folder(None, None) == REPOSITORY


def test_an_idea_and_its_template_are_read_together(idea: Path) -> None:
    """Whether the idea's metrics are measured is looked at here, once for every command."""
    read, template = read_task(idea, TOY, ExperimentSettings())
    assert (read.Name, template.name) == ("averaged_iterates", "toy")
    idea.write_text(json.dumps(json.loads(idea.read_text()) | {"Primary_Metric": "beauty"}))
    with pytest.raises(UsageError, match="metric 'beauty' is not measured by the template toy"):
        read_task(idea, TOY, ExperimentSettings())
    idea.write_text(json.dumps(json.loads(idea.read_text()) | {"Primary_Metric": None, "Metrics": ["exces_loss"]}))
    with pytest.raises(UsageError, match="did you mean 'excess_loss'"):
        read_task(idea, TOY, ExperimentSettings())
