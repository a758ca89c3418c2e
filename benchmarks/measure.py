"""The times of all contestants, taken in turns, and whether they have learnt the same."""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass

import torch

from benchmarks.contestants import PRECISIONS, Contestant, Entry
from benchmarks.problem import LOSS_STEPS, Problem, Shape

ROUNDS = 5  # every contestant takes its turn in each
STEPS = 2  # timed steps of a turn, after one that is not (caches hold the contestant before)
TOLERANCE = 0.05  # of the loss after 200 steps, beside ours in float32


@dataclass(frozen=True)
class Row:
    """One line of results.json."""

    shape: str  # d_in x d_sae
    name: str
    precision: str
    ms_per_step: float  # median, wall clock
    loss_after_200: float | None  # fraction of held-out variance unexplained; null for bare matrix products
    cpu_ms_per_step: float  # median of CPU time, divided by the threads: what a busy machine disturbs less
    batch: int
    k: int
    loss_batch: int  # the 200 steps were made on batches of so many
    differs: str  # in what it is not the same maths as ours

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


class LossesDiffer(Exception):
    """Contestants that should do the same have not learnt the same: their times cannot be compared."""


def measure(shape: Shape, entries: Mapping[str, Entry], rounds: int = ROUNDS) -> list[Row]:
    """A row for each contestant and precision. An entry that raises NotImplementedError for a precision is left out."""
    problem = Problem(shape)
    rows = []
    for precision in PRECISIONS:
        taking_part = {
            name: made for name, entry in entries.items() if (made := start(entry, problem, precision))
        }
        times = time_in_turns(problem, taking_part, rounds)
        differs = {name: contestant.differs for name, contestant in taking_part.items()}
        taking_part.clear()  # their memory, before the next ones are made
        for name, (wall, cpu) in times.items():
            loss = loss_after(problem, entries[name], precision)
            rows.append(
                Row(
                    str(shape), name, precision, round(wall, 2), loss, round(cpu, 2), shape.batch, shape.k,
                    shape.loss_batch, differs[name],
                )
            )  # fmt: skip
    return rows


def start(entry: Entry, problem: Problem, precision: str) -> Contestant | None:
    """A new contestant, or None where it does not take part in that precision."""
    try:
        return entry(problem, precision)
    except NotImplementedError:
        return None


def time_in_turns(
    problem: Problem, contestants: Mapping[str, Contestant], rounds: int
) -> dict[str, tuple[float, float]]:
    """Milliseconds a step by name: medians of wall clock, and of CPU time over the number of threads."""
    walls: dict[str, list[float]] = {name: [] for name in contestants}
    cpus: dict[str, list[float]] = {name: [] for name in contestants}
    for turn in range(rounds):
        for name, contestant in contestants.items():
            for step in range(STEPS + 1):
                x = problem.batch(turn * (STEPS + 1) + step, problem.shape.batch)
                wall, cpu = time.perf_counter(), time.process_time()
                contestant.step(x)
                if step:
                    walls[name].append(1e3 * (time.perf_counter() - wall))
                    cpus[name].append(1e3 * (time.process_time() - cpu) / torch.get_num_threads())
    return {name: (statistics.median(walls[name]), statistics.median(cpus[name])) for name in contestants}


def loss_after(problem: Problem, entry: Entry, precision: str, steps: int = LOSS_STEPS) -> float | None:
    """The held-out loss of a new contestant after that many steps; None for one that does not learn."""
    contestant = entry(problem, precision)
    if contestant.weights() is None:
        return None
    for step in range(steps):
        contestant.step(problem.batch(step, problem.shape.loss_batch))
    weights = contestant.weights()
    assert weights is not None
    return round(problem.loss(weights), 5)


def check_losses(rows: list[Row], reference: str) -> None:
    """Raise LossesDiffer where a loss is not within the tolerance of the reference's in float32 at the same shape."""
    expected = {
        row.shape: row.loss_after_200 for row in rows if (row.name, row.precision) == (reference, "float32")
    }
    wrong = [
        f"{row.name} ({row.precision}, {row.shape}): {row.loss_after_200}, {reference} {expected[row.shape]}"
        for row in rows
        if row.loss_after_200 is not None
        and not abs(row.loss_after_200 - expected[row.shape]) <= TOLERANCE * expected[row.shape]
    ]
    if wrong:
        raise LossesDiffer(
            f"losses after {LOSS_STEPS} steps differ by more than {TOLERANCE:.0%}: " + "; ".join(wrong)
        )
