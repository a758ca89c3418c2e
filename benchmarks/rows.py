"""The lines of results.json, and whether those who should do the same have learnt the same."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass

TOLERANCE = 0.05  # of the loss, beside ours in float32
LEARNT = 0.9  # of the loss of the initial weights: above it nothing was learnt that could be compared


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

    And where the reference itself has learnt nothing: then all agree, and it shows nothing.
    """
    for row in rows:
        ours, before = (row.name, row.precision) == (reference, "float32"), row.loss_at_start or math.inf
        if ours and (row.loss_at_end or 0.0) > LEARNT * before:
            raise LossesDiffer(
                f"{row.shape}: {reference} has {row.loss_at_end} after {row.loss_steps} steps, {row.loss_at_start} "
                "before the first: nothing is learnt at these settings, so equal losses would show nothing"
            )
    expected = {
        row.shape: row.loss_at_end or math.nan  # NaN is near nothing
        for row in rows
        if (row.name, row.precision) == (reference, "float32")
    }
    wrong = [
        f"{row.name} ({row.precision}, {row.shape}): {row.loss_at_end}, {reference} {expected[row.shape]}"
        for row in rows
        if row.loss_at_end is not None
        and not abs(row.loss_at_end - expected[row.shape]) <= TOLERANCE * expected[row.shape]
    ]
    if wrong:
        raise LossesDiffer(f"losses differ by more than {TOLERANCE:.0%}: " + "; ".join(wrong))
