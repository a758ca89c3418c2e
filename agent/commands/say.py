"""`python agent/say.py runs/… "…"`: a word to a session, which its next brief shows."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Sequence
from pathlib import Path

from agent.commands.door import Output, through
from agent.commands.parsing import Flags
from agent.errors import SessionError, UsageError
from agent.results.story import Story
from agent.session.events import FiguresDrawn
from agent.session.reading import Reading, read_session
from agent.session.spoken import LONGEST, Word, leave


def parser() -> argparse.ArgumentParser:
    """The command's flags."""
    flags = Flags(
        prog="say.py",
        description="Say something to a session, at work or not: it is journalled, and every brief from the next one on shows it.",
    )
    flags.add_argument("session", type=Path, help="the session's folder")
    flags.add_argument("text", help='what to say, in quotes: "keep the penalty; vary its schedule"')
    return flags


def main(argv: Sequence[str] | None = None) -> int:
    """The command; its exit status."""
    return through(parser(), argv, _say)


def _say(args: argparse.Namespace) -> Output:
    text = str(args.text).strip()
    if not text:
        raise UsageError("there is nothing to say: give the text in quotes")
    if len(text) > LONGEST:
        raise UsageError(f"the text has {len(text)} characters, and {LONGEST} are read: say it shorter")
    reading = listening(args.session)
    leave(reading.paths.say, Word(say=text))
    return Output(text=f"said; {when_read(reading)}")


def listening(folder: Path) -> Reading:
    """The session, which still has a brief to come. Raises SessionError for a folder that is none, UsageError where its runs are over."""
    reading = read_session(folder)
    if not reading.events:
        problems = "; ".join(problem.seen for problem in reading.problems)
        raise SessionError(f"{folder}: no session can be read there ({problems or 'its journal is empty'})")
    if any(Story(reading.events).all(FiguresDrawn)):
        raise UsageError(
            f"{folder}: the runs are over, and figures and draft are about those that it has; a word or a drop would change nothing now. "
            "Begin a new session (the baseline is kept)"
        )
    return reading


def when_read(reading: Reading) -> str:
    """When a word that lies there will be taken up."""
    if reading.holder is not None:
        return "the session takes it up before its next brief"
    return f"the session takes it up with `run_idea.py --resume {shlex.quote(str(reading.paths.root))}`"
