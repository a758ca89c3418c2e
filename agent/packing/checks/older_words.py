"""A paper that an older version of the tool has set: its words cannot be made anew, but its sentences are those of its sections."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.evidence.fill import unfill
from agent.packing.opened import Opened
from agent.results.story import story_of
from agent.results.words.phrases import WORDS
from agent.session.events import Compiled, Finding

_PASSAGE = re.compile(r"\[\[if\b.*?\[\[end\]\]", re.DOTALL)
_PIECE = re.compile(r"\[\[.*?\]\]|\n|(?<=[.!?])\s")
_SHORTEST = 20
"""Letters and digits of a piece that is looked for."""
_OWN = re.compile(
    r"(?m)(?<!\\)%.*$|\\section\*?\{[^{}]*\}(?:\\label\{[^{}]*\})?|\\InputIfFileExists(?:\{[^{}]*\}){3}|\\bibliography(?:style)?\{[^{}]*\}"
    r"|\\smallskip\\noindent\\textbf\{Its review[^{}]*\} \(Appendix~\\ref\{sec:review\}\)\."
)
"""What the tool itself puts between the sections."""


def older_prose(opened: Opened) -> Iterator[Finding]:
    """A paper in an older version's words: each sentence of its sections is printed, and each printed one is of a section.

    One in this version's words is made anew by the audit, letter by letter.
    """
    session = opened.session
    story, path = story_of(session), session.paths.latex / "paper.tex"
    compiled = story.last(Compiled)
    if compiled is None or compiled.words == WORDS or not path.is_file():
        return
    tex = path.read_text(encoding="utf-8", errors="replace")
    body = _OWN.sub(" ", unfill(tex.partition("\\begin{document}")[2].partition("\\label{sec:evidence}")[0]))
    written = {name: event.source for name, event in story.sections.items()}
    printed, known = _letters(body), _letters("\n".join(written.values()))
    for name, source in written.items():
        for sentence in _sentences(_PASSAGE.sub(" [[ ]] ", source)):
            if _letters(sentence) not in printed:
                yield Finding(where=path.name, what=f"it lacks “{sentence[:160]}”", why=f"{name} holds it")
    for sentence in _sentences(body.partition("\\begin{abstract}")[2]):
        if _letters(sentence) not in known:
            yield Finding(where=path.name, what=f"“{sentence[:160]}”", why="no section holds it")


def _sentences(text: str) -> Iterator[str]:
    """Pieces of prose without references, long enough to be told from others."""
    for piece in _PIECE.split(text):
        if len(_letters(piece)) >= _SHORTEST:
            yield " ".join(piece.split())


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text)
