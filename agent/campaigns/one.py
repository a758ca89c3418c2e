"""One session of a campaign, worked in a process of its own; what it says goes into a log."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from agent.conduct import conduct
from agent.errors import LabloopError
from agent.session.report import unexpected
from agent.session.session import Session, open_session, with_settings
from agent.session.settings.resumed import resume_settings
from agent.session.stop import Stop
from agent.session.trouble import pausing
from agent.signals import heeded_at_its_edges

log = logging.getLogger(__name__)
WORK = "agent.campaigns.one:work"
_ERROR = "ERROR: "


def work(root: str, log_file: str, resume: bool, flags: Mapping[str, Any], config: str | None) -> int:
    """Work the session in `root` until it is done or must stop, as `run_idea` does; the exit status.

    `flags`: settings by their short names that count from now on, where it is taken up again.
    """
    _say_into(Path(log_file))
    stop = Stop()
    try:
        with heeded_at_its_edges(stop):
            with pausing(Path(root)):
                session = _opened(Path(root), resume, flags, Path(config) if config else None, stop)
            return conduct(session, resume).exit_code
    except LabloopError as error:
        log.error("%s", error)
        return error.exit_code
    except Exception as error:  # the edge of the process: who mends it gets a report, the campaign goes on
        log.error("%s", unexpected(error))
        return LabloopError.exit_code


def last_words(log_file: Path) -> str:
    """The last error that a session's process said; empty where it said none."""
    try:
        lines = log_file.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    said = next((line for line in reversed(lines) if line.startswith(_ERROR)), "")
    return said.removeprefix(_ERROR)[:1000]


def _opened(root: Path, resume: bool, flags: Mapping[str, Any], config: Path | None, stop: Stop) -> Session:
    session = open_session(root, stop=stop)
    if not resume:
        return session
    return with_settings(session, resume_settings(session.settings, session.surroundings, flags, config))


def _say_into(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
    for stream in (1, 2):
        os.dup2(handle, stream)
    os.close(handle)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s: %(message)s", stream=sys.stderr, force=True)
