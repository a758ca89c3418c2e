"""What is said of an accepted run: its note, a second model's advice on it, and the note's final form."""

from __future__ import annotations

from agent.errors import BadAnswer, NoAnswer, NoRecordedAnswer
from agent.models.replies.declined import check_given
from agent.models.replies.subject import check_speaks
from agent.models.replies.unused import MEND_AND_RESUME
from agent.results.choosing.parents import Change, called
from agent.results.story import Story, story_of
from agent.session.events import Advised, Edited, FiguresDrawn, Noted, ParentChosen, RunAccepted
from agent.session.steps import BASELINE, Step
from agent.session.versions import diff_between
from agent.working.parts import Parts, say
from agent.writing.known import subject_of_session
from agent.writing.notes.asking import finish_note, note_run
from agent.writing.notes.text import write_notes


def review_run(parts: Parts, accepted: RunAccepted) -> None:
    """The note on an accepted run, the advice on both, and the note's final form."""
    change = change_of(parts, accepted)
    note = note_run(parts.session, parts.gateway, accepted, change)
    advised = ask_advice(parts, accepted, note, change)
    answer_advice(parts, accepted, note, advised)


def ask_advice(parts: Parts, accepted: RunAccepted, note: Noted, change: Change) -> Advised:
    """A second model comments on the run; the next brief shows it. Without advice the session goes on, and notes and page say so."""
    step = Step.advice(accepted.run)
    say(parts, Advised, step, f"{step}: the adviser reads")

    def read(answer: str) -> str:
        return check_speaks(check_given(answer), subject_of_session(parts.session), "advice")

    def work() -> Advised:
        values = parts.brief.advice(accepted, note.text, change)
        try:
            text = parts.gateway.ask_for("adviser", step, "advice", read, **values)
        except (BadAnswer, NoAnswer) as failed:
            parts.progress.now(f"{step}: no usable advice, going on without")
            return Advised(run=accepted.run, text="", refused=str(failed).removesuffix(MEND_AND_RESUME))
        return Advised(run=accepted.run, text=text)

    advised = parts.session.journal.step(Advised, step, work)
    if advised.refused:
        write_notes(parts.session.paths, parts.session.journal.events)
    return advised


def answer_advice(parts: Parts, accepted: RunAccepted, note: Noted, advised: Advised) -> None:
    """The note's final form. None where there is no advice, a recording knows no such question, or an older version went on without."""
    step = Step.note_final(accepted.run)
    recorded = parts.session.journal.find(Noted, step) is not None
    if not recorded and (not advised.text or _went_on(story_of(parts.session), advised)):
        return
    say(parts, Noted, step, f"{step}: the writer answers the advice")
    try:
        finish_note(parts.session, parts.gateway, accepted, note, advised)
    except NoRecordedAnswer:
        parts.progress.say(f"{step}: the recording has none; the note stays as it was before the advice")


def _went_on(story: Story, advised: Advised) -> bool:
    """Whether the next run, or the figures, began after this advice: whoever worked then had the note as it was."""
    after = (event for event in story.events if event.seq > advised.seq)
    return any(isinstance(event, (ParentChosen, Edited, FiguresDrawn)) for event in after)


def change_of(parts: Parts, accepted: RunAccepted) -> Change:
    """What a run changed against its parent, and against the baseline."""
    story, blobs = story_of(parts.session), parts.session.blobs
    names = parts.session.template.experiment.editable
    parent, baseline = story.parent_of(accepted.run) or accepted, story.accepted[BASELINE]
    whole = diff_between(blobs, baseline.code, accepted.code, names)
    return Change(
        parent=parent.run,
        called=called(parent),
        why=story.why_parent(accepted.run),
        diff=diff_between(blobs, parent.code, accepted.code, names),
        from_baseline="" if parent.run.is_baseline else whole,
    )
