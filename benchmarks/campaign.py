"""What a campaign costs and loses: many scripted sessions, what one that waits holds, and wall time against slots.

python -m benchmarks.campaign [many] [waiting] [slots]      (`make bench-campaign ARGS=…`) writes campaign.json and docs/campaign.md
"""

from __future__ import annotations

import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from agent.campaigns.conduct import conduct_campaign
from agent.campaigns.events import EntryBegun, EntryEnded
from agent.launching.slots import Slots
from benchmarks.campaign_waits import WAITS, Waiting, waiting
from tests.world.campaigns import WORK, idea_folder, launches, sessions_of, toy_campaign
from tests.world.sleeping import sleeping

REPOSITORY = Path(__file__).resolve().parents[1]
PAGE = REPOSITORY / "docs" / "campaign.md"
RESULTS = Path(__file__).with_name("campaign.json")
SLEEP_S = 10.0
"""Seconds that stand for hours of an experiment."""


@dataclass(frozen=True)
class Many:
    """A campaign of scripted sessions from begin to end."""

    sessions: int
    at_once: int
    done: int
    begun: int
    ended: int
    launched_twice: int
    slots_leaked: int
    wall_s: float
    own_cpu_s: float
    """CPU of the campaign's own process: schedule and report."""

    @property
    def own_ms_a_session(self) -> float:
        return 1000 * self.own_cpu_s / self.sessions


@dataclass(frozen=True)
class Slotted:
    """Four ideas on so many slots, with an experiment that sleeps."""

    slots: int
    wall_s: float
    ideal_s: float
    cpu_s: float = 0.0
    """CPU of everything: campaign, sessions, experiments, evaluators."""


def many(sessions: int, at_once: int, folder: Path) -> Many:
    """Scripted toy sessions, all on one baseline. Raises AssertionError for nothing: what is lost is counted."""
    campaign = toy_campaign(folder / "c", [idea_folder(folder / "ideas", sessions)], at_once, max_runs=1)
    before, began = resource.getrusage(resource.RUSAGE_SELF), time.monotonic()
    report = conduct_campaign(campaign, lambda text: None, work_by=WORK)[1]
    after, wall_s = resource.getrusage(resource.RUSAGE_SELF), time.monotonic() - began
    events = campaign.journal.events
    all_launches = launches(sessions_of(campaign))
    return Many(
        sessions=sessions,
        at_once=at_once,
        done=sum(row.state in ("done", "findings") and row.runs == 1 for row in report.rows),
        begun=sum(isinstance(event, EntryBegun) for event in events),
        ended=sum(isinstance(event, EntryEnded) for event in events),
        launched_twice=len(all_launches) - len(set(all_launches)),
        slots_leaked=_leaked(),
        wall_s=wall_s,
        own_cpu_s=after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
    )


def _leaked() -> int:
    """Slots that nobody should hold and somebody does."""
    slots = Slots(64)
    held = [slot for _ in range(64) if (slot := slots.claim("looked at"))]
    for slot in held:
        slot.release()
    return 64 - len(held)


