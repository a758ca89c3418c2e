"""The figures: plot.py edited and run, with repairs, else as the template has it."""

from __future__ import annotations

from agent.auditing.figure_words import figure_words
from agent.coding.tries import Tries
from agent.results.story import story_of
from agent.session.events import Edited, FiguresDrawn, Noted
from agent.session.session import Session
from agent.session.steps import FIGURES_NOTE, FIGURES_TEMPLATE, Step
from agent.working.parts import Parts, ask_coder, say, turn_on
from agent.working.steering import take_up
from agent.writing.notes.asking import note_figures

_MOST = 12
"""Texts in figures that are told at once."""


def draw_figures(parts: Parts) -> None:
    """The coder edits plot.py, the tool runs and checks it, with repairs; then the notes get their figure section."""
    tries = Tries[FiguresDrawn](parts.session.settings.limits.max_repairs + 1)
    while tries.left:
        step = Step.figures_turn(tries.number)
        edited = edit_figures(parts, step, tries)
        drawn = checked(parts.session, parts.laboratory.draw(step, edited))
        if drawn.ok:
            break
        tries = tries.failed(edited, drawn)
    else:
        drawn = parts.laboratory.draw_template(FIGURES_TEMPLATE)
    note_figures(parts.session, parts.gateway, drawn)


def checked(session: Session, drawn: FiguresDrawn) -> FiguresDrawn:
    """What was drawn; as a failure where words within the figures claim what nothing there can bear.

    What a session has gone on with stands: it may be an older one, which did not look.
    """
    last = story_of(session).figures
    if session.journal.find(Noted, FIGURES_NOTE) and last is not None and last.seq == drawn.seq:
        return drawn
    found = [f"{finding.where}: {finding.what}: {finding.why}" for finding in figure_words(session, drawn)]
    if not found:
        return drawn
    told = {"ok": False, "reason": found[0], "cause": "\n".join(found[:_MOST]), "signature": "figures|words that claim"}
    return drawn.model_copy(update=told)


def edit_figures(parts: Parts, step: Step, tries: Tries[FiguresDrawn]) -> Edited:
    """The coder's turn on the figures' script."""
    take_up(parts, Edited, step)
    say(parts, Edited, step, f"{step}: the coder draws")
    message = parts.brief.figures(parts.laboratory.result_structure(), tries)
    return ask_coder(parts, turn_on(parts.session.template.figures, step, message, tries))
