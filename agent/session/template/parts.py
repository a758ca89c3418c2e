"""The parts of a template's contract: each a section of template.toml, as a class."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator


class Strict(BaseModel):
    """What a person writes: an unknown field is refused, and nothing changes afterwards."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Metric(Strict):
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
    """May be absent from a result, which is then not judged by it; of a run, where the baseline has it, only for a reason."""
    may_fail: bool = False
    """An optional one that a run may lack as well where an eval failed for it, though the baseline has it."""
    matched_within: float | None = Field(default=None, ge=0)
    """Comparisons are made at the baseline's value of it: a run farther from that than this part of it, and than the noise, is said
    to be with every claim. None: they are not."""


class Experiment(Strict):
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
    hidden: list[str] = []
    """What the experiment may not even read: below the template's folder, or below the cache as `{cache}/…`, patterns too; `{models}`: the hub's."""
    method: list[str] = []
    """Functions (`loss`), methods (`Model.loss`) or classes of the editable files that say what the method is: shown to whoever
    writes of it or reviews that. None: those that a run has changed."""
    reads: list[str] | None = None
    """Patterns below the cache of what the experiment reads: nothing else of it is there. None: all that the tool itself does not keep."""

    @field_validator("hidden", "reads")
    @classmethod
    def _stay_below(cls, names: list[str] | None) -> list[str] | None:
        for name in names or ():
            if not name or name.startswith("/") or ".." in Path(name).parts:
                raise ValueError(f"{name!r}: name what lies below the template's folder or the cache, without ..")
        return names


class Evaluator(Strict):
    """What scores an experiment's output, in a process of its own."""

    command: list[str] = Field(min_length=1)
    timeout_s: float = Field(gt=0)
    warm: list[str] = []
    """Starts an evaluator that stays for the session and scores run after run (docs/templates.md, "A warm evaluator")."""
    check: list[str] = []
    """Says before a session what the evaluator lacks: a line each on stderr and an exit code above 0."""
    hidden: list[str] = []
    """Files and folders of the fixed half that the experiment may not even read, where the sandbox can keep them apart."""


class Prepare(Strict):
    """What is run once, before the baseline, to lay data down in the cache."""

    command: list[str] = Field(min_length=1)
    timeout_s: float = Field(gt=0)


class Data(Strict):
    """What hands out training data, in a process of its own that stays beside the experiment's (docs/templates.md), or why nothing does:
    exactly one of `command`, `nothing`, `unproven`."""

    command: list[str] = []
    """Given {folder}, which the experiment finds as LABLOOP_DATA, {ledger}, which it never sees, and {seed}."""
    nothing: str = ""
    """There is nothing to hand out, and why: for a template that says, and whose baseline's seeds show, that nothing is drawn at random."""
    unproven: str = ""
    """What the experiment draws or reads by itself, so that no count of it is proven."""

    @field_validator("command")
    @classmethod
    def _has_its_places(cls, command: list[str]) -> list[str]:
        for place in ("{folder}", "{ledger}"):
            if not any(place in word for word in command):
                raise ValueError(f"holds no {place}: the process is told there where to hand out, and where to count")
        return command

    @model_validator(mode="after")
    def _one_kind(self) -> Data:
        if sum(map(bool, (self.command, self.nothing, self.unproven))) != 1:
            raise ValueError(
                "say exactly one of command, nothing (why there is nothing to hand out), unproven (what is not proven)"
            )
        return self


class Figures(Strict):
    """What draws the figures, and which of its files the coder may edit."""

    command: list[str] = Field(min_length=1)
    editable: list[str] = Field(min_length=1)
    read_only: list[str] = []
    timeout_s: float = Field(default=120, gt=0)


class Baseline(Strict):
    """How the untouched template is measured."""

    seeds: list[int] = Field(min_length=1)
    deterministic: bool = False
    """Nothing in it is drawn at random: where all seeds give the same, every difference from it beyond rounding is one."""


class Environment(Strict):
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


class Proof(Strict):
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


class Budget(Strict):
    """What a launch may use, where that is not a setting which its result names."""

    wall_clock: bool = False
    """A launch works until its time is up: what else the machine does meanwhile takes from it, so only runs under like load are compared."""
    load_cores: float = Field(default=0.5, ge=0)
    """Cores that others may keep busy beside a launch, more or fewer than beside the baseline's."""


class Comparable(Strict):
    """Settings that a run must share with the baseline to be compared with it, by their path in its result."""

    keys: list[str] = []
    compute_factor: float = Field(default=1.5, gt=1)
    """How many times the baseline's compute, or what part of it, is said with every claim on a run."""
