"""A session's own folder held to its record as a package is: for whoever audits it where it lies.

What is there is held to the journal; a folder that was thinned out (no attempts, no PDF) is no fraud, where a package would be.
"""

from __future__ import annotations

from pathlib import Path

from agent.packing.checks import confirmed, drawn, judged, launches, printed, printed_words, record
from agent.packing.checks.listing import keys_twice
from agent.packing.gather import SESSION, gather
from agent.packing.guarded import Check, guarded
from agent.packing.manifest import Listed, Manifest
from agent.packing.opened import Opened
from agent.results.story import story_of
from agent.session.events import Finding
from agent.session.session import Session

_CHECKS: tuple[Check, ...] = (
    keys_twice,
    launches.copied_runs,
    judged.baseline,
    judged.results_on_disk,
    confirmed.samples,
    printed.entries,
    printed.pdfs,
    printed.printed_numbers,
    printed_words.printed_words,
    printed.audited,
)
"""Of a package's checks those that read files which people and programs read in the session's folder."""
_OF_TEMPLATE = (record.beginning, judged.told_to_figures)
"""What is held against the template, where it is the one that the session was worked with."""


def folder_findings(session: Session) -> list[Finding]:
    """What lies in the folder and is not what the journal says; nothing of what only a package has."""
    gathered = gather(session)
    unprinted = [f"{SESSION}/{each.relative_to(session.paths.root)}" for each in _pdfs(session) if not each.is_file()]
    manifest = Manifest.of(session, {}, dict.fromkeys(unprinted, Listed(bytes=0, sha256="0" * 64)))
    opened = Opened(session, manifest, gathered.members)
    found: list[Finding] = []
    same = session.template.fixed_hash() == session.fixed_sha256
    drawing = story_of(session).figures
    kept = drawing is not None and (session.paths.drawing(drawing.step) / "code").is_dir()
    for check in (*_CHECKS, *(_OF_TEMPLATE if same else ()), *((drawn.figures,) if same and kept else ())):
        found += guarded(opened, check)
    return found


def _pdfs(session: Session) -> tuple[Path, Path]:
    return session.paths.paper, session.paths.latex / "paper.pdf"
