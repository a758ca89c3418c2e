"""What a folder of results holds, read: runs, each with its measured values, its settings and its names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

Role = Literal["value", "spread", "count", "setting"]
PLAIN_NAME = frozenset(["baseline", "base", "vanilla", "standard", "control", "default", "reference", "original"])
"""Words by which a run is called what others are held against."""


@dataclass(frozen=True)
class Key:
    """A metric or a setting by the path of its keys; what only says in which form it stands (means, std) left out."""

    path: tuple[str, ...]
    qualifiers: frozenset[str] = frozenset()
    """Parts of the path that tell one of several alike: a data set, a class, a letter."""

    @property
    def name(self) -> str:
        return ".".join(self.path)

    @property
    def kind(self) -> tuple[str, ...]:
        """The same of all data sets and classes."""
        return tuple(part for part in self.path if part not in self.qualifiers)


@dataclass(frozen=True)
class Quantity:
    """A number of a file."""

    run: str
    file: str
    key: Key
    value: float
    role: Role = "value"
    place: str = ""
    """The path within the file as it stands there."""

    @property
    def shown(self) -> str:
        where = f"{self.file}: " if self.file else ""
        return f"{where}{self.place or self.key.name} = {self.value:.6g}"


@dataclass(frozen=True)
class Series:
    """The same quantity once a seed."""

    run: str
    file: str
    key: Key
    values: tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class Run:
    """One run of the folder. `unproven` says why it shows no training; empty where nothing speaks against it."""

    name: str
    quantities: tuple[Quantity, ...] = ()
    series: tuple[Series, ...] = ()
    labels: tuple[str, ...] = ()
    """Other names: titles of plots and notes, words of its settings."""
    code: str = ""
    """What its own code reads; empty where none lies beside it."""
    words: Mapping[str, str] = field(default_factory=dict)
    """Its settings that are words, by name."""
    signs: tuple[str, ...] = ()
    """What its files say against it: zero steps, no loss."""
    unproven: str = ""


@dataclass(frozen=True, kw_only=True)
class Records:
    """All runs of a folder, the settings of its code, and a sentence for each thing that could not be read."""

    runs: tuple[Run, ...]
    settings: tuple[Quantity, ...] = ()
    """Constants and defaults of code, of logs and of files beside the runs; `run` is empty."""
    unread: tuple[str, ...] = ()

    @cached_property
    def by_name(self) -> dict[str, Run]:
        return {run.name: run for run in self.runs}

    @cached_property
    def measured(self) -> tuple[Quantity, ...]:
        return tuple(one for run in self.runs for one in run.quantities if one.role != "setting")

    @cached_property
    def configured(self) -> tuple[Quantity, ...]:
        own = (one for run in self.runs for one in run.quantities if one.role == "setting")
        return (*own, *self.settings)

    @cached_property
    def series(self) -> tuple[Series, ...]:
        return tuple(one for run in self.runs for one in run.series)
