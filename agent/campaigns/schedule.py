"""Which session is begun when: as many at once as are allowed, none whose provider is to be left alone, each until it is done."""

from __future__ import annotations

import logging
import os
import shutil
import signal
import socket
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from agent.campaigns.campaign import Campaign
from agent.campaigns.events import EntryBegun, EntryEnded, EntryFound
from agent.campaigns.fork_server import ForkServer
from agent.campaigns.one import WORK, last_words
from agent.campaigns.spec import Entry
from agent.campaigns.waiting import providers, waits_for
from agent.errors import LabloopError, SessionError
from agent.models.exchanges import Exchanges
from agent.models.prices import prices_by_role
from agent.models.probe import Probe, keep_probes
from agent.results.story.readings import state_of
from agent.results.story.state import OVER
from agent.session.lock import Holder, holder
from agent.session.paths import SessionPaths
from agent.session.session import start_session
from agent.session.template import load_template
from agent.signals import Caught

log = logging.getLogger(__name__)
Say = Callable[[str], None]
_POLL_S = 1.0
_DEATHS = 2
"""How often a session that dies without a word is taken up again, in one life of the campaign."""


@dataclass
class _Working:
    """A session that is at work."""

    entry: Entry
    pid: int
    since: float = field(default_factory=time.time)
    """When it was begun, in seconds since 1970."""
    found: bool = False
    """No child of ours: its lock alone tells whether it works."""
    signalled: bool = False
    """It was told that a stop is asked for."""


