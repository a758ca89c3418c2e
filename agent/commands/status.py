"""`python agent/status.py runs`: every session and campaign there, how it stands, what it waits for, what it cost."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

from agent.campaigns.campaign import open_campaign
from agent.campaigns.report import Report, as_json, report_of, row_json
from agent.campaigns.rows import Row, Rows, cost_text
from agent.commands.door import Output, through
from agent.commands.flags import add_flags
from agent.commands.parsing import Flags
from agent.errors import SessionError
from agent.session.campaign_paths import CampaignPaths
from agent.session.paths import REPOSITORY, SessionPaths
from agent.terminal import plain

_DIED = "stopped without a word; --resume goes on"
_RUNS = REPOSITORY / "runs"
_DEEP = 2
"""Folders within each other that are looked through: runs/, and folders that a person made in it."""


def parser() -> argparse.ArgumentParser:
    """The command's flags."""
    flags = Flags(
        prog="status.py",
        description="List sessions and campaigns: state, what they wait for, verdict, cost. Looks only, changes nothing.",
    )
    flags.add_argument(
        "folder", nargs="*", type=Path, default=[_RUNS], help="where they lie (default: runs/), or one of them"
    )
    add_flags(flags, "--json", json="one JSON object on stdout: sessions, campaigns")
    return flags


def main(argv: Sequence[str] | None = None) -> int:
    """The command; its exit status."""
    return through(parser(), argv, _status)


def _status(args: argparse.Namespace) -> Output:
    rows = Rows()
    sessions: list[Row] = []
    reports: list[Report] = []
    unread: list[str] = []
    roots = (root for folder in args.folder if folder != _RUNS or folder.is_dir() for root in _found(folder, unread))
    for root in dict.fromkeys(roots):
        try:
            if CampaignPaths(root).spec.is_file():
                reports.append(report_of(open_campaign(root), rows))
            elif row := rows.read(root):
                sessions.append(row)
        except (SessionError, OSError) as error:  # one that cannot be read hides no other
            unread.append(str(error))
    text = "\n".join([*map(_line, sessions), *_of_campaigns(reports), *unread]) or "no session and no campaign there"
    value = {
        "sessions": [dict(row_json(row)) for row in sessions],
        "campaigns": [as_json(report) for report in reports],
        "unread": unread,
    }
    return Output(text=text, value=value)


def _found(folder: Path, unread: list[str], deep: int = 0) -> Iterator[Path]:
    """Sessions and campaigns in a folder, newest name last; the folder itself where it is one. Links are not followed; what may not be
    looked into is told in `unread`."""
    if not folder.is_dir():
        if deep == 0:
            raise SessionError(f"{folder}: there is no such folder; name one that holds sessions, such as runs/")
        return
    if CampaignPaths(folder).spec.is_file() or SessionPaths(folder).journal.is_file():
        yield folder.resolve()
    elif deep <= _DEEP:
        try:
            inside = sorted(folder.iterdir())
        except OSError as error:
            unread.append(f"{folder}: cannot be looked into: {error.strerror}")
            return
        for each in inside:
            if not each.is_symlink() and not each.name.startswith("."):
                yield from _found(each, unread, deep + 1) if each.is_dir() else ()


def _of_campaigns(reports: Sequence[Report]) -> list[str]:
    lines = []
    for report in reports:
        counts = ", ".join(f"{number} {state.replace('_', ' ')}" for state, number in report.counts.items())
        lines.append(f"{report.name}  campaign, {report.shown}: {counts}; {cost_text(report.usd, report.tokens)}")
        lines += [f"  {_line(row)}" for row in report.rows]
    return lines


def _line(row: Row) -> str:
    verdict = f", {row.verdict_shown}" if row.verdict else ""
    confirmed = f", {row.confirmed}" if row.confirmed else ""
    reason = row.reason or (_DIED if row.state == "unfinished" else "")
    why = f", waits for {row.waits_for}" if row.waits_for else f" ({reason})" if reason else ""
    return plain(f"{row.key}  {row.shown}{why}{verdict}{confirmed}; {row.cost_shown}")
