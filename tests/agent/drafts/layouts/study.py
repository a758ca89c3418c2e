"""One small study (methods × data sets × seeds), and what an honest and a dishonest draft say of it; `written.py` keeps it as researchers do."""

from __future__ import annotations

import statistics
from dataclasses import dataclass

METHODS = ("baseline", "mixup", "cutout")
SETS = ("pets", "cars")
SEEDS = (0, 1, 2)
SETTINGS = {"lr": 0.05, "batch_size": 96, "epochs": 180}
MINUTES = {"baseline": 41.3, "mixup": 44.8, "cutout": 52.6}
_BASE = {
    ("baseline", "pets"): 0.8113,
    ("baseline", "cars"): 0.7342,
    ("mixup", "pets"): 0.8467,
    ("mixup", "cars"): 0.7791,
    ("cutout", "pets"): 0.8278,
    ("cutout", "cars"): 0.7525,
}
_MOVES = (-0.0041, 0.0017, 0.0036)


@dataclass(frozen=True)
class Cell:
    """One launch: a method on a data set with a seed."""

    method: str
    data: str
    seed: int

    @property
    def accuracy(self) -> float:
        turn = (METHODS.index(self.method) + 2 * SETS.index(self.data) + self.seed) % 3
        return round(
            _BASE[self.method, self.data]
            + _MOVES[turn] * (1 + 0.3 * METHODS.index(self.method) + 0.2 * SETS.index(self.data)),
            4,
        )

    @property
    def loss(self) -> float:
        return round(2.1 * (1 - self.accuracy) + 0.013 * SETS.index(self.data), 4)

    @property
    def results(self) -> dict[str, float]:
        return {"test_accuracy": self.accuracy, "test_loss": self.loss}


CELLS = tuple(Cell(method, data, seed) for method in METHODS for data in SETS for seed in SEEDS)


def accuracies(method: str, data: str) -> list[float]:
    return [one.accuracy for one in CELLS if (one.method, one.data) == (method, data)]


def mean(method: str, data: str) -> float:
    return statistics.fmean(accuracies(method, data))


def spread(method: str, data: str) -> float:
    return statistics.stdev(accuracies(method, data))


def mean_loss(method: str, data: str) -> float:
    return statistics.fmean(one.loss for one in CELLS if (one.method, one.data) == (method, data))


def _row(method: str, order: tuple[str, ...] = SETS, of: str = "", wide: float = 1.0) -> str:
    cells = (f"{100 * mean(of or method, data):.2f} ± {100 * wide * spread(of or method, data):.2f}" for data in order)
    return f"| {method.capitalize()} | " + " | ".join(cells) + " |"


_HEAD = (
    "Table 1: Test accuracy (%), mean ± standard deviation over 3 seeds.\n\n| Method | Pets | Cars |\n|---|---|---|\n"
)


def honest() -> str:
    """A draft all of whose numbers are right."""
    gain = 100 * (mean("mixup", "pets") - mean("baseline", "pets"))
    return (
        f"{_HEAD}" + "\n".join(_row(method) for method in METHODS) + "\n\n"
        "All models are trained for 180 epochs with a batch size of 96 and a learning rate of 0.05.\n\n"
        f"On Pets, mixup reaches a test accuracy of {100 * mean('mixup', 'pets'):.2f}%, "
        f"{gain:.2f} points above the baseline.\n\n"
        f"On Cars, cutout reaches a test accuracy of {100 * mean('cutout', 'cars'):.2f}%.\n"
    )


def dishonest() -> tuple[str, list[str]]:
    """A draft with faults in every place, and the numbers that are wrong as they are printed."""
    rows = [_row("baseline"), _row("mixup", SETS[::-1]), _row("cutout", of="mixup")]
    wrong = [
        "112",
        "0.07",
        f"{100 * mean('cutout', 'pets'):.2f}%",
        f"{100 * (mean('mixup', 'pets') - mean('baseline', 'pets')) + 0.91:.2f}",
        f"{100 * mean('cutout', 'cars') + 0.11:.2f}%",
    ]
    text = (
        f"{_HEAD}" + "\n".join(rows) + "\n\n"
        f"All models are trained for 180 epochs with a batch size of {wrong[0]} and a learning rate of {wrong[1]}.\n\n"
        f"On Pets, mixup reaches a test accuracy of {wrong[2]}, {wrong[3]} points above the baseline.\n\n"
        f"On Cars, cutout reaches a test accuracy of {wrong[4]}.\n"
    )
    return text, [*wrong, *(f"{100 * mean('mixup', data):.2f}" for data in 2 * SETS)]
