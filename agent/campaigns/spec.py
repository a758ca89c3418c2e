"""What a campaign is to do, as campaign.json keeps it: its sessions with idea, model and repeat, and how they are worked."""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agent.errors import SessionError
from agent.models.shared import Budget
from agent.session.campaign_paths import CampaignPaths
from agent.session.files import write_json
from agent.session.idea import Idea
from agent.session.paths import SessionPaths
from agent.session.settings import Settings, overlay


class Entry(BaseModel):
    """One session that is wanted: an idea, a model, a repeat."""

    model_config = ConfigDict(frozen=True)

    key: str
    """Names its folder: `003_averaged_iterates`."""
    source: str
    """The file that the idea was read from."""
    idea: Idea | None = None
    """The idea as it was read; None where it could not be."""
    template: str = ""
    """The template's folder."""
    model: str = ""
    """Who plans, writes and codes."""
    recording: str = ""
    """The recording that is played, where the model is `recorded`."""
    repeat: int = 1
    """Which of the repeats, from 1."""
    refused: str = ""
    """Why it is not begun: an idea that cannot be read, a check that failed; empty where it may be."""

    @property
    def name(self) -> str:
        """The idea's name; of one that could not be read, its file's."""
        return self.idea.Name if self.idea else Path(self.source).stem

    def settings(self, of_all: Settings) -> Settings:
        """The settings of its session."""
        return overlay(of_all, "the campaign", {"model": self.model, "recording": self.recording or None})


class CampaignSpec(BaseModel):
    """campaign.json."""

    model_config = ConfigDict(frozen=True)

    format: int = 1
    labloop: str = ""
    """Version that began it."""
    created: str = ""
    """UTC, ISO-8601."""
    at_once: int = Field(default=4, ge=1)
    """Sessions that are worked at once."""
    budget: Budget = Budget()
    """What they may spend together."""
    settings: Settings = Settings()
    """How each of them is worked, beside its model."""
    entries: tuple[Entry, ...] = ()

    @property
    def wanted(self) -> tuple[Entry, ...]:
        """Those that may be begun."""
        return tuple(entry for entry in self.entries if not entry.refused)


def write_spec(paths: CampaignPaths, spec: CampaignSpec) -> None:
    """Put campaign.json in place."""
    write_json(paths.spec, spec.model_dump(mode="json"))


def read_spec(paths: CampaignPaths) -> CampaignSpec:
    """campaign.json. Raises SessionError where there is none, or it cannot be read."""
    try:
        return CampaignSpec.model_validate(json.loads(paths.spec.read_text(encoding="utf-8-sig")))
    except FileNotFoundError:
        if SessionPaths(paths.root).journal.is_file():
            raise SessionError(
                f"{paths.root}: is a session, not a campaign; go on with it: run_idea.py --resume"
            ) from None
        raise SessionError(
            f"{paths.root}: holds no campaign.json; name a campaign's folder (they lie under runs/)"
        ) from None
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise SessionError(f"{paths.spec}: {field}: {first['msg']}; mend this field") from error
    except (OSError, ValueError) as error:
        raise SessionError(f"{paths.spec}: cannot be read: {error}; put back a copy of it") from error
