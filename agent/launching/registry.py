"""Launchers by the name that settings have for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from agent.launching.launcher import Launcher
from agent.launching.local import LocalLauncher
from agent.sandbox import Sandbox
from agent.session.launching_settings import LauncherName, LaunchingSettings
from agent.session.stop import Stop

Make = Callable[[Sandbox, LaunchingSettings, Stop | None], Launcher]


def _local(sandbox: Sandbox, settings: LaunchingSettings, stop: Stop | None) -> Launcher:
    return LocalLauncher(sandbox, settings.slots, stop)


LAUNCHERS: Mapping[LauncherName, Make] = {"local": _local}
"""Another launcher is a line here, its name in the setting's type, and what it needs a field of the group."""


def launcher_for(sandbox: Sandbox, settings: LaunchingSettings, stop: Stop | None = None) -> Launcher:
    """The launcher that the settings name, for what runs in `sandbox`."""
    return LAUNCHERS[settings.launcher](sandbox, settings, stop)
