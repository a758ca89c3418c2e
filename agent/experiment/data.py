"""Training data from a process of its own: started beside an experiment, ended after it, its count read into the result.

A template's `[data] command` hands out data in a folder that the experiment finds as LABLOOP_DATA and can only read; how
they speak there is the template's own affair. What was handed out the process counts in a ledger that the experiment
never sees: it becomes `drawn` of the result, in place of whatever the experiment may have written there.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from agent.experiment.launch import Bench, command_for, fill
from agent.launching import Companion
from agent.launching.companion import ENDED
from agent.launching.place import Place
from agent.results.final_info import BadResults, read_object
from agent.sandbox.leavings import remove
from agent.sandbox.supervise import GRACE_S, report_of
from agent.session.cost import Cost
from agent.session.paths import AttemptPaths
from agent.session.run_info import RunInfo
from agent.session.template.parts import Data

VARIABLE = "LABLOOP_DATA"
_LEDGER_BYTES = 20_000
_LATE_S, _POLL_S = 3.0, 0.05
"""How long after a session was killed the process beside a launch may take to end, besides its grace."""
_NOTHING = {"tokens": 0}
"""What a ledger says of a launch to which nothing was handed."""


@dataclass(frozen=True)
class HandingOut:
    """What an experiment's place needs, so that it is handed its data."""

    readable: tuple[Path, ...] = ()
    env: tuple[tuple[str, str], ...] = ()
    beside: Companion | None = None
    """The process itself, which is to stand beside the experiment."""
    fresh: tuple[Path, ...] = ()
    """Its folders, empty now."""

    def at(self, place: Place) -> Place:
        """The place with it."""
        env = {**place.env, **dict(self.env)}
        return replace(
            place,
            readable=(*place.readable, *self.readable),
            env=env,
            beside=self.beside,
            fresh=(*place.fresh, *self.fresh),
        )


@contextmanager
def handing_out(bench: Bench, paths: AttemptPaths, seed: int) -> Iterator[HandingOut]:
    """The process that hands out data, and its folders while the block runs; nothing where the template has none.

    Raises CheckFailed where its environment is missing. How it fared, `drawn_into` says afterwards.
    """
    if bench.template.hands_out is None:
        yield HandingOut()
        return
    folders = (paths.handed, paths.data)
    for folder in () if bench.launcher.holds(paths.job) else folders:  # one that is under way works in them
        remove(folder)
        folder.mkdir(parents=True)
    values = {"folder": str(paths.handed), "ledger": str(paths.ledger), "seed": str(seed)}
    place = replace(Place.within(paths.data), writable=(paths.handed, paths.data), report=paths.data_report)
    command = command_for(bench, fill(bench.template.hands_out.command, values), place, math.inf, may_write_cache=True)
    beside = Companion(command, (paths.data, paths.handed), paths.ledger, "the process that hands out training data")
    try:
        yield HandingOut((paths.handed,), ((VARIABLE, str(paths.handed)),), beside, folders)
    finally:
        if not bench.launcher.holds(paths.job):
            clear_handed(paths)


def clear_handed(paths: AttemptPaths) -> None:
    """Remove what a launch that is over was handed its data by."""
    for folder in (paths.handed, Place.within(paths.data).scratch):
        remove(folder)


def counted_to_the_end(paths: AttemptPaths) -> bool:
    """Whether the process that handed out data beside a launch that ended by itself was there to the end: asked to end, it did so in
    order, its ledger written. By its supervisor's report, which is waited for where the session was killed a moment ago.
    """
    while (finished := report_of(paths.data_report)) is None:
        with suppress(OSError):
            if time.time() - paths.report.stat().st_mtime < sum(GRACE_S) + _LATE_S:
                time.sleep(_POLL_S)
                continue
        return False
    return finished.interrupted and finished.exit_code == 0 and paths.ledger.is_file()


def cost_with_data(cost: Cost | None, paths: AttemptPaths) -> Cost | None:
    """What a launch cost, with what the process that handed out its data did, where there was one."""
    beside = report_of(paths.data_report)
    return cost if cost is None or beside is None else cost.beside(beside.cost)


def data_problem(bench: Bench, paths: AttemptPaths) -> str:
    """Why the process that was to hand out data did not, or not to the end; empty where it did, or there was none."""
    told = paths.data / ENDED
    if bench.template.hands_out is None or not told.is_file():
        return ""
    return told.read_text(encoding="utf-8")


def drawn_into(bench: Bench, info: RunInfo, paths: AttemptPaths) -> RunInfo | BadResults:
    """The result with `drawn`: what the ledger says was handed out; where the template has no such process, what it says of that."""
    if bench.template.hands_out is None:
        own = {name: value for name, value in info.written().items() if name != "drawn"}
        return RunInfo(own | _undrawn(bench.template.data))
    if not paths.ledger.exists():  # the launch was over before anything was asked for
        return RunInfo({**info.written(), "drawn": dict(_NOTHING)})
    ledger = read_object(paths.ledger, _LEDGER_BYTES)
    if isinstance(ledger, BadResults):
        return BadResults(f"what was handed out is not known: {ledger.reason}")
    return RunInfo({**info.written(), "drawn": ledger})


def _undrawn(declared: Data | None) -> dict[str, dict[str, str]]:
    """What stands in a result in place of a count; nothing where the template says nothing."""
    if declared is None:
        return {}
    return {"drawn": {"nothing": declared.nothing} if declared.nothing else {"unproven": declared.unproven}}
