"""`python agent/audit.py runs/…`: match every number of a session's notes and paper to its evidence."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from agent.auditing.session import audit_session
from agent.commands.door import Output, through
from agent.commands.flags import add_flags
from agent.errors import SessionError
from agent.results.story import story_of
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
    add_flags(flags, "--json")
    return flags


def main(argv: Sequence[str] | None = None) -> int:
    """The command; its exit status."""
    return through(parser(), argv, _audit)


def _audit(args: argparse.Namespace) -> Output:
    session = open_session(args.session)
    if not story_of(session).runs:
        raise SessionError("the session has no accepted run yet, so there is nothing to audit")
    audit = audit_session(session)
    lines = [str(finding) for finding in audit.findings]
    return Output(
        text="\n".join([*lines, f"{audit.numbers} numbers checked, {len(audit.findings)} findings"]),
        value={
            "session": str(session.paths.root),
            "numbers": audit.numbers,
            "findings": [finding.model_dump() for finding in audit.findings],
        },
        exit_code=5 if audit.findings else 0,
    )
