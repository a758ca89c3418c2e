"""`python agent/pack.py runs/…`: a session in one file that a stranger can verify."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from agent.commands.door import Output, in_one_line, through
from agent.commands.flags import add_flags
from agent.commands.parsing import Flags
from agent.errors import UsageError
from agent.packing.pack import Package, pack
from agent.packing.verify import Verified, verify
from agent.results.english import counted
from agent.session.files import sha256, write_bytes
from agent.session.session import open_session

SUFFIX = ".labloop.tar.gz"


def parser() -> argparse.ArgumentParser:
    """The command's flags."""
    flags = Flags(
        prog="pack.py",
        description="Write a session as one file: journal, code, results, scores, model calls, figures, paper, and what its "
        "template declares, with the hash of each. Keys and machine paths are taken out. `labloop verify FILE` derives every "
        "number again from it.",
        epilog="Exit codes: 0 written, and it verifies; 1 no session there, 2 usage, 5 written, and something in it differs or its own audit had findings.",
    )
    flags.add_argument("session", type=Path, help="the session's folder, for example runs/20261120-213005_progressive")
    flags.add_argument("--out", type=Path, metavar="FILE", help=f"where to write it (default: SESSION{SUFFIX} here)")
    add_flags(flags, "--json")
    return flags


def main(argv: Sequence[str] | None = None) -> int:
    """The command; its exit status."""
    return through(parser(), argv, _pack)


def _pack(args: argparse.Namespace) -> Output:
    session = open_session(args.session)
    file = args.out or Path(f"{session.name}{SUFFIX}")
    if file.is_dir():
        file = file / f"{session.name}{SUFFIX}"
    package = pack(session)
    try:
        write_bytes(file.absolute(), package.data)
    except OSError as error:
        raise UsageError(f"--out {file}: {error.strerror}; name a file that can be written") from error
    verified = verify(file)
    return Output(
        text="\n".join(_lines(file, package, verified)),
        value=_value(file, package, verified),
        exit_code=0 if verified.holds else 5,
    )


def _lines(file: Path, package: Package, verified: Verified) -> list[str]:
    members, redacted = package.manifest.members, package.manifest.redacted
    lines = [
        str(file),
        f"{counted(len(members), 'file')}, {len(package.data):,} bytes; {len(package.manifest.left_out)} left out for their size or a secret",
        f"{counted(sum(redacted.values()), 'secret or machine path', 'secrets and machine paths')} taken out of {counted(len(redacted), 'file')}",
        f"manifest sha256 {package.sha256}",
        f"check it with: python agent/verify.py {shlex.quote(str(file))} --sha256 {package.sha256}",
    ]
    if verified.differences:
        lines += [
            "",
            f"It does not verify: {counted(len(verified.differences), 'difference')}",
            *map(in_one_line, verified.differences),
        ]
    if verified.findings:
        lines.append(
            f"The session's own audit had {counted(len(verified.findings), 'finding')}, which the package tells"
        )
    return lines


def _value(file: Path, package: Package, verified: Verified) -> dict[str, Any]:
    return {
        "file": str(file),
        "session": package.manifest.session,
        "members": len(package.manifest.members),
        "bytes": len(package.data),
        "manifest_sha256": package.sha256,
        "file_sha256": sha256(package.data),
        "redacted": dict(package.manifest.redacted),
        "left_out": sorted(package.manifest.left_out),
        "differences": [finding.model_dump() for finding in verified.differences],
        "findings": [finding.model_dump() for finding in verified.findings],
    }
