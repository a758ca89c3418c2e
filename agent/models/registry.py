"""From a name to the model that answers."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from agent.errors import UsageError
from agent.models.faults.patience import Say
from agent.models.names import MANUAL, RECORDED
from agent.models.protocol import Asking, Model, Role
from agent.models.recording import Recording, load_recording
from agent.models.shared import Shared
from agent.session.settings import Asked, ModelSettings
from agent.session.stop import Stop

log = logging.getLogger(__name__)


def edits_live(models: ModelSettings) -> bool:
    """Whether the code comes from a model or a person that is asked now, not from a recording."""
    return models.by_role["coder"] not in ("", RECORDED)


def recording_path(idea: Path) -> Path:
    """Where an idea's shipped recording lies: ideas/x.json → ideas/x.recording.jsonl."""
    return idea.with_suffix(".recording.jsonl")


def models_for(
    settings: ModelSettings,
    requests: Path,
    stop: Stop,
    say: Say = lambda text: None,
    shared: Shared | None = None,
    asked: Asking = lambda request: None,
) -> dict[Role, Model]:
    """Who answers in each role; roles of one name at one address share one model. Questions to a person are laid down in `requests`.

    `say` is told of waits for a provider, `asked` of each question to a person, `shared` is where a campaign's sessions tell each
    other of a provider's waits. Raises UsageError for a model that cannot be had.
    """
    around = _Around(requests, stop, say, shared, asked)
    made: dict[Asked, Model] = {}
    for each in settings.asked.values():
        if each not in made:
            made[each] = _model(each, settings, around)
    return {cast(Role, role): made[each] for role, each in settings.asked.items()}


def check_recordings(models: Mapping[Role, Model], template: str, files: Mapping[str, str], runs: int | None) -> None:
    """Whether recordings among the models fit what they are played on: the template, its files by sha256, its runs.

    Warns where edits may not match, or where a recording is about more than `runs` runs, since its paper would speak of
    runs that are not there (None where there will be no paper). Raises UsageError where one was made on another template.
    """
    for recording in {id(model): model for model in models.values() if isinstance(model, Recording)}.values():
        header = recording.header
        if header.template not in ("", template):
            raise UsageError(
                f"{recording.path}: recorded on the template {header.template}, this session is on "
                f"{template}; name that one's folder with --template, or another recording"
            )
        other = [file for file, digest in header.files.items() if files.get(file) != digest]
        if other:
            log.warning("the recording was made with another %s: its edits may not match", ", ".join(other))
        if runs is not None and recording.runs() > runs:
            log.warning(
                "the recording is about %d runs, --max-runs is %d: its figures and paper speak of runs that this session will "
                "not have; --no-paper stops after the figures",
                recording.runs(),
                runs,
            )


@dataclass(frozen=True)
class _Around:
    """What models need to know of the work that asks them."""

    requests: Path
    stop: Stop
    say: Say
    shared: Shared | None
    asked: Asking


def _model(of: Asked, settings: ModelSettings, around: _Around) -> Model:
    name, base_url = of
    if name == MANUAL:
        from agent.models.manual import ManualModel

        return ManualModel(around.requests, around.stop, around.say, around.asked)
    if name == RECORDED:
        if not settings.recording:
            raise UsageError("no recording and no model: name one with --model NAME, or --model manual")
        return load_recording(Path(settings.recording))
    from agent.models.litellm_model import LitellmModel

    return LitellmModel(
        name,
        base_url,
        settings.timeout_s,
        first_wait_s=settings.first_wait_s,
        max_wait_minutes=settings.max_wait_minutes,
        stop=around.stop,
        say=around.say,
        shared=around.shared,
    )
