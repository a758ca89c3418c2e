"""The settings that a command's flags, the environment and the settings file come to; what none of them is there for is said."""

from __future__ import annotations

import argparse
import logging
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from agent.commands.flags import FLAGS, given_settings
from agent.errors import UsageError
from agent.session.settings import Settings, resolve
from agent.session.settings.group import SettingGroup
from agent.session.settings.launching import LauncherName, LaunchingSettings
from agent.session.settings.slurm import SlurmSettings

log = logging.getLogger(__name__)
_OF: Mapping[LauncherName, tuple[str, ...]] = {"local": ("slots",), "slurm": tuple(SlurmSettings.model_fields)}
"""Settings, by their short names, that only launches by this launcher heed."""
_REMEDIES: Mapping[LauncherName, str] = {
    "local": "leave it out (how many jobs stand in the queue at once, `jobs` under [slurm] says), or say --launcher local",
    "slurm": "add --launcher slurm, or leave it out",
}
_WHERE: Mapping[LauncherName, str] = {"local": "launches run on this machine", "slurm": "launches are jobs of Slurm"}


def settled(args: argparse.Namespace, without: Collection[str] = ()) -> Settings:
    """The settings of a command that begins something, but for the flags of `without` (by their settings' short names), which
    stand for something else there. What the launcher does not heed is refused where a flag says it, and told where file or
    environment do, which may stand there for other sessions. Raises UsageError, also for a value that no setting may have.
    """
    given = {name: value for name, value in given_settings(args).items() if name not in without}
    settings = resolve(given, args.config)
    refuse_unheeded(given, settings)
    names = [name for name in _unheeded(settings) if name not in given]
    if names:
        log.warning(
            "%s (of %s or the environment) %s heeded: %s",
            ", ".join(names),
            args.config or Path("labloop.toml"),
            "is not" if len(names) == 1 else "are not",
            _WHERE[settings.launching.launcher],
        )
    return settings


def refuse_unheeded(given: Mapping[str, Any], settings: Settings) -> None:
    """Raises UsageError for a flag among `given` that means launches by another launcher than that of `settings`."""
    used = settings.launching.launcher
    for flag, spec in FLAGS.items():
        other = next((launcher for launcher, names in _OF.items() if launcher != used and spec.setting in names), None)
        if other is not None and spec.setting in given:
            raise UsageError(
                f"{flag} {given[spec.setting]}: nothing heeds it, since {_WHERE[used]}; {_REMEDIES[other]}"
            )


def _unheeded(settings: Settings) -> Iterator[str]:
    """Settings that say something to a launcher that is not used."""
    groups: Mapping[LauncherName, tuple[SettingGroup, SettingGroup]] = {
        "local": (settings.launching, LaunchingSettings()),
        "slurm": (settings.slurm, SlurmSettings()),
    }
    for launcher, (group, untouched) in groups.items():
        if launcher != settings.launching.launcher:
            yield from (name for name in _OF[launcher] if getattr(group, name) != getattr(untouched, name))
