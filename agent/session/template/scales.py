"""A scale of a template: one of the sizes that it comes in, the code the same. `{scale}` in its commands says which."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

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
    optional: list[str] = []
    """Metrics that a result may lack at this scale, besides those that it may lack at every one; a run also where an eval failed."""
    descriptions: dict[str, str] = {}
    """What a metric is at this scale, where it is not what its description says else."""
    reported: str = ""
    """A file of published results (reported.py), shown beside the measured ones and never mixed with them."""
