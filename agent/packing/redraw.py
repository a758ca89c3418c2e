"""`verify FILE --rerun figures`: a package's figures, drawn again by its script from its results, and held against those that it shows.

Two drawings are the same where their PDFs draw the same and their images have the same pixels; times and how they are packed do not count.
"""

from __future__ import annotations

import json
import re
import struct
import zlib
from collections.abc import Iterator

from agent.experiment.figures import FigureData, draw
from agent.experiment.figures.drawing import edited_script, template_script
from agent.printing.pdf_objects import objects_of
from agent.replaying.rerun import bench_here
from agent.results.story import story_of
from agent.results.to_draw import to_draw
from agent.session.events import Edited, FiguresDrawn, Finding
from agent.session.session import Session
from agent.session.steps import BASELINE

FIGURES = "figures"
_DATED = re.compile(rb"/(?:CreationDate|ModDate)\s*\([^)]*\)")
_MAKER = re.compile(rb"/(?:Creator|Producer)\s*\(([^)]*)\)")
_LARGEST = 200_000_000
"""Bytes of an image's pixels that are still unpacked."""


def drawn_again(told: Session, session: Session) -> Iterator[Finding]:
    """What is drawn otherwise now; nothing where all figures are the same.

    `told` is the package's session, `session` the same with this tool's own template and settings.
    """
    drawn = story_of(session).figures
    if drawn is None:
        yield Finding(where=FIGURES, what="they cannot be drawn again", why="the journal tells of none")
        return
    here = session.paths.root / "reruns" / FIGURES
    edit = session.journal.find(Edited, drawn.step)
    files = edited_script(session, edit) if edit else template_script(told)
    again = draw(bench_here(session), here / "drawing", files, _data(session, drawn), here / FIGURES)
    if not again.ok:
        yield Finding(where=FIGURES, what="they were drawn again", why=again.reason)
        return
    for name in drawn.files:
        mine, theirs = here / FIGURES / name, session.paths.figures / name
        if not mine.is_file() or not theirs.is_file():
            yield Finding(where=f"figures/{name}", what="it was drawn again", why="one of the two is not there")
        elif why := otherwise(mine.read_bytes(), theirs.read_bytes()):
            yield Finding(where=f"figures/{name}", what="it was drawn again", why=why)


def _data(session: Session, drawn: FiguresDrawn) -> FigureData:
    """What the script could read then, of which checks/drawn.py tells whether it is what was measured."""
    code = session.paths.drawing(drawn.step) / "code"
    names = to_draw(session, story_of(session).until(drawn.seq))
    found = {name: json.loads((code / name).read_text(encoding="utf-8")) for name in names if (code / name).is_file()}
    return FigureData(files=found, run_0=session.paths.run(BASELINE))


def otherwise(mine: bytes, theirs: bytes) -> str:
    """How one drawing differs from the other; empty where they show the same."""
    if mine.startswith(b"%PDF"):
        one, other = ({key: _DATED.sub(b"", body) for key, body in objects_of(pdf).items()} for pdf in (mine, theirs))
        makers = [_MAKER.findall(pdf) for pdf in (mine, theirs)]
        if one != other and makers[0] != makers[1]:
            here, there = (b", ".join(each).decode("latin-1") or "nobody" for each in makers)
            return f"it was made by {there}, here by {here}: whether it shows the same cannot be told"
        return "" if one == other else "the package's draws something else"
    return "" if _pixels(mine) == _pixels(theirs) else "the package's has other pixels"


def _pixels(png: bytes) -> tuple[bytes, bytes, bytes]:
    """Header, palette and pixels of a PNG. Raises nothing: what cannot be read equals nothing that can."""
    at, parts = 8, {b"IHDR": b"", b"PLTE": b"", b"IDAT": b""}
    while at + 8 <= len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        kind = png[at + 4 : at + 8]
        if kind in parts:
            parts[kind] += png[at + 8 : at + 8 + length]
        at += 12 + length
    try:
        drawn = zlib.decompressobj().decompress(parts[b"IDAT"], _LARGEST)
    except zlib.error:
        drawn = png
    return parts[b"IHDR"], parts[b"PLTE"], drawn
