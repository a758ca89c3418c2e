"""What an experiment sees of the disk: its own folder, the template's files that it runs on, its data; nothing else.

Held-out data, what the evaluator keeps, other runs and sessions, recordings, tests and other templates are not there,
in a sandbox that keeps apart; the plain one cannot (docs/guarantees.md).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from agent.experiment.launch import Bench
from agent.launching.place import Place
from agent.sandbox.environment import hub_cache
from agent.session.paths import AttemptPaths

CACHE = "{cache}/"
"""Begins the name of something below the cache."""
MODELS = "{models}"
"""Names the hub's models that were fetched before: where an experiment is handed its data it needs none."""
_TOOLS_OWN = ("baselines", "prepared", "locks")
"""What of the cache is never an experiment's: results of other runs, and what was prepared."""


@dataclass(frozen=True)
class Reach:
    """What is there, and of which folders nothing else is."""

    readable: tuple[Path, ...]
    closed: tuple[Path, ...]
    hidden: tuple[Path, ...]

    @classmethod
    def of(cls, bench: Bench, paths: AttemptPaths) -> Reach:
        """An experiment's, launched in an attempt's folder."""
        template = bench.template
        experiment = template.experiment
        own = (*experiment.fixed, *experiment.read_only, *experiment.editable)  # controls run the untouched code
        readable = [*(template.root / name for name in own), *_of_cache(bench), *bench.readable]
        return cls(tuple(readable), (template.root, bench.cache, sessions_of(paths)), tuple(_hidden(bench)))

    def at(self, place: Place) -> Place:
        """The place with it."""
        return replace(place, readable=(*self.readable, *place.readable), closed=self.closed, hidden=self.hidden)


def sessions_of(paths: AttemptPaths) -> Path:
    """The folder in which the attempt's session lies, beside others; the session's own where that is all of the disk."""
    session = paths.root.resolve().parents[1]
    return session.parent if session.parent != session.parent.parent else session


def _of_cache(bench: Bench) -> list[Path]:
    """What of the cache is there for an experiment."""
    reads = bench.template.experiment.reads
    if reads is None:
        return [path for path in bench.cache.glob("*") if path.name not in _TOOLS_OWN]
    return [path for pattern in reads for path in bench.cache.glob(pattern)]


def _hidden(bench: Bench) -> list[Path]:
    template, found, models = bench.template, list[Path](), hub_cache()
    if MODELS in template.experiment.hidden and models is not None:
        found.append(models)
    for name in (*template.experiment.hidden, *(template.evaluator.hidden if template.evaluator else ())):
        root, below = (bench.cache, name.removeprefix(CACHE)) if name.startswith(CACHE) else (template.root, name)
        found += root.glob(below)
    return found
