"""What lies in a package and is told by nothing: files that no session leaves, launches and runs without an event."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.packing.gather import SESSION, TEMPLATE, gather
from agent.packing.manifest import NAME
from agent.packing.opened import Opened
from agent.printing.signing import FILE as SIGNATURES
from agent.results.story import story_of
from agent.session.events import AttemptBegun, AttemptEnded, Finding, LaunchEnded

_ATTEMPT = re.compile(rf"{SESSION}/attempts/(\d+)/")
_RUN = re.compile(rf"{SESSION}/(run_\d+)(?:/|\.py$)")
_LATEX = re.compile(rf"{SESSION}/latex/([^/]+)")
_PAPER = ("paper.tex", "paper.pdf", "paper.bbl", "references.bib", "findings.tex", SIGNATURES)


def members(opened: Opened) -> Iterator[Finding]:
    """Each member is one that `pack` takes from such a session."""
    wanted = {NAME, *gather(opened.session).members}
    for name in opened.members:
        if name not in wanted:
            why = "a package holds nothing of that name"
            yield Finding(where=_shown(name), what="a file beside the session", why=why)


def _shown(name: str) -> str:
    return name.removeprefix(f"{SESSION}/")


def untold(opened: Opened) -> Iterator[Finding]:
    """Each launch and each run that has a folder is one of the journal's; each text beside the paper is of it."""
    session = opened.session
    launched = {
        event.number
        for event in session.journal.events
        if isinstance(event, AttemptBegun | LaunchEnded | AttemptEnded) and event.number is not None
    }
    runs = {str(run) for run in story_of(session).accepted}
    paper = opened.members.get(f"{SESSION}/latex/paper.tex", b"").decode("utf-8", "replace")
    found: dict[str, str] = {}
    for name in opened.members:
        attempt, run, text = _ATTEMPT.match(name), _RUN.match(name), _LATEX.fullmatch(name)
        if attempt and int(attempt[1]) not in launched:
            found[f"attempts/{attempt[1]}"] = "what a launch left"
        elif run and run[1] not in runs:
            found[run[1]] = "what a run left"
        elif text and not _is_of_paper(opened, text[1], paper):
            found[f"latex/{text[1]}"] = "a file beside the paper"
    for where, what in found.items():
        yield Finding(where=where, what=what, why="nothing in the journal or the paper tells of it")


def _is_of_paper(opened: Opened, name: str, paper: str) -> bool:
    """Whether a file in latex/ is the tool's own, the template's, or named in paper.tex."""
    return name in _PAPER or f"{TEMPLATE}/latex/{name}" in opened.members or name.rpartition(".")[0] in paper
