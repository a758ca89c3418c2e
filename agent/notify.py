"""Telling whoever wants to know: a command that is given what happened as one JSON object on its stdin."""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timezone
from typing import IO, Any, Literal

from agent.errors import LabloopError
from agent.results.story import Story
from agent.results.story.state import StateWord
from agent.session.events import Probed, SessionStarted
from agent.session.session import Session
from agent.session.settings.notify import NotifySettings

log = logging.getLogger(__name__)
FORMAT = 1
Word = Literal["end", "pause", "failure", "question"]
_WORDS: Mapping[StateWord, Word] = {
    "done": "end",
    "findings": "end",
    "no_runs": "end",
    "paused": "pause",
    "interrupted": "pause",
    "failed": "failure",
}
_DIED = (
    "its process stopped without a word (killed, out of memory, or the machine went down); it is taken up again now, and nothing that "
    "is in its journal is lost"
)
_KEPT = ("PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "TZ", "TMPDIR", "DISPLAY", "WAYLAND_DISPLAY")
_KEPT_BEGINNINGS = ("LC_", "XDG_", "DBUS_SESSION_BUS_")
"""What a mail or a notice on the desktop needs; keys of providers are never among it."""


def told_of(session: Session, state: StateWord, reason: str, exit_code: int) -> dict[str, Any]:
    """What is told of a session that came to its end, for good or for now."""
    return _of(session, _WORDS[state]) | {"state": state, "reason": reason, "exit_code": exit_code}


def tell_of_a_death(session: Session) -> None:
    """Where the session's last process stopped without a word after it had begun to work, say so to whoever wants to be told; for
    whoever takes the session up, before anything is written into its journal.
    """
    begun = any(not isinstance(event, SessionStarted | Probed) for event in session.journal.events)
    if begun and Story(session.journal.events).state(held=False).word == "unfinished":
        notify(session.settings.notify, told_of(session, "failed", _DIED, LabloopError.exit_code))


def asked_of(session: Session, step: str) -> dict[str, Any]:
    """What is told where a session waits for a person's answer."""
    return _of(session, "question") | {"state": "running", "reason": f"waits for your answer to {step}", "step": step}


def _of(session: Session, event: Word) -> dict[str, Any]:
    spent = Story(session.journal.events).spent
    return {
        **now(event),
        "of": "session",
        "folder": str(session.paths.root),
        "page": str(session.paths.page),
        "idea": session.idea.Name,
        "template": session.template.name,
        "model": session.settings.models.writer,
        "usd": round(spent.usd, 6),
        "tokens": spent.tokens,
    }


def now(event: str) -> dict[str, Any]:
    """What everything that is told begins with."""
    return {"format": FORMAT, "event": event, "time": datetime.now(timezone.utc).isoformat(timespec="seconds")}


def notify(settings: NotifySettings, told: Mapping[str, Any]) -> None:
    """Run the command with `told` on its stdin, where there is one. Whatever comes of it, the session goes on: a failure is a warning."""
    if not settings.command:
        return
    env = {name: value for name, value in os.environ.items() if name in _KEPT or name.startswith(_KEPT_BEGINNINGS)}
    with _words() as said:
        try:
            process = subprocess.Popen(
                ["/bin/sh", "-c", settings.command],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=said,  # no pipe: what the command leaves in the background holds nobody up
                env=env,
                start_new_session=True,
            )
        except OSError as error:
            log.warning("--notify %s: cannot be started: %s", settings.command, error)
            return
        why = _heard(process, json.dumps(told).encode() + b"\n", settings.timeout_s)
        if not why and process.returncode:
            said.seek(0)
            last = said.read(10_000).decode("utf-8", "replace").strip().splitlines()[-1:] or ["it said nothing"]
            why = f"exit status {process.returncode} ({last[0][:300]})"
    if why:
        log.warning("--notify %s: %s", settings.command, why)


def _words() -> IO[bytes]:
    """Where the command's complaints go: a full disk may be what is told, so no file, where there is another way."""
    try:
        return os.fdopen(os.memfd_create("notify"), "w+b")
    except (AttributeError, OSError):  # not on Linux
        pass
    try:
        return tempfile.TemporaryFile()
    except OSError:
        return open(os.devnull, "w+b")


def _heard(process: subprocess.Popen[bytes], told: bytes, timeout_s: float) -> str:
    """Tell it, and wait for its end; why it came to none, empty where it did. One that takes too long is ended with all it started."""
    try:
        process.communicate(told, timeout=timeout_s)
        return ""
    except subprocess.TimeoutExpired:
        return f"took longer than {timeout_s:g} s (notify_timeout_s)"
    finally:
        if process.poll() is None:  # also where a signal's handler raised meanwhile
            with suppress(OSError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        if process.stdin is not None:
            with suppress(OSError):
                process.stdin.close()
