"""The times of all contestants, taken in turns, and whether they have learnt the same."""

from __future__ import annotations

import contextlib
import functools
import json
import multiprocessing
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import torch

from benchmarks.contestants import PRECISIONS, Contestant, Entry
from benchmarks.problem import Problem, Shape
from benchmarks.rows import Row

ROUNDS = 3  # every contestant takes its turn in each
STEPS = {"cpu": 2, "cuda": 50}  # timed steps of a turn, after one that is not (caches hold the contestant before)


class Here:
    """A contestant in this process, with the problem that it works on."""

    def __init__(self, entry: Entry, shape: Shape, precision: str) -> None:
        self._entry, self._precision = entry, precision
        self._problem = Problem(shape)
        self._contestant: Contestant | None = entry(self._problem, precision)
        self.differs = self._contestant.differs

    def turn(self, number: int) -> tuple[list[float], list[float]]:
        """Milliseconds of the timed steps of one turn: by the clock, and of CPU time over the number of threads."""
        assert self._contestant is not None
        shape, walls, cpus = self._problem.shape, [], []
        steps = STEPS[shape.device]
        for step in range(steps + 1):
            x = self._problem.batch(number * (steps + 1) + step, shape.batch)
            finish(shape.device)
            wall, cpu = time.perf_counter(), time.process_time()
            self._contestant.step(x)
            finish(shape.device)
            if step:
                walls.append(1e3 * (time.perf_counter() - wall))
                cpus.append(1e3 * (time.process_time() - cpu) / torch.get_num_threads())
        return walls, cpus

    def loss(self) -> float | None:
        """The held-out loss of a new contestant after the shape's steps; ends the turns."""
        self._contestant = None  # its memory
        return loss_after(self._problem, self._entry, self._precision)

    def close(self) -> None:
        """Nothing to end."""


def finish(device: str) -> None:
    """Wait until a GPU has done what it was given."""
    if device == "cuda":
        torch.cuda.synchronize()


def peaks(size: int = 8_192, device: str = "cuda") -> dict[str, float]:
    """TFLOP/s of a large square product, by precision: what this machine gives at best."""
    found = {}
    for precision in PRECISIONS:
        square = torch.ones(size, size, dtype=getattr(torch, precision), device=device)
        seconds = []
        for _ in range(10):
            finish(device)
            began = time.perf_counter()
            square @ square
            finish(device)
            seconds.append(time.perf_counter() - began)
        found[precision] = 2 * size**3 / (1e12 * statistics.median(seconds))
    return found


class Apart:
    """The same in a process of its own, so that no contestant runs with what another has set (memory, threads, types)."""

    def __init__(self, entry: Entry, shape: Shape, precision: str) -> None:
        processes = multiprocessing.get_context("spawn")
        self._ours, theirs = processes.Pipe()
        self._process = processes.Process(target=_serve, args=(theirs, entry, shape, precision), daemon=True)
        self._process.start()
        theirs.close()
        answer = self._ours.recv()
        if answer is None:
            self.close()
            raise NotImplementedError
        self.differs: str = answer

    def turn(self, number: int) -> tuple[list[float], list[float]]:
        self._ours.send(("turn", number))
        walls, cpus = self._ours.recv()
        return walls, cpus

    def loss(self) -> float | None:
        self._ours.send(("loss",))
        answer: float | None = self._ours.recv()
        return answer

    def close(self) -> None:
        """End the process."""
        self._ours.close()
        self._process.join(10)
        self._process.kill()


def _serve(connection: Connection, entry: Entry, shape: Shape, precision: str) -> None:
    """The other end of Apart: build the contestant, then answer until the connection is closed."""
    try:
        here = Here(entry, shape, precision)
    except NotImplementedError:
        connection.send(None)
        return
    connection.send(here.differs)
    with contextlib.suppress(EOFError):
        while True:
            method, *arguments = connection.recv()
            connection.send(getattr(here, method)(*arguments))


