"""Where launches run: a group of the settings."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from agent.session.settings.group import SettingGroup

LauncherName = Literal["local", "slurm"]


class LaunchingSettings(SettingGroup):
    """Where launches run, and how many at once."""

    launcher: LauncherName = "local"
    """Where launches run: `local` is this machine, `slurm` submits each as a job."""
    slots: int | None = Field(default=None, ge=1, le=1024)
    """Launches that run at once on this machine, all sessions together; one a GPU, and without GPUs one for each four cores, where None."""
