"""What all jobs of a session share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event

from agent.launching.slurm.job_folder import JobFolder
from agent.launching.slurm.queue import Queue
from agent.launching.slurm.submission import Submitter
from agent.sandbox import Sandbox
from agent.session.events.job import JobEvent
from agent.session.settings.slurm import SlurmSettings
from agent.session.stop import Stop

Tell = Callable[[JobEvent], object]
"""Takes what happens to jobs, durably, before anything else is done."""


@dataclass(frozen=True)
class Shared:
    """What all jobs of a session share."""

    sandbox: Sandbox
    settings: SlurmSettings
    submitter: Submitter
    queue: Queue
    stop: Stop
    tell: Tell
    pauses: Event = field(default_factory=Event)
    """Set where one job makes the session pause: the others stay in the queue, and a resumed session waits for them."""

    def holds(self, job: JobFolder) -> bool:
        """Whether the job of this folder is to be waited for: it is under way, or nobody heard how it ended.

        Where nothing keeps an experiment from it, what lies there once it has begun is nobody's word.
        """
        record = job.record()
        return record is not None and record.state == "open" and (self.sandbox.keeps_apart or job.begun() is None)
