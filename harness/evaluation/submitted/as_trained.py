"""Is the saved SAE the one that was trained? Its error on activations that it was trained on, against the last that the run recorded.

An SAE that was never trained, that was put in the place of the trained one, or that was altered after training rebuilds its training
data worse, or better, than the run's own loss curve says.
"""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from harness.activations import KIND, Activations, Request, load, sample_of
from harness.evaluation.submitted.submission import Submission, SubmissionError
from harness.grad import no_grad
from harness.halving import halving
from harness.store.cache import Cache

log = logging.getLogger(__name__)

ROWS = 8_192
"""Of the training activations, chosen at random."""
LAST = 5
"""Points of the curve, the last ones: each is the error of one batch, a sample."""
APART = 1.5
"""How many times the last of these another may be, or be below it, to be a sample of the same: a curve that jumps at its end
holds an SAE to its last point alone."""
WORSE, BETTER = 0.10, 0.30
"""How much worse than the largest, and better than the smallest, of these the saved SAE may be: docs/metrics.md has what was measured
of every kind. An average of the weights is better than the last of them."""


@dataclass(frozen=True)
class Recorded:
    """The last errors of a run's curve; `by` says in what: mse, of the scaled activations, or reconstruction, a part of their variance."""

    by: str
    values: tuple[float, ...]

    @property
    def near(self) -> tuple[float, ...]:
        """The last value, with those of the others that may be a sample of the same error."""
        last = self.values[-1]
        return tuple(value for value in self.values if last / APART <= value <= last * APART)


@dataclass(frozen=True)
class AsTrained:
    """What the run recorded last, and what its saved SAE does."""

    recorded: Recorded
    measured: float

    @property
    def off(self) -> float:
        """How much worse the saved SAE is than the nearest of the last errors: 0.41 where its error is 1.41 times that; 0 among them."""
        low, high = min(self.recorded.near), max(self.recorded.near)
        return self.measured / min(max(self.measured, low), high) - 1

    def check(self) -> None:
        """Raises SubmissionError where the saved SAE is not what was trained."""
        if -BETTER <= self.off <= WORSE:
            return
        how = f"{self.off:.0%} worse" if self.off > 0 else f"{-self.off:.0%} better"
        raise SubmissionError(
            f"the saved SAE rebuilds its training activations {how} than the last loss recorded says ({self.recorded.by} "
            f"{self.measured:.4g}, and {self.recorded.values[-1]:.4g} was recorded): save the SAE that was trained, as it was "
            "trained, and record the error of its own x_hat in the curve"
        )

    def details(self) -> dict[str, Any]:
        """As the evaluator writes it."""
        values = {"recorded": self.recorded.values[-1], "measured": self.measured, "off": self.off}
        return {"by": self.recorded.by, **{name: float(f"{value:.4g}") for name, value in values.items()}}


def recorded_in(run_dir: Path) -> Recorded | None:
    """The last errors of the run's curve; None where nothing was trained (a control, an SAE that was made elsewhere).

    Raises SubmissionError where a run that took steps recorded none, or what is no number above 0.
    """
    training = _table(json.loads((run_dir / "final_info.json").read_text()).get("training"))
    curve = _table(training.get("curve"))
    if not training.get("steps") and not curve.get("loss"):
        return None
    for name in ("mse", "reconstruction"):
        values = curve.get(name)
        if not isinstance(values, list) or not values:
            continue
        last = values[-LAST:]
        if unsound := [value for value in last if not _is_error(value)]:
            raise SubmissionError(f"training.curve.{name} holds {str(unsound[0])[:40]}, which is no error of an SAE")
        return Recorded(name, tuple(map(float, last)))
    raise SubmissionError(
        "training.curve has no mse: keep the squared error of each logged batch as experiment.py has it, since the "
        "saved SAE is held against it"
    )


def trained_on(request: Request) -> Activations | None:
    """What a Request asks for where the cache has it, else the sample that is kept of it; None where it has neither."""
    for each in (request, sample_of(request)):
        if Cache().find(KIND, each.fields()):
            return load(each)
    return None


def as_trained(submission: Submission, recorded: Recorded, rows: Any, norm: float) -> AsTrained:
    """The saved SAE on `rows` [tokens, d_in] that it was trained on; `norm` is the mean norm of what it is to give of them."""
    some = np.sort(np.random.default_rng(0).choice(len(rows), min(ROWS, len(rows)), replace=False))
    squared, variance = errors(submission, np.asarray(rows[some]))
    by_mse = recorded.by == "mse"
    return AsTrained(recorded, squared * submission.d_out / norm**2 if by_mse else squared / variance)


def _table(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _is_error(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < math.inf


@halving("batch")
@no_grad
def errors(submission: Submission, rows: Any, batch: int = 4096) -> tuple[float, float]:
    """Mean over rows [tokens, d_in] of ‖x − x̂‖² and of ‖x − x̄‖²."""
    sae, residual, variance = submission.sae, 0.0, 0.0
    mean = sae.pair(torch.from_numpy(rows.mean(0, dtype=np.float64)).to(sae.device))[1]
    for start in range(0, len(rows), batch):
        read, x = sae.pair(torch.from_numpy(rows[start : start + batch]).float().to(sae.device))
        residual += float((x - sae(read)).double().pow(2).sum())
        variance += float((x - mean).double().pow(2).sum())
    return residual / len(rows), variance / len(rows)
