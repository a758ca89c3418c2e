"""All scores of one SAE, eval by eval."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from typing import Any

from harness.errors import HarnessError
from harness.evaluation.command.side_by_side import run_evals, threads
from harness.evaluation.evals.base import Eval
from harness.evaluation.scoring.described import as_upstream_sae
from harness.evaluation.scoring.scores import Outcome, Scores, Value
from harness.evaluation.scoring.subjects import Subject

log = logging.getLogger(__name__)


def score(subject: Subject, evals: Sequence[Eval], at_once: int = 1) -> Scores:
    """Run these evals, `at_once` of them side by side. Raises HarnessError where a score cannot be had.

    The numbers are the same however many run at once; more than 1 only where nothing was trained in this process before.
    """
    as_upstream_sae(subject.submission)
    try:
        with threads(subject.threads):
            subject.load()
            outcomes = run_evals(lambda each: _outcome(subject, each), evals, at_once)
    finally:
        subject.close()
    return _together(outcomes, subject)


def _outcome(subject: Subject, each: Eval) -> Outcome:
    """What comes of one eval. An exception is kept: it crosses from one process to another."""
    started = time.monotonic()
    log.info("scoring %s", each.name)
    try:
        found = subject.run(each)
    except Exception as error:  # whatever it is, it is raised again where the outcomes are put together
        if not isinstance(error, HarnessError):
            log.exception("%s cannot go on", each.name)  # its traceback does not cross
        return Outcome(each.name, round(time.monotonic() - started, 2), error=error)
    seconds = round(time.monotonic() - started, 2)
    log.info("scored %s in %.1f s", each.name, seconds)
    return Outcome(each.name, seconds, found)


def _together(outcomes: Sequence[Outcome], subject: Subject) -> Scores:
    """The metrics and details of all. Raises the first error among them."""
    metrics: dict[str, Value] = {}
    details: dict[str, Any] = {}
    for each in outcomes:
        if each.error is not None:
            raise each.error
        assert each.found is not None
        metrics |= each.found.metrics
        details |= each.found.details
    seconds = {each.name: each.seconds for each in outcomes}
    return Scores(metrics, details | {"seconds": seconds} | subject.details())
