"""All scores of one SAE, eval by eval."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from typing import Any

from harness.evaluation.evals.base import Eval
from harness.evaluation.scoring.described import as_upstream_sae
from harness.evaluation.scoring.scores import Scores, Value
from harness.evaluation.scoring.subjects import Subject

log = logging.getLogger(__name__)


def score(subject: Subject, evals: Sequence[Eval]) -> Scores:
    """Run these evals. Raises HarnessError where a score cannot be had."""
    metrics: dict[str, Value] = {}
    details: dict[str, Any] = {}
    seconds: dict[str, float] = {}
    undefined: dict[str, str] = {}  # why a metric is absent, of all evals
    as_upstream_sae(subject.submission)
    try:
        for number, each in enumerate(evals, 1):
            started = time.monotonic()
            log.info("scoring %s (%d of %d)", each.name, number, len(evals))
            found = subject.run(each)
            metrics |= found.metrics
            undefined |= found.details.get("undefined", {})
            details |= found.details
            seconds[each.name] = round(time.monotonic() - started, 2)
            log.info("scored %s in %.1f s", each.name, seconds[each.name])
    finally:
        subject.close()
    if undefined:
        details["undefined"] = undefined
    return Scores(metrics, details | {"seconds": seconds} | subject.details())
