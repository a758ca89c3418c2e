"""From a name to the model that answers."""

from __future__ import annotations

import logging
from pathlib import Path

from agent.errors import UsageError
from agent.models.protocol import Model, Role
from agent.session.session import Session
from agent.session.settings import Settings

log = logging.getLogger(__name__)


def recording_path(idea: Path) -> Path:
    """Where an idea's shipped recording lies: ideas/x.json → ideas/x.recording.jsonl."""
    return idea.with_suffix(".recording.jsonl")


def models_for(session: Session) -> dict[Role, Model]:
    """Who answers in each role, by the session's settings. Raises UsageError for a model that cannot be had."""
    settings = session.settings
    names: dict[Role, str] = {
        "writer": settings.model,
        "coder": settings.coder_model or settings.model,
        "adviser": settings.adviser or settings.model,
    }
    made: dict[str, Model] = {}
    for name in names.values():
        if name not in made:
            made[name] = _model(name, session, settings)
    return {role: made[name] for role, name in names.items()}


def _model(name: str, session: Session, settings: Settings) -> Model:
    if name == "manual":
        from agent.models.manual import ManualModel

        return ManualModel(session.paths.requests, session.stop)
    if name == "recorded":
        from agent.models.recording import load_recording

        if not settings.recording:
            raise UsageError("no recording and no model: name one with --model NAME, or --model manual")
        recording = load_recording(Path(settings.recording))
        if recording.header.template not in ("", session.template.name):
            raise UsageError(
                f"{settings.recording}: recorded on the template {recording.header.template}, this session is on "
                f"{session.template.name}; name that one's folder with --template, or another recording"
            )
        other = [file for file, digest in recording.header.files.items() if session.files.get(file) != digest]
        if other:
            log.warning("the recording was made with another %s: its edits may not match", ", ".join(other))
        if settings.paper and recording.runs() > settings.max_runs:
            log.warning(
                "the recording is about %d runs, --max-runs is %d: its figures and paper speak of runs that this session will "
                "not have; --no-paper stops after the figures",
                recording.runs(),
                settings.max_runs,
            )
        return recording
    from agent.models.litellm_model import LitellmModel

    return LitellmModel(name, settings.base_url, settings.model_timeout_s)