@dataclass
class Schedule:
    """The sessions of a campaign from the queue to their ends."""

    campaign: Campaign
    server: ForkServer
    say: Say
    work_by: str = WORK
    """What a session's process calls."""
    probes: Mapping[tuple[str, str], list[Probe]] = field(default_factory=dict)
    """What the check paid models, by template and model: the first session of both keeps it in its record."""
    queue: list[Entry] = field(default_factory=list)
    working: dict[str, _Working] = field(default_factory=dict)
    deaths: dict[str, int] = field(default_factory=dict)

    def fill(self) -> None:
        """What is to be done: sessions that are at work are waited for, those that are over left alone, all others queued."""
        for entry in self.campaign.spec.wanted:
            paths = self.campaign.paths.session(entry.key)
            held = holder(paths.lock)
            if held is not None:
                self._found(entry, held)
            elif state_of(paths.root).word not in OVER:
                self._close_open(entry)
                self.queue.append(entry)
            else:
                self._close_open(entry)

    def _found(self, entry: Entry, held: Holder) -> None:
        """Another process works in it: its end is waited for."""
        self.campaign.journal.append(EntryFound(key=entry.key, pid=held.pid))
        self._at_work(_Working(entry, held.pid, found=True))

    def work(self, shown: Callable[[], None]) -> None:
        """Until nothing is at work and nothing can be begun. `shown` is called about once a second, for whoever shows how it stands."""
        while True:
            self._begin_some()
            if not self.working and not self._waits():
                return
            self._hear(_POLL_S)
            shown()

    def _waits(self) -> bool:
        """Whether something is queued that may still be begun: no stop was asked for, and there is money left."""
        return bool(self.queue) and self.campaign.stop.why() is None and not self.is_out_of_budget

    @property
    def is_out_of_budget(self) -> bool:
        """Whether a call of one of the sessions was refused for the budget that they share."""
        return any(account.refused for account in self.campaign.shared.accounts().values())

    def _begin_some(self) -> None:
        while len(self.working) < self.campaign.spec.at_once and self._waits():
            entry = next((each for each in self.queue if not self._waits_for(each)), None)
            if entry is None:
                return
            self.queue.remove(entry)
            try:
                self._begin(entry)
            except LabloopError as error:  # an idea that fails stops nobody
                self._end(entry, "failed", str(error), error.exit_code)

    def _waits_for(self, entry: Entry) -> str:
        return waits_for(self.campaign.shared, entry, self.campaign.spec.settings)

    def _begin(self, entry: Entry) -> None:
        paths = self.campaign.paths.session(entry.key)
        resumed = paths.journal.is_file()
        self.campaign.journal.append(EntryBegun(key=entry.key, resumed=resumed))
        if not resumed:
            self._start(entry, paths)
        config = self.campaign.config
        given = {
            "root": str(paths.root),
            "log_file": str(self.campaign.paths.log(entry.key)),
            "resume": resumed,
            "flags": dict(self.campaign.flags),
            "config": str(config) if config else None,
        }
        try:
            pid = self.server.begin(self.work_by, given)
        except OSError:  # it was killed: the one in its place begins what it did not
            self._replace_server()
            pid = self.server.begin(self.work_by, given)
        self._at_work(_Working(entry, pid))
        self.say(f"{entry.key}: {'taken up again' if resumed else 'begun'}")

    def _at_work(self, each: _Working) -> None:
        self.working[each.entry.key] = each
        if self.campaign.stop.why() is not None and not each.signalled:  # asked for just before: it has not heard
            self._hand_on(each, signal.SIGINT)

    def _start(self, entry: Entry, paths: SessionPaths) -> None:
        """The session's folder; what a kill left of one that had not begun is taken away first."""
        if paths.attempts.exists() or paths.exchanges.exists():  # it had begun, and somebody took its journal away
            raise SessionError(
                f"{paths.journal}: missing; put it back from a copy, or move {paths.root} away to begin it anew"
            )
        if paths.root.exists():
            shutil.rmtree(paths.root)
        settings = entry.settings(self.campaign.spec.settings)
        asked = settings.experiment
        template = load_template(Path(entry.template), asked.scale, asked.values)
        assert entry.idea is not None
        session = start_session(self.campaign.paths.root, entry.idea, template, settings, name=entry.key)
        probes = dict(self.probes).get((entry.template, entry.model))
        if probes:
            keep_probes(probes, session.journal, Exchanges(session.paths.exchanges), prices_by_role(settings.models))
            probes.clear()

    def _hear(self, wait_s: float) -> None:
        """Wait for ends, and take them up."""
        by_pid = {each.pid: each for each in self.working.values() if not each.found}
        for pid, status in self.server.ended(wait_s).items():
            if pid in by_pid:
                self._over(by_pid[pid], status)
        if self.server.is_gone:
            self._replace_server()
        for each in [each for each in self.working.values() if each.found]:
            if holder(self.campaign.paths.session(each.entry.key).lock) is None:
                self._over(each, None)

    def _replace_server(self) -> None:
        """The process that forks was killed: its sessions go on, and nobody tells their ends any more but their locks."""
        log.warning("the process that forks sessions is gone; another takes its place")
        for each in self.working.values():
            each.found = True
        self.server.close()
        self.server = ForkServer(self.server.preload, self.server.last_words)

    def _over(self, each: _Working, status: int | None) -> None:
        """A session's process ended: for good, until its provider may be asked again, or by an accident, after which it is taken up."""
        entry = each.entry
        del self.working[entry.key]
        self.campaign.shared.release(entry.key)
        held = holder(self.campaign.paths.session(entry.key).lock)
        if held is not None:  # somebody has taken it up alone, which kept ours out
            self._found(entry, held)
            return
        state = state_of(self.campaign.paths.session(entry.key).root)
        gave_up = state.word == "unfinished" and (status or 0) > 0  # it could not even open the session, and said why
        reason = last_words(self.campaign.paths.log(entry.key)) if gave_up else state.reason
        self._end(entry, state.word, reason, status)
        if self.campaign.stop.why() is not None or gave_up:
            return
        if state.word == "paused" and self._was_told_to_wait(each):
            self.queue.append(entry)
        if state.word == "unfinished" and self.deaths.setdefault(entry.key, 0) < _DEATHS:
            self.deaths[entry.key] += 1
            self.queue.insert(0, entry)

    def _was_told_to_wait(self, each: _Working) -> bool:
        """Whether one of its providers asked to wait while it worked: then it goes on as soon as that is over, which it may be by now.

        A session that paused for another reason pauses once more, and without a new wait it is left at that.
        """
        named = providers(each.entry.settings(self.campaign.spec.settings))
        return any(self.campaign.shared.asked_to_wait(name, each.since) for name in named)

    def _end(self, entry: Entry, state: str, reason: str, status: int | None) -> None:
        self.campaign.journal.append(EntryEnded(key=entry.key, state=state, reason=reason, exit_code=status))
        self.say(f"{entry.key}: {state.replace('_', ' ')}{f' ({reason})' if reason else ''}")

    def _close_open(self, entry: Entry) -> None:
        """An end for what was begun and ended while no campaign looked."""
        mine = [
            e for e in self.campaign.journal.events if isinstance(e, EntryBegun | EntryEnded) and e.key == entry.key
        ]
        if mine and isinstance(mine[-1], EntryBegun):
            state = state_of(self.campaign.paths.session(entry.key).root)
            self.campaign.journal.append(EntryEnded(key=entry.key, state=state.word, reason=state.reason))

    def signal(self, number: int) -> None:
        """Hand a signal on to every session at work."""
        for each in self.working.values():
            self._hand_on(each, number)

    def _hand_on(self, each: _Working, number: int) -> None:
        each.signalled = True
        held = holder(self.campaign.paths.session(each.entry.key).lock) if each.found else None
        if not each.found or (held is not None and held.pid == each.pid and held.host == socket.gethostname()):
            _signal(each.pid, number)


def _signal(pid: int, number: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.kill(pid, number)


class Relayed(Caught):
    """While a campaign is worked within it, Ctrl-C and SIGTERM go on to the sessions, which end as they do alone; nothing new is begun."""

    def __init__(self, schedule: Schedule) -> None:
        super().__init__()
        self.schedule = schedule

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        stop = self.schedule.campaign.stop
        if number == signal.SIGINT and stop.why() is None:
            stop.request("interrupted by Ctrl-C")
            log.warning("Ctrl-C: each session finishes its step, then the campaign stops; once more to stop now")
        else:
            stop.request(f"stopped by {signal.Signals(number).name}")
        self.schedule.signal(signal.SIGINT if number == signal.SIGINT else signal.SIGTERM)
