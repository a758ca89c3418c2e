"""A machine without TeX: the draft comes out as HTML, with the sources that a PDF is printed from once there is TeX."""

from __future__ import annotations

import shutil
from collections.abc import Sequence

from agent.printing.assemble import Paper
from agent.printing.html.draft import html_of
from agent.printing.latex import lay_out
from agent.session.files import write_text
from agent.session.session import Session
from agent.writing.bibliography import Entry

WHY = "TeX is not installed here, so this draft is HTML. With TeX (make setup, or requirements/system.txt), --resume prints the PDF."


def has_tex() -> bool:
    """Whether this machine can print a PDF."""
    return shutil.which("pdflatex") is not None


def lay_sources(session: Session, paper: Paper, bibliography: Sequence[Entry]) -> None:
    """paper.tex and what belongs to it, as the press would lay them: the audit reads them."""
    lay_out(session, paper, bibliography, "")


def write_html(session: Session, paper: Paper, bibliography: Sequence[Entry], findings: Sequence[str]) -> None:
    """The draft as paper.html in the session's folder, with what the audit found."""
    write_text(session.paths.html_draft, html_of(paper.tex, bibliography, session.paths.figures, findings, WHY))
