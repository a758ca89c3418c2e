"""What a command works on: the idea with its template, and the recording that is played where no model is named."""

from __future__ import annotations

import sys
from pathlib import Path

from agent.errors import UsageError
from agent.models.names import RECORDED
from agent.models.registry import recording_path
from agent.session.idea import Idea, load_idea
from agent.session.paths import REPOSITORY
from agent.session.session import check_metrics
from agent.session.settings import Settings, overlay
from agent.session.settings.groups import ExperimentSettings
from agent.session.template import load_template, template_of
from agent.session.template.contract import Template


def template_folder(named: Path | None, idea: Path | None) -> Path:
    """The template's folder: the one that was named, else the one that the idea lies in, else the repository."""
    return named or (template_of(idea) if idea else REPOSITORY)


def read_task(idea: Path, folder: Path, asked: ExperimentSettings, name: str = "") -> tuple[Idea, Template]:
    """An idea (of a list the one called `name`) and the template that it is worked on, as `asked`.

    Raises UsageError where one is bad or they do not fit.
    """
    read = load_idea(idea, name)
    template = load_template(folder, asked.scale, asked.values)
    check_metrics(read, template)
    return read, template


def with_recording(settings: Settings, idea: Path | None) -> Settings:
    """The settings with the recording that would be played: the one that was named, else the idea's own.

    Where no model is named the recording answers in every role. Where no recording is found, nothing changes.
    """
    models = settings.models
    own = recording_path(idea) if idea else None
    found = Path(models.recording) if models.recording else own
    if found is None or not (models.recording or found.is_file()):
        return settings
    if not models.writer:
        return overlay(settings, "the recording", {"model": RECORDED, "recording": str(found.resolve())})
    if plays(settings) and not models.recording:
        return overlay(settings, "the recording", {"recording": str(found.resolve())})
    return settings


def plays(settings: Settings) -> bool:
    """Whether a recording answers in some role."""
    return RECORDED in settings.models.by_role.values()


def answered(asked: Settings, idea: Path, flag: str | None = None, told: bool = True) -> Settings:
    """The settings with somebody who answers for this idea. Raises UsageError where nobody does.

    `flag`: the recording that was named on the command line, which one that asks a model does not play. `told`: whether it is said that
    a recording is played.
    """
    settings = with_recording(asked, idea)
    models = settings.models
    if not models.writer:
        raise UsageError(
            f"no model is named and {recording_path(idea)} does not exist: give --model NAME (any litellm model; the "
            "key in the provider's environment variable), --model NAME --base-url URL for a local server, or --model manual"
        )
    if told and not asked.models.writer:
        print(
            f"No model named: playing the recording {asked.models.recording or recording_path(idea)} "
            "(edits, experiments, figures and paper are made for real).",
            file=sys.stderr,
        )
    if flag and not plays(settings):
        raise UsageError(f"--recording {flag}: --model {models.writer} plays none; leave one of them out")
    if plays(settings) and not models.recording:
        missing = recording_path(idea)
        raise UsageError(f"--model recorded: {missing} does not exist; name one with --recording FILE")
    return settings
