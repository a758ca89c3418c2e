"""Telling whoever wants to know: a command that is given what happened as one JSON object on its stdin."""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timezone
from typing import Any, Literal

from agent.results.state import StateWord
from agent.results.story import Story
from agent.session.notify_settings import NotifySettings
from agent.session.session import Session

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
_KEPT = ("PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "TZ", "TMPDIR", "DISPLAY", "WAYLAND_DISPLAY")
_KEPT_BEGINNINGS = ("LC_", "XDG_", "DBUS_SESSION_BUS_")
"""What a mail or a notice on the desktop needs; keys of providers are never among it."""


def told_of(session: Session, state: StateWord, reason: str, exit_code: int) -> dict[str, Any]:
    """What is told of a session that came to its end, for good or for now."""
    return _of(session, _WORDS[state]) | {"state": state, "reason": reason, "exit_code": exit_code}


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
    try:
        process = subprocess.Popen(
            ["/bin/sh", "-c", settings.command],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=env,
            start_new_session=True,
        )
    except OSError as error:
        log.warning("--notify %s: cannot be started: %s", settings.command, error)
        return
    try:
        _, words = process.communicate(json.dumps(told).encode() + b"\n", timeout=settings.timeout_s)
        if process.returncode:
            last = words.decode("utf-8", "replace").strip().splitlines()[-1:] or ["it said nothing"]
            log.warning("--notify %s: exit status %d (%s)", settings.command, process.returncode, last[0][:300])
    except subprocess.TimeoutExpired:
        log.warning("--notify %s: took longer than %g s (notify_timeout_s)", settings.command, settings.timeout_s)
    except OSError as error:  # it did not read what it was told
        log.warning("--notify %s: %s", settings.command, error)
    finally:
        with suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if process.stderr is not None:
            process.stderr.close()
