"""The journal's events of jobs in a cluster's queue: meant, submitted, ended or held up."""

from __future__ import annotations

from typing import Literal

from agent.session.journal import BaseEvent

JobThen = Literal["wait", "retry", "pause", "result"]
"""What an outcome comes to: the session waits, submits the launch again, pauses, or has how the command finished."""


class JobIntended(BaseEvent):
    """A job is about to be submitted under a name that no other has: a resumed session looks for it in the queue by this name."""

    kind: Literal["job_intended"] = "job_intended"
    job: str
    """The unique name."""
    folder: str
    """Where its batch script, its log and its result lie, from attempts/ on."""
    submission: int = 1
    """Which submission of this launch it is."""


class JobSubmitted(BaseEvent):
    """The queue has taken a job."""

    kind: Literal["job_submitted"] = "job_submitted"
    job: str
    """Its unique name."""
    job_id: str
    """Its number in the queue."""
    found: bool = False
    """It was found there by its name: the session had been cut off before it heard of the number."""


class JobOutcome(BaseEvent):
    """What became of a job, or holds it up."""

    kind: Literal["job_outcome"] = "job_outcome"
    job: str
    """Its unique name."""
    job_id: str = ""
    """Its number in the queue; empty where it has none."""
    outcome: str
    """Its name: finished, pending, preempted, node_failed, time_limit …"""
    then: JobThen
    """What it comes to."""
    witness: str = ""
    """Who says so: queue, accounting, heartbeat, sbatch, result."""
    said: str = ""
    """What the witness said, in a line."""
    node: str = ""
    """Where it ran."""
    waited_s: float | None = None
    """How long it had waited in the queue, as its node saw it; None where it has not begun."""


JobEvent = JobIntended | JobSubmitted | JobOutcome
