"""The evaluator that waits for runs: what a request gets, and that no run leaves a trace for the next."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.harness.evaluation.command.asked import REPOSITORY, Asked

pytestmark = pytest.mark.process

TOY = """
import os, signal, sys
from harness.evaluation.command import waiting

seen = []

def main(flags):
    seen.append(flags)
    print("scored", *flags, len(seen), os.getcwd())
    print("to stderr", file=sys.stderr)
    if "--killed" in flags:
        os.kill(os.getpid(), signal.SIGKILL)
    if "--raises" in flags:
        raise RuntimeError("no such run")
    if "--usage" in flags:
        sys.exit(2)
    return 0

waiting.load_all = lambda: print("importing")
sys.exit(waiting.serve(main))
"""


@pytest.fixture
def toy(tmp_path: Path) -> Iterator[Asked]:
    asked = Asked(tmp_path, TOY)
    yield asked
    asked.close()


def test_a_run_is_scored_as_by_a_process_of_its_own(toy: Asked, tmp_path: Path) -> None:
    """Ready comes first and nothing that was printed with it; a run's output, working directory and status are its own."""
    assert toy.first == {"ready": True}
    for _ in range(2):
        assert toy.score("--run_dir=a") == {"exit_code": 0}
        assert toy.log("stdout") == f"scored --run_dir=a 1 {tmp_path}\n"  # 1: what the run before left is not there
        assert toy.log("stderr") == "to stderr\n"
    assert toy.close() == 0


def test_a_run_that_ends_badly_is_said_and_the_next_is_scored(toy: Asked) -> None:
    """Killed, a traceback in its own log, wrong flags: each has its status, and none ends the process that waits."""
    assert toy.score("--killed") == {"exit_code": -9}
    assert toy.score("--raises") == {"exit_code": 1}
    assert "RuntimeError: no such run" in toy.log("stderr")
    assert toy.score("--usage") == {"exit_code": 2}
    assert toy.score() == {"exit_code": 0}


@pytest.mark.parametrize("line", ["", "{}", "[1]", "nonsense", '{"command": ["python", "-m", "harness.evaluation"]}'])
def test_what_is_no_request_is_refused(toy: Asked, line: str) -> None:
    """A line of another kind has an error for an answer; the next request is served."""
    assert "not a request" in toy.line(line)["error"]
    assert toy.score() == {"exit_code": 0}


def test_another_command_is_refused(toy: Asked) -> None:
    """What is not this evaluator's own command is not run: it could be scored by other means only."""
    assert "this answers python -m harness.evaluation" in toy.score(name="other.evaluation")["error"]


def test_at_a_scale_of_hours_it_does_not_wait() -> None:
    """`--wait --scale=full` ends at once, well, and is not ready: there is nothing to gain, and a GPU does not survive a fork."""
    command = [sys.executable, "-m", "harness.evaluation", "--wait", "--scale=full"]
    done = subprocess.run(
        command, cwd=REPOSITORY, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "")
