"""Figures: what they were drawn from is what was measured, by the code of their turn; the paper shows these."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from agent.auditing.drawn import audit_drawn
from agent.packing.opened import Opened
from agent.proofreading.python_source import typed_result
from agent.results.story import Story, story_of
from agent.results.to_draw import SINCE, as_before, known_results, to_draw
from agent.session.events import Edited, FiguresDrawn, Finding
from agent.session.files import sha256
from agent.session.session import Session
from agent.session.steps import BASELINE, FIGURES_TEMPLATE


def figures(opened: Opened) -> Iterator[Finding]:
    """The last drawing: its data, its code, the files that came of it."""
    session = opened.session
    drawn = story_of(session).figures
    if drawn is None:
        return
    folder = session.paths.drawing(drawn.step)
    where, code = f"attempts/{folder.name}", folder / "code"
    if not code.is_dir():
        yield Finding(
            where=where, what="what the figures were drawn from is missing", why="the journal tells the drawing"
        )
        return
    yield from _other_data(session, story_of(session).until(drawn.seq), code, where)
    yield from _other_script(session, drawn, code, where)
    yield from audit_drawn(session)
    for name in (*drawn.files, *drawn.traces):
        made, shown = code / "figures" / name, session.paths.figures / name
        if not made.is_file() or not shown.is_file() or made.read_bytes() != shown.read_bytes():
            yield Finding(
                where=f"figures/{name}", what="it is not the figure that was drawn", why=f"{where} has another"
            )
    beside = {path.name for path in session.paths.figures.glob("*")} - {*drawn.files, *drawn.traces}
    for name in sorted(beside):
        yield Finding(where=f"figures/{name}", what="a figure", why="the journal does not tell that it was drawn")


def _other_data(session: Session, then: Story, code: Path, where: str) -> Iterator[Finding]:
    """What plot.py could read: the result of every run that counted as it was drawn, and nothing else."""
    wanted = to_draw(session, then)
    found = {str(path.relative_to(code)) for path in code.glob("run_*/final_info.json")}
    for name in sorted(found - wanted.keys()):
        yield Finding(
            where=f"{where}/code/{name}", what="the figures were drawn from it", why="it is of no run that counts"
        )
    for name in (name for name in SINCE if name not in wanted and (code / name).exists()):
        yield Finding(
            where=f"{where}/code/{name}", what="the figures were drawn from other data", why="there is no such"
        )
    for name, value in wanted.items():
        path = code / name
        if name in SINCE and not path.exists():
            continue  # drawn by a version that did not lay it down
        try:
            same = json.loads(path.read_text(encoding="utf-8")) in (value, as_before(name, value))
        except (OSError, ValueError, RecursionError):
            same = False
        if not same:
            why = "journal and results say otherwise"
            yield Finding(where=f"{where}/code/{name}", what="the figures were drawn from other data", why=why)
    yield from _other_seeds(session, code, where)


def _other_seeds(session: Session, code: Path, where: str) -> Iterator[Finding]:
    for path in sorted(code.glob(f"{BASELINE}/seeds/*/final_info.json")):
        original = session.paths.run(BASELINE) / path.relative_to(code / BASELINE)
        if not original.is_file() or original.read_bytes() != path.read_bytes():
            why = "the seed's own result is another"
            yield Finding(
                where=f"{where}/code/{path.relative_to(code)}", what="the figures were drawn from it", why=why
            )


def _other_script(session: Session, drawn: FiguresDrawn, code: Path, where: str) -> Iterator[Finding]:
    """plot.py as its turn left it, without results typed in."""
    story = story_of(session)
    edit = next((event for event in session.journal.all(Edited) if event.step == drawn.step), None)
    files: Mapping[str, str] = session.files if drawn.step == FIGURES_TEMPLATE or edit is None else edit.files
    known = known_results(to_draw(session, story.until(drawn.seq)))
    for name in session.template.editable:
        path = code / name
        content = path.read_bytes() if path.is_file() else b""
        if sha256(content) != files.get(name):
            yield Finding(
                where=f"{where}/code/{name}", what="it is not the code of this turn", why="the journal names another"
            )
        if name in session.template.figures.editable and (
            typed := typed_result(content.decode("utf-8", "replace"), known)
        ):
            yield Finding(
                where=f"{where}/code/{name}", what=f"results typed in, line {typed}", why="a figure reads them"
            )
