"""Which run a file of a folder belongs to, by where it lies and what it is called."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from agent.drafts.records.apart import folders_of_runs, runs_of_root

_NUMBERED = re.compile(r"(?:run|exp|trial|experiment|job|version)[_-]?\d+", re.IGNORECASE)
_SEED = re.compile(r"(?:seed|rep|repeat|fold|try|replicate)[_-]?\d+|\d+", re.IGNORECASE)
_KINDS = frozenset(
    [
        "eval",
        "evaluation",
        "scores",
        "train",
        "training",
        "test",
        "logs",
        "log",
        "metrics",
        "results",
        "result",
        "output",
        "outputs",
        "checkpoints",
        "final",
    ]
)


@dataclass(frozen=True)
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

    @classmethod
    def of(cls, root: Path, data: list[Path]) -> Owners:
        blank = cls(root, frozenset(), apart=frozenset(folders_of_runs(root, data)))
        numbered = any(_NUMBERED.fullmatch(part) for path in data for part in path.relative_to(root).parts[:-1])
        alone = frozenset() if numbered else frozenset(runs_of_root(root, data))
        return cls(root, frozenset(blank.run_of(path) for path in data), numbered, blank.apart, alone)

    def run_of(self, path: Path) -> str:
        """`a/run_3/eval/x.json` is of run_3, `sgd/seed_1/x.json` of sgd, `sgd.json` of sgd."""
        parts = list(path.relative_to(self.root).parts[:-1])
        numbered = next((place for place, part in enumerate(parts) if _NUMBERED.fullmatch(part)), None)
        if numbered is not None:
            return parts[numbered]
        if path.parent in self.apart:
            return "/".join([*(part for part in parts if part.lower() not in _KINDS), path.stem])
        while len(parts) > 1 and (parts[-1].lower() in _KINDS or _SEED.fullmatch(parts[-1])):
            parts.pop()
        if parts and not (len(parts) == 1 and parts[0].lower() in _KINDS):
            return "/".join(parts)
        return path.stem

    def is_summary(self, path: Path) -> bool:
        """Whether a file may hold several runs at once: it lies in no run's own folder."""
        parts = path.relative_to(self.root).parts[:-1]
        if self.alone and not parts:
            return False  # the file beside them speaks of what they share
        return not parts or (len(parts) == 1 and parts[0].lower() in _KINDS)

    def folder_of(self, path: Path) -> str:
        """The folder of a table of several runs, as their names begin with it."""
        return "/".join(part for part in path.relative_to(self.root).parts[:-1] if part.lower() not in _KINDS)
