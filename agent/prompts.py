"""Every message to a model is a Jinja file in prompts/; a name that it lacks is an error, all of them at once."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateNotFound, meta

from agent.errors import LabloopError
from agent.session.paths import REPOSITORY

FOLDER = REPOSITORY / "prompts"


_SYNTAX = {"trim_blocks": True, "lstrip_blocks": True, "keep_trailing_newline": False, "autoescape": False}


class Prompts:
    """Renders prompts from a folder. What was read of one is kept for the process, and for those that it forks; a changed file is read anew."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._jinja = _environment(folder)
        self._folder = folder

    def read_all(self) -> None:
        """Read every prompt, for whoever forks processes that will need them."""
        for path in sorted(self._folder.glob("**/*.jinja")):
            name = path.relative_to(self._folder).as_posix()
            self._wanted(name)
            self._jinja.get_template(name)

    def render(self, prompt: str, **values: Any) -> str:
        """The text of `prompts/<prompt>.jinja`. Raises LabloopError naming every variable that is missing."""
        missing = self._wanted(f"{prompt}.jinja") - values.keys() - self._jinja.globals.keys()
        if missing:
            raise LabloopError(f"{self._folder / prompt}.jinja: not given: {', '.join(sorted(missing))}")
        return self._jinja.get_template(f"{prompt}.jinja").render(**values).strip() + "\n"

    def _wanted(self, name: str) -> frozenset[str]:
        """Variables that a prompt and the files it includes need."""
        assert self._jinja.loader is not None
        try:
            source, _, _ = self._jinja.loader.get_source(self._jinja, name)
        except TemplateNotFound as error:
            raise LabloopError(f"{self._folder / name}: there is no such prompt") from error
        own, included = _names(source)
        return own.union(*(self._wanted(each) for each in included))


@functools.cache
def _environment(folder: Path) -> Environment:
    return Environment(loader=FileSystemLoader(folder), undefined=StrictUndefined, **_SYNTAX)  # type: ignore[arg-type]


@functools.cache
def _names(source: str) -> tuple[frozenset[str], tuple[str, ...]]:
    """The variables that a text needs, and the files that it includes."""
    tree = Environment(**_SYNTAX).parse(source)  # type: ignore[arg-type]
    referenced = meta.find_referenced_templates(tree)
    return frozenset(meta.find_undeclared_variables(tree)), tuple(name for name in referenced if name is not None)
