"""The journal's events of launches: begun, ended, scored, judged."""

from __future__ import annotations

from typing import Literal

from agent.session.cost import Cost
from agent.session.journal import BaseEvent
from agent.session.run_info import RunInfo
from agent.session.steps import Step

AttemptOutcome = Literal["ok", "crashed", "timed_out", "no_edit", "not_proven", "bad_results", "environment", "killed"]


class AttemptBegun(BaseEvent):
    """A launch was started; one without its AttemptEnded was cut off."""

    kind: Literal["attempt_begun"] = "attempt_begun"
    number: int
    """Names the folder in attempts/."""
    run: Step
    """What it is for: run_3, or run_0/seed_1 of the baseline."""
    sandbox: str = ""
    """What kept it apart: bwrap or plain; empty in journals of older versions."""


class LaunchEnded(BaseEvent):
    """A launch's process came to its end; what it left is not judged yet. Resumed here, the session scores what is there."""

    kind: Literal["launch_ended"] = "launch_ended"
    number: int
    """Names the folder in attempts/."""
    run: Step
    """What it was for: run_3, or run_0/seed_1 of the baseline."""
    exit_code: int | None = None
    """Exit status, negative for a signal; None where it is not known."""
    timed_out: bool = False
    """It was ended by its time limit."""
    seconds: float = 0.0
    """Wall time."""
    out_of_memory: bool = False
    """It was ended by the limit of memory."""
    too_many_processes: bool = False
    """It was ended by the limit of processes."""
    limit: str = ""
    """The limit that ended it, in words, with its setting."""
    started: bool | None = None
    """Whether the command itself ran, not only the sandbox round it; None where that is not known."""
    beyond: str = ""
    """What it left beyond the limits, which was removed; empty where all was within them."""
    left_sha256: str = ""
    """Hash of all that it left, logs among it."""
    beside: tuple[str, ...] = ()
    """What else was seen in slots of the machine while it ran, by its folder; of this session or of another."""
    threads: int | None = None
    """Threads that it was given; None where it had the whole machine, and in journals of older versions."""
    cost: Cost | None = None
    """What it cost, measured from outside; None in journals of older versions."""


class ScoringBegun(BaseEvent):
    """The evaluator was started on what a launch left. Cut off, it is started again on the same folder, and may keep what it had finished."""

    kind: Literal["scoring_begun"] = "scoring_begun"
    number: int
    """Names the folder in attempts/."""
    run: Step
    """What was launched: run_3, or run_0/seed_1 of the baseline."""
    left_sha256: str = ""
    """Hash of what the launch had left."""


class ScoringEnded(BaseEvent):
    """The evaluator came to its end; its scores are not proven yet. Resumed here, the session scores nothing again."""

    kind: Literal["scoring_ended"] = "scoring_ended"
    number: int
    """Names the folder in attempts/."""
    run: Step
    """What was launched: run_3, or run_0/seed_1 of the baseline."""
    outcome: Literal["ok", "bad_results", "environment"] = "ok"
    """Whether there are scores; where not, why: the run's fault, or the machine's, after which it is scored again."""
    reason: str = ""
    """One line for people, where there are none."""
    cause: str = ""
    """What the coder is shown of that."""
    signature: str = ""
    """Equal for two failures of the same kind."""
    seconds: float = 0.0
    """Wall time."""
    scores_sha256: str = ""
    """Hash of all that the evaluator left, logs among it."""
    metrics: tuple[str, ...] = ()
    """What was measured, by name."""


class AttemptEnded(BaseEvent):
    """One launch of one version of the code, whatever came of it."""

    kind: Literal["attempt"] = "attempt"
    number: int | None
    """Names the folder in attempts/; None where nothing was launched (no_edit)."""
    run: Step
    """What it was for: run_3, or run_0/seed_1 of the baseline."""
    outcome: AttemptOutcome
    """What came of it."""
    seconds: float = 0.0
    """Wall time of the experiment's process."""
    score_seconds: float = 0.0
    """Wall time of the evaluator's process."""
    exit_code: int | None = None
    """The experiment's exit status, negative for a signal."""
    reason: str = ""
    """One line for people: the exception's last line, the missing proof."""
    cause: str = ""
    """What the coder is shown: the last exception with frames in its own files."""
    signature: str = ""
    """Equal for two failures of the same kind."""
    results: RunInfo = RunInfo()
    """final_info.json after scoring, where the outcome is ok."""
    cost: Cost | None = None
    """What the launch cost, measured from outside; None where nothing was launched, and in journals of older versions."""
