"""One section put through TeX by itself, where the parser of the checks doubts it."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from agent.evidence.escape import ascii_latex
from agent.evidence.reference import REFERENCE
from agent.printing.assemble import filled_template
from agent.printing.latex import RunTex, compile_paper
from agent.proofreading.source.commands import command_problems
from agent.proofreading.source.preamble import package_problems
from agent.session.session import Session
from agent.writing.draft.desk import preamble_of

_STYLES = (".sty", ".cls", ".bst")


def takes_section(session: Session, run_tex: RunTex, text: str) -> bool:
    """Whether TeX takes a section's LaTeX in the session's template, its references standing as numbers.

    One with a command that no section may hold is never given to TeX.
    """
    source = session.latex_source
    bare, preamble = REFERENCE.sub("0", text), preamble_of(source)
    if command_problems(bare, preamble) or [*package_problems(bare, preamble)]:
        return False
    section = ascii_latex(bare)
    template = (source / "paper.tex").read_text(encoding="utf-8")
    parts = {
        "TITLE": "Trial",
        "SESSION": "trial",
        "ABSTRACT": "Words.",
        "SECTIONS": f"\\section{{Trial}}\n{section}",
        "EVIDENCE": "",
    }
    with tempfile.TemporaryDirectory(prefix="trial-", dir=session.paths.root) as place:
        folder = Path(place)
        for style in (path for path in source.iterdir() if path.suffix in _STYLES):
            shutil.copyfile(style, folder / style.name)
        (folder / "figures").mkdir()
        for figure in session.paths.figures.glob("*.pdf") if session.paths.figures.is_dir() else ():
            shutil.copyfile(figure, folder / "figures" / figure.name)
        (folder / "references.bib").write_text("", encoding="utf-8")
        (folder / "paper.tex").write_text(filled_template(template, parts), encoding="utf-8")
        return compile_paper(folder, run_tex).pdf is not None
