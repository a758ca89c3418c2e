"""Scales: one template at several sizes, the code the same. `{scale}` in a template's commands says which."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

from agent.errors import TemplateError, UsageError
from agent.session.reported import load_reported

if TYPE_CHECKING:
    from agent.session.template import Template

PLACE = "{scale}"
"""Stands in a command for the scale's name."""


class Scale(BaseModel):
    """One scale: what differs from the rest of template.toml. What is left out stays as it is there."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    description: str = ""
    """For people and for the coder: which model, how much data."""
    experiment_timeout_s: float | None = Field(default=None, gt=0)
    evaluator_timeout_s: float | None = Field(default=None, gt=0)
    prepare_timeout_s: float | None = Field(default=None, gt=0)
    seeds: list[int] | None = Field(default=None, min_length=1)
    """The baseline's seeds."""
    reported: str = ""
    """A file of published results (reported.py), shown beside the measured ones and never mixed with them."""


def choose_scale(template: Template, asked: str) -> str:
    """The name of the scale to work at: `asked`, else the default; empty for a template without scales.

    Raises UsageError naming those there are.
    """
    if not template.scales:
        if asked:
            raise UsageError(f"--scale {asked}: the template {template.name} has no scales; leave it out")
        return ""
    if asked and asked not in template.scales:
        raise UsageError(
            f"--scale {asked}: the template {template.name} has no such scale; it has {', '.join(template.scales)}"
        )
    return asked or template.default_scale


def check_declared(template: Template) -> None:
    """Raises ValueError where scales, default and commands do not fit together."""
    commands = commands_of(template)
    checks = template.evaluator.check if template.evaluator else []
    named = any(PLACE in word for command in (*commands.values(), checks) for word in command)
    if template.scales and template.default_scale not in template.scales:
        raise ValueError(f"default_scale: name one of {', '.join(template.scales)}")
    if template.default_scale and not template.scales:
        raise ValueError("default_scale: there is no [scales.NAME]; declare them or take it out")
    if template.scales and not any(PLACE in word for word in template.experiment.command):
        raise ValueError(f"scales: experiment.command holds no {PLACE}, so all scales would be the same")
    if named and not template.scales:
        raise ValueError(f"a command holds {PLACE}, but there is no [scales.NAME]")


def commands_of(template: Template) -> Mapping[str, list[str]]:
    """Every command of the template by its part."""
    parts = {
        "prepare": template.prepare,
        "experiment": template.experiment,
        "evaluator": template.evaluator,
        "figures": template.figures,
    }
    return {name: part.command for name, part in parts.items() if part is not None}


def at_scale(template: Template, asked: str) -> Template:
    """The template with one scale chosen: commands filled in, limits and seeds replaced, published results read.

    Raises UsageError for a scale that there is not, TemplateError for a bad file of published results.
    """
    name = choose_scale(template, asked)
    if not name:
        return template
    scale = template.scales[name]
    limits = {
        "experiment": scale.experiment_timeout_s,
        "evaluator": scale.evaluator_timeout_s,
        "prepare": scale.prepare_timeout_s,
        "figures": None,
    }
    update: dict[str, object] = {"scale": name}
    for part, command in commands_of(template).items():
        changed: dict[str, object] = {"command": [word.replace(PLACE, name) for word in command]}
        if part == "evaluator" and template.evaluator is not None:
            changed["check"] = [word.replace(PLACE, name) for word in template.evaluator.check]
        if limits[part] is not None:
            changed["timeout_s"] = limits[part]
        update[part] = getattr(template, part).model_copy(update=changed)
    if scale.seeds is not None:
        update["baseline"] = template.baseline.model_copy(update={"seeds": scale.seeds})
    if scale.reported:
        update["reported"] = load_reported(_inside_fixed(template, name, scale.reported))
    return template.model_copy(update=update)


def _inside_fixed(template: Template, scale: str, name: str) -> Path:
    """The file of published results; it belongs to the fixed half, so that nobody changes it in a session."""
    path = (template.root / name).resolve()
    fixed = [(template.root / part).resolve() for part in template.experiment.fixed]
    if not any(path == part or path.is_relative_to(part) for part in fixed):
        raise TemplateError(
            f"{template.root / 'template.toml'}: scales.{scale}.reported: {name!r} lies outside the fixed half "
            f"({', '.join(template.experiment.fixed) or 'experiment.fixed is empty'}); move it there"
        )
    return path
