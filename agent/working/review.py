"""What is said of an accepted run: its note, and a second model's advice."""

from __future__ import annotations

from agent.coding.edit import diff_between
from agent.errors import BadAnswer, NoAnswer
from agent.models.declined import check_given
from agent.models.unused import MEND_AND_RESUME
from agent.results.story import story_of
from agent.session.events import Advised, Noted, RunAccepted
from agent.session.steps import Step
from agent.working.parts import Parts, say
from agent.writing.notes import note_run
from agent.writing.notes_text import write_notes


def review_run(parts: Parts, accepted: RunAccepted) -> None:
    """The note on an accepted run, then the advice on both."""
    note = note_run(parts.session, parts.gateway, accepted, diff_of(parts, accepted))
    ask_advice(parts, accepted, note)


def ask_advice(parts: Parts, accepted: RunAccepted, note: Noted) -> None:
    """A second model comments on the run; the next brief shows it. Without advice the session goes on, and notes and page say so."""
    step = Step.advice(accepted.run)
    say(parts, Advised, step, f"{step}: the adviser reads")
    values = parts.brief.advice(accepted, note.text, diff_of(parts, accepted))

    def work() -> Advised:
        try:
            text = parts.gateway.ask_for("adviser", step, "advice", check_given, **values)
        except (BadAnswer, NoAnswer) as failed:
            parts.progress.now(f"{step}: no usable advice, going on without")
            return Advised(run=accepted.run, text="", refused=str(failed).removesuffix(MEND_AND_RESUME))
        return Advised(run=accepted.run, text=text)

    if parts.session.journal.step(Advised, step, work).refused:
        write_notes(parts.session.paths, parts.session.journal.events)


def diff_of(parts: Parts, accepted: RunAccepted) -> str:
    """What a run changed against the accepted run before it."""
    before = story_of(parts.session).before(accepted) or accepted
    names = parts.session.template.experiment.editable
    return diff_between(parts.session.blobs, before.code, accepted.code, names)
