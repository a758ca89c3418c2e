"""`python agent/audit.py runs/…`: match every number of a session's notes and paper to its evidence."""

from __future__ import annotations

import argparse
import json
import logging
import sys
from pathlib import Path

from agent.auditing.session import audit_session
from agent.errors import LabloopError
from agent.session.events import RunAccepted
from agent.session.session import open_session


def parser() -> argparse.ArgumentParser:
    """The command's flags."""
    flags = argparse.ArgumentParser(
        prog="audit.py",
        description="Match every number of a session's notes.txt and paper.tex to the run that it stands on, and look for "
        "numbers that were typed or changed by hand. It reads the session and changes nothing.",
        epilog="Exit codes: 0 clean, 1 no session there, 2 usage, 5 findings.",
    )
    flags.add_argument("session", type=Path, help="the session's folder, for example runs/20261120-213005_progressive")
    flags.add_argument("--json", action="store_true", help="one JSON object on stdout")
    return flags


def main(argv: list[str] | None = None) -> int:
    """The command; its exit status."""
    args = parser().parse_args(argv)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s: %(message)s", stream=sys.stderr)
    try:
        session = open_session(args.session)
        if not any(True for _ in session.journal.all(RunAccepted)):
            print("error: the session has no accepted run yet, so there is nothing to audit", file=sys.stderr)
            return 1
        audit = audit_session(session)
    except LabloopError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    if args.json:
        found = [finding.model_dump() for finding in audit.findings]
        print(json.dumps({"session": str(session.paths.root), "numbers": audit.numbers, "findings": found}))
    else:
        for finding in audit.findings:
            print(finding)
        print(f"{audit.numbers} numbers checked, {len(audit.findings)} findings")
    return 5 if audit.findings else 0
