"""The end of a session: citations, draft, compilation with repairs, audit, and a PDF in any case."""

from __future__ import annotations

from typing import Any

from agent.auditing.session import audit_session, finding_text
from agent.evidence.evidence import Evidence
from agent.models.gateway import Gateway
from agent.printing.latex import tex_in
from agent.printing.press import Press
from agent.results.results import Results
from agent.sandbox import Sandbox
from agent.session.events import Audited, CitationsFound, Compiled
from agent.session.files import write_json
from agent.session.session import Session
from agent.writing.bibliography import Entry, read_entries
from agent.writing.citations import find_citations
from agent.writing.desk import Desk, drawn_figures
from agent.writing.draft import write_draft


def write_paper(session: Session, gateway: Gateway, results: Results, sandbox: Sandbox) -> list[dict[str, Any]]:
    """Draft, PDF and audit of a session; the audit's findings {where, what, why}, empty when clean.

    Without `settings.paper.write` only notes, runs and figures are audited. With findings the PDF carries the DRAFT mark.
    Raises what the gateway raises, and CheckFailed where TeX itself is broken; a fault of the LaTeX is no exception.
    """
    press = _drafted(session, gateway, results, sandbox) if session.settings.paper.write else None
    audit = session.journal.step(Audited, "audit", lambda: audit_session(session, results))
    write_json(session.paths.audit, {"numbers": audit.numbers, "findings": audit.findings})
    if press is not None and audit.findings:
        told = [finding_text(finding) for finding in audit.findings]
        session.journal.step(Compiled, "paper/marked", lambda: press.print_paper(told))
    return audit.findings


def _drafted(session: Session, gateway: Gateway, results: Results, sandbox: Sandbox) -> Press:
    """The draft written and printed once."""
    bibliography = bibliography_of(session)
    write_draft(session, gateway, results, bibliography)
    desk = Desk(session, gateway, Evidence(results, session.template.reported), bibliography, drawn_figures(session))
    press = Press(desk, tex_in(sandbox, session.paths.root / "tex"))
    press.make_it_compile()
    return press


def bibliography_of(session: Session) -> tuple[Entry, ...]:
    """The template's bibliography and what the search found, which is journalled."""
    shipped = read_entries((session.template.latex / "references.bib").read_text(encoding="utf-8"))
    if not session.settings.paper.search_url:
        return tuple(shipped)
    found = session.journal.step(
        CitationsFound, "citations", lambda: CitationsFound(entries=find_citations(session, shipped))
    )
    return (*shipped, *(entry for text in found.entries for entry in read_entries(text)))
