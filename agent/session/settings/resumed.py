"""Settings of a session that is taken up again: the recorded ones, with what is said now on top where it may change."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from agent.errors import UsageError
from agent.session.settings import GROUPS, VARIABLES, Settings, default_file, overlay, overlay_environment
from agent.session.settings.file import read_file

_FIXED = {
    ("coder", "name"): "its turns were asked in that coder's words",
    ("experiment", "values"): "runs with others could not be compared with its baseline",
}
"""What cannot change within a session, and why; the scale is refused where the template is loaded."""
_NOT_SHOWN = {("notify", "command")}
"""What may hold a secret, as the address of a message does, and so stands in no journal."""
_SHORT = {place: variable.removeprefix("LABLOOP_").lower() for place, variable in VARIABLES.items()}


def surroundings(environ: Mapping[str, str] | None = None) -> dict[str, Any]:
    """What labloop.toml and the environment say, whatever flags said beside them: `limits.max_runs` and `LABLOOP_MAX_RUNS`."""
    environ = os.environ if environ is None else environ
    return _flat(read_file(default_file(), required=False)) | {
        name: environ[name] for name in VARIABLES.values() if environ.get(name)
    }


def resume_settings(
    recorded: Settings,
    known: Mapping[str, Any],
    flags: Mapping[str, Any],
    config: Path | None,
    environ: Mapping[str, str] | None = None,
) -> Settings:
    """The recorded settings, then what is new in labloop.toml (or all of `config`), in the environment, and the flags.

    New is what does not stand in `known`, the surroundings in which the session was last worked: there, flags had gone
    before it, and what they said is recorded. Raises UsageError for what is no setting, or may not change.
    """
    path = config or default_file()
    said = _flat(read_file(path, required=config is not None))
    settings = overlay(recorded, str(path), said if config else _new(said, known))
    settings = overlay_environment(settings, _new(surroundings(environ), known))
    _refuse_by_the_way(recorded, settings, flags)
    settings = overlay(settings, "the command line", flags)
    for (group, field), why in _FIXED.items():
        was, now = _value(recorded, group, field), _value(settings, group, field)
        if was != now:
            raise UsageError(
                f"{_SHORT[group, field]} {was} → {now}: cannot change within a session ({why}); leave it out, or begin a new session"
            )
    return settings


def differences(before: Settings, after: Settings) -> list[str]:
    """Each setting that differs: `max_output_tokens 8192 → 2048`."""
    return [
        f"{name} is another"
        if place in _NOT_SHOWN
        else f"{name} {_shown(_value(before, *place))} → {_shown(_value(after, *place))}"
        for place, name in _SHORT.items()
        if _value(before, *place) != _value(after, *place)
    ]


def _refuse_by_the_way(recorded: Settings, settings: Settings, flags: Mapping[str, Any]) -> None:
    """A session that plays a recording is only handed to a model that costs something by a flag."""
    was, now = recorded.models.writer, settings.models.writer
    if was == "recorded" and now != was and "model" not in flags:
        raise UsageError(
            f"model {was} → {now}: this session plays a recording, and the settings file or the environment (LABLOOP_MODEL) "
            f"now names a model; say which one goes on with --model {was} or --model {now}"
        )


def _new(said: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in said.items() if name not in known or known[name] != value}


def _flat(given: Mapping[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in given.items():
        if name in GROUPS and isinstance(value, Mapping):
            flat |= {f"{name}.{field}": inner for field, inner in value.items()}
        else:
            flat[name] = value
    return flat


def _value(settings: Settings, group: str, field: str) -> Any:
    return getattr(getattr(settings, group), field)


def _shown(value: object) -> str:
    return "none" if value in (None, "", {}) else str(value).lower() if isinstance(value, bool) else str(value)
