"""Around the schedule: lock, budget, signals, the report as it goes, the closing event, whoever wants to be told."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Mapping

from agent.campaigns.campaign import Campaign, allow_budget, note_resumption
from agent.campaigns.events import CampaignEnded
from agent.campaigns.fork_server import ForkServer
from agent.campaigns.one import WORK
from agent.campaigns.report import Report, report_of
from agent.campaigns.rows import Rows
from agent.campaigns.schedule import Relayed, Say, Schedule
from agent.campaigns.shown import write_report
from agent.models.probe import Probe
from agent.notify import notify, now
from agent.session.lock import SessionLock
from agent.session.trouble import pausing

log = logging.getLogger(__name__)
_SHOW_S, _SOON_S = 15.0, 1.0
"""Between two looks at all sessions for the report; where one began or ended meanwhile."""


def conduct_campaign(
    campaign: Campaign,
    say: Say,
    resume: bool = False,
    probes: Mapping[tuple[str, str], list[Probe]] | None = None,
    work_by: str = WORK,
) -> tuple[CampaignEnded, Report]:
    """Work the campaign until every session is done or it must stop; its last event and its report.

    `work_by`: what a session's process calls.

    Raises SessionLocked, or Paused where the machine does not even let it begin.
    """
    with pausing(campaign.paths.root), SessionLock(campaign.paths.lock):
        if resume:
            note_resumption(campaign, os.getpid())
        rows = Rows()
        server = ForkServer(("agent.campaigns.preloaded",))
        schedule = Schedule(campaign=campaign, server=server, say=say, work_by=work_by, probes=probes or {})
        try:
            with Relayed(schedule):
                schedule.fill()
                allow_budget(campaign, list(schedule.working))
                shown = _Shown(campaign, rows)
                shown.now()
                schedule.work(shown)
                ended = _closing(campaign, schedule, report_of(campaign, rows))
        finally:
            schedule.server.close()
        campaign.journal.append(ended)
        report = report_of(campaign, rows)
        _write(campaign, report)
    notify(campaign.spec.settings.notify, _told(campaign, ended, report))
    return ended, report


class _Shown:
    """Writes the report as sessions begin and end, and now and then between."""

    def __init__(self, campaign: Campaign, rows: Rows) -> None:
        self.campaign, self.rows = campaign, rows
        self._soon = self._next = 0.0
        self._events = -1

    def __call__(self) -> None:
        changed = len(self.campaign.journal.events) > self._events
        if time.monotonic() >= (self._soon if changed else self._next):
            self.now()

    def now(self) -> None:
        """Write it as it stands."""
        began, self._events = time.monotonic(), len(self.campaign.journal.events)
        _write(self.campaign, report_of(self.campaign, self.rows))
        took_s = time.monotonic() - began
        self._soon = time.monotonic() + max(_SOON_S, 50 * took_s)  # however many sessions: 2 % of a core at most
        self._next = max(self._soon, began + _SHOW_S)


def _write(campaign: Campaign, report: Report) -> None:
    """The report; its failure is a warning, since all that it shows lies in the folder."""
    try:
        write_report(campaign, report)
    except Exception as error:  # a night's work does not end for a page
        log.warning("%s: the report was not written: %s", campaign.paths.root, error)


def _closing(campaign: Campaign, schedule: Schedule, report: Report) -> CampaignEnded:
    """How it ended, by how its sessions did."""
    why = campaign.stop.why()
    words = {row.state for row in report.rows}
    if why is not None:
        return CampaignEnded(state="interrupted", reason=why, exit_code=130)
    if words & {"paused", "interrupted", "unfinished", "queued", "running"}:
        spent = "the budget that the sessions share allows no further call" if schedule.is_out_of_budget else ""
        left = sum(row.state in ("paused", "interrupted", "unfinished", "queued", "running") for row in report.rows)
        return CampaignEnded(
            state="paused", reason=spent or f"{left} session{'' if left == 1 else 's'} can be resumed", exit_code=4
        )
    if words - {"done"}:
        return CampaignEnded(state="findings", exit_code=5)
    return CampaignEnded(state="done")


def _told(campaign: Campaign, ended: CampaignEnded, report: Report) -> Mapping[str, object]:
    word = {"paused": "pause", "interrupted": "pause", "failed": "failure"}.get(ended.state, "end")
    return {
        **now(word),
        "of": "campaign",
        "folder": report.folder,
        "page": str(campaign.paths.page),
        "state": ended.state,
        "reason": ended.reason or report.conclusion,
        "exit_code": ended.exit_code,
        "usd": round(report.usd, 6),
        "tokens": report.tokens,
        "counts": report.counts,
    }
