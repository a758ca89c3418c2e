"""Measure, check that all contestants learnt the same, write results.json and the tables of docs/performance.md.

python -m benchmarks [--quick] [--session] [--absorption] [--only=times|losses] [--write=no]      (`make bench ARGS=…`)
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import harness  # noqa: F401  (sets how threads wait, before torch is loaded)

os.environ.setdefault("JAXTYPING_DISABLE", "1")
import beartype  # noqa: F401  (before nnsight)

from benchmarks.absorption import absorption_table, measure_absorption
from benchmarks.contestants import LIMITS, OURS, PRECISIONS
from benchmarks.measure import (
    ROUNDS,
    Apart,
    Kept,
    LossesDiffer,
    Row,
    check_losses,
    measure,
    measure_losses,
    measure_times,
)
from benchmarks.peers import PEERS
from benchmarks.problem import SHAPES, Shape
from benchmarks.report import between, differences, goals, machine, ratios, tables
from benchmarks.session import RUNS, cases, measure_session, session_table

REPOSITORY = Path(__file__).resolve().parents[1]
PAGE = REPOSITORY / "docs" / "performance.md"
RESULTS = Path(__file__).with_name("results.json")
KEPT = Path(__file__).with_name("kept.json")
SESSIONS = Path(__file__).with_name("session.json")
ABSORPTION = Path(__file__).with_name("absorption.json")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="the smallest shape only")
    parser.add_argument("--session", action="store_true", help="ten runs with the cache and without, instead")
    parser.add_argument(
        "--absorption", action="store_true", help="three eval seeds beside sae-bench's, instead"
    )
    parser.add_argument("--runs", type=int, default=RUNS, help="of a session")
    parser.add_argument(
        "--only",
        choices=["times", "losses"],
        help="one half, kept for a later call: times want a quiet machine",
    )
    parser.add_argument(
        "--untrained",
        action="store_true",
        help="train none of those that have no loss yet: their losses stay null, and the page says so",
    )
    parser.add_argument("--shapes", nargs="+", metavar="D_INxD_SAE", help="some of the shapes")
    parser.add_argument(
        "--write", choices=["yes", "no"], default="yes", help="the results and docs/performance.md"
    )
    given = parser.parse_args()
    if os.getloadavg()[0] > 0.5 * (os.cpu_count() or 1):
        say("other programs are busy on this machine: times will be too long, and ratios rough")
    described = machine()
    try:
        if given.session:
            measure_sessions(described, given.runs, given.write == "yes")
        elif given.absorption:
            measure_seeds(described, given.write == "yes")
        else:
            shapes: tuple[Shape, ...] = SHAPES[:1] if given.quick else SHAPES
            if given.shapes:
                shapes = tuple(shape for shape in shapes if str(shape) in given.shapes)
            kept = Kept(KEPT, complete=given.untrained)
            measure_training(described, shapes, kept, given.only, given.write == "yes")
    except LossesDiffer as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    return 0


def measure_training(
    described: str, shapes: Sequence[Shape], kept: Kept, only: str | None, write: bool
) -> None:
    """All contestants at all shapes: the times of all, then what they learnt. Raises LossesDiffer, and then writes no results.

    A call that was stopped, or made with `only`, leaves what it measured in kept.json, where the next call finds it.
    """
    entries = {**LIMITS, **OURS, **PEERS}
    cases = [(shape, precision) for shape in shapes for precision in PRECISIONS]
    for shape, precision in cases if only != "losses" else []:
        measure_times(shape, precision, entries, ROUNDS, Apart, kept)
        say(f"{shape}, {precision}: timed")
    for shape, precision in cases if only != "times" else []:
        measure_losses(shape, precision, entries, Apart, kept)
        say(f"{shape}, {precision}: trained")
    if only:
        return
    rows: list[Row] = []
    for shape in shapes:
        rows += measure(shape, entries, kept=kept)
    check_losses(rows, "labloop")
    sys.stdout.write(tables(rows) + "\n\n" + "\n".join(goals(ratios(rows))) + "\n")
    if not write:
        return
    RESULTS.write_text(
        "[\n" + ",\n".join(" " + json.dumps(row.as_dict()) for row in rows) + "\n]\n", encoding="utf-8"
    )
    words = "\n".join(f"- {line}" for line in goals(ratios(rows)))
    inside = f"Measured on: {described}.\n\n{tables(rows)}\n\nGoals:\n{words}\n\nNot the same maths as ours:\n{differences(rows)}"
    PAGE.write_text(between(PAGE.read_text(encoding="utf-8"), "training", inside), encoding="utf-8")
    KEPT.unlink()


def measure_sessions(described: str, runs: int, write: bool) -> None:
    """Ten runs with the cache and without, case by case."""
    import tempfile

    found = []
    with tempfile.TemporaryDirectory() as folder:
        for name, case in cases(Path(folder)).items():
            found.append(measure_session(name, case(), runs))
            say(f"{name}: {found[-1].as_dict()}")
    sys.stdout.write(session_table(found) + "\n")
    if write:
        SESSIONS.write_text(json.dumps([each.as_dict() for each in found], indent=1) + "\n", encoding="utf-8")
        inside = f"Measured on: {described}; {runs} runs.\n\n{session_table(found)}"
        PAGE.write_text(between(PAGE.read_text(encoding="utf-8"), "session", inside), encoding="utf-8")


def measure_seeds(described: str, write: bool) -> None:
    """Absorption over three eval seeds, and two separate evals."""
    found = measure_absorption()
    sys.stdout.write(absorption_table(found) + "\n")
    if write:
        ABSORPTION.write_text(json.dumps(found.as_dict(), indent=1) + "\n", encoding="utf-8")
        inside = f"Measured on: {described}.\n\n{absorption_table(found)}"
        PAGE.write_text(between(PAGE.read_text(encoding="utf-8"), "absorption", inside), encoding="utf-8")


def say(text: str) -> None:
    """A line of progress."""
    sys.stderr.write(f"bench: {text}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
