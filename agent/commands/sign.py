"""`python agent/sign.py runs/… --name "…"`: a person signs the draft of a session off."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from agent.commands.door import Output, through
from agent.commands.flags import add_flags
from agent.commands.parsing import Flags
from agent.errors import UsageError
from agent.page.write import write_page_of
from agent.paper import sign_off
from agent.results.story.signatures import STATEMENT, signatures_of
from agent.session.lock import SessionLock
from agent.session.session import open_session

_LONGEST_NAME, _LONGEST_NOTE = 120, 500


def parser() -> argparse.ArgumentParser:
    """The command's flags."""
    flags = Flags(
        prog="sign.py",
        description="Sign a session's draft off, as a person who has read it: journalled with the hash of the paper's sources and "
        "of its audit, said in the paper, on the page and by `labloop verify`. A change of the draft afterwards voids it, visibly. "
        f"It is {STATEMENT}: whoever writes a journal can write a name.",
        epilog="Exit codes: 0 signed, 1 no session there, 2 usage, nothing to sign, or findings are open.",
    )
    flags.add_argument("session", type=Path, help="the session's folder, for example runs/20261120-213005_progressive")
    flags.add_argument(
        "--name", required=True, metavar="TEXT", help="who signs; two people may sign one after the other"
    )
    flags.add_argument("--note", default="", metavar="TEXT", help="what to say beside it: what was read, what was not")
    flags.add_argument(
        "--despite-findings",
        action="store_true",
        help="sign though the audit has findings; the signature says how many",
    )
    add_flags(flags, "--json")
    return flags


def main(argv: Sequence[str] | None = None) -> int:
    """The command; its exit status."""
    return through(parser(), argv, _sign)


def _sign(args: argparse.Namespace) -> Output:
    name, note = _line("--name", args.name, _LONGEST_NAME), _line("--note", args.note, _LONGEST_NOTE)
    if not name:
        raise UsageError('--name: say who signs: --name "Ada Lovelace"')
    session = open_session(args.session)
    with SessionLock(session.paths.lock):
        signed, unprinted = sign_off(session, name, note, args.despite_findings)
    write_page_of(session.paths.root)
    told = next(each.told for each in signatures_of(session.journal.events, session.paths) if each.signed.name == name)
    return Output(
        text="\n".join(
            [f"{told} ({STATEMENT})", *([f"the PDF does not show it yet: {unprinted}"] if unprinted else [])]
        ),
        value={
            "session": str(session.paths.root),
            "name": signed.name,
            "note": signed.note,
            "draft_sha256": signed.draft_sha256,
            "audit_sha256": signed.audit_sha256,
            "findings": signed.findings,
            "printed": not unprinted,
        },
    )


def _line(flag: str, text: str, most: int) -> str:
    """One line of print. Raises UsageError where it is too long."""
    line = " ".join(str(text).split())
    if len(line) > most:
        raise UsageError(f"{flag}: {len(line)} characters; at most {most} are printed")
    return line
