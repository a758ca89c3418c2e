"""What the machine has: a sandbox that works, a folder for sessions, room on the disk, a GPU."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from agent.checks.result import CheckResult, failed, passed
from agent.sandbox.choose import ASK_ONCE, bwrap_problem

DISK_NEEDED_GB = 2.0
_GPU_S = 20


def sandbox_check(kind: str, live: bool = False) -> CheckResult:
    """bubblewrap, tried; without it a recording's code runs in the plain sandbox, `live` code only where that is asked for."""
    if kind == "plain":
        return passed("sandbox", "plain, as asked: changes outside are found afterwards, not prevented")
    problem = bwrap_problem()
    if not problem:
        return passed("sandbox", "bubblewrap works")
    detail = f"bubblewrap: {problem}"
    if kind == "bwrap":
        return failed(
            "sandbox", detail, "install or allow bubblewrap (whoever administers the machine), or give --sandbox plain"
        )
    if live:
        return failed("sandbox", detail, f"install or allow bubblewrap; or: {ASK_ONCE}")
    remedy = "install or allow bubblewrap, or say that it is meant with --sandbox plain"
    return failed("sandbox", f"{detail}; experiments run without namespaces", remedy, fatal=False)


def output_check(out: Path) -> CheckResult:
    """Whether a session's folder can be made there; tried with a folder that is taken away again."""
    place = _existing(out)
    try:
        with tempfile.TemporaryDirectory(prefix=".labloop-try-", dir=place):
            pass
    except OSError as error:
        detail = f"{out}: {error.strerror or error} (tried in {place})"
        return failed("output folder", detail, "name a folder that you may write with --out")
    return passed("output folder", str(out))


def disk_check(out: Path) -> CheckResult:
    """Whether there is room for a session."""
    try:
        free_gb = shutil.disk_usage(_existing(out)).free / 1e9
    except OSError as error:
        return failed("disk", f"{out}: {error}", "name another folder with --out")
    detail = f"{free_gb:.1f} GB free at {out}"
    if free_gb < DISK_NEEDED_GB:
        return failed("disk", detail, f"make room ({DISK_NEEDED_GB:g} GB) or name another disk with --out")
    return passed("disk", detail)


def gpu_check() -> CheckResult:
    """Which GPU there is; none is fine."""
    if not shutil.which("nvidia-smi"):
        return passed("GPU", "none: experiments run on the CPU", fatal=False)
    query = ["nvidia-smi", "--query-gpu=name,memory.total", "--format=csv,noheader"]
    try:
        done = subprocess.run(
            query, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_GPU_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        remedy = "look after the driver; or LABLOOP_CUDA=0 make setup"
        return failed("GPU", f"nvidia-smi: {error}", remedy, fatal=False)
    if done.returncode != 0 or not done.stdout.strip():
        last = (done.stdout + done.stderr).strip().splitlines() or ["no answer"]
        remedy = "look after the driver; experiments run on the CPU until then"
        return failed("GPU", f"nvidia-smi: {last[-1][:160]}", remedy, fatal=False)
    return passed("GPU", "; ".join(done.stdout.strip().splitlines()), fatal=False)


def _existing(path: Path) -> Path:
    """The path itself, or the nearest folder above it that exists."""
    path = path.absolute()
    while not path.exists() and path != path.parent:
        path = path.parent
    return path
