"""A report of an error that nobody expected: what a user can send, with no key in it and nothing of what models wrote."""

from __future__ import annotations

import os
import platform
import re
import sys
import tempfile
import traceback
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timezone
from importlib import metadata
from pathlib import Path

from agent import __version__
from agent.session.events import Event

NAME = "error-report.txt"
_PACKAGES = ("pydantic", "jinja2", "litellm", "pylatexenc", "rich")
_LAST = 20
SECRET_NAME = re.compile(r"KEY|TOKEN|SECRET|PASS|CREDENTIAL", re.IGNORECASE)
_SECRETS = (
    re.compile(r"\b(?:sk|pk|hf|gsk|xai|ghp|AKIA|AIza)[-_]?[A-Za-z0-9_-]{12,}"),
    re.compile(r"(?i)(?<=bearer )\S+"),
    re.compile(r"(?<=://)[^/\s@]+(?=@)"),
    re.compile(r"(?i)(?<=[?&]key=)[^&\s]+"),
    re.compile(r"(?i)(?<=[?&]token=)[^&\s]+"),
)


def write_report(error: BaseException, folder: Path | None = None, events: Sequence[Event] = ()) -> Path | None:
    """The report's file, in `folder` where it can be written there, else among the temporary files; None where nowhere."""
    text = report(error, events)
    if folder is not None:
        with suppress(OSError):
            (folder / NAME).write_text(text, encoding="utf-8", errors="replace")
            return folder / NAME
    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="labloop-", suffix=f"-{NAME}", delete=False, errors="replace"
        ) as file:
            file.write(text)
            return Path(file.name)
    except OSError:
        return None


def unexpected(error: BaseException, folder: Path | None = None, events: Sequence[Event] = ()) -> str:
    """What is said of an error that nobody expected, in a line; its report is written to `folder` (`write_report`)."""
    first = without_secrets(f"{type(error).__name__}: {error}".splitlines()[0][:300])
    written = write_report(error, folder, events)
    where = f"{written} says where: send it to whoever maintains labloop" if written else "no report could be written"
    return f"an error that nobody expected ({first}); {where}"


def report(error: BaseException, events: Sequence[Event] = ()) -> str:
    """Versions, the last events without their texts, and where the error came from."""
    lines = [
        "labloop met an error that nobody expected. This file says where; keys are left out, as is all that models wrote.",
        "",
        f"time      {datetime.now(timezone.utc).isoformat(timespec='seconds')}",
        f"labloop   {__version__}",
        f"python    {platform.python_version()} ({sys.executable})",
        f"machine   {platform.platform()}",
        f"packages  {', '.join(f'{name} {_version(name)}' for name in _PACKAGES)}",
        f"command   {' '.join(sys.argv)}",
        "",
        *(f"event {event.seq:5d}  {event.time}  {event.kind}  {event.step}" for event in events[-_LAST:]),
        "",
        "".join(traceback.format_exception(error)),
    ]
    return without_secrets("\n".join(lines))


def without_secrets(text: str) -> str:
    """The text without the values of the environment's keys, what looks like a key, and the user's home folder."""
    values = {value for name, value in os.environ.items() if SECRET_NAME.search(name) and len(value) > 5}
    for value in sorted(values, key=len, reverse=True):
        text = text.replace(value, "…")
    for pattern in _SECRETS:
        text = pattern.sub("…", text)
    home = os.environ.get("HOME", "").rstrip("/")
    return text.replace(home + "/", "~/") if home else text


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "missing"
