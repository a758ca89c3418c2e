"""A template's contract: template.toml as one class; its sections stand in parts.py."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator, model_validator

from agent.session.paths import REPOSITORY
from agent.session.template.confirmation import Confirmation
from agent.session.template.controls import Control, check_controls
from agent.session.template.parts import (
    Baseline,
    Budget,
    Comparable,
    Data,
    Environment,
    Evaluator,
    Experiment,
    Figures,
    Metric,
    Prepare,
    Proof,
    Strict,
)
from agent.session.template.reported import Reported
from agent.session.template.scales import PLACE, Scale

__all__ = ["Environment", "Experiment", "Figures", "Metric", "Proof", "Template"]


class Template(Strict):
    """A template, as its template.toml declares it; `root` is its folder."""

    format: Literal[1]
    name: str
    title: str
    environment: Environment = Environment()
    experiment: Experiment
    prepare: Prepare | None = None
    data: Data | None = None
    evaluator: Evaluator | None = None
    confirmation: Confirmation | None = None
    baseline: Baseline = Baseline(seeds=[0, 1, 2])
    figures: Figures
    metrics: dict[str, Metric] = Field(min_length=1)
    proofs: list[Proof] = Field(min_length=1)
    budget: Budget = Budget()
    comparable: Comparable = Comparable()
    controls: list[Control] = Field(default_factory=list)
    scales: dict[str, Scale] = Field(default_factory=dict)
    default_scale: str = ""
    root: Path = Path()
    scale: str = ""
    """The scale that was chosen; empty for a template without scales."""
    reported: Reported | None = None
    """Published results at that scale, where it names some."""

    @field_validator("environment", mode="before")
    @classmethod
    def _by_its_name(cls, value: object) -> object:
        return {"name": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _directions_known(self) -> Template:
        for name, metric in self.metrics.items():
            if metric.direction is None:
                raise ValueError(f'metrics.{name}.direction: missing; say "higher" or "lower", whichever is better')
        return self

    @model_validator(mode="after")
    def _one_primary(self) -> Template:
        primaries = [name for name, metric in self.metrics.items() if metric.primary]
        if len(primaries) != 1:
            raise ValueError(f"metrics: exactly one metric has primary = true (found {len(primaries)})")
        for name, metric in self.metrics.items():
            if metric.may_fail and not metric.optional:
                raise ValueError(
                    f"metrics.{name}.may_fail: a metric that a run may lack is optional; say optional = true"
                )
        if self.metrics[primaries[0]].optional:
            raise ValueError(f"metrics.{primaries[0]}: the primary metric cannot be optional")
        return self

    @model_validator(mode="after")
    def _scales_fit(self) -> Template:
        check_controls(self.controls, self.metrics, self.experiment.command)
        for name in self.scales:
            if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]*", name):
                raise ValueError(f"scales.{name}: a scale's name is letters, digits, . _ and -")
            for field in ("optional", "descriptions"):
                for metric in getattr(self.scales[name], field):
                    if metric not in self.metrics:
                        raise ValueError(f"scales.{name}.{field}: there is no metric {metric!r}")
            for metric in self.scales[name].optional:
                if self.metrics[metric].primary:
                    raise ValueError(f"scales.{name}.optional: the primary metric, {metric}, cannot be optional")
        if self.data is not None and self.data.nothing and not self.baseline.deterministic:
            raise ValueError(
                "data.nothing: the seeds of the baseline show that only where [baseline] says deterministic = true; else say what the "
                "experiment draws by itself in data.unproven, or hand it out by data.command"
            )
        self._check_places()
        self._check_confirmation()
        return self

    def _check_places(self) -> None:
        """Raises ValueError where scales, default and commands do not fit together."""
        others = (self.evaluator.check, self.evaluator.warm) if self.evaluator else ()
        confirms = (self.confirmation.evaluator,) if self.confirmation else ()
        commands = (*self.commands.values(), *others, *confirms, *(one.command for one in self.controls))
        named = any(PLACE in word for command in commands for word in command)
        if self.scales and self.default_scale not in self.scales:
            raise ValueError(f"default_scale: name one of {', '.join(self.scales)}")
        if self.default_scale and not self.scales:
            raise ValueError("default_scale: there is no [scales.NAME]; declare them or take it out")
        if self.scales and not any(PLACE in word for word in self.experiment.command):
            raise ValueError(f"scales: experiment.command holds no {PLACE}, so all scales would be the same")
        if named and not self.scales:
            raise ValueError(f"a command holds {PLACE}, but there is no [scales.NAME]")

    def _check_confirmation(self) -> None:
        """Raises ValueError where what confirms does not fit what searches."""
        if self.confirmation is None:
            return
        if self.evaluator is None:
            raise ValueError("confirmation: there is no [evaluator], so no split is the evaluator's own; take it out")
        self.confirmation.check(self.metrics, self.primary)

    @property
    def primary(self) -> str:
        return next(name for name, metric in self.metrics.items() if metric.primary)

    @property
    def hands_out(self) -> Data | None:
        """The process that hands out training data; None where there is none."""
        return self.data if self.data is not None and self.data.command else None

    @property
    def commands(self) -> dict[str, list[str]]:
        """Every command of the template by its part, in the order in which they are run."""
        parts = {
            "prepare": self.prepare,
            "data": self.hands_out,
            "experiment": self.experiment,
            "evaluator": self.evaluator,
            "figures": self.figures,
        }
        return {name: part.command for name, part in parts.items() if part is not None}

    @property
    def optional(self) -> frozenset[str]:
        """Metrics that a result may lack."""
        return frozenset(name for name, metric in self.metrics.items() if metric.optional)

    @property
    def editable(self) -> tuple[str, ...]:
        """Files that go into the workspace: the experiment's and the figures'."""
        return tuple(dict.fromkeys([*self.experiment.editable, *self.figures.editable]))

    @property
    def files(self) -> tuple[str, ...]:
        """All that a session reads of it, relative to its folder: what is edited, fixed, shown, and the contract."""
        own = [*self.editable, *self.experiment.fixed, *self.experiment.read_only, "template.toml"]
        return tuple(dict.fromkeys(own))

    @property
    def latex(self) -> Path:
        """Where the paper's template lies: the template's own latex/, else the repository's."""
        own = self.root / "latex"
        return own if (own / "paper.tex").is_file() else REPOSITORY / "latex"

    def fixed_now(self, began: str) -> str:
        """The hash that a session begun with `began` goes on with: today's where that measured the same, else its own."""
        return self.fixed_hash() if began in self.experiment.measures_as else began

    def fixed_hash(self) -> str:
        """sha256 over every file of the fixed half: names and contents."""
        digest = hashlib.sha256()
        for name in sorted(self.experiment.fixed):
            for path in sorted(_files(self.root / name)):
                digest.update(f"{path.relative_to(self.root)}\0".encode())
                digest.update(hashlib.sha256(path.read_bytes()).digest())
        return digest.hexdigest()


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    return [file for file in path.rglob("*") if file.is_file() and "__pycache__" not in file.parts]
