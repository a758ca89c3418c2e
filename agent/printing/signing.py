"""The signatures below a draft, and the statement on the use of AI: the end of a paper, and a line below its abstract."""

from __future__ import annotations

from collections.abc import Sequence

from agent.evidence.escape import escape_latex
from agent.results.story.ai_use import AiUse
from agent.results.story.signatures import NOBODY, STATEMENT, Signature, signatures_of
from agent.session.files import write_text
from agent.session.session import Session

FILE = "signed.tex"
LABEL = "sec:ai"
_MADE = (
    "Written by the tool from the session's journal. Models typed no number, verdict or table: the tool filled them in."
)
SIGNED_LINE = f"\n\n\\InputIfFileExists{{{FILE}}}{{}}{{}}"
"""Below the abstract: paper.tex is the same before and after somebody signs, so that a signature can be of its hash."""


def ai_use_appendix(use: AiUse) -> str:
    """The section on who wrote, coded, advised and reviewed, from the journal; signatures are set into it as they come."""
    items = "".join(f"\\item {escape_latex(line)}\n" for line in use.lines)
    return (
        f"\n\\section{{Use of AI}}\\label{{{LABEL}}}\n"
        f"{_MADE}\n"
        f"\\begin{{itemize}}\n{items}\\end{{itemize}}\n"
        f"\\InputIfFileExists{{{FILE}}}{{}}{{{NOBODY}.}}\n"
    )


def signed_tex(signatures: Sequence[Signature]) -> str:
    """signed.tex: who signed, and what voids it; empty where nobody did, and then there is no such file."""
    if not signatures:
        return ""
    told = "; ".join(escape_latex(each.told) for each in signatures)
    return f"\\par\\smallskip\\noindent{{\\footnotesize\\textbf{{{told}}} ({STATEMENT}).}}\\par\n"


def write_signatures(session: Session) -> None:
    """signed.tex as journal and files have it now."""
    told = signed_tex(signatures_of(session.journal.events, session.paths))
    if told:
        write_text(session.paths.latex / FILE, told)
    else:
        (session.paths.latex / FILE).unlink(missing_ok=True)
