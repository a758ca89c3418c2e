"""An evaluator that waits, asked line by line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[4]


class Asked:
    """A waiting program, asked line by line."""

    def __init__(self, folder: Path, *words: str) -> None:
        self.folder = folder
        self.process = subprocess.Popen(
            [sys.executable, "-c", *words],
            cwd=REPOSITORY,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self.process.stdout
        self.first = json.loads(self.process.stdout.readline())

    def line(self, line: str) -> Any:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def score(self, *flags: str, name: str = "harness.evaluation") -> Any:
        logs = {each: str(self.folder / f"{each}.log") for each in ("stdout", "stderr")}
        return self.line(json.dumps({"command": ["python", "-m", name, *flags], "cwd": str(self.folder), **logs}))

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text()

    def close(self) -> int:
        """Its exit status, once there are no more requests."""
        try:
            self.process.communicate(timeout=100)
        finally:
            self.process.kill()
        return self.process.returncode
