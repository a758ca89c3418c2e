"""Controls: what is measured beside the baseline so that a metric can show it tells the method from something trivial."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from string import Formatter

from pydantic import BaseModel, ConfigDict, Field, model_validator

from agent.session.steps import ControlName
from agent.session.template.scales import PLACE
from agent.session.values import VALUES

_PLACES = frozenset({"out_dir", "seed", PLACE.strip("{}"), VALUES.strip("{}")})


class Control(BaseModel):
    """One control of a template: `command` is launched and scored like the baseline, or `values` are read from it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: ControlName
    """How texts refer to it: `[[untrained.METRIC]]`."""
    title: str = Field(min_length=1)
    """As a sentence begins with it, article included: `an untrained model`."""
    command: list[str] = []
    """Writes the folder `{out_dir}` that the experiment would write; the evaluator scores it like any run."""
    values: dict[str, str] = {}
    """By metric: where in the baseline's result the evaluator has left the control's value (`details.a.b`)."""

    @model_validator(mode="after")
    def _one_kind(self) -> Control:
        if bool(self.command) == bool(self.values):
            raise ValueError(f"{self.name}: a control has exactly one of command and values")
        for word in self.command:
            check_places(self.name, word)
        if self.command and not any("{out_dir}" in word for word in self.command):
            raise ValueError(f"{self.name}: command holds no {{out_dir}}, so nobody knows where its result lies")
        return self

    @property
    def label(self) -> str:
        """The title without its article, as a row of a table is headed."""
        bare = re.sub(r"^(?:an?|the)\s+", "", self.title, flags=re.IGNORECASE)
        return bare[:1].upper() + bare[1:]


def check_places(name: str, word: str) -> None:
    """Raises ValueError for a place in a command's word that nobody fills in."""
    try:
        unknown = [place for _, place, _, _ in Formatter().parse(word) if place is not None and place not in _PLACES]
    except ValueError as error:
        raise ValueError(f"{name}: {word!r} in its command: {error}") from None
    if unknown:
        raise ValueError(
            f"{name}: command holds {{{unknown[0]}}}; only {{out_dir}}, {{seed}}, {{scale}} and {{values}} are filled in"
        )


def check_controls(controls: Iterable[Control], metrics: Collection[str], experiment: Collection[str]) -> None:
    """Raises ValueError for a name that stands twice or is a metric's, for a value of no metric, and for a command that
    would go on at another size than the `experiment`'s, since it takes no scale or values.
    """
    seen: set[str] = set()
    for control in controls:
        if control.name in seen:
            raise ValueError(f"controls: the name {control.name!r} stands twice")
        seen.add(control.name)
        if control.name in metrics:
            raise ValueError(f"controls: {control.name!r} is the name of a metric; give the control another")
        for place in (PLACE, VALUES):
            holds = [any(place in word for word in command) for command in (experiment, control.command)]
            if control.command and holds == [True, False]:
                raise ValueError(
                    f"controls: {control.name}: experiment.command holds {place} and its command does not, so it would be "
                    "measured at another size than what it is beside; add it"
                )
        if unknown := [name for name in control.values if name not in metrics]:
            raise ValueError(f"controls: {control.name}: values: there is no metric {unknown[0]!r}")
