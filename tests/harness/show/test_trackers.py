"""The trackers themselves: what they were told is read back from their own files."""

from __future__ import annotations

import json
import sqlite3
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.mirror import mirror
from tests.harness.show.sessions import session

REPOSITORY = Path(__file__).resolve().parents[3]


def wandb_records(path: Path) -> Iterator[Any]:
    """The records of a .wandb file: 7 bytes of header, then blocks of 32 KiB of (crc, length, type, bytes)."""
    from wandb.proto.wandb_internal_pb2 import Record as Logged

    data, at, whole = path.read_bytes(), 7, b""
    while at < len(data):
        if 32_768 - at % 32_768 < 7:
            at += 32_768 - at % 32_768
            continue
        _, length, kind = struct.unpack("<IHB", data[at : at + 7])
        whole += data[at + 7 : at + 7 + length]
        at += 7 + length
        if kind in (1, 4):  # a whole record, or the last part of one
            logged = Logged()
            logged.ParseFromString(whole)
            whole = b""
            yield logged


@pytest.mark.process
def test_wandb_writes_the_runs_without_a_key_or_a_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Offline, the files that `wandb sync` sends hold each step of the curve and the scores, in the session's folder."""
    pytest.importorskip("wandb")
    for name in ("WANDB_API_KEY", "WANDB_MODE"):
        monkeypatch.delenv(name, raising=False)
    folder = session(tmp_path / "s", count=1)
    assert mirror(folder, "wandb", "p") == (["run_0"], [])
    (file,) = folder.glob("wandb/offline-run-*/*.wandb")
    steps: list[tuple[int, float, float]] = []
    scores: dict[str, float] = {}
    run: Any = None
    for logged in wandb_records(file):
        if logged.HasField("history"):
            items = {item.key or item.nested_key[0]: json.loads(item.value_json) for item in logged.history.item}
            steps.append((items["_step"], items["losses/overall_loss"], items["metrics/explained_variance"]))
        elif logged.HasField("summary"):
            scores |= {item.key or item.nested_key[0]: json.loads(item.value_json) for item in logged.summary.update}
        elif logged.HasField("run"):
            run = logged.run
    assert steps == [(0, 0.75, 0.5), (10, 0.5, 0.75)]
    assert scores["scores/probing_top_5"] == 0.75
    assert (run.project, run.run_group, run.display_name) == ("p", "s", "run_0 (baseline)")
    assert mirror(folder, "wandb", "p") == ([], ["run_0"])
    assert len(list(folder.glob("wandb/offline-run-*"))) == 1


def test_trackio_keeps_the_runs_on_this_machine(tmp_path: Path) -> None:
    """The rows of trackio's own data base hold each step of the curve and, at the last step, the scores."""
    pytest.importorskip("trackio")
    folder = session(tmp_path / "s")
    for _ in range(2):
        subprocess.run(
            [sys.executable, "-m", "harness.mirror", str(folder), "--to", "trackio", "--project", "p"],
            env={
                "PYTHONPATH": f"{REPOSITORY}:{':'.join(sys.path)}",
                "TRACKIO_DIR": str(tmp_path / "t"),
                "HOME": str(tmp_path),
            },
            check=True,
            capture_output=True,
        )
    with sqlite3.connect(tmp_path / "t" / "p.db") as base:
        rows = base.execute("SELECT run_name, step, metrics FROM metrics ORDER BY id").fetchall()
    assert [(name, step) for name, step, _ in rows[:3]] == [("s/run_0 (baseline)", step) for step in (0, 10, 10)]
    assert len(rows) == 6
    assert json.loads(rows[1][2])["losses/overall_loss"] == 0.5
    assert json.loads(rows[2][2])["scores/probing_top_5"] == 0.75
