"""Where launches run: a group of the settings."""

from __future__ import annotations

from pydantic import Field

from agent.session.setting_group import SettingGroup


class LaunchingSettings(SettingGroup):
    """Where launches run, and how many at once."""

    slots: int | None = Field(default=None, ge=1, le=1024)
    """Launches that run at once on this machine, all sessions together; one a GPU, and without GPUs one for each four cores, where None."""
