"""Whose fault an error of TeX's is: a section's, the title's, a bibliography entry's, or nobody's who is asked here."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from agent.printing.assemble import Paper
from agent.printing.latex import Compilation
from agent.printing.tex_log import TexError
from agent.writing.draft import Draft
from agent.writing.draft.sections import SECTIONS

TITLE = "title"
"""Stands where a section's name would, for the paper's title."""
_BIBITEM = re.compile(r"\\bibitem\s*(?:\[.*?\])?\{([^{}]+)\}", re.DOTALL)
_BEGUN = re.compile(r"on input line (\d+)")
_FIGURE = re.compile(r"\(file (?:\./)?figures/([^()]+)\)")

Probe = Callable[[Draft], Compilation]
"""Compiles a draft without keeping what comes of it."""


def blamed_entry(compilation: Compilation, folder: Path) -> str:
    """The key of the bibliography entry in which TeX stopped; empty where it stopped elsewhere."""
    for error in compilation.errors[:1]:
        if error.file.endswith(".bbl"):
            text = (folder / "paper.bbl").read_text(encoding="utf-8", errors="replace")
            keys = [m[1] for m in _BIBITEM.finditer(text) if text.count("\n", 0, m.start()) < error.line]
            return keys[-1] if keys else ""
    return ""


def blamed_part(compilation: Compilation, paper: Paper, draft: Draft, probe: Probe) -> str:
    """The section without which TeX's first error is gone, that in which it stands tried first; or TITLE.

    Empty where no part of the draft is at fault.
    """
    to_blame = [
        section.name for section in SECTIONS if section.name in draft.sections and section.name not in draft.plain
    ]
    told = next((_told(error, paper, draft) for error in compilation.errors[:1]), "")
    if told == TITLE:
        return TITLE
    if not compilation.started or _elsewhere(compilation.errors[0]):
        return ""
    changed = ""
    for name in sorted(to_blame, key=lambda name: name != told):
        tried = probe(Draft(draft.title, draft.sections, draft.problems, draft.plain | {name}))
        if tried.pdf is not None or (name == told and _first(tried) != _first(compilation)):
            return name
        if _first(tried) != _first(compilation):
            changed = changed or name
    return changed or (told if told in to_blame else "")


def errors_in(part: str, compilation: Compilation, paper: Paper) -> list[str]:
    """All of TeX's errors in a part of the paper; where none has a line in it, its first one."""
    inside = [error for error in compilation.errors if _of_paper(error) and paper.section_at(error.line) == part]
    return list(dict.fromkeys(map(str, inside or compilation.errors[:1])))


def where(error: TexError) -> str:
    """File and line of an error, for a person."""
    return f"{error.file or 'paper.tex'}, line {error.line}: {error.text}" if error.line else error.text


def _told(error: TexError, paper: Paper, draft: Draft) -> str:
    """What the error itself says of its place; empty where that is outside of everything."""
    if figure := _FIGURE.search(error.text):
        return next((name for name, text in draft.sections.items() if figure[1] in text), "")
    if not _of_paper(error):
        return ""
    lines = paper.tex.splitlines()
    if error.line and re.match(r"\s*\\(?:title\{|maketitle)", lines[min(error.line, len(lines)) - 1]):
        return TITLE
    begun = _BEGUN.search(error.text)
    return paper.section_at(error.line) or (paper.section_at(int(begun[1])) if begun else "")


def _of_paper(error: TexError) -> bool:
    return error.file in ("", "paper.tex")


def _elsewhere(error: TexError) -> bool:
    """Whether the error stands in a file of the template's own."""
    return error.file.rsplit(".", 1)[-1] in ("sty", "cls", "def", "bst", "cfg", "ltx", "clo", "fd")


def _first(compilation: Compilation) -> list[tuple[str, str]]:
    return [(error.text, error.context) for error in compilation.errors[:1]]
