"""paper.tex against the journal: every value against its reference, every typed number, what the writer left wrong."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from agent.auditing.files import differences
from agent.auditing.older import decides_alike, says_as_much
from agent.drafts.placed import misplaced
from agent.errors import BadAnswer
from agent.evidence.escape import without_glyph
from agent.evidence.evidence import Evidence
from agent.evidence.fill import filled_values, printed_under, unfill, why_not_printed
from agent.evidence.once import reads
from agent.printing.assemble import Paper
from agent.printing.press import assembled
from agent.proofreading.occurrence import Grounds
from agent.proofreading.typed_numbers import typed_findings
from agent.results.story import story_of
from agent.results.words.phrases import WORDS
from agent.session.events import Compiled, Finding, SectionWritten
from agent.session.session import Session
from agent.writing.draft.sections import section_of
from agent.writing.known import evidence_of, known_text

_FILE = "paper.tex"
_SECTION = re.compile(r"\\section\*?\{([^{}]*)\}")
_HEAD = "head"
"""What is printed above the abstract: title, date, banner, which the tool sets."""


def audit_paper(session: Session) -> tuple[int, list[Finding]]:
    """How many values the paper holds, and what does not hold in it."""
    path, evidence = session.paths.latex / _FILE, evidence_of(session)
    paper = assembled(session)
    tex = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
    printed = paper if tex == paper.tex else replace(paper, tex=tex)
    compiled = story_of(session).last(Compiled)
    older = compiled is not None and compiled.words != WORDS
    findings = [
        *([] if older and tex else differences(path, paper.tex, _FILE)),
        *findings_in(paper, printed, evidence, known_text(session), older),
    ]
    seen = {finding.why for finding in findings}
    findings += [finding for finding in _left(session) if finding.why not in seen]
    told = [finding for finding in findings if "no glyph" in finding.why]
    findings += [
        found
        for found in _unset(paper, {finding.where for finding in told})
        if found.why not in {finding.why for finding in told}
    ]
    return len(printed.values), findings


def findings_in(paper: Paper, printed: Paper, evidence: Evidence, free: str, older: bool = False) -> list[Finding]:
    """What this evidence does not bear of a paper and of the same as it stands in print; `free`: words that it may repeat."""
    return [
        *_unborne(paper.problems),
        *_stale(paper.stale),
        *_other_values(printed.values, evidence, older, {*paper.values}),
        *_other_branches(printed.tex, evidence),
        *_typed(printed.tex, Grounds(evidence, free)),
    ]


def _unborne(problems: Mapping[str, tuple[str, ...]]) -> Iterator[Finding]:
    """References that could not be filled, by section."""
    for section, found in problems.items():
        for problem in found:
            yield Finding(where=f"paper, {section}", what="a reference that nothing bears", why=problem)


def _stale(passages: Mapping[str, tuple[str, ...]]) -> Iterator[Finding]:
    """Passages that are marked in print, since what they were written for is not so, by section."""
    for section, found in passages.items():
        for passage in found:
            yield Finding(where=f"paper, {section}", what="a stale passage", why=passage)


def _unset(paper: Paper, told: Collection[str]) -> Iterator[Finding]:
    """Characters without a glyph, which stand in print by their code point; places that are told already are left out."""
    for section, chars in paper.unset.items():
        where = f"paper, {section}" if section else _FILE
        if where not in told:
            yield Finding(where=where, what=f"[U+{ord(chars[0]):04X}]", why=without_glyph(chars))


def _other_values(
    values: Sequence[tuple[str, str]], evidence: Evidence, older: bool, again: Collection[tuple[str, str]]
) -> Iterator[Finding]:
    """Values in print that are not what their reference says: here, as they are `again` where the paper is made anew, or in any text.

    One in an `older` version's words is held to its number and to what it decides.
    """
    for reference, value in values:
        try:
            filled = evidence.resolve(reference)
        except BadAnswer as bad:
            yield Finding(where=_FILE, what=f"[[{reference}]]", why=str(bad))
            continue
        if (reference, value) in again or reads(value, filled, evidence.results, "latex"):
            continue
        wanted = dict(filled_values(filled.latex)).get(filled.reference.text)
        if not (older and says_as_much(value, wanted or "") and decides_alike(value, wanted or "")):
            yield Finding(where=_FILE, what=f"[[{reference}]] reads {value!r}", why=f"the evidence says {wanted!r}")


def _other_branches(tex: str, evidence: Evidence) -> Iterator[Finding]:
    """Branches of passages that are printed though they do not hold."""
    for header in dict.fromkeys(printed_under(tex)):
        if why := why_not_printed(header, evidence):
            yield Finding(where=_FILE, what=f"[[if {header}]] is printed", why=f"that does not hold: {why}")


def _typed(tex: str, grounds: Grounds) -> Iterator[Finding]:
    """Numbers that somebody typed, the tool's own appendix left out."""
    body = tex.split("\\begin{document}", 1)[-1].split("\\label{sec:evidence}", 1)[0]
    unfilled = unfill(body)
    for name, text in _by_section(unfilled):
        section = section_of(name)
        read = replace(grounds, tells=section is None or section.tells, prose=name != _HEAD)
        for found in typed_findings(text, read, latex=True):
            yield Finding(where=_FILE, what=found.typed, why=str(found))
    for told in misplaced(unfilled, grounds.evidence, latex=True):
        yield Finding(where=_FILE, what="a value where it does not belong", why=told)


def _by_section(body: str) -> Iterator[tuple[str, str]]:
    """Name and text of each section; what stands before the first, the abstract, has no name, and what stands before that is the head."""
    head, begun, rest = body.partition("\\begin{abstract}")
    if begun:
        yield _HEAD, head
    parts = _SECTION.split(rest if begun else body)
    yield from zip(["", *parts[1::2]], parts[::2], strict=True)


def _left(session: Session) -> Iterator[Finding]:
    """What the writer left in the last version of each section."""
    story = story_of(session)
    for section, event in story.sections.items():
        for problem in event.problems:
            yield Finding(where=f"paper, {section}", what="left by the writer", why=problem)
    for event in story.all(SectionWritten):
        for problem in event.problems if event.phase == "title" else ():
            yield Finding(where="paper, title", what="left by the writer", why=problem)
    for compiled in list(story.all(Compiled))[-1:]:
        for problem in compiled.bibliography:
            yield Finding(where="paper, bibliography", what="an entry that cannot be set", why=problem)
        for look in compiled.looks:
            if look.spoils:
                where = f"paper, {look.section}" if look.section else "paper.pdf"
                yield Finding(where=where, what="pages that cannot be read", why=look.told)
