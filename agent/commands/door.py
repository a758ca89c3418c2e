"""What every command does around its work: read the flags, log to stderr, print one answer, end with its exit code."""

from __future__ import annotations

import argparse
import contextlib
import json
import logging
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agent.errors import Interrupted, LabloopError
from agent.session.events import SessionEnded
from agent.session.report import unexpected
from agent.session.session import Session
from agent.session.trouble import pausing
from agent.session.visible import visible


@dataclass(frozen=True, kw_only=True)
class Output:
    """What a command answers; on stdout stands its text, or with --json its value."""

    text: str = ""
    value: Mapping[str, Any] | None = None
    """The same as one JSON object; None where there is nothing to tell a machine."""
    problem: str = ""
    """Why the work was not done, for stderr; then nothing stands on stdout."""
    exit_code: int = 0


def through(
    flags: argparse.ArgumentParser, argv: Sequence[str] | None, work: Callable[[argparse.Namespace], Output]
) -> int:
    """Do the work that the flags ask for and say what came of it; the exit code. A LabloopError is one line on stderr."""
    args = flags.parse_args(argv)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s: %(message)s", stream=sys.stderr)
    try:
        with pausing(Path(), "try again"):
            answer = work(args)
    except LabloopError as error:
        answer = Output(problem=str(error), exit_code=error.exit_code)
    except KeyboardInterrupt:  # before a session listens, or in a command that has none
        answer = Output(problem="interrupted by Ctrl-C", exit_code=Interrupted.exit_code)
    except Exception as error:  # the command's edge: people get a sentence, and whoever mends it a report
        answer = Output(problem=unexpected(error), exit_code=LabloopError.exit_code)
    if answer.problem:
        print(f"error: {answer.problem}", file=sys.stderr)
    else:
        _answered(answer, getattr(args, "json", False))
    return answer.exit_code


def in_one_line(text: object) -> str:
    """What a stranger's file says, as one line of a terminal: no line of its own, no control sequence, nothing hidden."""
    return visible(str(text)).replace("\n", "\N{SYMBOL FOR LINE FEED}").replace("\t", " ")


def _answered(answer: Output, json_asked: bool) -> None:
    """The answer on stdout. Where nobody can read it there (a full disk, a reader that has gone), the work is done all the same."""
    text = json.dumps(answer.value) if json_asked and answer.value is not None else answer.text
    if not text or sys.stdout is None:  # started without one
        return
    try:
        print(text, end="" if text.endswith("\n") else "\n")
        sys.stdout.flush()
    except (OSError, ValueError) as error:
        if not isinstance(error, BrokenPipeError):
            print(f"warning: the answer could not be written to stdout ({error}); it is:\n{text}", file=sys.stderr)
        with contextlib.suppress(OSError, ValueError, AttributeError):  # or Python would try once more as it ends
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def work_to_its_end(session: Session, resume: bool = False) -> SessionEnded:
    """Conduct a session in the foreground; its last event. Afterwards one more Ctrl-C no longer cuts off last words."""
    from agent.conduct import conduct  # slow to import, and only needed where a session is worked
    from agent.signals import heeded_at_its_edges

    with heeded_at_its_edges(session.stop):
        return conduct(session, resume)
