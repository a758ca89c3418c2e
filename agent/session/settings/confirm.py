"""Settings of the confirmation: which run is launched again on fresh seeds, on how many, how many at once."""

from __future__ import annotations

import re

from pydantic import Field, field_validator

from agent.session.settings.group import SettingGroup
from agent.session.steps import RunName

AUTO, NONE = "auto", "none"
_RUN = re.compile(r"(?:run)?[ _]?([1-9]\d*)", re.IGNORECASE)


class ConfirmSettings(SettingGroup):
    """What is confirmed after the last run, before the figures."""

    run: str = AUTO
    """Which run is launched again on fresh seeds: `auto` chooses the best one, `none` confirms nothing, a run's name or number is that one."""
    seeds: int | None = Field(default=None, ge=0)
    """On how many fresh seeds, 2 at least; 0 for none. The template's number where None."""
    at_once: int | None = Field(default=None, ge=1)
    """How many of these launches run side by side; as many as the machine has slots where None."""

    @field_validator("run")
    @classmethod
    def _a_run(cls, value: str) -> str:
        if value in (AUTO, NONE):
            return value
        named = _RUN.fullmatch(value.strip())
        if named is None:
            raise ValueError(f"{value!r} is neither auto nor none nor a run, by its name or number")
        return RunName.of(int(named[1]))

    @field_validator("seeds")
    @classmethod
    def _a_sample(cls, value: int | None) -> int | None:
        if value == 1:
            raise ValueError("one seed has no spread, so nothing can be confirmed on it: 0 for none, else 2 or more")
        return value
