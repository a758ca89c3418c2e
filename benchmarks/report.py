"""Rows into words: ratios, which goals are reached, and the tables of docs/performance.md."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from benchmarks.rows import Row
from harness.device import instructions

OURS = "labloop"
PEER = "dictionary_learning"
FORWARD, BOTH = "encoder product, forward", "encoder products, forward and backward"
NOT_PEERS = (OURS, "labloop, no compiler", FORWARD, BOTH)


@dataclass(frozen=True)
class Ratios:
    """How ours stands at one shape and precision; None where what it is compared with was not measured."""

    shape: str
    precision: str
    over_dictionary_learning: float | None  # its time over ours
    over_fastest: float | None  # the fastest peer's time over ours
    fastest: str | None
    of_products: float | None  # our time over that of the encoder's forward and backward products


Goal = tuple[str, float, bool, str]  # field of Ratios, its limit, whether more is better, in words
GOALS: tuple[Goal, ...] = (
    ("over_dictionary_learning", 5.0, True, "5 times dictionary_learning"),
    ("over_fastest", 1.5, True, "1.5 times the fastest peer"),
    ("of_products", 1.6, False, "at most 1.6 times the encoder's forward and backward products"),
)
GPU_GOALS: tuple[Goal, ...] = (
    ("over_dictionary_learning", 2.0, True, "2 times dictionary_learning"),
    ("over_fastest", 1.0, True, "the fastest peer (sparsify has Triton kernels)"),
)


def ratios(rows: Sequence[Row]) -> list[Ratios]:
    """One for each shape and precision that ours was measured at."""
    found = []
    for ours in rows:
        if ours.name != OURS:
            continue
        times = {
            row.name: row.ms_per_step for row in rows if (row.shape, row.precision) == (ours.shape, ours.precision)
        }
        peers = {name: ms for name, ms in times.items() if name not in NOT_PEERS}
        fastest = min(peers, key=lambda name: peers[name], default=None)
        found.append(
            Ratios(
                ours.shape,
                ours.precision,
                times[PEER] / ours.ms_per_step if PEER in times else None,
                peers[fastest] / ours.ms_per_step if fastest else None,
                fastest,
                ours.ms_per_step / times[BOTH] if BOTH in times else None,
            )
        )
    return found


def goals(found: Sequence[Ratios], wanted: Sequence[Goal] = GOALS) -> list[str]:
    """A line for each goal: reached everywhere, or the worst case that misses it."""
    lines = []
    for field, limit, more_is_better, words in wanted:
        known = [(getattr(each, field), each) for each in found if getattr(each, field) is not None]
        if not known:
            lines.append(f"not measured: {words}")
            continue
        value, worst = (min if more_is_better else max)(known, key=lambda pair: pair[0])
        reached = value >= limit if more_is_better else value <= limit
        where = f"{worst.shape}, {worst.precision}"
        lines.append(
            f"{'reached' if reached else 'not reached'}: {words} (worst: {value:.2f}, at {where}; limit {limit})"
        )
    return lines


def tables(rows: Sequence[Row]) -> str:
    """Times and ratios, then losses, in Markdown."""
    found = {(each.shape, each.precision): each for each in ratios(rows)}
    names = list(dict.fromkeys(row.name for row in rows))
    cases = list(dict.fromkeys((row.shape, row.precision) for row in rows))
    by_case = {(row.shape, row.precision, row.name): row for row in rows}
    lines = ["Milliseconds a step:", "", _line(["d_in x d_sae", "batch", "precision", *names]), _rule(3 + len(names))]
    for shape, precision in cases:
        cells = [by_case.get((shape, precision, name)) for name in names]
        batch = str(next(cell.batch for cell in cells if cell))
        lines.append(_line([shape, batch, precision, *(f"{cell.ms_per_step:.0f}" if cell else "–" for cell in cells)]))
    lines += ["", "Ratios:", ""]
    lines += [_line(["d_in x d_sae", "precision", *(goal[3] for goal in GOALS)]), _rule(2 + len(GOALS))]
    for shape, precision in cases:
        if each := found.get((shape, precision)):
            values = [getattr(each, goal[0]) for goal in GOALS]
            lines.append(_line([shape, precision, *(f"{value:.2f}" if value else "–" for value in values)]))
    learnt = [name for name in names if any(row.loss_at_end for row in rows if row.name == name)]
    lines += ["", "Held-out variance unexplained after so many steps:", ""]
    lines += [_line(["d_in x d_sae", "steps x batch, rate", "precision", *learnt]), _rule(3 + len(learnt))]
    for shape, precision in cases:
        cells = [by_case.get((shape, precision, name)) for name in learnt]
        batch = next(f"{cell.loss_steps} x {cell.loss_batch}, {cell.lr:g}" for cell in cells if cell)
        lines.append(
            _line(
                [
                    shape,
                    batch,
                    precision,
                    *(f"{cell.loss_at_end:.4f}" if cell and cell.loss_at_end else "–" for cell in cells),
                ]
            )
        )
    untrained = [
        f"{row.name} ({row.shape}, {row.precision})" for row in rows if row.name in learnt and row.loss_at_end is None
    ]
    if untrained:
        lines += ["", f"Not trained, so that equal learning is not shown: {', '.join(untrained)}."]
    return "\n".join(lines)


def of_peak(rows: Sequence[Row], teraflops: Mapping[str, float]) -> str:
    """What part of a GPU's speed the dense products of our step take, by precision: a line for each shape.

    A step has one: x W_encᵀ, 2 · batch · d_in · d_sae operations. `teraflops`: the GPU's, as a large product measures it.
    """
    lines = []
    for row in rows:
        if row.name == OURS:
            d_in, d_sae = map(int, row.shape.split("x"))
            reached = 2 * row.batch * d_in * d_sae / (1e9 * row.ms_per_step)
            part = reached / teraflops[row.precision]
            lines.append(
                f"- {row.shape}, {row.precision}: {reached:.0f} TFLOP/s, {part:.0%} of {teraflops[row.precision]:.0f}"
            )
    return "\n".join(lines)


def differences(rows: Sequence[Row]) -> str:
    """In what each contestant is not the same maths as ours, in Markdown."""
    found = {row.name: row.differs for row in rows if row.differs}
    return "\n".join(f"- {name}: {what}" for name, what in found.items())


def machine() -> str:
    """What this was measured on, and how busy it was."""
    model = "unknown CPU"
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    except OSError:
        pass
    if torch.cuda.is_available():
        model = f"{torch.cuda.get_device_name()}, {model}"
    load = os.getloadavg()[0]
    return f"{model} ({instructions()}), {torch.get_num_threads()} threads, torch {torch.__version__}, load at the start {load:.1f}"


def between(text: str, name: str, inside: str) -> str:
    """The text with what stands between the markers of that name replaced. Raises ValueError where they are missing."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    if begin not in text or end not in text:
        raise ValueError(f"the markers {begin} and {end} are not in the page: put them back")
    before, rest = text.split(begin, 1)
    return f"{before}{begin}\n{inside.strip()}\n{end}{rest.split(end, 1)[1]}"


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _rule(columns: int) -> str:
    return "|" + "---|" * columns
