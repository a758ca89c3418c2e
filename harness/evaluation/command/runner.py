"""All scores of one SAE, eval by eval."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Sequence

from harness.errors import HarnessError
from harness.evaluation.command.side_by_side import run_evals, threads
from harness.evaluation.evals.base import Eval
from harness.evaluation.scoring.described import as_upstream_sae
from harness.evaluation.scoring.scores import Found, Outcome, Scores, together
from harness.evaluation.scoring.subjects import Subject
from harness.evaluation.submitted.submission import SubmissionError

log = logging.getLogger(__name__)


Tell = Callable[[Scores], object]


def score(
    subject: Subject, evals: Sequence[Eval], at_once: int = 1, made: Sequence[Outcome] = (), tell: Tell = lambda _: None
) -> Scores:
    """Run these evals, `at_once` of them side by side, but those that were `made` before.

    One that fails is named with its reason, and the others are run. Raises what an eval raises where it ends all (the SAE
    is at fault, or the machine), or where none has a score. `tell` is told of the scores so far after each eval; one that has yet to
    come stands among those that failed. The numbers are the same however many run at once; more than 1 only where nothing
    was trained in this process before.
    """
    as_upstream_sae(subject.submission)
    outcomes = {each.name: each for each in made}
    left = [each for each in evals if each.name not in outcomes]

    def heard(outcome: Outcome) -> None:
        outcomes[outcome.name] = outcome
        waiting = [
            Outcome(each.name, 0.0, error=NotYet("not scored yet")) for each in evals if each.name not in outcomes
        ]
        so_far = [outcomes[each.name] for each in evals if each.name in outcomes]
        if outcome.found and not any(each.ends_all for each in so_far):
            tell(together([*so_far, *waiting], subject.details()))

    try:
        with threads(subject.threads):
            if len(left) > 1:  # one alone loads what it reads itself
                subject.load()
            for outcome in run_evals(lambda each: _outcome(subject, each), left, at_once, heard):
                outcomes[outcome.name] = outcome
    finally:
        subject.close()
    scores = together([outcomes[each.name] for each in evals if each.name in outcomes], subject.details())
    for name, reason in scores.failed.items():
        log.warning("failed: %s: %s", name, reason)
    return scores


def finite(found: Found) -> Found:
    """What an eval found. Raises SubmissionError where a metric is no finite number."""
    if unsound := [name for name, value in found.metrics.items() if not math.isfinite(value.mean)]:
        raise SubmissionError(f"not finite: {', '.join(unsound)}")
    return found


class NotYet(HarnessError):
    """Stands for the score of an eval that is still to come."""


def _outcome(subject: Subject, each: Eval) -> Outcome:
    """What comes of one eval. An exception is kept: it crosses from one process to another."""
    started = time.monotonic()
    log.info("scoring %s", each.name)
    try:
        found = finite(subject.run(each))
    except (
        Exception
    ) as error:  # whatever it is, it loses this eval alone, or is raised where the outcomes are put together
        if not isinstance(error, HarnessError):
            log.exception("%s cannot go on", each.name)  # its traceback does not cross
        return Outcome(each.name, round(time.monotonic() - started, 2), error=error)
    seconds = round(time.monotonic() - started, 2)
    log.info("scored %s in %.1f s", each.name, seconds)
    return Outcome(each.name, seconds, found)
