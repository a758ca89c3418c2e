"""`python agent/audit.py runs/…` or `… DRAFT --results FOLDER`: match every number of a session, or of any draft, to its evidence."""

from __future__ import annotations

import argparse
import logging
from collections.abc import Sequence
from pathlib import Path

from agent.auditing.session import audit_session
from agent.commands.door import Output, in_one_line, through
from agent.commands.flags import add_flags
from agent.commands.parsing import Flags
from agent.drafts.audit import audit_draft
from agent.errors import SessionError, UsageError
from agent.packing.folder import folder_findings
from agent.results.english import counted
from agent.results.story import story_of
from agent.session.events import SessionEnded
from agent.session.session import open_session


def parser() -> argparse.ArgumentParser:
    """The command's flags."""
    flags = Flags(
        prog="audit.py",
        description="Match every number of a session's notes.txt and paper.tex to the run that it stands on, and look for "
        "numbers that were typed or changed by hand. With --results, do the same for any draft (.tex, .md, .txt) and any "
        "folder of results. It reads and changes nothing.",
        epilog="Exit codes: 0 clean, 1 no session there, 2 usage, 5 findings.",
    )
    flags.add_argument(
        "session",
        metavar="SESSION|DRAFT",
        type=Path,
        help="the session's folder, for example runs/20261120-213005_progressive; or a draft, with --results",
    )
    flags.add_argument(
        "--results",
        type=Path,
        metavar="FOLDER",
        help="the results that the draft stands on: JSON, JSONL or CSV of any nesting, with code and logs beside them",
    )
    add_flags(flags, "--json")
    return flags


def main(argv: Sequence[str] | None = None) -> int:
    """The command; its exit status."""
    return through(parser(), argv, _audit)


def _audit(args: argparse.Namespace) -> Output:
    if args.results is not None or args.session.is_file():
        return _audit_draft(args.session, args.results)
    session = open_session(args.session)
    if not story_of(session).runs:
        raise SessionError("the session has no accepted run yet, so there is nothing to audit")
    audit = audit_session(session)
    beside = folder_findings(session) if story_of(session).last(SessionEnded) else []
    known = {str(finding) for finding in audit.findings}
    findings = [*audit.findings, *(finding for finding in beside if str(finding) not in known)]
    lines = [in_one_line(finding) for finding in findings]
    return Output(
        text="\n".join([*lines, f"{counted(audit.numbers, 'number')} checked, {counted(len(findings), 'finding')}"]),
        value={
            "session": str(session.paths.root),
            "numbers": audit.numbers,
            "findings": [finding.model_dump() for finding in findings],
        },
        exit_code=5 if findings else 0,
    )


def _audit_draft(draft: Path, results: Path | None) -> Output:
    """What the audit of any draft says: a line for each finding, each run without proof and what could not be read."""
    if results is None:
        raise UsageError(f"{draft} is a file: name the folder of its results with --results FOLDER")
    if not results.is_dir():
        raise UsageError(f"--results {results}: no such folder")
    audit = audit_draft(draft, results)
    for problem in audit.unread:
        logging.getLogger(__name__).warning("not read: %s", problem)
    value = audit.written()
    weak = [f"{run['run']}: not proven ({run['reason']})" for run in value["runs"] if not run["proven"]]
    told = ", ".join(f"{count} {status.replace('_', ' ')}" for status, count in value["counts"].items() if count)
    return Output(
        text="\n".join([*map(in_one_line, [*audit.findings, *weak]), told or "no numbers"]),
        value=value,
        exit_code=5 if audit.findings else 0,
    )
