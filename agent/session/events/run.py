"""The journal's events of runs: edited, accepted, given up, and the controls beside them."""

from __future__ import annotations

from typing import Literal

from agent.session.journal import BaseEvent
from agent.session.run_info import RunInfo
from agent.session.steps import ControlName, RunName

EditOutcome = Literal["applied", "no_edit", "unchanged", "unmatched", "outside"]


class Edited(BaseEvent):
    """One turn of the coder and what it changed."""

    kind: Literal["edit"] = "edit"
    outcome: EditOutcome
    """From file hashes, never from the coder's word."""
    files: dict[str, str] = {}
    """Every editable file's sha256 after the turn; contents lie in blobs/."""
    changed: list[str] = []
    """Files that differ from before the turn."""
    outside: list[str] = []
    """Changes outside the editable files, each undone."""
    diff: str = ""
    """Unified diff of the editable files."""
    reply: str = ""
    """All that the coder said in the turn."""
    applied: int = 0
    """Blocks that the coder says it applied; informative only."""
    unmatched: int = 0
    """Blocks that the coder says did not match; informative only."""
    left: int = 0
    """Blocks of an applied turn that never found their place: the code is not what was meant, so it is not launched."""
    left_report: str = ""
    """What the coder's tool says of those blocks, each in full."""
    unread: str = ""
    """Why code in the reply was no edit; empty where there was none, or an edit was read."""
    refused: list[str] = []
    """Files that edits named without leave: nothing was written there, and the rest of the turn stands."""
    advice: str = ""
    """What the coder says it takes from the advice that it was shown, or why not; empty where it says nothing."""
    completed: bool = False
    """The coder said ALL_COMPLETED, nothing else, and changed nothing."""
    launch: bool = False
    """The coder said LAUNCH, nothing else, and changed nothing: the code as it stands is what it means."""


class RunAccepted(BaseEvent):
    """An attempt that counts: proven, scored, judged."""

    kind: Literal["run"] = "run"
    run: RunName
    """run_0 is the baseline."""
    title: str
    """What was tried, in a line."""
    attempt: int | None = None
    """The attempt's folder."""
    results: RunInfo = RunInfo()
    """The baseline's: final_info.json over its seeds. Empty for a run, whose results its attempt holds (journals of
    older versions hold them here too); ask results/story/__init__.py."""
    seeds: list[int] = []
    """The seeds over which its values are, where the tool launched it on several; the baseline's stand in its results."""
    comparable: list[str] = []
    """Differences of budget or data from the baseline: `config.k: 16 → 32`; empty when comparable."""
    code: dict[str, str] = {}
    """sha256 of the accepted editable files."""
    parent: RunName | None = None
    """The run that it began from; None in the journal, where ParentChosen holds it: ask results/story/__init__.py."""


class ControlMeasured(BaseEvent):
    """A control beside the baseline: what its metrics say where nothing was learnt."""

    kind: Literal["control"] = "control"
    control: ControlName
    """Its name in the template."""
    title: str
    """What it is, article included: `an untrained model`."""
    results: RunInfo = RunInfo()
    """Its result with the metrics that it has."""


class RunAbandoned(BaseEvent):
    """A run that could not be brought to an accepted attempt."""

    kind: Literal["run_abandoned"] = "run_abandoned"
    run: RunName
    """The run's name; the name is used again for the next try."""
    title: str = ""
    """What was tried."""
    reason: str
    """Why it was given up."""
