"""Who is told of a session's end, pause, failure and questions: a group of the settings."""

from __future__ import annotations

from pydantic import Field

from agent.session.settings.group import SettingGroup


class NotifySettings(SettingGroup):
    """Who is told when a session ends, pauses, fails, or asks a person."""

    command: str = ""
    """A command for the shell that is given a JSON object on its stdin (docs/campaign.md); nobody is told where empty."""
    timeout_s: float = Field(default=30, gt=0)
    """How long it may take."""
