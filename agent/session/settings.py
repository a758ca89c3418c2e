"""Settings: a TOML file, then the environment, then flags; the resolved ones are kept in session.json."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agent.errors import UsageError

try:
    import tomllib
except ModuleNotFoundError:  # Python 3.10
    import tomli as tomllib  # type: ignore[no-redef]

REPOSITORY = Path(__file__).resolve().parents[2]
_PREFIX = "LABLOOP_"


class Settings(BaseModel):
    """How a session is worked; every limit and time-out of the loop stands here."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str = ""
    """Who writes and codes: a litellm model string, `manual`, or `recorded`; the idea's recording where empty."""
    adviser: str = ""
    """Who advises; the same as `model` where empty."""
    coder: str = "aider"
    """Which coder edits."""
    coder_model: str = ""
    """Who answers the coder; the same as `model` where empty."""
    base_url: str = ""
    """An OpenAI-compatible server for `model`; empty for the provider's own."""
    recording: str = ""
    """Path of the recording, where a model is `recorded`."""
    scale: str = ""
    """Which of the template's scales the session is worked at; the template's default where empty."""
    max_runs: int = Field(default=10, ge=1, le=100)
    """Accepted runs after which the session goes on to figures and paper."""
    max_repairs: int = Field(default=4, ge=0, le=20)
    """Further turns for a run after its first."""
    max_abandoned: int = Field(default=2, ge=1)
    """Runs given up in a row after which the session goes on to figures and paper."""
    max_answers: int = Field(default=3, ge=1)
    """Tries that a model has for an answer of the right form."""
    budget_usd: float | None = Field(default=None, ge=0)
    """Money after which no model is asked."""
    budget_tokens: int | None = Field(default=None, ge=0)
    """Tokens, sent and received, after which no model is asked."""
    timeout_s: float | None = Field(default=None, gt=0)
    """Time limit of one launch; the template's where None."""
    model_timeout_s: float = Field(default=600, gt=0)
    """Time limit of one model call."""
    turn_timeout_s: float = Field(default=120, gt=0)
    """How long the coder may work without a word; the model's time is not counted."""
    max_output_tokens: int = Field(default=8192, ge=256)
    """Longest reply that is asked for."""
    paper: bool = True
    """Whether the session goes on to a draft and a PDF."""
    sandbox: str = Field(default="auto", pattern="^(auto|bwrap|plain)$")
    """How experiments are isolated; auto takes bubblewrap where it works."""
    memory_gb: float | None = Field(default=None, gt=0)
    """Resident memory after which an experiment is stopped; none where None."""
    search_url: str = ""
    """A citation search that speaks OpenAlex' API; none where empty."""


def resolve(flags: Mapping[str, Any], config: Path | None, environ: Mapping[str, str] | None = None) -> Settings:
    """Settings from `config` (labloop.toml of the repository where None), the environment, then `flags`.

    Raises UsageError naming the source, the field and the remedy.
    """
    environ = os.environ if environ is None else environ
    path = config or REPOSITORY / "labloop.toml"
    layers: list[tuple[str, dict[str, Any]]] = [(str(path), _read_toml(path, required=config is not None))]
    names = Settings.model_fields
    from_environment = {name: environ[_PREFIX + name.upper()] for name in names if environ.get(_PREFIX + name.upper())}
    layers.append(("the environment", from_environment))
    layers.append(("the command line", {name: value for name, value in flags.items() if value is not None}))
    merged: dict[str, Any] = {}
    for source, layer in layers:
        merged |= layer
        try:
            settings = Settings.model_validate(merged)
        except ValidationError as error:
            first = error.errors()[0]
            field = ".".join(str(part) for part in first["loc"])
            raise UsageError(f"{source}: {field}: {first['msg']}; see docs/settings.md for its values") from error
    return settings


def _read_toml(path: Path, required: bool) -> dict[str, Any]:
    if not path.is_file():
        if required:
            raise UsageError(f"{path}: there is no such settings file; take --config away or name another")
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: not valid TOML: {error}") from error
