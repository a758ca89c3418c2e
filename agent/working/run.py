"""One run: edited, launched and repaired until it is accepted or given up."""

from __future__ import annotations

from agent.coding.reply import read_reply
from agent.coding.tries import Tries
from agent.errors import EnvironmentBroken, NoRecordedAnswer
from agent.experiment.asking import Asking, Attempted
from agent.experiment.doubts.asked import DOUBT
from agent.results.choosing.parents import planned_title
from agent.results.story import story_of
from agent.session.events import AttemptEnded, Edited, ParentChosen, RunAbandoned, RunAccepted
from agent.session.steps import RunName, Step
from agent.working.parents import settle_parent
from agent.working.parts import Parts, ask_coder, say, turn_on
from agent.working.steering import take_up


def work_run(parts: Parts, run: RunName) -> RunAccepted | None:
    """Edit, launch and repair until a run is accepted; None when the coder is done or nothing works any more.

    Done before the plan is, it is asked back once. A session that ended without a run, taken up again, has new chances.
    """
    take_up(parts, ParentChosen, Step.parent(run))
    settle_parent(parts, run)
    limits, story = parts.session.settings.limits, story_of(parts.session)
    closed = -1 if parts.session.settings.paper.anyway else story.closed_without_runs
    turns, asked_back = 0, False
    for chance in range(limits.max_abandoned + sum(event.seq < closed for event in story.abandoned)):
        title, asking = planned_title(story, run), Asking(parts.laboratory, run)
        tries = Tries[AttemptEnded](limits.max_repairs + 1)
        while tries.left:
            turns += 1
            step = Step.turn(run, turns)
            try:
                edited = edit_experiment(parts, run, step, title, tries, asked_back)
            except NoRecordedAnswer:
                if tries.last and tries.last.failure.signature == DOUBT:
                    return asking.accept_as_it_was()
                if not asked_back or tries.last:
                    raise
                return None  # it was taken at its word where it was recorded
            if asking.has_a_result and not edited.changed:
                return asking.accept_as_it_was()
            if edited.completed and tries.idle:
                if edited.seq > closed and (asked_back or not story.left_to_do(limits.max_runs)):
                    return None
                asked_back, tries = True, tries.asked_anew()
                continue
            title = read_reply(edited.reply).title or title
            attempt = asking.try_out(Attempted(step, title, edited), may_ask=tries.number < tries.limit)
            if attempt.outcome == "ok":
                return parts.laboratory.accept(run, title, attempt, edited)
            if attempt.outcome == "environment":
                raise EnvironmentBroken(f"{run}: {attempt.reason}; no edit can mend this: mend it, then --resume")
            tries = tries.failed(edited, attempt)
        if asking.has_a_result:
            return asking.accept_as_it_was()
        abandon(parts, run, title, Step.abandoned(run, chance + 1), attempt)
    return None


def edit_experiment(
    parts: Parts, run: RunName, step: Step, title: str, tries: Tries[AttemptEnded], asked_back: bool = False
) -> Edited:
    """The coder's turn: the first message for a run, or what came of the last try; `asked_back`: it said it was done."""
    take_up(parts, Edited, step)
    say(parts, Edited, step, f"{step}: the coder {'repairs' if tries.last else 'edits'}")
    message = parts.brief.repair(run, title, tries) if tries.last else parts.brief.run(run, asked_back)
    return ask_coder(parts, turn_on(parts.session.template.experiment, step, message, tries))


def abandon(parts: Parts, run: RunName, title: str, step: Step, last: AttemptEnded) -> None:
    """Give a run up: its code is undone, its name is used again, later briefs name what was tried."""
    turns = parts.session.settings.limits.max_repairs + 1
    reason = f"no accepted result after {turns} turns; the last: {last.reason}"
    parts.session.journal.step(RunAbandoned, step, lambda: RunAbandoned(run=run, title=title, reason=reason))
