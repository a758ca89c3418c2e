"""The lines of results.json, and whether those who should do the same have learnt the same."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass

TOLERANCE = 0.05  # of the loss, beside ours in float32
LEARNT = 0.9  # of the loss of the initial weights: above it little was learnt, and losses must agree by that little


@dataclass(frozen=True)
class Row:
    """One line of results.json."""

    shape: str  # d_in x d_sae
    name: str
    precision: str
    ms_per_step: float  # median, wall clock
    loss_at_end: float | None  # part of held-out variance unexplained; null: bare matrix products, or not trained
    cpu_ms_per_step: float  # median of CPU time, divided by the threads: what a busy machine disturbs less
    batch: int
    k: int
    loss_batch: int  # the steps up to the loss were made on batches of so many
    differs: str  # in what it is not the same maths as ours
    loss_steps: int = 200
    lr: float = 1e-3
    loss_at_start: float | None = None  # of the initial weights

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


class LossesDiffer(Exception):
    """Contestants that should do the same have not learnt the same: their times cannot be compared."""


def check_losses(rows: list[Row], reference: str) -> None:
    """Raise LossesDiffer where a loss is not within the tolerance of the reference's in float32 at the same shape.

    The tolerance is a part of that loss. Where little was learnt (the initial weights do nearly as well), it is the same part of
    what was learnt, since losses that nobody moved agree and show nothing; where nothing was, none would do.
    """
    expected: dict[str, tuple[float, float]] = {}
    for row in rows:
        if (row.name, row.precision) != (reference, "float32"):
            continue
        before, after = row.loss_at_start or math.inf, math.nan if row.loss_at_end is None else row.loss_at_end
        if after >= before:
            raise LossesDiffer(
                f"{row.shape}: {reference} has {row.loss_at_end} after {row.loss_steps} steps, {row.loss_at_start} "
                "before the first: nothing is learnt at these settings, so equal losses would show nothing"
            )
        expected[row.shape] = (after, TOLERANCE * (before - after if after > LEARNT * before else after))
    wrong = [
        f"{row.name} ({row.precision}, {row.shape}): {row.loss_at_end}, {reference} {after} ± {allowed:.2g}"
        for row in rows
        for after, allowed in [expected.get(row.shape, (math.nan, math.nan))]  # NaN is near nothing
        if row.loss_at_end is not None and not abs(row.loss_at_end - after) <= allowed
    ]
    if wrong:
        raise LossesDiffer(
            f"losses differ by more than {TOLERANCE:.0%} of them, or of what was learnt: " + "; ".join(wrong)
        )
