"""The figures that a paper may show, and what the note says of each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from agent.results.story import story_of
from agent.session.session import Session
from agent.writing.fields import read_fields

_OTHER_FIGURE = re.compile(
    r"^[ \t]*#+[ \t]*[*_`\"]*[^\s*_`\"][^\n]*?\.(?:pdf|png)\b[^\n]*$", re.MULTILINE | re.IGNORECASE
)


def figure_names(files: Iterable[str]) -> list[str]:
    """One name a figure, the PDF where a figure has both forms."""
    names = sorted(files, key=lambda name: not name.endswith(".pdf"))
    return sorted({_stem(name): name for name in reversed(names)}.values())


def drawn_figures(session: Session) -> tuple[str, ...]:
    """Names of the figures that were drawn, the PDF of each."""
    drawn = story_of(session).figures
    names = figure_names(drawn.files) if drawn else []
    return tuple(name for name in (Path(name).name for name in names) if (session.paths.figures / name).is_file())


def read_figure_texts(answer: str, figures: Sequence[str]) -> dict[str, str]:
    """What an answer says of each figure, named in any of its forms (`a.pdf`, `a.png`, `a`); empty where nothing.

    What stands below the heading of a figure that was not drawn is of no figure.
    """
    labels = dict.fromkeys(form for name in figures for form in _forms(name))
    fields = read_fields(answer, list(labels)) if labels else {}
    told = {form: _OTHER_FIGURE.split(said, 1)[0].strip() for form, said in fields.items()}
    return {name: next((told[form] for form in _forms(name) if told.get(form)), "") for name in figures}


def _forms(name: str) -> tuple[str, ...]:
    stem = _stem(name)
    return (name, f"{stem}.png", f"{stem}.pdf", stem)


def _stem(name: str) -> str:
    return name.rsplit(".", 1)[0]
