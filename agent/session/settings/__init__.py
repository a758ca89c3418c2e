"""Settings: a TOML file, then the environment, then flags; the resolved ones are kept in session.json.

They stand in groups (`[limits] max_runs = 5`). Each also has a short name, under which it is found in the environment
(`LABLOOP_MAX_RUNS`), and in the files and sessions of labloop 0.1, which knew no groups.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel, Field, ValidationError, model_validator

from agent.errors import UsageError
from agent.session.paths import REPOSITORY
from agent.session.settings.confirm import ConfirmSettings
from agent.session.settings.file import read_file
from agent.session.settings.group import SettingGroup as Group
from agent.session.settings.groups import ExperimentSettings, LimitSettings, PaperSettings, SandboxSettings
from agent.session.settings.launching import LaunchingSettings
from agent.session.settings.notify import NotifySettings
from agent.session.settings.places import Place, grouped, place_each
from agent.session.settings.prices import PriceList
from agent.session.settings.slurm import SlurmSettings


class Asked(NamedTuple):
    """A model's name, and the address at which it is asked; empty for the provider's own."""

    name: str
    base_url: str


_PAGES = re.compile(r"(?<![/:])/+$|(?:/chat/completions|/completions|/responses|/models)/*$")
"""What people copy with a server's address: a page below it."""
_AT_NO_ADDRESS = ("manual", "recorded")


class ModelSettings(Group):
    """Who answers, and how it is asked."""

    writer: str = ""
    """Who plans, writes and codes: a litellm model string, `manual`, or `recorded`; the idea's recording where empty."""
    adviser: str = ""
    """Who advises; the same as `writer` where empty."""
    reviewer: str = ""
    """Who reviews the finished draft; the same as `adviser` where empty."""
    coder: str = ""
    """Who answers the coder; the same as `writer` where empty."""
    base_url: str = ""
    """An OpenAI-compatible server for the writer's model, whatever role it has; empty for the provider's own."""
    adviser_base_url: str = ""
    """The same for the adviser's model, where it is another or at another address."""
    reviewer_base_url: str = ""
    """The same for the reviewer's model."""
    coder_base_url: str = ""
    """The same for the coder's model."""
    recording: str = ""
    """Path of the recording, where a model is `recorded`."""
    timeout_s: float = Field(default=600, gt=0)
    """Time limit of one model call."""
    first_wait_s: float = Field(default=1, gt=0)
    """Wait before a call that failed in passing is tried again; each further wait is four times as long."""
    max_wait_minutes: float = Field(default=10, ge=0)
    """How long one question may wait for a provider that limits its rate or names a time; then the session pauses."""
    check_s: float = Field(default=60, gt=0)
    """How long the check waits for a model's answer to a question of one token."""
    max_output_tokens: int = Field(default=8192, ge=256)
    """Longest reply that is asked for."""
    prices: PriceList = Field(default_factory=dict)
    """Dollars for a million tokens, sent and received, by a model's name: `{"Qwen/Qwen3-8B" = [0.1, 0.3]}`; litellm's list where empty."""
    max_answers: int = Field(default=3, ge=1)
    """Tries that a model has for an answer of the right form."""

    @property
    def by_role(self) -> dict[str, str]:
        """The model's name for each role: writer, coder, adviser, reviewer."""
        adviser = self.adviser or self.writer
        return {
            "writer": self.writer,
            "coder": self.coder or self.writer,
            "adviser": adviser,
            "reviewer": self.reviewer or adviser,
        }

    @property
    def asked(self) -> dict[str, Asked]:
        """Whom each role asks, and where: an address is that of the one model for which it is given."""
        given = {
            "writer": self.base_url,
            "coder": self.coder_base_url,
            "adviser": self.adviser_base_url,
            "reviewer": self.reviewer_base_url or ("" if self.reviewer else self.adviser_base_url),
        }
        own = {role: _PAGES.sub("", url.strip()) for role, url in given.items()}
        return {
            role: Asked(
                name, "" if name in _AT_NO_ADDRESS else own[role] or (own["writer"] if name == self.writer else "")
            )
            for role, name in self.by_role.items()
        }


class CoderSettings(Group):
    """What edits the code."""

    name: str = "aider"
    """Which coder edits."""
    timeout_s: float = Field(default=120, gt=0)
    """How long the coder may work without a word; the model's time is not counted."""
    idle_s: float = Field(default=60, gt=0)
    """How long its process is kept warm without a turn; then it is ended, and the next turn starts another."""


