"""Launchers by the name that settings have for them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping

from agent.launching.launcher import Launcher
from agent.launching.local import LocalLauncher
from agent.sandbox import Sandbox
from agent.session.events.job import JobEvent
from agent.session.settings import Settings
from agent.session.settings.launching import LauncherName
from agent.session.stop import Stop

Tell = Callable[[JobEvent], object]
"""Takes what happens to jobs, durably, before anything else is done."""


def untold(event: JobEvent) -> None:
    """For launches that no session resumes."""


Make = Callable[[Sandbox, Settings, Stop | None, Tell], Launcher]


def _local(sandbox: Sandbox, settings: Settings, stop: Stop | None, tell: Tell) -> Launcher:
    return LocalLauncher(sandbox, settings.launching.slots, stop)


def _slurm(sandbox: Sandbox, settings: Settings, stop: Stop | None, tell: Tell) -> Launcher:
    from agent.launching.slurm.launcher import SlurmLauncher  # with submitit, which nobody else needs

    return SlurmLauncher(sandbox, settings.slurm, stop, tell)


LAUNCHERS: Mapping[LauncherName, Make] = {"local": _local, "slurm": _slurm}
"""Another launcher is a line here, its name in the setting's type, and what it needs a group of settings."""


def within_reach(settings: Settings) -> Settings:
    """The settings for who only looks again at what was launched: here, where their launcher cannot work on this machine."""
    if settings.launching.launcher == "local" or shutil.which("sbatch"):
        return settings
    here = settings.launching.model_copy(update={"launcher": "local"})
    return settings.model_copy(update={"launching": here})


def launcher_for(sandbox: Sandbox, settings: Settings, stop: Stop | None = None, tell: Tell = untold) -> Launcher:
    """The launcher that the settings name, for what runs in `sandbox`; `tell` records what happens to jobs.

    Raises CheckFailed where it cannot work on this machine.
    """
    return LAUNCHERS[settings.launching.launcher](sandbox, settings, stop, tell)
