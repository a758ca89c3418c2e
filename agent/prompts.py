"""Every message to a model is a Jinja file in prompts/; a name that it lacks is an error, all of them at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateNotFound, meta

from agent.errors import LabloopError
from agent.session.paths import REPOSITORY

FOLDER = REPOSITORY / "prompts"


class Prompts:
    """Renders prompts from a folder."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._jinja = Environment(
            loader=FileSystemLoader(folder),
            undefined=StrictUndefined,
            autoescape=False,
            keep_trailing_newline=False,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._folder = folder

    def render(self, prompt: str, **values: Any) -> str:
        """The text of `prompts/<prompt>.jinja`. Raises LabloopError naming every variable that is missing."""
        missing = self._wanted(f"{prompt}.jinja") - values.keys() - self._jinja.globals.keys()
        if missing:
            raise LabloopError(f"{self._folder / prompt}.jinja: not given: {', '.join(sorted(missing))}")
        return self._jinja.get_template(f"{prompt}.jinja").render(**values).strip() + "\n"

    def _wanted(self, name: str) -> set[str]:
        """Variables that a prompt and the files it includes need."""
        assert self._jinja.loader is not None
        try:
            source, _, _ = self._jinja.loader.get_source(self._jinja, name)
        except TemplateNotFound as error:
            raise LabloopError(f"{self._folder / name}: there is no such prompt") from error
        tree = self._jinja.parse(source)
        wanted = meta.find_undeclared_variables(tree)
        for included in meta.find_referenced_templates(tree):
            if included is not None:
                wanted |= self._wanted(included)
        return wanted
