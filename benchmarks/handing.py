"""What it costs that training data is handed out by another process: an experiment at tiny scale, and a feed as wide as the full scale's.

Each with the process and with the rows read by the experiment itself; the two take turns.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from harness import pool as pool_module
from harness.activations import Activations
from harness.hand_out.ledger import Ledger
from harness.hand_out.server import Hand, listen, serve
from harness.hand_out.supply import Supply, order_of
from harness.handed import handed_rows
from harness.handed.wire import VARIABLE
from harness.pool import Pool

REPOSITORY = Path(__file__).resolve().parents[1]
ROUNDS = 3
ROWS, WIDTH, BATCH, DRAWS = 60_000, 2_304, 2_048, 40
WORK_S = 0.05
"""Between two batches, in which the experiment does something else: a GPU's step takes a tenth, a CPU's twenty times that."""


@dataclass(frozen=True)
class Feed:
    """Seconds that a draw of 2,048 rows × 2,304 keeps training waiting, and where the rows lie."""

    kept: str  # in memory, or streamed from the file
    alone_s: float  # one draw after the other
    between_s: float  # with WORK_S between them


def measure_experiment(rounds: int = ROUNDS) -> dict[str, dict[str, float]]:
    """Seconds of `experiment.py` at tiny scale, its training and the whole of it, by hand and with the process: the least of the rounds."""
    found: dict[str, list[tuple[float, float]]] = {"by hand": [], "handed": []}
    for _ in range(rounds):
        for way, times in found.items():
            with tempfile.TemporaryDirectory() as folder:
                times.append(_experiment(Path(folder), way == "handed"))
    return {
        way: {"training_s": min(t for t, _ in times), "whole_s": min(w for _, w in times)}
        for way, times in found.items()
    }


def _experiment(folder: Path, handed: bool) -> tuple[float, float]:
    env = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    began = time.monotonic()
    places = [f"--folder={folder}", f"--ledger={folder / 'drawn.json'}"]
    data = [subprocess.Popen([sys.executable, "-m", "harness.hand_out", *places], env=env)] if handed else []
    given = env | ({VARIABLE: str(folder)} if handed else {})
    subprocess.run(
        [sys.executable, "experiment.py", f"--out_dir={folder / 'run'}"],
        cwd=REPOSITORY,
        env=given,
        capture_output=True,
        check=True,
    )
    for process in data:
        process.send_signal(signal.SIGINT)
        process.wait()
    whole = time.monotonic() - began
    info = json.loads((folder / "run" / "final_info.json").read_text(encoding="utf-8"))
    return info["training"]["seconds"], whole


def measure_feeds(rows: int = ROWS, width: int = WIDTH, draws: int = DRAWS) -> dict[str, dict[str, Feed]]:
    """By where the rows lie: the feed by hand, and with the process."""
    found: dict[str, dict[str, Feed]] = {}
    for kept, limit in (("memory", pool_module.IN_MEMORY_BYTES), ("file", 0)):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "data.f16"
            written = np.memmap(path, np.float16, "w+", shape=(rows, width))
            written[:] = np.random.default_rng(0).standard_normal((rows, width), np.float32)
            found[kept] = {
                way: _feed(path, kept, limit, way == "handed", (rows, width), draws) for way in ("by hand", "handed")
            }
    return found


def _activations(path: Path, shape: tuple[int, int]) -> Activations:
    return Activations(np.memmap(path, np.float16, "r", shape=shape), np.zeros(shape[1], np.float32), 1.0, "key")


def _serve(folder: Path, path: Path, limit: int, shape: tuple[int, int]) -> None:
    pool_module.IN_MEMORY_BYTES = limit
    torch.set_num_threads(1)
    rows = _activations(path, shape).data
    ledger = Ledger(folder / "drawn.json", {}, shape[0])
    about = {"rows": shape[0], "d_in": shape[1], "mean": [0.0] * shape[1], "norm": 1.0, "key": "key"}
    serve(listen(folder), Hand(folder, Supply(rows, order_of(0, 1, 1)), ledger, about, {}), ledger)


def _feed(path: Path, kept: str, limit: int, handed: bool, shape: tuple[int, int], draws: int) -> Feed:
    """Seconds that a draw takes, alone and with work between: the lower quartile, which leaves out what other programs took away."""
    folder = path.parent / f"handed_{handed}"
    folder.mkdir()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(folder, path, limit, shape))
    before, pool_module.IN_MEMORY_BYTES = pool_module.IN_MEMORY_BYTES, limit
    if handed:
        process.start()
        os.environ[VARIABLE] = str(folder)
    try:
        rows: Any = handed_rows({}) if handed else _activations(path, shape).data
        assert rows is not None
        pool = Pool(rows, torch.zeros(shape[1]), 1.0, torch.device("cpu"))
        return Feed(kept, _draw_s(pool, draws, 0.0), _draw_s(pool, draws, WORK_S))
    finally:
        pool_module.IN_MEMORY_BYTES = before
        os.environ.pop(VARIABLE, None)
        if handed:
            os.kill(process.pid or 0, signal.SIGINT)
            process.join()


def _draw_s(pool: Pool, draws: int, work_s: float) -> float:
    pool.draw(BATCH)
    taken = []
    for _ in range(draws):
        time.sleep(work_s)
        began = time.monotonic()
        pool.draw(BATCH)
        taken.append(time.monotonic() - began)
    return statistics.quantiles(taken, n=4, method="inclusive")[0]


def handing_table(experiment: Mapping[str, Mapping[str, float]], feeds: Mapping[str, Mapping[str, Feed]]) -> str:
    """Both measurements, with the ratio of the process to none."""
    lines = ["| | by hand | handed out | ratio |", "|---|---|---|---|"]
    for name, what in (("training_s", "400 steps of training"), ("whole_s", "the whole experiment")):
        by_hand, handed = (experiment[way][name] for way in ("by hand", "handed"))
        lines.append(_row(f"tiny scale, {what}", by_hand, handed, "s"))
    for kept, ways in feeds.items():
        for name, what in (("alone_s", "one after the other"), ("between_s", f"{WORK_S * 1000:.0f} ms apart")):
            by_hand, handed = (1000 * getattr(ways[way], name) for way in ("by hand", "handed"))
            lines.append(_row(f"a batch of {BATCH:,} × {WIDTH:,}, rows in {kept}, {what}", by_hand, handed, "ms"))
    return "\n".join(lines)


def _row(what: str, by_hand: float, handed: float, unit: str) -> str:
    return f"| {what} | {by_hand:.1f} {unit} | {handed:.1f} {unit} | {handed / by_hand:.2f} |"
