"""A job that nobody waits for any more, since its launch goes on elsewhere: withdrawn from the queue."""

from __future__ import annotations

import logging
import time
from pathlib import Path

from agent.launching.slurm.job_folder import JobFolder
from agent.launching.slurm.programs import Ask, ask

log = logging.getLogger(__name__)
_DIES_S = 45.0
"""What a job has to die in: the grace of its command, and Slurm's."""


def withdraw_left(folder: Path | None, programs: Ask = ask) -> None:
    """End the job of this folder, where there is one that is still waited for: its launch is made anew, here or elsewhere.

    One that has not begun yet ends by itself as it begins, also where the queue cannot be told.
    """
    job = JobFolder(folder) if folder is not None else None
    record = job.record() if job is not None else None
    if job is None or record is None or record.state != "open":
        return
    job.note(record.model_copy(update={"state": "withdrawn"}))
    if job.result() is not None:
        return
    said = programs(["scancel", record.job_id] if record.job_id else ["scancel", f"--name={record.name}"])
    if said.status != 0 and "Invalid job id" not in said.line:
        log.warning(
            "job %s (%s) may still be in a cluster's queue: %s; `scancel --name=%s` there ends it",
            record.job_id or "–",
            folder,
            said.line,
            record.name,
        )
        return
    log.warning("job %s of %s was withdrawn: its launch is made anew", record.job_id or record.name, folder)
    until = time.monotonic() + _DIES_S
    mine = ["squeue", "--noheader", "--states=RUNNING,COMPLETING", f"--name={record.name}"]
    while time.monotonic() < until and (left := programs(mine)).status == 0 and left.out.strip():
        time.sleep(0.5)  # its last words would be written into folders that are another's by then
