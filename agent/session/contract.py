"""A template's contract: what stands in template.toml, as classes."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from agent.session.controls import Control, check_controls
from agent.session.paths import REPOSITORY
from agent.session.reported import Reported
from agent.session.scales import PLACE, Scale


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Metric(_Strict):
    """One thing that is measured; its direction is declared here and nowhere else."""

    direction: Literal["higher", "lower"] | None = None
    """Which way is better. A template's metric has one; of a result that came from elsewhere it may be unknown."""
    description: str
    unit: str = ""
    primary: bool = False
    target: float | None = None
    """A value from which on it is good: tables and prompts say so; no verdict rests on it."""
    digits: int = 4
    optional: bool = False
    """May be absent from a result, which is then not judged by it."""


class Experiment(_Strict):
    """What is run for every run, and which of its files the coder may edit."""

    command: list[str] = Field(min_length=1)
    editable: list[str] = Field(min_length=1)
    read_only: list[str] = []
    fixed: list[str] = []
    measures_as: list[str] = []
    """`fixed_hash` of earlier states of the fixed half that measure the same to the digit: their sessions still resume."""
    timeout_s: float = Field(gt=0)
    check_s: float | None = Field(default=None, ge=0)
    """Seconds that the doctor may run the untouched experiment for; 0 for never. None: it runs where all limits are short."""
    seed: int = 0


class Evaluator(_Strict):
    """What scores an experiment's output, in a process of its own."""

    command: list[str] = Field(min_length=1)
    timeout_s: float = Field(gt=0)
    warm: list[str] = []
    """Starts an evaluator that stays for the session and scores run after run (docs/templates.md, "A warm evaluator")."""
    check: list[str] = []
    """Says before a session what the evaluator lacks: a line each on stderr and an exit code above 0."""
    hidden: list[str] = []
    """Files and folders of the fixed half that the experiment may not even read, where the sandbox can keep them apart."""


class Prepare(_Strict):
    """What is run once, before the baseline, to lay data down in the cache."""

    command: list[str] = Field(min_length=1)
    timeout_s: float = Field(gt=0)


class Figures(_Strict):
    """What draws the figures, and which of its files the coder may edit."""

    command: list[str] = Field(min_length=1)
    editable: list[str] = Field(min_length=1)
    read_only: list[str] = []
    timeout_s: float = Field(default=120, gt=0)


class Baseline(_Strict):
    """How the untouched template is measured."""

    seeds: list[int] = Field(min_length=1)
    deterministic: bool = False
    """Nothing in it is drawn at random: where all seeds give the same, every difference from it beyond rounding is one."""


class Environment(_Strict):
    """What the template's commands run in: `environment = "NAME"` is short for its name alone."""

    name: str = "experiment"
    """`.venv/NAME` of the checkout; `agent` for a template that needs the standard library alone."""
    imports: list[str] = []
    """Modules that have to be importable in it; tried before a session begins."""
    keeps: list[str] = []
    """Variables of the user's environment that its commands are given besides those that every sandbox keeps."""
    caches: list[str] = []
    """Variables that name a folder for what its packages compile; each gets one of its own, gone after the launch."""

    @field_validator("keeps", "caches")
    @classmethod
    def _no_secret(cls, names: list[str]) -> list[str]:
        for name in names:
            if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
                raise ValueError(f"{name!r} is no variable's name")
            if re.search(r"TOKEN|SECRET|PASSWORD|CREDENTIAL|(^|_)(API_?)?KEY(_|$)", name.upper()):
                raise ValueError(f"{name} looks like a secret, and nothing that a model wrote gets one; take it out")
        return names


class Proof(_Strict):
    """What must be true of a result: exactly one of `check`, `file`, `differs_from`."""

    reason: str
    check: str = ""
    file: str = ""
    differs_from: list[Literal["baseline", "previous"]] = []

    @model_validator(mode="after")
    def _one_kind(self) -> Proof:
        if sum(map(bool, (self.check, self.file, self.differs_from))) != 1:
            raise ValueError("a proof has exactly one of check, file, differs_from")
        return self


class Comparable(_Strict):
    """Settings that a run must share with the baseline to be compared with it, by their path in its result."""

    keys: list[str] = []


class Template(_Strict):
    """A template, as its template.toml declares it; `root` is its folder."""

    format: Literal[1]
    name: str
    title: str
    environment: Environment = Environment()
    experiment: Experiment
    prepare: Prepare | None = None
    evaluator: Evaluator | None = None
    baseline: Baseline = Baseline(seeds=[0, 1, 2])
    figures: Figures
    metrics: dict[str, Metric] = Field(min_length=1)
    proofs: list[Proof] = Field(min_length=1)
    comparable: Comparable = Comparable()
    controls: list[Control] = []
    scales: dict[str, Scale] = {}
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
        if self.metrics[primaries[0]].optional:
            raise ValueError(f"metrics.{primaries[0]}: the primary metric cannot be optional")
        return self

    @model_validator(mode="after")
    def _scales_fit(self) -> Template:
        check_controls(self.controls, self.metrics, self.experiment.command)
        for name in self.scales:
            if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]*", name):
                raise ValueError(f"scales.{name}: a scale's name is letters, digits, . _ and -")
            for metric in self.scales[name].optional:
                if metric not in self.metrics:
                    raise ValueError(f"scales.{name}.optional: there is no metric {metric!r}")
                if self.metrics[metric].primary:
                    raise ValueError(f"scales.{name}.optional: the primary metric, {metric}, cannot be optional")
        self._check_places()
        return self

    def _check_places(self) -> None:
        """Raises ValueError where scales, default and commands do not fit together."""
        others = (self.evaluator.check, self.evaluator.warm) if self.evaluator else ()
        commands = (*self.commands.values(), *others, *(one.command for one in self.controls))
        named = any(PLACE in word for command in commands for word in command)
        if self.scales and self.default_scale not in self.scales:
            raise ValueError(f"default_scale: name one of {', '.join(self.scales)}")
        if self.default_scale and not self.scales:
            raise ValueError("default_scale: there is no [scales.NAME]; declare them or take it out")
        if self.scales and not any(PLACE in word for word in self.experiment.command):
            raise ValueError(f"scales: experiment.command holds no {PLACE}, so all scales would be the same")
        if named and not self.scales:
            raise ValueError(f"a command holds {PLACE}, but there is no [scales.NAME]")

    @property
    def primary(self) -> str:
        return next(name for name, metric in self.metrics.items() if metric.primary)

    @property
    def commands(self) -> dict[str, list[str]]:
        """Every command of the template by its part, in the order in which they are run."""
        parts = {
            "prepare": self.prepare,
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