def slotted(slots: int, folder: Path) -> Slotted:
    """Four ideas of two runs each, all at once, on so many slots; each launch of the experiment sleeps."""
    template = sleeping(folder, SLEEP_S)
    campaign = toy_campaign(folder / "c", [idea_folder(folder / "ideas", 4)], 4, template=template, slots=slots)
    before, began = _cpu_s(), time.monotonic()
    conduct_campaign(campaign, lambda text: None, work_by=WORK)
    wall_s = time.monotonic() - began
    rounds = -(-5 // slots) + 8 / min(slots, 4)
    return Slotted(slots, wall_s, rounds * SLEEP_S, _cpu_s() - before)


def _cpu_s() -> float:
    """CPU seconds of this process and of all that it has waited for: what a campaign begins is waited for to its end."""
    used = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


@contextmanager
def place() -> Iterator[Path]:
    """A folder with a cache and slots of its own."""
    before = {name: os.environ.get(name) for name in ("LABLOOP_CACHE", "LABLOOP_SLOTS_FOLDER")}
    with tempfile.TemporaryDirectory(prefix="campaign-") as name:
        folder = Path(name)
        os.environ.update(LABLOOP_CACHE=str(folder / "cache"), LABLOOP_SLOTS_FOLDER=str(folder / "slots"))
        yield folder
    for name, value in before.items():
        if value is None:
            os.environ.pop(name)
        else:
            os.environ[name] = value


def main(wanted: list[str]) -> None:
    """Measure what is named, everything where nothing is, and write it down."""
    kept: dict[str, Any] = json.loads(RESULTS.read_text()) if RESULTS.is_file() else {}
    for name in wanted or ["many", "waiting", "slots"]:
        kept.setdefault("when", {})[name] = _when()
        kept[name] = [asdict(found) for found in _measured(name)]
        _write(kept)  # table by table: what was measured stays, whatever comes of the next


def _measured(name: str) -> Iterator[Any]:
    """The rows of one table, each as it is measured."""
    cases: dict[str, list[Any]] = {"many": [10, 200], "waiting": list(WAITS), "slots": [1, 2, 4]}
    for case in cases[name]:
        with place() as folder:
            if name == "many":
                found: Any = many(case, 16, folder)
            else:
                found = waiting(case, 8, folder) if name == "waiting" else slotted(case, folder)
        sys.stdout.write(f"{found}\n")
        sys.stdout.flush()
        yield found


def _when() -> str:
    """When, and on what: what else the machine did as it began."""
    cores, load = len(os.sched_getaffinity(0)), os.getloadavg()
    return f"{time.strftime('%Y-%m-%d')}, {cores} cores, load {load[0]:.1f} before (over 15 minutes {load[2]:.1f})"


def _write(kept: dict[str, Any]) -> None:
    RESULTS.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    begin, end = "<!-- measured -->\n", "<!-- /measured -->\n"
    before, _, rest = PAGE.read_text("utf-8").partition(begin)
    PAGE.write_text(f"{before}{begin}{tables(kept)}{end}{rest.partition(end)[2]}", encoding="utf-8")


_TABLES = {"many": "Many sessions", "waiting": "Waiting", "slots": "Slots"}


def tables(kept: dict[str, Any]) -> str:
    """What was measured, in Markdown."""
    many_rows = [
        f"| {each.sessions} | {each.done} | {each.begun}, {each.ended} | {each.launched_twice} | {each.slots_leaked} "
        f"| {each.wall_s:.0f} s | {each.own_ms_a_session:.0f} ms |"
        for each in (Many(**row) for row in kept.get("many", []))
    ]
    waits = [
        f"| {each.what} | {each.pss_mb:.0f} MB | {each.helpers_pss_mb:.0f} MB | {each.rss_mb:.0f} MB | {100 * each.core:.2f} % |"
        for each in (Waiting(**row) for row in kept.get("waiting", []))
    ]
    slots = [
        f"| {each.slots} | {each.wall_s:.0f} s | {each.ideal_s:.0f} s | {each.wall_s - each.ideal_s:.0f} s "
        f"| {f'{each.cpu_s:.0f} s' if each.cpu_s else '–'} |"
        for each in (Slotted(**row) for row in kept.get("slots", []))
    ]
    return "\n".join(
        [
            "| sessions, 16 at once | done | begun, ended | launched twice | slots leaked | wall time | campaign's own CPU a session |",
            "|---|---|---|---|---|---|---|",
            *many_rows,
            "",
            "| a session waits for | memory of its own and its share (PSS) | its helpers' | all that it sees (RSS) | of a core |",
            "|---|---|---|---|---|",
            *waits,
            "",
            "| slots | wall time | ideal | over it | CPU of everything |",
            "|---|---|---|---|---|",
            *slots,
            "",
            *(f"{_TABLES[name]}: {when}." for name, when in kept.get("when", {}).items()),
            "",
        ]
    )


if __name__ == "__main__":
    main(sys.argv[1:])
