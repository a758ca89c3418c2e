"""A process that has imported what a session needs and forks one for each: what they have in common lies in memory once.

A session needs some 200 MB of a process of its own, nearly all of it imported modules and a tokenizer's tables. Forked from one that
has them, it needs what it changes (docs/campaign.md has the figures). Each is a whole process all the same, with its own
signals, lock and end, so that one that dies takes nothing with it.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import select
import signal
import socket
import subprocess
import sys
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from agent.session.paths import REPOSITORY

_BOOT = (
    "import sys; sys.path.insert(0, sys.argv[1]); from agent.campaigns.fork_server import serve; serve(*sys.argv[2:])"
)


class ForkServer:
    """The campaign's side: asks for processes and hears of their ends. Sessions go on where it is closed, or its process dies."""

    def __init__(self, preload: tuple[str, ...] = (), last_words: tuple[str, Mapping[str, Any]] | None = None) -> None:
        """`preload`: modules that every session will need. `last_words`: what it calls (`module:function`, with these keywords)
        where this process dies before `close`."""
        mine, theirs = socket.socketpair()
        self.preload, self.last_words, self.is_gone = preload, last_words, False
        self._socket, self._buffer = mine, b""
        self._ended: dict[int, int] = {}
        self._process = subprocess.Popen(
            [sys.executable, "-c", _BOOT, str(REPOSITORY), str(theirs.fileno()), json.dumps(last_words), *preload],
            stdin=subprocess.DEVNULL,
            pass_fds=(theirs.fileno(),),
            start_new_session=True,  # a Ctrl-C of the terminal reaches the campaign alone, which tells its sessions
        )
        theirs.close()

    def begin(self, work: str, given: Mapping[str, Any]) -> int:
        """Fork a process that calls `work` (`module:function`) with these keywords; its pid. Raises OSError where the server is gone."""
        try:
            self._socket.sendall(json.dumps({"work": work, "given": dict(given)}).encode() + b"\n")
        except OSError:
            self.is_gone = True
            raise
        while True:
            told = self._line(None)
            if told is None:
                raise OSError("the process that forks sessions is gone")
            if "begun" in told:
                return int(told["begun"])
            self._ended[int(told["ended"])] = int(told["status"])

    def ended(self, wait_s: float) -> dict[int, int]:
        """Processes that ended since the last call, by pid, with their exit status (negative for a signal); waits for one so long."""
        while not self._ended and (told := self._line(wait_s)) is not None:
            self._ended[int(told["ended"])] = int(told["status"])
        found, self._ended = self._ended, {}
        return found

    def close(self) -> None:
        """No further process is begun; those at work go on."""
        with contextlib.suppress(OSError):  # it may be gone
            self._socket.sendall(json.dumps({"closed": True}).encode() + b"\n")
        self._socket.close()
        self._process.wait()

    def _line(self, wait_s: float | None) -> dict[str, Any] | None:
        """The next thing that it says; None where it says nothing in time, or is gone."""
        while b"\n" not in self._buffer:
            if not select.select([self._socket], [], [], wait_s)[0]:
                return None
            data = self._socket.recv(65536)
            if not data:
                self.is_gone = True
                return None
            self._buffer += data
        line, _, self._buffer = self._buffer.partition(b"\n")
        told: dict[str, Any] = json.loads(line)
        return told


def serve(handle: str, last_words: str, *preload: str) -> None:
    """The server's side, until the campaign closes its end. Single-threaded, as a process that forks must be.

    Where the campaign dies first, this process outlives it for as long as its last words take.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for name in preload:
        __import__(name)
    gc.collect()
    gc.freeze()  # a collection in a child would write on every page that it shares with the others
    waking, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    ours = socket.socket(fileno=int(handle))
    if _served(ours, (waking, wake)) or (spoken := json.loads(last_words)) is None:
        return
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    _called(spoken[0], spoken[1])


def _served(ours: socket.socket, pipes: tuple[int, int]) -> bool:
    """Fork what is asked for; whether the campaign closed its end in good order."""
    buffer = b""
    with contextlib.suppress(OSError):  # the campaign is gone: nobody is left to tell
        while True:
            ready: list[object] = list(select.select([ours.fileno(), pipes[0]], [], [])[0])
            if pipes[0] in ready:
                os.read(pipes[0], 4096)
                _tell_ends(ours)
            if ours.fileno() in ready:
                data = ours.recv(65536)
                if not data:
                    return False
                *lines, buffer = (buffer + data).split(b"\n")
                for line in lines:
                    asked = json.loads(line)
                    if "closed" in asked:
                        return True
                    _fork(ours, pipes, asked)
    return False


def _tell_ends(ours: socket.socket) -> None:
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not pid:
            return
        ours.sendall(json.dumps({"ended": pid, "status": os.waitstatus_to_exitcode(status)}).encode() + b"\n")


def _fork(ours: socket.socket, pipes: tuple[int, int], asked: Mapping[str, Any]) -> None:
    pid = os.fork()
    if pid:
        ours.sendall(json.dumps({"begun": pid}).encode() + b"\n")
        return
    status = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        ours.close()
        for pipe in pipes:
            os.close(pipe)
        os.setpgid(0, 0)
        status = _called(str(asked["work"]), asked["given"])
    except BaseException:  # the edge of a process whose parent only hears its status
        traceback.print_exc()
    finally:
        with contextlib.suppress(Exception):
            sys.stderr.flush()
        os._exit(status)


def _called(work: str, given: Mapping[str, Any]) -> int:
    """What `module:function` returns for these keywords."""
    module, _, name = work.partition(":")
    function: Callable[..., int] = getattr(__import__(module, fromlist=[name]), name)
    return function(**given)


def memory_of(pid: int) -> dict[str, float]:
    """What a process holds of memory, in MB: `rss` all that it sees, `pss` with what it shares divided among those who share it."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    found = {line.split()[0].rstrip(":"): float(line.split()[1]) for line in text.splitlines()[1:]}
    return {"rss": found["Rss"] / 1024, "pss": found["Pss"] / 1024}
