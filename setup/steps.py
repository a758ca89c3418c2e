"""One line of progress at a time, and commands that keep their output in a log."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Dict, List, Optional

_STILL_EVERY_S = 20
_WRITING = threading.Lock()
_CONTROL = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_FAULT = re.compile(r"^\s*(ERROR:|error:|E: |fatal:|[A-Za-z_.]*(?:Error|Exception)\b:?)")
_NO_CONNECTION = re.compile(
    r"Failed to establish a new connection|Could not connect|Temporary failure|Name or service not known|Could not resolve"
    r"|ConnectTimeout|ProxyError|Tunnel connection failed|Proxy Authentication Required|Network is unreachable"
)
_NO_CAUSE = (  # pip's last words on a package that failed to build; the cause stands above them
    "ERROR: Could not build wheels",
    "ERROR: Failed to build",
    "error: subprocess-exited-with-error",
    "error: metadata-generation-failed",
    "error: failed-wheel-build",
)


class StepFailed(Exception):
    """A step of the set-up failed; the message names the log, the line that tells why and the command to retry."""


def say(name: str, text: str) -> None:
    """A line of progress on stderr."""
    with _WRITING:
        sys.stderr.write("setup: {:<11} {}\n".format(name, text))
        sys.stderr.flush()


def call(
    name: str, argv: List[str], log: Path, environ: Optional[Dict[str, str]] = None, cwd: Optional[Path] = None
) -> None:
    """Run a command, its output appended to `log`; says every 15 s what it does. Raises StepFailed."""
    log.parent.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    with log.open("a", encoding="utf-8") as out:
        out.write("$ {}\n".format(" ".join(argv)))
        out.flush()
        begin = log.stat().st_size
        try:
            process = subprocess.Popen(
                argv,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                env=with_home(environ, log.parent),
                cwd=cwd,
            )
        except OSError as error:
            raise StepFailed("{}: {} cannot be started: {}".format(name, argv[0], error)) from error
        while True:
            try:
                code = process.wait(timeout=_STILL_EVERY_S)
                break
            except subprocess.TimeoutExpired:
                say(name, "still working, {:.0f} s: {}".format(time.monotonic() - started, doing(_text(log, begin))))
            except BaseException:  # Ctrl-C: the command must not go on without us
                process.terminate()
                process.wait()
                raise
    if code != 0:
        text = _text(log, begin)
        raise StepFailed(
            "{}: {}{}\n  log    {}\n  retry  make setup".format(
                name, fault(text) or "exit code %d" % code, hint(text), log
            )
        )


def with_home(environ: Optional[Dict[str, str]], spare: Path) -> Optional[Dict[str, str]]:
    """The variables as given; where this user has no home (a number without a name, HOME unset), `spare` is one."""
    if os.path.expanduser("~") != "~":
        return environ
    return dict(os.environ if environ is None else environ, HOME=str(spare))


def hint(text: str) -> str:
    """A line of its own on what helps where a command got no connection; else nothing."""
    if not _NO_CONNECTION.search(text):
        return ""
    proxies = [name for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy") if os.environ.get(name)]
    if proxies:
        return "\n  hint   no connection through the proxy in {}; is its address right?".format(", ".join(proxies))
    return "\n  hint   no connection; behind a proxy set HTTPS_PROXY and HTTP_PROXY, which pip and apt both read"


def fault(text: str) -> str:
    """The last line of a log that tells a cause: an error line, else the last line; warnings are no cause."""
    lines = [line.strip() for line in _CONTROL.sub("", text).splitlines() if line.strip()]
    lines = [line for line in lines if not line.startswith(("WARNING", "W: ", "[notice]", "hint:", "note:"))]
    causes = [line for line in lines if _FAULT.match(line) and not line.startswith(_NO_CAUSE)]
    return (causes or lines or [""])[-1][:300]


def doing(text: str) -> str:
    """What a command is at, in a few words, from the last telling line of its output."""
    for line in reversed(text.splitlines()):
        line = line.strip()
        if line.startswith("Installing collected packages:"):
            return "unpacking {} packages".format(line.count(",") + 1)
        if line.startswith("Successfully installed"):
            return "unpacked"
        if line.startswith(("Downloading ", "Processing ", "Using cached ")):
            return "fetching " + line.split()[1].split("/")[-1]
        if line and not line.startswith(
            ("WARNING", "W: ", "Found existing", "Uninstalling", "Successfully uninst", "Attempting")
        ):
            return line[:80]
    return "starting"


def _text(log: Path, begin: int) -> str:
    with log.open("rb") as file:
        file.seek(begin)
        return file.read().decode("utf-8", "replace")