class Kept:
    """What is measured already, in a file, so that a benchmark that was stopped goes on where it was.

    With `complete`, losses that are not there stay unmeasured: a result without them says so (null).
    """

    def __init__(self, path: Path | None = None, complete: bool = False) -> None:
        self.complete = complete
        self._path = path
        self._found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path and path.exists() else {}

    def has(self, key: str) -> bool:
        """Whether something was kept under that key."""
        return key in self._found

    def get(self, key: str, measure: Callable[[], Any]) -> Any:
        """What was kept under that key; measured now where there is nothing."""
        if key not in self._found:
            self._found[key] = measure()
            if self._path:
                self._path.write_text(json.dumps(self._found, indent=1), encoding="utf-8")
        return self._found[key]


def measure(
    shape: Shape,
    entries: Mapping[str, Entry],
    rounds: int = ROUNDS,
    kind: type[Here] | type[Apart] = Apart,
    kept: Kept | None = None,
    precisions: Sequence[str] = PRECISIONS,
) -> list[Row]:
    """A row for each contestant and precision. An entry that raises NotImplementedError for a precision is left out."""
    kept = kept or Kept()
    rows = []
    start = kept.get(f"{shape} loss at the start", lambda: _loss_at_start(shape))
    for precision in precisions:
        times = measure_times(shape, precision, entries, rounds, kind, kept)
        losses = measure_losses(shape, precision, entries, kind, kept)
        rows += [
            Row(
                shape=str(shape),
                name=name,
                precision=precision,
                ms_per_step=wall,
                loss_at_end=losses[name],
                cpu_ms_per_step=cpu,
                batch=shape.batch,
                k=shape.k,
                loss_batch=shape.loss_batch,
                loss_steps=shape.loss_steps,
                lr=shape.lr,
                loss_at_start=start,
                differs=differs,
            )
            for name, (wall, cpu, differs) in times.items()
        ]
    return rows


def measure_times(
    shape: Shape, precision: str, entries: Mapping[str, Entry], rounds: int, kind: type[Here] | type[Apart], kept: Kept
) -> dict[str, list[Any]]:
    """By contestant: milliseconds a step by the clock, of CPU time, and in what it differs. All take turns."""
    return dict(kept.get(f"{shape} {precision} times", lambda: _times(shape, precision, entries, rounds, kind)))


def measure_losses(
    shape: Shape, precision: str, entries: Mapping[str, Entry], kind: type[Here] | type[Apart], kept: Kept
) -> dict[str, float | None]:
    """By contestant: the held-out loss after the shape's steps, None for one that does not learn. Needs no quiet machine."""
    found: dict[str, float | None] = {}
    for name, entry in entries.items():
        if kept.complete and not kept.has(f"{shape} {precision} loss {name}"):
            found[name] = None
            continue
        with contextlib.suppress(NotImplementedError):
            found[name] = kept.get(
                f"{shape} {precision} loss {name}", functools.partial(_loss, entry, shape, precision, kind)
            )
    return found


def _times(
    shape: Shape, precision: str, entries: Mapping[str, Entry], rounds: int, kind: type[Here] | type[Apart]
) -> dict[str, list[Any]]:
    players: dict[str, Here | Apart] = {}
    for name, entry in entries.items():
        with contextlib.suppress(NotImplementedError):
            players[name] = kind(entry, shape, precision)
    turns: dict[str, list[tuple[list[float], list[float]]]] = {name: [] for name in players}
    for number in range(rounds):
        for name, player in players.items():
            turns[name].append(player.turn(number))
    found = {}
    for name, player in players.items():
        wall = statistics.median(ms for walls, _ in turns[name] for ms in walls)
        cpu = statistics.median(ms for _, cpus in turns[name] for ms in cpus)
        found[name] = [round(wall, 2), round(cpu, 2), player.differs]
        player.close()
    return found


def _loss_at_start(shape: Shape) -> float:
    problem = Problem(shape)
    return round(problem.loss(problem.initial()), 5)


def _loss(entry: Entry, shape: Shape, precision: str, kind: type[Here] | type[Apart]) -> float | None:
    player = kind(entry, shape, precision)
    try:
        return player.loss()
    finally:
        player.close()


def loss_after(problem: Problem, entry: Entry, precision: str) -> float | None:
    """The held-out loss of a new contestant after the shape's steps; None for one that does not learn."""
    contestant = entry(problem, precision)
    if contestant.weights() is None:
        return None
    for step in range(problem.shape.loss_steps):
        contestant.step(problem.batch(step, problem.shape.loss_batch))
    weights = contestant.weights()
    assert weights is not None
    return round(problem.loss(weights), 5)
