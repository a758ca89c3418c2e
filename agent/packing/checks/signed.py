"""Signatures below a packed draft: what the paper prints of them is what the journal holds, of the draft that is there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from agent.packing.gather import SESSION
from agent.packing.opened import Opened
from agent.printing.signing import FILE, signed_tex
from agent.results.story.signatures import STATEMENT, Signature, signatures_of
from agent.session.events import Finding


def signatures(opened: Opened) -> Iterator[Finding]:
    """signed.tex says who signed, and that the draft was changed since where its hash is another."""
    session = opened.session
    path = session.paths.latex / FILE
    printed = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
    held = signatures_of(session.journal.events, session.paths)
    wanted = {signed_tex(held)}
    if _redacted(opened):  # the hash is of the draft as it was before: neither can be told from here
        wanted.add(signed_tex([replace(each, changed="") for each in held]))
    if printed not in wanted and session.paths.latex.is_dir():
        why = "the journal and the draft that is there say otherwise"
        yield Finding(where=f"latex/{FILE}", what="what is printed of signatures", why=why)


def told_of(opened: Opened) -> tuple[str, ...]:
    """Who signed, in words, for whoever reads what came of verifying."""
    held = signatures_of(opened.session.journal.events, opened.session.paths)
    return tuple(f"{_told(opened, each)} ({STATEMENT})" for each in held)


def _told(opened: Opened, each: Signature) -> str:
    if each.changed and _redacted(opened):
        return f"{replace(each, changed='').told}, over the draft before paths or secrets were taken out of it"
    return each.told


def _redacted(opened: Opened) -> bool:
    names = ("latex/paper.tex", "latex/references.bib", "audit.json")
    return any(f"{SESSION}/{name}" in opened.manifest.redacted for name in names)
