"""`python agent/review.py runs/…`: write a session's page."""

from __future__ import annotations

import argparse
import webbrowser
from collections.abc import Sequence
from pathlib import Path

from agent.commands.door import Output, through
from agent.commands.flags import add_flags
from agent.page.write import write_page_of


def parser() -> argparse.ArgumentParser:
    """The command's flags."""
    flags = argparse.ArgumentParser(
        prog="review.py",
        description="Write one static page about a session: results, runs, figures, paper, transcript. "
        "It reads the journal only, so it works for a session at any point, finished or not.",
        epilog="Exit codes: 0 written, 1 no session there, 2 usage.",
    )
    flags.add_argument("session", type=Path, help="the session's folder, for example runs/20261120-213005_progressive")
    flags.add_argument(
        "--out", type=Path, metavar="FILE", help="where to write it (default: index.html in the session)"
    )
    flags.add_argument("--open", action="store_true", help="show it in a browser")
    add_flags(flags, "--json")
    return flags


def main(argv: Sequence[str] | None = None) -> int:
    """The command; its exit status."""
    return through(parser(), argv, _review)


def _review(args: argparse.Namespace) -> Output:
    page = write_page_of(args.session, args.out)
    if args.open:
        webbrowser.open(page.as_uri())
    return Output(text=str(page), value={"page": str(page)})
