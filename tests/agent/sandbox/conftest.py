"""A bench for both sandboxes: run a few lines of Python inside and see what came of it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from agent.sandbox import Command, Finished, Sandbox, choose, clean_environment, supervise
from agent.sandbox.choose import bwrap_problem


@dataclass
class Bench:
    """One sandbox with a folder of its own."""

    sandbox: Sandbox
    root: Path

    @property
    def code(self) -> Path:
        return self.root / "code"

    @property
    def out(self) -> str:
        return (self.root / "stdout.log").read_text(errors="replace")

    @property
    def err(self) -> str:
        return (self.root / "stderr.log").read_text(errors="replace")

    def command(self, source: str, **more: Any) -> Command:
        """A command that runs `source` in the folder `code`, which it may write."""
        scratch = self.root / "scratch"
        command = Command(
            argv=(sys.executable, "-c", source),
            cwd=self.code,
            env=clean_environment(scratch, {}),
            writable=(self.code,),
            stdout=self.root / "stdout.log",
            stderr=self.root / "stderr.log",
            scratch=scratch,
            timeout_s=120,
        )
        return replace(command, **more)

    def run(self, source: str, stop: Callable[[], bool] = lambda: False, **more: Any) -> Finished:
        return self.sandbox.run(self.command(source, **more), stop)

    def run_out_of_time(self, source: str, begun: str = "begun") -> Finished:
        """The end of a run that met its time limit after it had left the file `begun`: the limit grows until it does, as a
        busy machine may take long to begin.
        """
        for timeout_s in (0.5, 2, 8, 32):
            finished = self.run(source, timeout_s=timeout_s)
            if (self.code / begun).exists():
                break
        return finished


@pytest.fixture(autouse=True)
def _little_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    """Signals follow one another quickly, so that stubborn processes cost tests little."""
    monkeypatch.setattr(supervise, "GRACE_S", (0.4, 0.3))


def _bench(kind: str, tmp_path: Path) -> Bench:
    if kind == "bwrap" and (problem := bwrap_problem()):
        pytest.skip(f"bubblewrap does not work here: {problem}")
    (tmp_path / "code").mkdir()
    return Bench(choose(kind), tmp_path)


@pytest.fixture(params=["bwrap", "plain"])
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Bench:
    """Each of the two sandboxes in turn."""
    return _bench(request.param, tmp_path)


@pytest.fixture
def bwrap(tmp_path: Path) -> Bench:
    return _bench("bwrap", tmp_path)


@pytest.fixture
def plain(tmp_path: Path) -> Bench:
    return _bench("plain", tmp_path)
