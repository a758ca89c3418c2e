"""`python agent/drop.py runs/… RUN`: take an accepted run out of what counts."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from agent.commands.door import Output, through
from agent.commands.parsing import Flags
from agent.commands.say import listening, when_read
from agent.errors import UsageError
from agent.results.story import Story
from agent.session.spoken import Word, leave
from agent.session.steps import RunName


def parser() -> argparse.ArgumentParser:
    """The command's flags."""
    flags = Flags(
        prog="drop.py",
        description="Drop an accepted run: it stays in the journal and on the page, leaves tables, best run and parents, and the paper names it.",
    )
    flags.add_argument("session", type=Path, help="the session's folder")
    flags.add_argument("run", help="the run, such as run_4")
    flags.add_argument("--why", default="", metavar="TEXT", help="the reason, which page and paper give")
    return flags


def main(argv: Sequence[str] | None = None) -> int:
    """The command; its exit status."""
    return through(parser(), argv, _drop)


def _drop(args: argparse.Namespace) -> Output:
    reading = listening(args.session)
    story, run = Story(reading.events), RunName.parse(args.run)
    if run is None:
        raise UsageError(f"{args.run!r} names no run; there are {', '.join(story.accepted)}")
    if why_not := story.why_not_dropped(run):
        raise UsageError(f"{run}: {why_not}; accepted are {', '.join(story.accepted)}")
    leave(reading.paths.say, Word(drop=run, why=args.why))
    return Output(text=f"{run} is dropped; {when_read(reading)}")
