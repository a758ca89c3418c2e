"""Names of models lead to the ones that answer; a recording is only played on what it was made for."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.errors import UsageError
from agent.models.litellm_model import LitellmModel
from agent.models.manual import ManualModel
from agent.models.protocol import Model, Role
from agent.models.recording import Recording, load_recording
from agent.models.registry import check_recordings, models_for, recording_path
from agent.session.settings import ModelSettings
from agent.session.stop import Stop
from tests.world.toy import toy_recording


def models(folder: Path, **settings: str) -> dict[Role, Model]:
    return models_for(ModelSettings.model_validate(settings), folder / "requests", Stop())


def recorded(folder: Path, template: str = "") -> dict[Role, Model]:
    """Models that all play the toy recording, made on this template."""
    path = toy_recording(folder / "toy.recording.jsonl")
    recording = load_recording(path)
    Recording(recording.header.model_copy(update={"template": template}), recording.answers.values()).save(path)
    return models(folder, writer="recorded", recording=str(path))


def test_each_name_leads_to_its_kind(tmp_path: Path) -> None:
    """`manual` is a person, any other name a provider's model with the server and patience of the settings."""
    made = models(tmp_path, writer="gpt-x", adviser="manual", base_url="http://localhost:1")
    assert isinstance(made["adviser"], ManualModel) and made["adviser"].folder == tmp_path / "requests"
    writer = made["writer"]
    assert isinstance(writer, LitellmModel) and (writer.name, writer.base_url) == ("gpt-x", "http://localhost:1")
    assert (writer.first_wait_s, writer.most_wait_s) == (1, 600)


def test_roles_of_one_name_share_a_model(tmp_path: Path) -> None:
    """Coder and adviser are the writer's model where the settings name no other."""
    made = models(tmp_path, writer="manual")
    assert made["writer"] is made["coder"] is made["adviser"]


def test_a_recording_has_to_be_named(tmp_path: Path) -> None:
    """`recorded` without a file says which flags help."""
    with pytest.raises(UsageError, match="--model manual"):
        models(tmp_path, writer="recorded")


def test_an_ideas_recording_lies_beside_it() -> None:
    """ideas/x.json is played from ideas/x.recording.jsonl."""
    assert recording_path(Path("ideas/x.json")) == Path("ideas/x.recording.jsonl")


def test_a_recording_of_another_template_is_refused(tmp_path: Path) -> None:
    """Its header says on which template it was made; one that does not say is taken."""
    with pytest.raises(
        UsageError, match=r"toy\.recording\.jsonl: recorded on the template sae, this session is on toy"
    ):
        check_recordings(recorded(tmp_path, template="sae"), "toy", {}, None)
    check_recordings(recorded(tmp_path), "toy", {}, None)


@pytest.mark.parametrize(("runs", "told"), [(1, True), (2, False), (None, False)])
def test_a_recording_about_more_runs_says_so(
    runs: int | None, told: bool, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Cut short, its paper would speak of runs that are not there: said before anything runs, unless there is no paper."""
    check_recordings(recorded(tmp_path), "toy", {}, runs)
    assert ("about 2 runs, --max-runs is 1" in caplog.text) == told


def test_a_recording_made_with_other_files_says_so(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Its edits may not find their places; the file is named once, though three roles play it."""
    path = toy_recording(tmp_path / "x.recording.jsonl")
    recording = load_recording(path)
    header = recording.header.model_copy(update={"files": {"experiment.py": "abc"}})
    Recording(header, recording.answers.values()).save(path)
    made = models(tmp_path, writer="recorded", recording=str(path))
    check_recordings(made, "toy", {"experiment.py": "def"}, None)
    assert caplog.text.count("made with another experiment.py") == 1
