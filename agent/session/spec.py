"""session.json: what a session was started with."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from agent.session.idea import Idea
from agent.session.settings import Settings
from agent.session.template.contract import Metric
from agent.session.template.reported import Reported


class Spec(BaseModel):
    """session.json as a whole."""

    model_config = ConfigDict(frozen=True)

    format: int = 1
    labloop: str
    created: str
    idea: Idea
    settings: Settings
    surroundings: dict[str, Any] = {}
    """What labloop.toml and the environment said when the session was last worked: what is new there counts on --resume."""
    template: str
    """Folder of the template; its scale is in the settings."""
    metrics: dict[str, Metric] = {}
    """What the template measures, so that the session can be judged where the template is not at hand."""
    primary: str = ""
    """The template's primary metric."""
    reported: Reported | None = None
    """Published results that the template's scale names."""
    fixed_sha256: str
    """Hash of the template's fixed half."""
    files: dict[str, str] = {}
    """sha256 of each editable file of the template as the session began; the contents lie in blobs/."""


class Measures(BaseModel):
    """The part of session.json that says what was measured; sessions of an older labloop lack it."""

    model_config = ConfigDict(frozen=True)

    metrics: dict[str, Metric] = Field(min_length=1)
    primary: str = Field(min_length=1)
