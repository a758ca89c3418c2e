"""The lines of results.json, and whether those who should do the same have learnt the same."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass

from benchmarks.problem import LOSS_STEPS

TOLERANCE = 0.05  # of the loss after 200 steps, beside ours in float32


@dataclass(frozen=True)
class Row:
    """One line of results.json."""

    shape: str  # d_in x d_sae
    name: str
    precision: str
    ms_per_step: float  # median, wall clock
    loss_after_200: float | None  # part of held-out variance unexplained; null: bare matrix products, or not trained
    cpu_ms_per_step: float  # median of CPU time, divided by the threads: what a busy machine disturbs less
    batch: int
    k: int
    loss_batch: int  # the 200 steps were made on batches of so many
    differs: str  # in what it is not the same maths as ours

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


class LossesDiffer(Exception):
    """Contestants that should do the same have not learnt the same: their times cannot be compared."""


def check_losses(rows: list[Row], reference: str) -> None:
    """Raise LossesDiffer where a loss is not within the tolerance of the reference's in float32 at the same shape."""
    expected = {
        row.shape: row.loss_after_200 or math.nan  # NaN is near nothing
        for row in rows
        if (row.name, row.precision) == (reference, "float32")
    }
    wrong = [
        f"{row.name} ({row.precision}, {row.shape}): {row.loss_after_200}, {reference} {expected[row.shape]}"
        for row in rows
        if row.loss_after_200 is not None
        and not abs(row.loss_after_200 - expected[row.shape]) <= TOLERANCE * expected[row.shape]
    ]
    if wrong:
        raise LossesDiffer(f"losses after {LOSS_STEPS} steps differ by more than {TOLERANCE:.0%}: " + "; ".join(wrong))
