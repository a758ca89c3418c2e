"""What a session of a campaign holds of memory and cores while it waits: for a person, a provider, an experiment."""

from __future__ import annotations

import os
import signal
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import agent.campaigns.conduct as conduct
from agent.campaigns.campaign import Campaign
from agent.campaigns.fork_server import memory_of
from agent.campaigns.one import WORK as WITH_AIDER
from agent.campaigns.report import Report
from agent.session.events import AttemptBegun, Exchanged, LaunchEnded
from agent.session.lock import holder
from agent.session.reading import read_session
from tests.world.campaigns import WORK, idea_folder, sessions_of, toy_campaign
from tests.world.provider import Provider
from tests.world.sleeping import sleeping
from tests.world.toy import TEMPLATE

WATCHED_S = 20.0
WAITS = ("an answer by hand", "a provider's answer", "an experiment", "an experiment, with aider")


@dataclass(frozen=True)
class Waiting:
    """What a session holds while it waits, on average over those that were watched."""

    what: str
    sessions: int
    rss_mb: float
    pss_mb: float
    core: float
    """Part of a core that its process uses."""
    helpers_pss_mb: float
    """Its other processes, but for the experiment's own: supervisor, sandbox, the coder's."""


class Slow(Provider):
    """Answers no question while it is watched."""

    def answer(self, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        time.sleep(4 * WATCHED_S)
        return super().answer(path, body)


def waiting(what: str, sessions: int, folder: Path) -> Waiting:
    """`sessions` that wait, all at once, for a person's answer, a provider's, or an experiment."""
    ideas = idea_folder(folder / "ideas", sessions)
    with Slow() as server:
        given: dict[str, dict[str, Any]] = {
            "an answer by hand": {"model": "manual"},
            "a provider's answer": {"model": "openai/x", "base_url": server.url, "max_output_tokens": 256},
            "an experiment": {"slots": 64},
            "an experiment, with aider": {"slots": 64, "coder_idle_s": 1},
        }
        template = sleeping(folder, 4 * WATCHED_S) if "experiment" in what else TEMPLATE
        campaign = toy_campaign(folder / "c", [ideas], sessions, template=template, **given[what])
        if "experiment" in what:
            _with_baseline(folder, template)
        work_by = WITH_AIDER if "aider" in what else WORK
        working = threading.Thread(target=_stopped_conduct, args=(campaign, work_by), daemon=True)
        working.start()
        pids = _await(campaign, sessions, what)
        before, began = [_cpu_s(pid) for pid in pids], time.monotonic()
        time.sleep(WATCHED_S)
        took_s = time.monotonic() - began
        used_s = [_cpu_s(pid) - was for pid, was in zip(pids, before, strict=True)]
        memory = [memory_of(pid) for pid in pids]
        helpers = [sum(memory_of(each)["pss"] for each in _helpers(pid)) for pid in pids]
        for pid in pids:
            os.kill(pid, signal.SIGTERM)
        working.join()
    mean = len(pids)
    return Waiting(
        what=what,
        sessions=sessions,
        rss_mb=sum(each["rss"] for each in memory) / mean,
        pss_mb=sum(each["pss"] for each in memory) / mean,
        core=sum(used_s) / took_s / mean,
        helpers_pss_mb=sum(helpers) / mean,
    )


def _stopped_conduct(campaign: Campaign, work_by: str) -> Report:
    """In a thread, where no signal's handler can be set; the sessions are told to stop one by one."""

    class Quiet:
        def __init__(self, *_: object) -> None: ...
        def __enter__(self) -> None: ...
        def __exit__(self, *_: object) -> None: ...

    vars(conduct)["Relayed"] = Quiet
    return conduct.conduct_campaign(campaign, lambda text: None, work_by=work_by)[1]


def _await(campaign: Campaign, sessions: int, what: str) -> list[int]:
    """The sessions' processes, as soon as each waits for what it is watched at."""
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline:
        time.sleep(0.5)
        found = []
        for paths in sessions_of(campaign):
            held = holder(paths.lock)
            if held is not None and _waits(paths.root, what):
                found.append(held.pid)
        if len(found) == sessions:
            time.sleep(3)
            return found
    raise TimeoutError(f"after five minutes {len(found)} of {sessions} sessions wait for {what}")


def _waits(root: Path, what: str) -> bool:
    reading = read_session(root)
    if "experiment" in what:
        launched = {event.number for event in reading.all(LaunchEnded)}
        open_runs = [
            e for e in reading.all(AttemptBegun) if e.number not in launched and e.run.run and e.run.run.number
        ]
        return bool(open_runs)
    if "hand" in what:
        return reading.paths.requests.is_dir() and any(reading.paths.requests.iterdir())
    return not any(reading.all(Exchanged)) and any(event.kind == "run" for event in reading.events)


def _with_baseline(folder: Path, template: Path) -> None:
    """Measure it once, beforehand, so that every session waits at a run of its own."""
    campaign = toy_campaign(
        folder / "first", [idea_folder(folder / "one", 1)], 1, template=template, max_runs=1, budget_tokens=0, slots=8
    )
    conduct.conduct_campaign(campaign, lambda text: None, work_by=WORK)


def _cpu_s(pid: int) -> float:
    """CPU seconds of a process itself."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _helpers(pid: int) -> list[int]:
    """Processes that a session has started, but for the experiment: what runs experiment.py."""
    children = [
        int(each) for task in Path(f"/proc/{pid}/task").iterdir() for each in (task / "children").read_text().split()
    ]
    found = []
    for child in children:
        try:
            words = Path(f"/proc/{child}/cmdline").read_bytes()
            if b"experiment.py" in words and b"bwrap" not in words.split(b"\0")[0]:
                continue
            memory_of(child)
            found += [child, *_helpers(child)]
        except OSError:
            continue
    return found
