"""The figures of a session: the coder's plot.py, or the template's own, run on what was accepted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from agent.experiment import figures
from agent.experiment.doubts.preflight import partly, why_no_edit
from agent.experiment.launch import Bench
from agent.results.to_draw import RESULT, described, to_draw
from agent.sandbox.leavings import remove
from agent.session.events import Edited, FiguresDrawn
from agent.session.run_info import RunInfo
from agent.session.session import Session
from agent.session.steps import BASELINE, Step
from agent.session.template.contract import Template


def refused_edit(edited: Edited) -> FiguresDrawn | None:
    """Why a plot.py that was edited in part only, or by edits that came to nothing, is not run; None where it is.

    The report of those edits is the cause of the failure.
    """
    came_to_nothing = bool(edited.unread) or edited.outcome in ("unmatched", "outside")
    if not edited.left and not came_to_nothing:
        return None
    reason = why_no_edit(edited) if came_to_nothing else partly(edited)
    cause = f"{reason}.\n{edited.left_report}"
    return FiguresDrawn(
        ok=False, reason=reason, cause=cause, signature="no edit" if came_to_nothing else "partly applied"
    )


def edited_script(session: Session, edited: Edited) -> dict[str, bytes]:
    """The editable files as a turn left them."""
    return {name: session.blobs.get(edited.files[name]) for name in session.template.editable}


def template_script(session: Session) -> dict[str, bytes]:
    """The template's own editable files."""
    return {name: (session.template.root / name).read_bytes() for name in session.template.editable}


def drawn_figures(session: Session, bench: Bench, step: Step, files: Callable[[], Mapping[str, bytes]]) -> FiguresDrawn:
    """What comes of running plot.py of `files` on the results of all accepted runs; good figures replace the old ones."""
    folder = session.paths.drawing(step)
    remove(folder)
    data = figures.FigureData(files=to_draw(session), run_0=session.paths.run(BASELINE))
    return figures.draw(bench, folder, files(), data, session.paths.figures)


def alone(template: Template, info: RunInfo, run_0: Path) -> figures.FigureData:
    """What there is to draw of a baseline before any session."""
    known = {
        f"{BASELINE}{RESULT}": info.written(),
        "titles.json": {str(BASELINE): "Baseline"},
        "metrics.json": described(template.metrics, template.primary),
    }
    return figures.FigureData(files=known, run_0=run_0)
