"""What a session's journal says of earlier launches: which code is known, what was measured, which number is next."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from agent.experiment.data import counted_to_the_end
from agent.experiment.done import FIXED_CHANGED, Done
from agent.experiment.launch_end import left_sha256
from agent.experiment.prove import Earlier, Measured, means_of
from agent.results.final_info import BadResults, read_final_info
from agent.results.story import story_of
from agent.sandbox.supervise import left_word
from agent.session.events import AttemptBegun, AttemptEnded, LaunchEnded, ScoringBegun, ScoringEnded
from agent.session.files import code_sha
from agent.session.run_info import RunInfo
from agent.session.session import Session
from agent.session.steps import BASELINE, RunName, Step

log = logging.getLogger(__name__)
# A killed experiment or a broken environment says nothing of the code; these do.
_CODE_AT_FAULT = ("crashed", "timed_out", "not_proven", "bad_results")


def launch_step(session: Session, step: Step) -> Step:
    """The name under which a launch is journalled; what was stopped, and not by its code, is tried anew when resumed."""
    resumed, again = story_of(session).resumed_seq, 0
    while (found := session.journal.find(AttemptEnded, step.again(again))) and _was_stopped(found, resumed):
        again += 1
    return step.again(again)


def _was_stopped(event: AttemptEnded, resumed: int) -> bool:
    """Whether the environment stopped it, and the session was taken up again since.

    So does a time limit what the template itself brings: it reaches it on a machine that has too much to do.
    """
    of_template = event.run.run is not None and event.run.run.is_baseline and not event.run.is_confirmation
    stopped = event.outcome == "environment" or (of_template and event.outcome == "timed_out")
    return stopped and event.seq < resumed


def next_number(session: Session) -> int:
    """One past every attempt that was ever begun here, also of those that were cut off."""
    begun = [event.number for event in session.journal.all(AttemptBegun)]
    folders = [int(path.name) for path in session.paths.attempts.glob("[0-9]*") if path.name.isdigit()]
    return 1 + max([0, *begun, *folders])


def done_of(session: Session, step: Step, holds: Callable[[Path], bool] = lambda folder: False) -> Done:
    """What was done of the launch of this step before the session was cut off; nothing where it must be launched.

    Where its folder is not what the experiment left, that is said, and it is launched anew. `holds`: whether a job of
    that folder is still to be waited for.
    """
    journal = session.journal
    ended = journal.find(LaunchEnded, step) or _ended_before(session, step)
    if ended is None:
        return Done(begun=_left_word(session, step, holds))
    if not _is_as_it_was_left(session, ended):
        return Done()
    number = ended.number
    scored = [event for event in journal.all(ScoringEnded) if event.number == number]
    if not scored:
        begun = any(event.number == number for event in journal.all(ScoringBegun))
        return Done(ended, scoring="unheard" if begun else "new")
    if scored[-1].outcome != "environment":
        return Done(ended, scored=scored[-1])
    return Done(ended, scoring="new" if scored[-1].signature == FIXED_CHANGED else "kept")


def _left_word(session: Session, step: Step, holds: Callable[[Path], bool]) -> int | None:
    """The attempt of this step that was begun last, where its experiment ended by itself: the session was killed as it did;
    or where it is a job that goes on without a session.

    None where the process that handed out data beside it had not counted to the end.
    """
    begun = session.journal.find(AttemptBegun, step)
    if begun is not None and holds(session.paths.attempt(begun.number).job):
        return begun.number
    paths = session.paths.attempt(begun.number) if begun is not None else None
    if begun is None or paths is None or not left_word(paths.report):
        return None
    return begun.number if session.template.hands_out is None or counted_to_the_end(paths) else None


def _ended_before(session: Session, step: Step) -> LaunchEnded | None:
    """The end of the launch that this one repeats, where it came as far as to be scored: only its score was lost to the machine."""
    before = [event for event in session.journal.all(LaunchEnded) if event.step.first_launch == step.first_launch]
    if not before or not any(event.number == before[-1].number for event in session.journal.all(ScoringBegun)):
        return None
    return before[-1]


def _is_as_it_was_left(session: Session, ended: LaunchEnded) -> bool:
    try:
        found = left_sha256(session.paths.attempt(ended.number))
    except OSError as error:
        found = str(error)
    if found == ended.left_sha256:
        return True
    log.warning("attempt %d: what it left has changed since it ended; %s is launched again", ended.number, ended.run)
    return False


def known_code(session: Session) -> tuple[dict[str, RunName], dict[str, AttemptEnded]]:
    """Hashes of code that was accepted (to its run), and of code that failed by its own fault (to the attempt)."""
    story = story_of(session)
    accepted = {_sha(session, event.code): name for name, event in story.accepted.items()}
    failed = {}
    for event in story.attempts:
        if event.number and event.outcome in _CODE_AT_FAULT and (edit := story.edit_of(event)):
            failed[_sha(session, edit.files)] = event
    return accepted, failed


def earlier_results(session: Session) -> Earlier:
    """What a new result must differ from: each seed of the baseline, and every accepted run."""
    story = story_of(session)
    if story.baseline is None:
        return Earlier()
    code = _sha(session, story.baseline.code)
    baseline = [
        Measured(f"the baseline with seed {seed}", means_of(info), code, info)
        for seed, info in baseline_seeds(session).items()
    ]
    first = {event.number: event.results for event in story.attempts}
    previous = [
        Measured(event.run, means_of(results), _sha(session, event.code))
        for event in story.runs
        for results in _once(event.results, first.get(event.attempt))  # over its seeds, and with its first
    ]
    return Earlier([*baseline, *_reported(session)], previous)


def _once(whole: RunInfo, first: RunInfo | None) -> tuple[RunInfo, ...]:
    """A run's results, and those of its first seed where they are others."""
    return (whole,) if not first or first == whole else (whole, first)


def _reported(session: Session) -> list[Measured]:
    """Published results: a result that equals them in all that they share was copied, not measured."""
    reported = session.template.reported
    if reported is None:
        return []
    return [Measured(f"the reported {name}", baseline.metrics, "") for name, baseline in reported.baselines.items()]


def baseline_seeds(session: Session) -> dict[int, RunInfo]:
    """The baseline's scored result for each seed, as the session keeps it in run_0/seeds/."""
    found = {}
    for seed in session.template.baseline.seeds:
        info = read_final_info(seed_result(session, seed).parent)
        with suppress(ValueError):  # a metric that is no number: as good as no result
            if not isinstance(info, BadResults) and info.metrics:
                found[seed] = info
    return found


def seed_result(session: Session, seed: int) -> Path:
    """Where the baseline's result for one seed lies."""
    return session.paths.seed_result(BASELINE, seed)


def _sha(session: Session, code: Mapping[str, str]) -> str:
    """`code_sha` of the experiment's files, from their blobs."""
    names = session.template.experiment.editable
    return code_sha({name: session.blobs.get(code[name]) for name in names if name in code})
