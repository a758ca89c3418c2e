"""The end of a session: citations, draft, compilation with repairs, audit, and a PDF in any case; without TeX an HTML draft."""

from __future__ import annotations

from functools import partial

from agent.auditing.mending import audit_mended
from agent.auditing.session import audit_session
from agent.errors import CheckFailed, UsageError
from agent.models.gateway import Gateway
from agent.printing.latex import tex_in
from agent.printing.press import Press, assembled
from agent.printing.signed import print_signed
from agent.printing.styles import lay_style_of
from agent.printing.trial import takes_section
from agent.printing.without_tex import has_tex, lay_sources, write_html
from agent.results.english import counted
from agent.reviewing.review import review_draft
from agent.sandbox import Sandbox, choose
from agent.session.draft_files import audit_sha256, draft_sha256
from agent.session.events import Audited, CitationsFound, Compiled, Finding, SignedOff
from agent.session.files import write_json
from agent.session.session import Session
from agent.session.steps import AUDIT, CITATIONS, MARKED, Step
from agent.writing.bibliography import Entry, read_entries
from agent.writing.citations import find_citations
from agent.writing.draft.desk import Desk, lay_desk
from agent.writing.draft.drafting import write_draft


def write_paper(session: Session, gateway: Gateway, sandbox: Sandbox) -> list[Finding]:
    """Draft, PDF and audit of a session; the audit's findings, empty when clean. What it finds in a section goes back to the
    writer first.

    Without `settings.paper.write` only notes, runs and figures are audited. With findings the PDF carries the DRAFT mark.
    Without TeX the draft is paper.html; a session that is resumed where there is TeX prints its PDF.
    Raises what the gateway raises, and CheckFailed where TeX itself is broken; a fault of the LaTeX is no exception.
    """
    if session.settings.paper.write:
        lay_style_of(session)
    press, audit = None, session.journal.find(Audited, AUDIT)
    if session.settings.paper.write:
        desk, press = _drafted(session, gateway, sandbox)
        audit = audit or _mended(desk, press)
    audit = audit or session.journal.step(Audited, AUDIT, lambda: audit_session(session))
    found = [finding.model_dump() for finding in audit.findings]
    write_json(session.paths.audit, {"numbers": audit.numbers, "findings": found})
    if press is not None and audit.findings:
        told = [str(finding) for finding in audit.findings]
        session.journal.step(Compiled, MARKED, lambda: press.print_paper(told))
    if press is None and session.settings.paper.write:
        write_html(session, assembled(session), bibliography_of(session), [str(finding) for finding in audit.findings])
    return audit.findings


def _drafted(session: Session, gateway: Gateway, sandbox: Sandbox) -> tuple[Desk, Press | None]:
    """The draft written and printed once; without a press where there is no TeX, and only its sources are laid out."""
    bibliography, run_tex = bibliography_of(session), tex_in(sandbox, session.paths.root / "tex")
    takes = partial(takes_section, session, run_tex) if has_tex() else None
    draft = write_draft(session, gateway, bibliography, takes)
    desk = lay_desk(session, gateway, bibliography, takes)
    if session.settings.paper.review:
        review_draft(desk, draft)
    if not has_tex():
        lay_sources(session, assembled(session), bibliography)
        return desk, None
    press = Press(desk, run_tex)
    press.make_it_compile()
    session.paths.html_draft.unlink(missing_ok=True)
    return desk, press


def _mended(desk: Desk, press: Press | None) -> Audited:
    """The audit, each round of mending printed before the next."""
    session = desk.session
    if press is None:
        return audit_mended(desk, lambda: lay_sources(session, assembled(session), desk.bibliography))
    turn = press.make_it_compile()  # recorded by now: where its tries ended

    def print_again() -> None:
        nonlocal turn
        turn = press.make_it_compile(turn + 1)

    return audit_mended(desk, print_again)


def sign_off(session: Session, name: str, note: str = "", despite: bool = False) -> tuple[SignedOff, str]:
    """A person's signature below the draft as it is, journalled and set into its PDF; and why the PDF does not show it, where TeX did not.

    Raises UsageError where there is no audited draft, or findings are open and not signed `despite` them.
    """
    paths = session.paths
    draft, audit = draft_sha256(paths), audit_sha256(paths)
    if not draft or not audit:
        raise UsageError(f"{paths.root}: there is no audited draft to sign yet; work the session through first")
    found = audit_session(session).findings
    if found and not despite:
        raise UsageError(
            f"the audit has {counted(len(found), 'open finding')}, the first: {found[0]}. Put back a file that was changed; "
            "what the draft says stays: sign with --despite-findings, which paper and page then say, or work the idea again"
        )
    number = sum(1 for _ in session.journal.all(SignedOff)) + 1
    event = SignedOff(name=name, note=note, draft_sha256=draft, audit_sha256=audit, findings=len(found))
    signed = session.journal.step(SignedOff, Step.signed(number), lambda: event)
    try:
        run_tex = tex_in(choose(session.settings.sandbox.kind), paths.root / "tex")
        return signed, print_signed(session, run_tex)
    except CheckFailed as failed:  # no TeX: the signature stands in the journal and on the page
        return signed, str(failed)


def bibliography_of(session: Session) -> tuple[Entry, ...]:
    """The template's bibliography and what the search found, which is journalled."""
    file = session.latex_source / "references.bib"
    shipped = read_entries(file.read_text(encoding="utf-8", errors="replace")) if file.is_file() else []
    if not session.settings.paper.search_url:
        return tuple(shipped)
    found = session.journal.step(
        CitationsFound, CITATIONS, lambda: CitationsFound(entries=find_citations(session, shipped))
    )
    return (*shipped, *(entry for text in found.entries for entry in read_entries(text)))
