"""A template's own files, as causes of failures name them: what the coder knows, and what an edit can mend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from agent.results.english import listed
from agent.session.template.contract import Experiment


@dataclass(frozen=True)
class OwnCode:
    """Whose frames are shown, and which modules belong to the template."""

    names: tuple[str, ...]
    """Files and folders, relative to the template's."""
    fixed: tuple[str, ...] = ()
    """Files and folders of the fixed half."""

    @classmethod
    def of(cls, names: Sequence[str], fixed: Sequence[str] = ()) -> OwnCode:
        """From a template's lists."""
        return cls(tuple(names), tuple(fixed))

    @classmethod
    def of_experiment(cls, experiment: Experiment) -> OwnCode:
        """What an experiment, and its evaluator, run of the template's: what may be edited, and the fixed half."""
        return cls.of((*experiment.editable, *experiment.fixed), experiment.fixed)

    @property
    def fixed_modules(self) -> frozenset[str]:
        """Top-level modules of the fixed half: one that is missing is not the coder's fault."""
        return frozenset(PurePosixPath(name).parts[0].removesuffix(".py") for name in self.fixed if _is_code(name))

    @property
    def importers(self) -> str:
        """The code whose imports are known to work, in words: `experiment.py and judge/`."""
        code = [name if name.endswith(".py") else f"{name}/" for name in (*self.names, *self.fixed) if _is_code(name)]
        return listed(list(dict.fromkeys(code))) or "the template"

    def holds(self, file: str) -> bool:
        """Whether a traceback's file is one of them."""
        return "site-packages" not in file and any(_is_at_end(file, name) for name in self.names)

    def name(self, file: str) -> str:
        """A file as the coder knows it: relative to the template, or to the package that it belongs to."""
        for name in self.names:
            if "site-packages" not in file and _is_at_end(file, name):
                return file[file.rfind(f"/{name}") + 1 :] if f"/{name}" in file else file
        for mark in ("site-packages/", "/lib/python"):
            if mark in file:
                return "…/" + file.rsplit(mark, 1)[1]
        return file.rsplit("/", 1)[-1]


def _is_code(name: str) -> bool:
    return PurePosixPath(name).suffix in ("", ".py")


def _is_at_end(file: str, name: str) -> bool:
    """Whether `file` may be called `name`: by its end, or for a folder by any part."""
    part = file if "." not in name.rsplit("/", 1)[-1] else file[-len(name) - 1 :]
    return file == name or f"/{name}" in part
