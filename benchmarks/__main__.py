"""Measure, check that all contestants learnt the same, write results.json and the tables of docs/performance.md.

python -m benchmarks [--quick] [--device=cuda] [--session] [--absorption] [--attempt] [--handing] [--only=times|losses] [--write=no]      (`make bench ARGS=…`)
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import harness  # noqa: F401  (sets how threads wait, before torch is loaded)

os.environ.setdefault("JAXTYPING_DISABLE", "1")
import beartype  # noqa: F401  (before nnsight)

from benchmarks.absorption import absorption_table, measure_absorption
from benchmarks.attempt import ROUNDS as ATTEMPTS
from benchmarks.attempt import Attempt, ScoresDiffer, attempt_table, measure_attempts
from benchmarks.contestants import LIMITS, OURS, PRECISIONS, Entry, Ours
from benchmarks.handing import ROUNDS as HANDINGS
from benchmarks.handing import handing_table, measure_experiment, measure_feeds
from benchmarks.measure import ROUNDS, Apart, Kept, measure, measure_losses, measure_times, peaks
from benchmarks.peers import PEERS
from benchmarks.problem import GPU_SHAPES, SHAPES, Shape
from benchmarks.report import GOALS, GPU_GOALS, Goal, between, differences, goals, machine, of_peak, ratios, tables
from benchmarks.rows import LossesDiffer, Row, check_losses
from benchmarks.session import RUNS, cases, measure_session, session_table
from harness.device import choose_device, has_bfloat16
from harness.errors import DeviceError

REPOSITORY = Path(__file__).resolve().parents[1]
PAGE = REPOSITORY / "docs" / "performance.md"
SESSIONS = Path(__file__).with_name("session.json")
ABSORPTION = Path(__file__).with_name("absorption.json")
ATTEMPT = Path(__file__).with_name("attempt.json")


@dataclass(frozen=True)
class Target:
    """What training is measured on: which contestants, at which shapes, and where the figures go."""

    name: str
    shapes: tuple[Shape, ...]
    entries: Mapping[str, Entry]
    goals: Sequence[Goal]
    section: str  # of the page

    @property
    def results(self) -> Path:
        return Path(__file__).with_name("results.json" if self.name == "cpu" else f"results_{self.name}.json")

    @property
    def kept(self) -> Path:
        return Path(__file__).with_name("kept.json" if self.name == "cpu" else f"kept_{self.name}.json")


TARGETS = {
    "cpu": Target("cpu", SHAPES, {**LIMITS, **OURS, **PEERS}, GOALS, "training"),
    "cuda": Target("cuda", GPU_SHAPES, {**LIMITS, "labloop": Ours, **PEERS}, GPU_GOALS, "gpu"),
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="the smallest shape only")
    parser.add_argument("--session", action="store_true", help="ten runs with the cache and without, instead")
    parser.add_argument("--absorption", action="store_true", help="three eval seeds beside sae-bench's, instead")
    parser.add_argument("--attempt", action="store_true", help="one attempt, train and score, by its phases, instead")
    parser.add_argument(
        "--handing", action="store_true", help="training data from a process of its own, beside none, instead"
    )
    parser.add_argument("--runs", type=int, default=RUNS, help="of a session")
    parser.add_argument(
        "--only", choices=["times", "losses"], help="one half, kept for a later call: times want a quiet machine"
    )
    parser.add_argument(
        "--untrained",
        action="store_true",
        help="train none of those that have no loss yet: their losses stay null, and the page says so",
    )
    parser.add_argument("--device", choices=TARGETS, default="cpu", help="what training is measured on")
    parser.add_argument("--shapes", nargs="+", metavar="D_INxD_SAE", help="some of the shapes")
    parser.add_argument("--write", choices=["yes", "no"], default="yes", help="the results and docs/performance.md")
    given = parser.parse_args()
    if os.getloadavg()[0] > 0.5 * (os.cpu_count() or 1):
        say("other programs are busy on this machine: times will be too long, and ratios rough")
    described = machine()
    try:
        if given.session:
            measure_sessions(described, given.runs, given.write == "yes")
        elif given.absorption:
            measure_seeds(described, given.write == "yes")
        elif given.attempt:
            measure_phases(described, given.write == "yes")
        elif given.handing:
            measure_handing(described, given.write == "yes")
        else:
            target = TARGETS[given.device]
            shapes = target.shapes[:1] if given.quick else target.shapes
            if given.shapes:
                shapes = tuple(shape for shape in shapes if str(shape) in given.shapes)
            target = replace(target, shapes=shapes)
            choose_device(given.device)
            kept = Kept(target.kept, complete=given.untrained)
            measure_training(described, target, kept, given.only, given.write == "yes")
    except (LossesDiffer, ScoresDiffer, DeviceError) as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    return 0


def measure_training(described: str, target: Target, kept: Kept, only: str | None, write: bool) -> None:
    """All contestants at all shapes: the times of all, then what they learnt. Raises LossesDiffer, and then writes no results.

    A call that was stopped, or made with `only`, leaves what it measured in kept.json, where the next call finds it.
    """
    entries = target.entries
    precisions = known_precisions(target.name)
    cases = [(shape, precision) for shape in target.shapes for precision in precisions]
    for shape, precision in cases if only != "losses" else []:
        measure_times(shape, precision, entries, ROUNDS, Apart, kept)
        say(f"{shape}, {precision}: timed")
    for shape, precision in cases if only != "times" else []:
        measure_losses(shape, precision, entries, Apart, kept)
        say(f"{shape}, {precision}: trained")
    if only:
        return
    rows: list[Row] = []
    for shape in target.shapes:
        rows += measure(shape, entries, kept=kept, precisions=precisions)
    check_losses(rows, "labloop")
    words = "\n".join(f"- {line}" for line in goals(ratios(rows), target.goals))
    found = f"{tables(rows)}\n\nGoals:\n{words}"
    if target.name == "cuda":
        found += f"\n\nPart of the GPU's peak:\n{of_peak(rows, peaks())}"
    sys.stdout.write(found + "\n")
    if not write:
        return
    target.results.write_text(
        "[\n" + ",\n".join(" " + json.dumps(row.as_dict()) for row in rows) + "\n]\n", encoding="utf-8"
    )
    unlike = f"Not the same maths as ours:\n{differences(rows)}"
    into_page(target.section, f"Measured on: {described}.\n\n{found}\n\n{unlike}")
    target.kept.unlink()


def known_precisions(device: str) -> tuple[str, ...]:
    """Those that the device has instructions for: emulated, bfloat16 would take many times as long, and say nothing."""
    if has_bfloat16(choose_device(device)):
        return tuple(PRECISIONS)
    say("no bfloat16 instructions here: float32 alone is measured")
    return tuple(each for each in PRECISIONS if each != "bfloat16")


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
        into_page("session", f"Measured on: {described}; {runs} runs.\n\n{session_table(found)}")


def measure_seeds(described: str, write: bool) -> None:
    """Absorption over three eval seeds, and two separate evals."""
    found = measure_absorption()
    sys.stdout.write(absorption_table(found) + "\n")
    if write:
        ABSORPTION.write_text(json.dumps(found.as_dict(), indent=1) + "\n", encoding="utf-8")
        into_page("absorption", f"Measured on: {described}.\n\n{absorption_table(found)}")


def measure_phases(described: str, write: bool) -> None:
    """One attempt with an evaluator of its own, and with the one that stays."""
    found = measure_attempts()
    sys.stdout.write(attempt_table(found) + "\n")
    if write:
        as_dicts = {name: asdict(each) if isinstance(each, Attempt) else each for name, each in found.items()}
        ATTEMPT.write_text(json.dumps(as_dicts, indent=1) + "\n", encoding="utf-8")
        into_page("attempt", f"Measured on: {described}; the median of {ATTEMPTS} rounds.\n\n{attempt_table(found)}")


def measure_handing(described: str, write: bool) -> None:
    """Training data from a process of its own, and none."""
    experiment, feeds = measure_experiment(), measure_feeds()
    table = handing_table(experiment, feeds)
    sys.stdout.write(table + "\n")
    if write:
        busy = f"{os.getloadavg()[0]:.0f} programs busy at the end"
        into_page(
            "handing",
            f"Measured on: {described}; {busy}; the least of {HANDINGS} rounds, the lower quartile of draws.\n\n{table}",
        )


def into_page(section: str, inside: str) -> None:
    """Put it between the section's markers in docs/performance.md."""
    PAGE.write_text(between(PAGE.read_text(encoding="utf-8"), section, inside), encoding="utf-8")


def say(text: str) -> None:
    """A line of progress."""
    sys.stderr.write(f"bench: {text}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
