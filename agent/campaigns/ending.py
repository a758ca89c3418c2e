"""How a campaign ends, and who is told: in good order, by an error, or by a death that others have to speak of."""

from __future__ import annotations

import logging
import shlex
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from agent.campaigns.campaign import Campaign, open_campaign
from agent.campaigns.events import CampaignEnded, CampaignResumed, CampaignStarted
from agent.campaigns.report import Report, report_of
from agent.campaigns.rows import Rows
from agent.campaigns.shown import write_report
from agent.errors import LabloopError, Paused
from agent.notify import notify, now
from agent.results.english import counted
from agent.session.files import write_text
from agent.session.lock import holder
from agent.session.report import unexpected
from agent.session.trouble import pausing

log = logging.getLogger(__name__)
LAST_WORDS = "agent.campaigns.ending:tell_of_a_death"
_OPEN = ("paused", "interrupted", "unfinished", "queued", "running")
"""States in which a session can go on."""
_OVER = ("done", "findings")
"""Ends of a campaign after which nothing is left to do."""


def closing(campaign: Campaign, is_out_of_budget: bool, rows: Rows) -> CampaignEnded:
    """How it ended in good order, by how its sessions did."""
    why = campaign.stop.why()
    words = [row.state for row in report_of(campaign, rows).rows]
    if why is not None:
        return CampaignEnded(state="interrupted", reason=why, exit_code=130)
    if left := sum(word in _OPEN for word in words):
        spent = "the budget that the sessions share allows no further call" if is_out_of_budget else ""
        resumable = f"{counted(left, 'session')} can be resumed"
        return CampaignEnded(state="paused", reason=spent or resumable, exit_code=4)
    if set(words) - {"done"}:
        return CampaignEnded(state="findings", exit_code=5)
    return CampaignEnded(state="done")


def stopped_by(error: Exception, campaign: Campaign) -> CampaignEnded:
    """The end that an error made. Its sessions at work go on without it; a resumed campaign finds them."""
    if isinstance(error, Paused):
        return CampaignEnded(state="paused", reason=str(error), exit_code=error.exit_code)
    if isinstance(error, LabloopError):
        return CampaignEnded(state="failed", reason=str(error), exit_code=error.exit_code)
    reason = f"{unexpected(error, campaign.paths.root)}; sessions at work go on, and --resume finds them"
    return CampaignEnded(state="failed", reason=reason, exit_code=LabloopError.exit_code)


def record(campaign: Campaign, ended: CampaignEnded) -> bool:
    """Its last event, where the journal takes it; whether it is news, and not an end that it had come to before. The caller holds the lock."""
    is_news = ended.state not in _OVER or _has_worked(campaign)
    try:
        with pausing(campaign.paths.root):
            campaign.journal.append(ended)
    except Paused as error:  # what is not in the journal did not happen: a resumption comes here again
        log.warning("%s", error)
    return is_news


def tell(campaign: Campaign, ended: CampaignEnded, rows: Rows, is_news: bool = True) -> Report:
    """The report, written; and the word to whoever wants to be told."""
    report = None
    try:
        report = report_of(campaign, rows)
        write(campaign, report)
        return report
    finally:
        if is_news:
            notify(campaign.spec.settings.notify, _told(campaign, ended, report))


def write(campaign: Campaign, report: Report) -> None:
    """The report; its failure is a warning, since all that it shows lies in the folder."""
    try:
        write_report(campaign, report)
    except Exception as error:  # a night's work does not end for a page
        log.warning("%s: the report was not written: %s", campaign.paths.root, error)


def speak_for_the_dead(campaign: Campaign) -> None:
    """Where its last process stopped without a word: an end in the journal, and the word to whoever wants to be told, unless
    they know. The caller holds the lock.
    """
    if _has_died(campaign):
        died, is_known = _death(campaign), _is_known(campaign)
        record(campaign, died)
        if not is_known:
            tell(campaign, died, Rows())


def tell_of_a_death(root: str) -> None:
    """For the process that forks sessions, which hears of the campaign's death first. It takes no lock: whoever resumes at this moment
    is not held up, and writes the end into the journal.
    """
    campaign = open_campaign(Path(root))
    if _has_died(campaign) and holder(campaign.paths.lock) is None and not _is_known(campaign):
        tell(campaign, _death(campaign), Rows())


def _has_died(campaign: Campaign) -> bool:
    """Whether it was at work and has no end, for who knows that nobody works it now."""
    events = campaign.journal.events
    return bool(events) and not isinstance(events[-1], CampaignEnded | CampaignStarted)


def _death(campaign: Campaign) -> CampaignEnded:
    reason = (
        "its process stopped without a word (killed, out of memory, or the machine went down); sessions at work go on, and "
        f"`python agent/campaign.py --resume {shlex.quote(str(campaign.paths.root))}` finds them"
    )
    return CampaignEnded(state="failed", reason=reason, exit_code=LabloopError.exit_code)


def _is_known(campaign: Campaign) -> bool:
    """Whether somebody was told of this death; from now on it is noted that somebody was."""
    path, last = campaign.paths.death, f"{campaign.journal.events[-1].seq}\n"
    try:
        if path.read_text(encoding="utf-8") == last:
            return True
    except OSError:
        pass
    with suppress(OSError):  # a full disk: better told twice than never
        write_text(path, last)
    return False


def _has_worked(campaign: Campaign) -> bool:
    """Whether any session was begun, found or ended since the campaign ended before: else it only ends again as it did."""
    events = campaign.journal.events
    last = max((at for at, event in enumerate(events) if isinstance(event, CampaignEnded)), default=None)
    return last is None or any(not isinstance(event, CampaignResumed) for event in events[last + 1 :])


def _told(campaign: Campaign, ended: CampaignEnded, report: Report | None) -> Mapping[str, object]:
    """What is told of its end; what could not be counted is left out."""
    word = {"paused": "pause", "interrupted": "pause", "failed": "failure"}.get(ended.state, "end")
    counted: Mapping[str, object] = (
        {"usd": round(report.usd, 6), "tokens": report.tokens, "counts": report.counts} if report else {}
    )
    return {
        **now(word),
        "of": "campaign",
        "folder": str(campaign.paths.root),
        "page": str(campaign.paths.page),
        "state": ended.state,
        "reason": ended.reason or (report.conclusion if report else ""),
        "exit_code": ended.exit_code,
        **counted,
    }
