"""The orchestrator's side of the supervisor, and what the supervisor itself is made of."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from agent.sandbox import supervise
from agent.session.paths import REPOSITORY

SANDBOX = REPOSITORY / "agent" / "sandbox"


def test_the_supervisor_needs_the_standard_library_alone() -> None:
    """Started as it is for a launch, it loads nothing of agent/ by that name and nothing that was installed."""
    code = supervise._BOOT.replace("; main()", "; print(*sorted(sys.modules))")
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code, str(SANDBOX)], capture_output=True, text=True, check=True, env={}
    )
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert "supervisor" in loaded
    assert not {name for name in loaded - {"supervisor", "__main__"} if name not in sys.stdlib_module_names}


def test_a_command_that_cannot_start_is_reported(tmp_path: Path) -> None:
    """Exit status 127, as a shell has it, and one line that says why."""
    spec = {
        "argv": ["/no/such/program"],
        "cwd": str(tmp_path),
        "env": {},
        "stdout": f"{tmp_path}/out",
        "stderr": f"{tmp_path}/err",
        "timeout_s": 5,
        "log_bytes": 1000,
        "grace_s": (0.1, 0.1),
        "wrapped": False,
        "memory_bytes": 0,
    }
    process = subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", supervise._BOOT, str(SANDBOX)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={},
    )
    out, _ = process.communicate(json.dumps(spec).encode() + b"\n", timeout=120)
    report = json.loads(out)
    assert (report["exit_code"], report["left_behind"]) == (127, 0)
    assert "No such file" in (tmp_path / "err").read_text()


def test_a_supervisor_that_was_killed_leaves_no_exit_status() -> None:
    """Without a report nothing is known of how the command ended, and nothing is made up."""
    finished = supervise._finished(b"")
    assert finished.exit_code is None and not finished.timed_out
