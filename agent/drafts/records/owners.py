"""Which run a file of a folder belongs to, by where it lies, what it is called and what its settings say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from agent.drafts.records.apart import OF_SETTINGS, folders_of_runs, folders_within, runs_of_root
from agent.drafts.records.formats import typed
from agent.drafts.records.jobs import jobs_of
from agent.drafts.records.numbered import below_methods
from agent.drafts.records.path_names import (
    KINDS,
    NUMBERED,
    SEED,
    grid,
    pairs_in,
    says_nothing,
    short_repeats,
    undated,
    without_form,
    without_repeat,
    without_short_repeat,
)
from agent.drafts.records.telling import REPEAT

_FEWEST = 2


@dataclass(frozen=True, kw_only=True)
class Owners:
    """Which run a file of the folder belongs to."""

    root: Path
    names: frozenset[str]
    numbered: bool = False
    """Whether there are folders such as run_3."""
    apart: frozenset[Path] = frozenset()
    """Folders of which each file is a run: `cifar10/mixup.json` beside `cifar10/cutmix.json`."""
    alone: frozenset[Path] = frozenset()
    """Files of the root that are each a run."""
    jobs: Mapping[Path, str] = field(default_factory=dict)
    """Folders and files that their settings name."""
    short: frozenset[str] = frozenset()
    """Names that say a seed in a letter: `mixup_s0`."""
    varied: frozenset[str] = frozenset()
    """Settings in the names of folders that have several values."""
    below: Mapping[Path, set[str]] = field(default_factory=dict)
    """Folder → the runs whose results lie in it."""
    within: Mapping[Path, Path] = field(default_factory=dict)
    """Folders inside of a run's own, with further results of it → the run's."""
    crowded: frozenset[Path] = frozenset()
    """Folders with several files of results."""
    paired: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Names that are all pairs of two things: `mixup_pets` as (mixup, pets)."""

    @classmethod
    def of(cls, root: Path, data: list[Path], files: list[Path]) -> Owners:
        """`data` are the files that may hold results, `files` all that are read."""
        parts = {part for path in data for part in (*path.relative_to(root).parts[:-1], path.stem)}
        within = folders_within(root, data)
        blank = cls(
            root=root,
            names=frozenset(),
            apart=frozenset(folders_of_runs(root, data)) - within.keys(),
            within=within,
            jobs={**below_methods(root, data), **jobs_of(root, files)},
            short=short_repeats(parts),
            varied=_varied(parts),
            crowded=frozenset(folder for folder, count in Counter(path.parent for path in data).items() if count > 1),
        )
        numbered = any(
            NUMBERED.fullmatch(part) and not any(folder in blank.jobs for folder in path.parents)
            for path in data
            for part in path.relative_to(root).parts[:-1]
        )
        alone = frozenset() if numbered else frozenset(runs_of_root(root, data))
        results = [path for path in data if not OF_SETTINGS.search(path.stem)] or data
        names = frozenset(blank.run_of(path) for path in results)
        paired = grid(name for name in names if "/" not in name and not NUMBERED.fullmatch(name))
        names = frozenset("/".join(paired.get(name, (name,))) for name in names)
        whole = replace(blank, names=names, numbered=numbered, alone=alone, paired=paired)
        below: dict[Path, set[str]] = {}
        for path in results:
            for folder in path.parents:
                if root in folder.parents:
                    below.setdefault(folder, set()).add(whole.run_of(path))
        return replace(whole, below=below)

    def run_of(self, path: Path) -> str:
        """`a/run_3/eval/x.json` is of run_3, `sgd/seed_1/x.json` of sgd, `sgd.json` of sgd."""
        name = self._run_of(path)
        return "/".join(self.paired.get(name, (name,)))

    def _run_of(self, path: Path) -> str:
        job = next((self.jobs[place] for place in (path, *path.parents) if place in self.jobs), None)
        if job is not None:
            return job
        inside = next((folder for folder in reversed(path.parents) if folder in self.within), None)
        if inside is not None:
            path = self.within[inside] / path.name
        parts = list(path.relative_to(self.root).parts[:-1])
        numbered = next((part for part in parts if NUMBERED.fullmatch(part)), None)
        if numbered is not None:
            return numbered
        stem = self._bare(without_form(self._bare(path.stem)))
        told = [bare for part in parts if not says_nothing(part) and (bare := self._bare(part))]
        while len(told) > 1 and SEED.fullmatch(told[-1]):
            told.pop()
        if path.parent in self.apart and stem:
            return "/".join([*told, stem])
        return "/".join(told) or stem or path.stem

    def _bare(self, part: str) -> str:
        """A part of a path as it names a run: without its seed, settings by their values where they vary; "" where it says nothing."""
        pairs = pairs_in(part)
        if pairs:
            told = [
                value if isinstance(typed(value), str) else f"{name}={value}"
                for name, value in pairs.items()
                if name in self.varied and not REPEAT.fullmatch(name)
            ]
            return "/".join(told)
        bare = without_short_repeat(part) if part in self.short else without_repeat(part)
        return undated(bare).replace("__", "/")

    def set_by(self, path: Path) -> frozenset[str]:
        """The runs that a file of settings is of: all whose results lie in its folder or below it; none beside the root's files."""
        return frozenset(self.below.get(path.parent, ()))

    def settings_of(self, path: Path) -> dict[str, float]:
        """The numbers that the names of its folders set: lr of `lr=0.1/metrics.json`."""
        parts = (*path.relative_to(self.root).parts[:-1], path.stem)
        told = {name: typed(value) for part in parts for name, value in pairs_in(part).items()}
        return {name: value for name, value in told.items() if isinstance(value, float) and not REPEAT.fullmatch(name)}

    def is_summary(self, path: Path) -> bool:
        """Whether a file may hold several runs at once: it lies in no run's own folder."""
        parts = path.relative_to(self.root).parts[:-1]
        if self.alone and not parts:
            return False  # the file beside them speaks of what they share
        return not parts or (len(parts) == 1 and parts[0].lower() in KINDS)

    def is_alone(self, path: Path) -> bool:
        """Whether no other file of results lies in its folder."""
        return self.crowded.isdisjoint({path.parent})

    def folder_of(self, path: Path) -> str:
        """The folder of a table of several runs, as their names begin with it."""
        return "/".join(part for part in path.relative_to(self.root).parts[:-1] if part.lower() not in KINDS)


def _varied(parts: set[str]) -> frozenset[str]:
    held: dict[str, set[str]] = {}
    for part in parts:
        for name, value in pairs_in(part).items():
            held.setdefault(name, set()).add(value)
    return frozenset(name for name, values in held.items() if len(values) >= _FEWEST)
