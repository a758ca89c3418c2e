"""All scores of one SAE, with the eval's own spread where an eval draws at random."""

from __future__ import annotations

import logging
import statistics
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from torch import Tensor

from harness.evaluation.absorption import absorption_scores
from harness.evaluation.artifacts import Artifacts, special_tokens
from harness.evaluation.core import core_scores
from harness.evaluation.probing import mean_codes, probing_scores
from harness.evaluation.reconstruction import reconstruct
from harness.evaluation.separation import separation
from harness.evaluation.submission import Submission
from harness.evaluation.upstream import as_upstream_sae

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Value:
    """A metric: its mean over n repeats of the evaluation, and their standard deviation (None where n is 1)."""

    mean: float
    spread: float | None
    n: int


@dataclass(frozen=True)
class Scores:
    """What the evaluator writes: `metrics` by name, and `details` (seconds of each eval, sizes)."""

    metrics: dict[str, Value]
    details: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The evaluator's file, format 1."""
        return {
            "format": 1,
            "metrics": {name: asdict(value) for name, value in self.metrics.items()},
            "details": self.details,
        }


def over_repeats(repeats: Sequence[dict[str, float]]) -> dict[str, Value]:
    """Mean and sample standard deviation of each metric over repeats that report the same metrics."""
    found = {}
    for name in repeats[0]:
        values = [scores[name] for scores in repeats]
        spread = statistics.stdev(values) if len(values) > 1 else None
        found[name] = Value(statistics.fmean(values), spread, len(values))
    return found


def score(
    submission: Submission, activations: Tensor, artifacts: Artifacts, model: Any, repeats: int
) -> Scores:
    """Run every eval. `activations` are held-out [tokens, d_in], `model` is the language model as a HookedTransformer."""
    seconds: dict[str, float] = {}
    started = time.monotonic()

    def lap(name: str) -> None:
        nonlocal started
        seconds[name] = round(time.monotonic() - started, 2)
        log.info("scored %s in %.1f s", name, seconds[name])
        started = time.monotonic()

    sae = as_upstream_sae(submission)
    rebuilt = reconstruct(submission, activations)
    apart = separation(submission.weights.W_dec, rebuilt.counts)
    lap("reconstruction")
    core = core_scores(sae, model, artifacts.tokens, special_tokens(model.tokenizer))
    lap("core")
    absorbed = [
        absorption_scores(sae, artifacts.letters, submission.layer, repeat) for repeat in range(repeats)
    ]
    lap("absorption")
    codes = mean_codes(sae, artifacts.probing)
    probed = [probing_scores(*codes, repeat) for repeat in range(repeats)]
    lap("probing")

    once = {name: value for name, value in asdict(rebuilt).items() if name != "counts"} | asdict(apart) | core
    metrics = over_repeats([once]) | over_repeats(absorbed) | over_repeats(probed)
    return Scores(metrics, {"seconds": seconds, "heldout_tokens": len(activations), "repeats": repeats})
