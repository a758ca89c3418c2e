"""Every message to a model is a Jinja file in prompts/; a name that it lacks is an error, all of them at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateNotFound, meta

from agent.errors import LabloopError

FOLDER = Path(__file__).resolve().parents[1] / "prompts"


class Prompts:
    """Renders prompts from a folder."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._jinja = Environment(
            loader=FileSystemLoader(folder), undefined=StrictUndefined, autoescape=False, keep_trailing_newline=False,
            trim_blocks=True, lstrip_blocks=True,
        )  # fmt: skip
        self._folder = folder

    def render(self, prompt: str, **values: Any) -> str:
        """The text of `prompts/<prompt>.jinja`. Raises LabloopError naming every variable that is missing."""
        try:
            source, filename, _ = self._jinja.loader.get_source(self._jinja, f"{prompt}.jinja")  # type: ignore[union-attr]
        except TemplateNotFound as error:
            raise LabloopError(f"{self._folder / prompt}.jinja: there is no such prompt") from error
        missing = meta.find_undeclared_variables(self._jinja.parse(source)) - values.keys() - self._jinja.globals.keys()
        if missing:
            raise LabloopError(f"{filename}: not given: {', '.join(sorted(missing))}")
        return self._jinja.get_template(f"{prompt}.jinja").render(**values).strip() + "\n"
