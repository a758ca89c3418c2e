"""The figures: plot.py edited and run, with repairs, else as the template has it."""

from __future__ import annotations

from agent.coding.tries import Tries
from agent.session.events import Edited, FiguresDrawn
from agent.session.steps import FIGURES_TEMPLATE, Step
from agent.working.parts import Parts, ask_coder, say, turn_on
from agent.working.steering import take_up
from agent.writing.notes import note_figures


def draw_figures(parts: Parts) -> None:
    """The coder edits plot.py, the tool runs and checks it, with repairs; then the notes get their figure section."""
    tries = Tries[FiguresDrawn](parts.session.settings.limits.max_repairs + 1)
    while tries.left:
        step = Step.figures_turn(tries.number)
        edited = edit_figures(parts, step, tries)
        drawn = parts.laboratory.draw(step, edited)
        if drawn.ok:
            break
        tries = tries.failed(edited, drawn)
    else:
        drawn = parts.laboratory.draw_template(FIGURES_TEMPLATE)
    note_figures(parts.session, parts.gateway, drawn)


def edit_figures(parts: Parts, step: Step, tries: Tries[FiguresDrawn]) -> Edited:
    """The coder's turn on the figures' script."""
    take_up(parts, Edited, step)
    say(parts, Edited, step, f"{step}: the coder draws")
    message = parts.brief.figures(parts.laboratory.result_structure(), tries)
    return ask_coder(parts, turn_on(parts.session.template.figures, step, message, tries))
