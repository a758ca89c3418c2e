"""The orchestrator's side of the supervisor: hand over the command, wait, turn its report into a `Finished`."""

from __future__ import annotations

import contextlib
import json
import select
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from agent.sandbox.command import Command, Finished
from agent.sandbox.knows import knows
from agent.session.cost import Cost

LOG_BYTES = 8_000_000
GRACE_S = (3.0, 2.0)
"""From SIGINT to SIGTERM, and from there to SIGKILL."""
STATUS_WORD = "<status>"
"""Where it stands in `argv`, the number of a pipe is put that takes how the command ended."""
_BOOT = "import sys; sys.path += sys.argv[1:]; from supervisor.program import main; main()"
"""Standard library only: the agent's own packages, and what they need, are not on its path."""
_POLL_S = 0.1
_LAST_WORD_S = 15.0


def supervise(
    command: Command, argv: Sequence[str], env: Mapping[str, str], stop: Callable[[], bool], wrapped: bool
) -> Finished:
    """Run `argv` under the supervisor until it ends, its time is up or `stop()`.

    On KeyboardInterrupt (or any other exception that a signal handler raises) everything is ended first, then it is
    raised again.
    """
    process = begin(command, argv, env, wrapped)
    assert process.stdout is not None
    try:
        while not stop():
            if select.select([process.stdout], [], [], _POLL_S)[0]:  # the report, or the end without one
                break
    except BaseException:
        end(process, command)
        raise
    return end(process, command)


def begin(
    command: Command, argv: Sequence[str], env: Mapping[str, str], wrapped: bool, streams: tuple[int, ...] = ()
) -> subprocess.Popen[bytes]:
    """Start `argv` under a supervisor of its own, for which the caller has to call `end`.

    `wrapped`: argv is bubblewrap, whose status 128 + n means signal n. `streams`: open files that the command gets as its
    stdin and stdout; without them it reads nothing, and its output goes to its log.
    """
    spec = {
        "argv": list(argv),
        "cwd": str(command.cwd),
        "env": dict(env),
        "stdout": str(command.stdout),
        "stderr": str(command.stderr),
        "timeout_s": command.timeout_s,
        "log_bytes": LOG_BYTES,
        "grace_s": GRACE_S,
        "wrapped": wrapped,
        "tells_status": wrapped and knows(argv[0], "--json-status-fd"),
        "status_word": STATUS_WORD,
        "memory_bytes": int(command.memory_gb * 1e9) if command.memory_gb else 0,
        "file_bytes": int(command.file_gb * 1e9) if command.file_gb else 0,
        "processes": command.processes or 0,
        "streams": list(streams),
        "report": str(command.report or ""),
        "gpu": command.gpu,
        "own_keyring": bool(command.closed),  # others may need the login's, to read a disk of the network
    }
    for log in (command.stdout, command.stderr):
        log.parent.mkdir(parents=True, exist_ok=True)
    # Its environment is empty: in a sandbox without namespaces the experiment can read its parent's.
    process = subprocess.Popen(
        [sys.executable, "-I", "-S", "-B", "-c", _BOOT, str(Path(__file__).parent)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={},
        cwd="/",
        start_new_session=True,
        pass_fds=(*streams, *command.held),
    )
    assert process.stdin is not None
    try:
        process.stdin.write(json.dumps(spec).encode() + b"\n")
        process.stdin.flush()
    except BaseException:
        end(process, command)
        raise
    return process


def end(process: subprocess.Popen[bytes], command: Command) -> Finished:
    """Ask for the end of what `begin` started, where it has not ended by itself; how it ended."""
    assert process.stdout is not None
    try:
        _close_lifeline(process)
        return _whole(process.stdout.read(), command)
    finally:
        process.stdout.close()


def left_report(command: Command) -> Finished | None:
    """How an earlier run of this command ended, by the report that its supervisor left; None where there is none, or it was
    cut off with the one who had started it.
    """
    try:
        data = command.report.read_bytes() if command.report else b""
        finished = _whole(data, command)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return None if not data or finished.interrupted or finished.exit_code is None else finished


def left_word(report: Path) -> bool:
    """Whether a supervisor's report lies there, of a command that was not cut off."""
    of_any = Command(argv=(), cwd=report.parent, scratch=report.parent, writable=(), report=report)
    return left_report(of_any) is not None


def report_of(report: Path) -> Finished | None:
    """How a command ended by its supervisor's report, also one that was asked to; None where there is no whole one."""
    try:
        return _finished(data) if (data := report.read_bytes()) and json.loads(data) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _whole(report: bytes, command: Command) -> Finished:
    finished = _finished(report)
    return replace(finished, limit=_limit(finished, command))


def _close_lifeline(process: subprocess.Popen[bytes]) -> None:
    """Ask for the end (nothing happens where it has ended already) and wait for it, whatever signals arrive."""
    assert process.stdin is not None
    with contextlib.suppress(OSError):  # it ended before reading
        process.stdin.close()
    try:
        process.wait(_LAST_WORD_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    except BaseException:  # a second Ctrl-C while waiting: no more grace, but nothing may be left behind
        process.kill()
        process.wait()
        raise


def _finished(report: bytes) -> Finished:
    try:
        value = json.loads(report)
    except ValueError:  # the supervisor was killed, which ended the command too
        return Finished(exit_code=None, timed_out=False, seconds=0.0)
    reason = value["reason"]
    return Finished(
        exit_code=value["exit_code"],
        timed_out=reason == "timed_out",
        seconds=value["seconds"],
        interrupted=reason == "interrupted",
        out_of_memory=reason == "out_of_memory",
        too_many_processes=reason == "too_many_processes",
        started=value.get("started"),
        left_behind=value["left_behind"],
        cost=Cost(**value["cost"]) if value.get("cost") else None,
    )


def _limit(finished: Finished, command: Command) -> str:
    """The limit that ended it, and the setting that it comes from."""
    if finished.out_of_memory:
        return f"needed more than {command.memory_gb:.3g} GB: memory_gb in labloop.toml"
    if finished.too_many_processes:
        return f"started more than {command.processes} processes: max_processes in labloop.toml"
    return ""
