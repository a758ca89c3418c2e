"""`python agent/review.py runs/…`: write a session's page."""

from __future__ import annotations

import argparse
import json
import logging
import sys
import webbrowser
from pathlib import Path

from agent.errors import LabloopError
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
    flags.add_argument("--json", action="store_true", help="one JSON object on stdout")
    return flags


def main(argv: list[str] | None = None) -> int:
    """The command; its exit status."""
    args = parser().parse_args(argv)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s: %(message)s", stream=sys.stderr)
    try:
        page = write_page_of(args.session, args.out)
    except LabloopError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    print(json.dumps({"page": str(page)}) if args.json else page)
    if args.open:
        webbrowser.open(page.as_uri())
    return 0