class Settings(Group):
    """How a session is worked; every limit and time-out of the loop stands here, in groups."""

    models: ModelSettings = ModelSettings()
    coder: CoderSettings = CoderSettings()
    experiment: ExperimentSettings = ExperimentSettings()
    limits: LimitSettings = LimitSettings()
    confirmation: ConfirmSettings = ConfirmSettings()
    sandbox: SandboxSettings = SandboxSettings()
    launching: LaunchingSettings = LaunchingSettings()
    slurm: SlurmSettings = SlurmSettings()
    notify: NotifySettings = NotifySettings()
    paper: PaperSettings = PaperSettings()

    @model_validator(mode="before")
    @classmethod
    def _in_groups(cls, given: Any) -> Any:
        """Short names beside groups, as older session.json files have them."""
        if not isinstance(given, Mapping):
            return given
        whole = {name: value for name, value in given.items() if isinstance(value, BaseModel)}
        try:
            placed = place_each({name: value for name, value in given.items() if name not in whole}, _BY_NAME, GROUPS)
        except UsageError as error:
            raise ValueError(str(error)) from error
        return whole | grouped({place: each.value for place, each in placed.items()})


GROUPS: dict[str, type[BaseModel]] = {
    name: field.annotation
    for name, field in Settings.model_fields.items()
    if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)
}
_PLACES = [Place(name, field) for name, group in GROUPS.items() for field in group.model_fields]
_RENAMED = {
    Place("models", "writer"): "model",
    Place("models", "coder"): "coder_model",
    Place("models", "timeout_s"): "model_timeout_s",
    Place("coder", "name"): "coder",
    Place("coder", "timeout_s"): "turn_timeout_s",
    Place("coder", "idle_s"): "coder_idle_s",
    Place("confirmation", "run"): "confirm",
    Place("confirmation", "seeds"): "confirm_seeds",
    Place("confirmation", "at_once"): "confirm_at_once",
    Place("sandbox", "kind"): "sandbox",
    Place("notify", "command"): "notify_command",
    Place("notify", "timeout_s"): "notify_timeout_s",
    Place("paper", "write"): "paper",
    Place("paper", "anyway"): "paper_anyway",
}
_SHORT = {place: _RENAMED.get(place, place.field) for place in _PLACES}
_BY_NAME = {name: place for place in _PLACES for name in (_SHORT[place], f"{place.group}.{place.field}")}
VARIABLES: dict[tuple[str, str], str] = {place: f"LABLOOP_{name.upper()}" for place, name in _SHORT.items()}
"""The environment's name of each setting, by group and field."""
_BY_VARIABLE = {VARIABLES[place]: place for place in _PLACES}


def resolve(flags: Mapping[str, Any], config: Path | None, environ: Mapping[str, str] | None = None) -> Settings:
    """Settings from `config` (labloop.toml of the repository where None), the environment, then `flags`.

    Raises UsageError naming the source, the field and the remedy.
    """
    path = config or default_file()
    settings = overlay(Settings(), str(path), read_file(path, required=config is not None))
    settings = overlay_environment(settings, os.environ if environ is None else environ)
    return overlay(settings, "the command line", flags)


def default_file() -> Path:
    """The settings file that is read where none is named; it need not be there."""
    return REPOSITORY / "labloop.toml"


def overlay_environment(settings: Settings, environ: Mapping[str, Any]) -> Settings:
    """The settings with the environment's on top. Raises UsageError naming the variable."""
    variables = {name: environ[name] for name in _BY_VARIABLE if environ.get(name)}
    return overlay(settings, "the environment", variables, _BY_VARIABLE)


def overlay(
    settings: Settings, source: str, given: Mapping[str, Any], names: Mapping[str, Place] = _BY_NAME
) -> Settings:
    """The settings with those of one source on top: groups, short names (`max_runs`) or whole ones (`limits.max_runs`).

    None stands for what is not given. Raises UsageError naming the source, the field and the remedy.
    """
    try:
        placed = place_each({name: value for name, value in given.items() if value is not None}, names, GROUPS)
    except UsageError as error:
        raise UsageError(f"{source}: {error}") from error
    values = settings.model_dump()
    for place, each in placed.items():
        values[place.group][place.field] = each.value
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        name = placed[Place(*map(str, first["loc"][:2]))].name
        raise UsageError(f"{source}: {name}: {first['msg']}; see docs/settings.md for its values") from error
