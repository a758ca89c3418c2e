"""`python agent/answer.py runs/…`: be the model of a `--model manual` session."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from agent.commands.door import Output, through
from agent.commands.parsing import Flags
from agent.errors import SessionError, UsageError
from agent.models.manual import give_answer, open_requests, typed_text
from agent.results.story.readings import state_of
from agent.results.story.state import OVER, State
from agent.session.files import stamp
from agent.session.lock import holder
from agent.session.paths import SessionPaths

_POLL_S = 0.2
_MOST = 3


def parser() -> argparse.ArgumentParser:
    """The command's flags."""
    flags = Flags(prog="answer.py", description="Show or answer the open question of a manual session.")
    flags.add_argument("session", type=Path, help="the session's folder")
    flags.add_argument(
        "--file",
        help="file with the answer to the question of --step; - for standard input; without it the question is shown",
    )
    flags.add_argument("--step", help="the step whose question is answered: it stands on the question's first line")
    flags.add_argument(
        "--wait",
        type=float,
        default=0,
        metavar="SECONDS",
        help="wait so long for a question to come, unless the session ends",
    )
    return flags


def main(argv: Sequence[str] | None = None) -> int:
    """The command; 0, or 1 where no question is open."""
    return through(parser(), argv, _answer)


def _answer(args: argparse.Namespace) -> Output:
    if args.file is not None and args.step is None:
        raise UsageError("--file needs --step, so that the answer goes to the question that you read")
    if not args.session.is_dir():
        raise SessionError(f"{args.session}: there is no such session folder")
    paths = SessionPaths(args.session.resolve())
    if not paths.journal.is_file() and (inside := _inside(args.session)):
        raise SessionError(f"{args.session}: a folder of sessions; name one of them: {inside}")
    folder, deadline, ended = paths.requests, time.monotonic() + args.wait, ""
    while not open_requests(folder) and not (ended := _ended(paths)) and time.monotonic() < deadline:
        time.sleep(_POLL_S)
    if args.file is None:
        waiting = open_requests(folder)
        if not waiting:
            raise SessionError(f"{args.session}: no open question{ended}")
        return Output(text=waiting[0].read_text(encoding="utf-8"))
    text = sys.stdin.read() if args.file == "-" else _read(Path(args.file))
    return Output(text=str(give_answer(folder, text, args.step)))


def _inside(folder: Path) -> str:
    """The sessions in a folder of sessions, the newest first, those with an open question before the others."""
    found = sorted((path.parent for path in folder.glob("*/journal.jsonl")), reverse=True)
    found.sort(key=lambda each: not open_requests(SessionPaths(each).requests))
    return ", ".join(map(str, found[:_MOST]))


def _ended(paths: SessionPaths) -> str:
    """That the session has ended and nobody works in it, so that no question will come; empty where one may."""
    if holder(paths.lock) is not None:
        return ""
    state = _state(paths.root, stamp(paths.journal))
    follows = "nothing more is asked in it" if state.word in OVER else "`run_idea.py --resume` takes it up again"
    return f", and the session has ended ({state.shown}): {follows}" if state.has_ended else ""


@lru_cache(maxsize=1)
def _state(root: Path, _: object) -> State:
    """How it stands, read again only after its journal changed: it is asked many times a second."""
    return state_of(root)


def _read(path: Path) -> str:
    try:
        return typed_text(path.read_bytes())
    except (OSError, UnicodeDecodeError) as error:
        raise SessionError(f"--file {path}: {error}") from error
