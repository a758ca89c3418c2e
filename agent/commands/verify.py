"""`python agent/verify.py FILE`: derive every number of a packed session again, and say what differs."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from agent.commands.door import Output, in_one_line, through
from agent.commands.flags import add_flags
from agent.commands.parsing import Flags
from agent.packing.redraw import FIGURES
from agent.packing.verify import Verified, verify
from agent.results.english import counted


def parser() -> argparse.ArgumentParser:
    """The command's flags."""
    flags = Flags(
        prog="verify.py",
        description="Derive every number, verdict, table and figure source of a packed session's paper again, offline, from "
        "the file alone, and say what differs. Nothing in the file is trusted or run (but by --rerun, in a sandbox).",
        epilog="Exit codes: 0 all holds, 1 it could not be tried, 2 usage, 5 something differs, or its own audit had findings.",
    )
    flags.add_argument("file", type=Path, help="a file that `labloop pack` has written")
    flags.add_argument("--sha256", default="", metavar="HASH", help="the hash of the manifest that its maker told you")
    flags.add_argument(
        "--rerun",
        default="",
        metavar="RUN",
        help="also run the code of one run (run_3) again, on this tool's template of the same fixed half, and compare its metrics; "
        "`figures` draws the figures again",
    )
    add_flags(flags, "--sandbox", "--json", sandbox="what keeps the stranger's code of --rerun apart (default: bwrap)")
    return flags


def main(argv: Sequence[str] | None = None) -> int:
    """The command; its exit status."""
    return through(parser(), argv, _verify)


def _verify(args: argparse.Namespace) -> Output:
    verified = verify(args.file, args.sha256, args.rerun, args.sandbox or "auto")
    return Output(
        text="\n".join(map(in_one_line, _lines(verified))), value=_value(verified), exit_code=0 if verified.holds else 5
    )


def _lines(verified: Verified) -> list[str]:
    named = verified.manifest.session if verified.manifest else "(unknown)"
    checked = ", ".join(f"{count:,} {what}" for what, count in verified.checked.items())
    differ = counted(len(verified.differences), "difference") if verified.differences else "all holds"
    lines = [f"{verified.file}: session {named}: {differ}", *(f"- {finding}" for finding in verified.differences)]
    if verified.findings:
        lines.append(
            f"its own audit had {counted(len(verified.findings), 'finding')}, and its paper is marked as a draft:"
        )
        lines += [f"- {finding}" for finding in verified.findings]
    again = verified.run_again
    if again and not any(found.where.partition("/")[0] == again for found in verified.differences):
        same = "drawn again are the same" if again == FIGURES else "run again gives the same within the noise"
        lines.append(f"{again} {same}")
    if checked:
        lines.append(f"looked at: {checked}")
    lines += [f"note: {remark}" for remark in verified.remarks]
    if verified.sha256:
        lines.append(f"manifest sha256 {verified.sha256}")
    return lines


def _value(verified: Verified) -> dict[str, Any]:
    return {
        "file": verified.file,
        "session": verified.manifest.session if verified.manifest else None,
        "manifest_sha256": verified.sha256 or None,
        "holds": verified.holds,
        "differences": [finding.model_dump() for finding in verified.differences],
        "findings": [finding.model_dump() for finding in verified.findings],
        "results": verified.results,
        "run_again": verified.run_again or None,
        "checked": verified.checked,
        "remarks": list(verified.remarks),
    }
