"""What the terminal says of a session that has ended, for good or for now: what it has, and the commands that help."""

from __future__ import annotations

import os
import shlex
from typing import Any

from agent.commands.door import Output
from agent.results.english import counted
from agent.results.values import count
from agent.session.events import SessionEnded
from agent.session.session import Session
from agent.session.settings import Settings


def told_of(session: Session, ended: SessionEnded) -> Output:
    """How it ended, what it has, and what can be done now; the exit code is the session's."""
    from agent.conduct import outcome  # slow to import

    result = outcome(session, ended)
    return Output(text=_in_lines(session, ended, result), value=result, exit_code=ended.exit_code)


def _budgets(settings: Settings) -> str:
    """The limits that hold for the session, as flags; empty where there are none."""
    limits = settings.limits
    given = {"--budget-usd": limits.budget_usd, "--budget-tokens": limits.budget_tokens}
    return "".join(f" {flag} {value:.15g}" for flag, value in given.items() if value is not None)


def _no_tex(session: Session, result: dict[str, Any]) -> str:
    """What to say beside a draft that is HTML."""
    is_html = result["paper"] == str(session.paths.html_draft)
    return " (no TeX here, so a draft in HTML; with TeX, --resume prints the PDF)" if is_html else ""


def _in_lines(session: Session, ended: SessionEnded, result: dict[str, Any]) -> str:
    without = ended.state == "no_runs"
    lines = [
        *([f"No run was accepted: this session has no result ({ended.reason})."] if without else []),
        f"session  {session.paths.root}",
        f"state    {ended.state}{f' ({ended.reason})' if ended.reason else ''}",
        f"runs     {result['runs_completed']} accepted in {counted(result['attempts'], 'attempt')}",
        *([f"outcome  {result['conclusion']}"] if result["conclusion"] else []),
        f"tokens   {count(result['tokens_sent'])} sent, {count(result['tokens_received'])} received",
        f"paper    {result['paper'] or 'none'}{_no_tex(session, result)}",
        f"page     {session.paths.page if session.paths.page.is_file() else 'none'}",
    ]
    folder = shlex.quote(os.path.relpath(session.paths.root))
    if ended.state == "findings":
        lines += [
            f"findings `python agent/audit.py {folder}` tells them; --resume asks no writer again about what the audit has recorded",
            f"next     begin the idea anew (the baseline is kept), or sign what is there: python agent/sign.py {folder} --despite-findings --name NAME",
        ]
    if without or ended.state in ("paused", "interrupted"):
        lines.append(f"resume   python agent/run_idea.py --resume {folder}{_budgets(session.settings)}")
    return "\n".join(lines)
