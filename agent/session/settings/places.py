"""The names under which a setting can be given, each leading to its place: group and field."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any, NamedTuple

from pydantic import BaseModel

from agent.errors import UsageError


class Place(NamedTuple):
    """Where a setting stands."""

    group: str
    field: str


class Given(NamedTuple):
    """What somebody wrote."""

    name: str
    """As it was written, for messages."""
    value: Any


def place_each(
    given: Mapping[str, Any], names: Mapping[str, Place], groups: Mapping[str, type[BaseModel]]
) -> dict[Place, Given]:
    """Each value at its place. Raises UsageError for a name that does not exist, or one setting given twice."""
    flat: list[tuple[str, Any]] = []
    for name, value in given.items():
        if name in groups and isinstance(value, Mapping):
            flat += [(f"{name}.{field}", inner) for field, inner in value.items()]
        else:
            flat.append((name, value))
    placed: dict[Place, Given] = {}
    for name, value in flat:
        place = names.get(name)
        if place is None:
            raise UsageError(_unknown(name, names, groups))
        if place in placed:
            raise UsageError(f"{name}: given a second time (also as {placed[place].name}); leave one of them out")
        placed[place] = Given(name, value)
    return placed


def _unknown(name: str, names: Mapping[str, Place], groups: Mapping[str, type[BaseModel]]) -> str:
    if name in groups:
        return f"{name}: is a group of settings; write {', '.join(groups[name].model_fields)} under [{name}]"
    known = [each for each in names if ("." in each) == ("." in name)]
    near = difflib.get_close_matches(name, known, n=1)
    meant = f"did you mean {near[0]}? " if near else ""
    return f"{name}: there is no such setting; {meant}docs/settings.md lists them all"


def grouped(values: Mapping[Place, Any]) -> dict[str, dict[str, Any]]:
    """Values by group, then by field."""
    groups: dict[str, dict[str, Any]] = {}
    for place, value in values.items():
        groups.setdefault(place.group, {})[place.field] = value
    return groups
