"""Around the schedule: lock, budget, signals, the report as it goes, the closing event, whoever wants to be told."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Mapping

from agent.campaigns.campaign import Campaign, allow_budget, note_resumption
from agent.campaigns.ending import LAST_WORDS, closing, record, speak_for_the_dead, stopped_by, tell, write
from agent.campaigns.events import CampaignEnded
from agent.campaigns.fork_server import ForkServer
from agent.campaigns.one import WORK
from agent.campaigns.report import Report, report_of
from agent.campaigns.rows import Rows
from agent.campaigns.schedule import Relayed, Say, Schedule
from agent.models.probe import Probe
from agent.session.lock import SessionLock
from agent.session.trouble import pausing

log = logging.getLogger(__name__)
PRELOAD = ("agent.campaigns.preloaded",)
"""What sessions have in common."""
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
            speak_for_the_dead(campaign)
            note_resumption(campaign, os.getpid())
        rows = Rows()
        server = ForkServer(PRELOAD, (LAST_WORDS, {"root": str(campaign.paths.root)}))
        schedule = Schedule(campaign=campaign, server=server, say=say, work_by=work_by, probes=probes or {})
        try:
            ended = _worked(campaign, schedule, rows)
            is_news = record(campaign, ended)
        finally:
            schedule.server.close()
    return ended, tell(campaign, ended, rows, is_news)


def _worked(campaign: Campaign, schedule: Schedule, rows: Rows) -> CampaignEnded:
    """The schedule, with every way it can stop as an event."""
    try:
        with pausing(campaign.paths.root), Relayed(schedule):
            schedule.fill()
            allow_budget(campaign, list(schedule.working))
            shown = _Shown(campaign, rows)
            shown.now()
            schedule.work(shown)
            return closing(campaign, schedule.is_out_of_budget, rows)
    except (
        Exception
    ) as error:  # nobody is there at night: whatever it is, the journal has it, and whoever wants to be told is
        return stopped_by(error, campaign)


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
        try:
            write(self.campaign, report_of(self.campaign, self.rows))
        except Exception as error:  # it is only shown: the sessions go on, and the next look makes it anew
            log.warning("%s: the report could not be made: %s", self.campaign.paths.root, error)
        took_s = time.monotonic() - began
        self._soon = time.monotonic() + max(_SOON_S, 50 * took_s)  # however many sessions: 2 % of a core at most
        self._next = max(self._soon, began + _SHOW_S)
