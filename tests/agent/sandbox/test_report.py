"""A supervisor leaves word of how its command ended: for whoever comes after the orchestrator was killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
import time
from dataclasses import replace
from typing import Any

import pytest

from agent.sandbox import supervise
from agent.sandbox.supervise import left_report, left_word
from agent.sandbox.supervisor.tree import descendants
from tests.agent.sandbox.conftest import Bench

pytestmark = pytest.mark.process


@pytest.mark.parametrize("code", [0, 3])
def test_the_report_says_what_the_orchestrator_was_told(bench: Bench, code: int) -> None:
    """Status, time and limit are the same, read from the file or from the pipe."""
    command = bench.command(f"raise SystemExit({code})", report=bench.root / "ended.json")
    finished = bench.sandbox.run(command)
    found = left_report(command)
    assert found is not None and replace(found, left_behind=finished.left_behind) == finished
    assert found.exit_code == code and left_word(bench.root / "ended.json")


def test_what_was_cut_off_leaves_no_word(bench: Bench) -> None:
    """Ended with the one who had started it, it is nothing to be taken up; nor is half a report, or none."""
    command = bench.command("import time; time.sleep(30)", report=bench.root / "ended.json")
    assert bench.sandbox.run(command, lambda: True).interrupted
    assert (bench.root / "ended.json").is_file() and left_report(command) is None
    for text in ("", "{half", "[]", json.dumps({"exit_code": 0})):
        (bench.root / "ended.json").write_text(text)
        assert left_report(command) is None, text
    (bench.root / "ended.json").unlink()
    assert left_report(command) is None and left_report(replace(command, report=None)) is None


def test_what_had_ended_as_its_end_was_asked_for_ended_by_itself(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """The orchestrator dies in the moment in which the command ends: its work was done, and is not to be paid again."""
    here, go = bench.code / "here", bench.code / "go"
    source = "import os, time\nopen('here', 'w').close()\nwhile not os.path.exists('go'):\n    time.sleep(0.01)"
    command = bench.command(source, report=bench.root / "ended.json")
    begun, begin = [], supervise.begin

    def seen(*given: Any, **named: Any) -> subprocess.Popen[bytes]:
        begun.append(begin(*given, **named))
        return begun[-1]

    def stop() -> bool:
        """Ask for the end while the supervisor, held still, has not seen that the command came to its own."""
        if not here.exists():
            return False
        (supervisor,) = begun
        os.kill(supervisor.pid, signal.SIGSTOP)
        go.touch()
        while descendants(supervisor.pid):
            time.sleep(0.01)
        threading.Timer(0.3, os.kill, (supervisor.pid, signal.SIGCONT)).start()
        return True

    monkeypatch.setattr(supervise, "begin", seen)
    finished = bench.sandbox.run(command, stop)
    assert (finished.exit_code, finished.interrupted) == (0, False)
    found = left_report(command)
    assert found is not None and found.exit_code == 0


def test_a_limit_is_named_from_the_report_too(bench: Bench) -> None:
    """The time limit's word is there, so that the cause is the same after a kill."""
    command = bench.command("import time; time.sleep(30)", report=bench.root / "ended.json", timeout_s=0.5)
    assert bench.sandbox.run(command).timed_out
    found = left_report(command)
    assert found is not None and found.timed_out


def test_a_report_that_cannot_be_written_changes_nothing(bench: Bench) -> None:
    """Its folder is not there: the orchestrator is told all the same."""
    finished = bench.run("pass", report=bench.root / "nowhere" / "ended.json")
    assert finished.exit_code == 0
