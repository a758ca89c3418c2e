"""The paper's folder: what it is set with, its bibliography, its PDF, and what the audit said of it."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from agent.packing.opened import Opened
from agent.printing.pdf_text import pages_of, text_of
from agent.printing.signing import FILE as SIGNATURES
from agent.results.story import story_of
from agent.results.words.phrases import WORDS
from agent.session.events import Audited, CitationsFound, Compiled, Finding
from agent.session.session import Session
from agent.writing.bibliography import mended, read_entries, torn_entries

_DECIMAL = re.compile(r"(?<![\w.])\d+\.\d{2,}(?![\w]|\.\d)")
_COMMENT = re.compile(r"(?<!\\)%.*")
_STYLES = (".sty", ".cls", ".bst")


def styles(opened: Opened) -> Iterator[Finding]:
    """The paper is set with the template's styles."""
    session = opened.session
    for style in sorted(session.latex_source.glob("*")):
        copy = session.paths.latex / style.name
        if style.suffix in _STYLES and copy.is_file() and copy.read_bytes() != style.read_bytes():
            yield Finding(where=f"latex/{style.name}", what="it is not the template's", why="the paper is set with it")


def pdfs(opened: Opened) -> Iterator[Finding]:
    """Both PDFs are one, and they are there where the journal tells that one came out."""
    session = opened.session
    printed, kept = session.paths.latex / "paper.pdf", session.paths.paper
    if printed.is_file() and kept.is_file() and printed.read_bytes() != kept.read_bytes():
        yield Finding(where="paper.pdf", what="it is not the PDF that was set", why="latex/paper.pdf is another")
    compiled = story_of(session).last(Compiled)
    for path in (kept, printed):
        member = f"session/{path.relative_to(session.paths.root)}"
        if compiled and compiled.ok and not path.is_file() and member not in opened.manifest.left_out:
            where = str(path.relative_to(session.paths.root))
            yield Finding(where=where, what="the PDF is missing", why="the journal tells that it came out")


def pages(opened: Opened) -> Iterator[Finding]:
    """The PDF has as many pages as the journal tells."""
    session = opened.session
    pdf, compiled = session.paths.paper, story_of(session).last(Compiled)
    if not pdf.is_file() or compiled is None or not compiled.ok:
        return
    try:
        count = len(pages_of(pdf))
    except (ValueError, LookupError):
        return  # printed_words.py tells it
    if count != compiled.pages:
        yield Finding(where=pdf.name, what=f"it has {count} pages", why=f"the journal says {compiled.pages}")


def counted(session: Session, numbers: int) -> Iterator[Finding]:
    """The last audit looked at as many numbers as there are; one in the words of another version may have counted otherwise."""
    story = story_of(session)
    event, compiled = story.last(Audited), story.last(Compiled)
    if event and compiled and compiled.words == WORDS and event.numbers != numbers:
        why = f"there are {numbers}"
        yield Finding(where="audit.json", what=f"the audit is said to have looked at {event.numbers} numbers", why=why)


def printed_numbers(opened: Opened) -> Iterator[Finding]:
    """Every decimal in the PDF stands in paper.tex, as often at least; entries of the bibliography print theirs freely.

    Words are not compared, nor what stands within figures; glyphs that no reader can copy are not seen.
    """
    session = opened.session
    folder, pdf = session.paths.latex, session.paths.paper
    if not pdf.is_file() or not (folder / "paper.tex").is_file():
        return
    source = _COMMENT.sub("", (folder / "paper.tex").read_text(encoding="utf-8", errors="replace"))
    findings, bibliography = (_text(folder / name) for name in ("findings.tex", "references.bib"))
    signed = _text(folder / SIGNATURES)
    typed, free = Counter(_DECIMAL.findall(source + findings + signed)), {*_DECIMAL.findall(bibliography)}
    try:
        text = text_of(pdf)
    except (ValueError, LookupError):
        return  # printed_words.py tells it
    for number, count in Counter(_DECIMAL.findall(text)).items():
        if count > typed[number] and number not in free:
            why = f"paper.tex holds it {typed[number]} times"
            yield Finding(where=pdf.name, what=f"{number} is printed {count} times", why=why)


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""


def entries(opened: Opened) -> Iterator[Finding]:
    """Each entry of the bibliography comes from the template or from the search, with all that it says."""
    session = opened.session
    shipped = session.latex_source / "references.bib"
    known = shipped.read_text(encoding="utf-8", errors="replace") if shipped.is_file() else ""
    found = "\n".join(entry for event in session.journal.all(CitationsFound) for entry in event.entries)
    sources = {entry.key: mended(entry) for entry in (*read_entries(known), *read_entries(found))}  # as it is printed
    path = session.paths.latex / "references.bib"
    for key in dict.fromkeys(torn_entries(_text(path))):
        why = "where it ends cannot be told"
        yield Finding(where="latex/references.bib", what=f"the entry {key[:60]}", why=why)
    for entry in map(mended, read_entries(_text(path))):
        source = sources.get(entry.key)
        if source is None:
            why = "neither the template nor the search has it"
            yield Finding(where="latex/references.bib", what=f"the entry {entry.key}", why=why)
            continue
        for field in sorted({"title", "author", "year", *entry.fields}):
            if _words(entry.fields.get(field, "")) != _words(source.fields.get(field, "")):
                why = f"it was found with another: {source.fields.get(field, 'none')[:80]}"
                yield Finding(where="latex/references.bib", what=f"the {field} of {entry.key}", why=why)


def _words(text: str) -> list[str]:
    return "".join(char if char.isalnum() else " " for char in text).lower().split()


def audited(opened: Opened) -> Iterator[Finding]:
    """audit.json is the last audit of the journal, and a paper with findings is marked."""
    session = opened.session
    story = story_of(session)
    event = story.last(Audited)
    if event is None:
        return
    wanted = {"numbers": event.numbers, "findings": [finding.model_dump() for finding in event.findings]}
    path = session.paths.audit
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        found = None
    if found != wanted:
        yield Finding(where=path.name, what="it is not what the audit found", why="the journal recorded another")
    compiled = story.last(Compiled)
    if event.findings and compiled and not compiled.marked:
        why = "the paper carries no mark of a draft"
        yield Finding(where="paper.pdf", what=f"the audit had {len(event.findings)} findings", why=why)
