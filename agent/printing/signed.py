"""The paper set once more, after somebody signed it."""

from __future__ import annotations

from agent.printing.latex import RunTex, compile_paper
from agent.printing.signing import write_signatures
from agent.session.files import write_bytes
from agent.session.session import Session


def print_signed(session: Session, run_tex: RunTex) -> str:
    """The paper set once more with its signatures, its sources as they lie there; why not, where TeX did not take it."""
    write_signatures(session)
    compiled = compile_paper(session.paths.latex, run_tex)
    if compiled.pdf is None:
        return f"TeX did not take {session.paths.latex}/paper.tex ({compiled.errors[0]})"
    write_bytes(session.paths.paper, compiled.pdf.read_bytes())
    return ""
