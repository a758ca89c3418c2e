"""`python agent/review.py runs/…`: write a session's page."""

from __future__ import annotations

import argparse
import webbrowser
from collections.abc import Sequence
from pathlib import Path

from agent.campaigns.campaign import open_campaign
from agent.campaigns.report import report_of
from agent.campaigns.rows import Rows
from agent.campaigns.shown import write_report
from agent.commands.door import Output, through
from agent.commands.flags import add_flags
from agent.commands.parsing import Flags
from agent.errors import UsageError
from agent.page.write import write_page_of
from agent.session.campaign_paths import CampaignPaths


def parser() -> argparse.ArgumentParser:
    """The command's flags."""
    flags = Flags(
        prog="review.py",
        description="Write one static page about a session: results, runs, figures, paper, transcript. "
        "It reads the journal only, so it works for a session at any point, finished or not. Of a campaign its report is written anew.",
        epilog="Exit codes: 0 written, 1 no session there, 2 usage.",
    )
    flags.add_argument(
        "session",
        type=Path,
        help="the folder of a session, for example runs/20261120-213005_progressive, or of a campaign",
    )
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
    is_campaign = CampaignPaths(args.session).spec.is_file()
    page = _of_campaign(args) if is_campaign else write_page_of(args.session, args.out)
    if args.open:
        webbrowser.open(page.as_uri())
    return Output(text=str(page), value={"page": str(page)})


def _of_campaign(args: argparse.Namespace) -> Path:
    """The campaign's report as its sessions stand now, whoever worked them; its page."""
    if args.out is not None:
        raise UsageError(
            "--out: a campaign's page names those of its sessions, so it lies beside them; leave --out out"
        )
    campaign = open_campaign(args.session)
    try:
        write_report(campaign, report_of(campaign, Rows()))
    except OSError as error:
        raise UsageError(f"{campaign.paths.root}: {error.strerror}; the report is written there") from error
    return campaign.paths.page
