"""What the queue says of a session's jobs: one question for all of them, seldom; the accounting for those it has forgotten."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import RLock

from agent.launching.slurm.programs import Ask, Said, ask

_FIELDS = "%i|%T|%r|%N|%j"
_AGES_S = 1e9
_NO_SUCH = "Invalid job name"


@dataclass(frozen=True)
class Seen:
    """A job as the queue, or the accounting, has it."""

    job_id: str
    state: str
    """PENDING, RUNNING … as Slurm writes it."""
    reason: str = ""
    node: str = ""
    witness: str = "queue"


@dataclass(frozen=True)
class View:
    """What could be learnt of one job."""

    seen: tuple[Seen, ...] = ()
    """Under its name; more than one where it was submitted twice. Empty where nobody knows it."""
    away_s: float = 0.0
    """How long the controller has not answered; 0 where it has."""
    said: str = ""
    """What was said in place of an answer."""
    accounting: bool = True
    """Whether there is an accounting that could be asked."""


class Queue:
    """Asks the queue for all names that are watched, at most once in `every_s`; threads may ask at once."""

    def __init__(self, every_s: float, programs: Ask = ask, clock: Callable[[], float] = time.monotonic) -> None:
        self._every_s, self._ask, self._clock = every_s, programs, clock
        self._lock = RLock()
        self._watched: dict[str, None] = {}
        self._asked_at = -_AGES_S
        self._answered_at: float | None = None
        self._away_since: float | None = None
        self._said = ""
        self._seen: dict[str, list[Seen]] = {}
        self._accounted: dict[str, tuple[float, View]] = {}

    def watch(self, name: str) -> None:
        """Ask for this name from now on, the next time at once."""
        with self._lock:
            self._watched[name] = None
            self._asked_at = -_AGES_S

    def forget(self, name: str) -> None:
        with self._lock:
            self._watched.pop(name, None)
            self._accounted.pop(name, None)

    def look(self, name: str, now: bool = False) -> View:
        """What is known of a job that is watched; `now`: asked anew, however short a time ago it was."""
        with self._lock:
            if now or self._clock() - self._asked_at >= self._every_s:
                self._refresh()
            if self._away_since is not None:
                return View(away_s=max(self._clock() - self._away_since, 1e-3), said=self._said)
            if found := self._seen.get(name):
                return View(tuple(found))
            return self._account(name, now)

    def _refresh(self) -> None:
        names = ",".join(self._watched)
        said = self._ask(["squeue", "--noheader", "--states=all", f"--format={_FIELDS}", f"--name={names}"])
        self._asked_at = self._clock()
        if said.status != 0 and _NO_SUCH not in said.err:
            self._away_since = self._away_since if self._away_since is not None else self._asked_at
            self._said = said.line
            return
        self._away_since, self._seen = None, {}
        for line in said.out.splitlines():
            job_id, state, reason, node, name = [*line.strip().split("|"), "", "", "", ""][:5]
            if job_id[:1].isdigit():  # else a site's greeting, or the name of the cluster
                self._seen.setdefault(name, []).append(Seen(job_id, state, reason, node))

    def _account(self, name: str, now: bool) -> View:
        """What the accounting says of a job that the queue has forgotten; it is asked as seldom."""
        known = self._accounted.get(name)
        if known is not None and not now and self._clock() - known[0] < self._every_s:
            return known[1]
        view = accounted(self._ask(accounting_words(name)))
        self._accounted[name] = (self._clock(), view)
        return view


def accounting_words(name: str) -> list[str]:
    """The question to the accounting: of all days that it keeps, this name only."""
    return [
        "sacct",
        "--allocations",
        "--noheader",
        "--parsable2",
        "--starttime=now-30days",
        f"--name={name}",
        "--format=JobID,State,NodeList",
    ]


def accounted(said: Said) -> View:
    """What the accounting answered; without one, that."""
    if said.status != 0:
        return View(said=said.line, accounting=False)
    rows = [[*line.strip().split("|"), "", ""][:3] for line in said.out.splitlines()]
    seen = (Seen(row[0], row[1], node=row[2], witness="accounting") for row in rows if row[0][:1].isdigit() and row[1])
    return View(tuple(seen))
