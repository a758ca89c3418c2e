"""The program on the node: it runs a command in the sandbox and leaves how it finished.

    python -m agent.launching.slurm.worker FOLDER

It takes the place of the batch script's shell (`exec`), so a signal that Slurm sends reaches it: the command then has its
grace, and the result says which signal it was. Nothing is read from the network, and no key is in its environment.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event, Thread
from types import FrameType

from agent.errors import CheckFailed
from agent.launching.companion import standing_beside
from agent.launching.slurm.job_folder import Begun, JobFolder, Result, Work
from agent.sandbox import Command, choose
from agent.sandbox.environment import MACHINE
from agent.session.files import write_text

ALIVE_EVERY_S = 10.0
"""How often a job shows that it is alive."""
_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGUSR2)
_THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMEXPR_MAX_THREADS")


@dataclass(frozen=True)
class Job:
    """Who this is in the queue, by what Slurm put into the environment."""

    id: str
    name: str
    node: str
    restarts: int = 0

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> Job:
        return cls(
            id=environ.get("SLURM_JOB_ID", ""),
            name=environ.get("SLURM_JOB_NAME", ""),
            node=environ.get("SLURMD_NODENAME") or socket.gethostname(),
            restarts=int(environ.get("SLURM_RESTART_COUNT") or 0),
        )


def main(argv: list[str]) -> int:
    """The job; its status is 0 where it left a result, 143 where it was asked to end."""
    folder, job, asked = JobFolder(Path(argv[0])), Job.of(os.environ), _Asked()
    if not _is_wanted(folder, job):
        return 0
    work = folder.work()
    if folder.begun() is not None:  # requeued: what its earlier life left is not this one's
        folder.begin_again(work.fresh)
        if work.command.report is not None:
            work.command.report.unlink(missing_ok=True)
    folder.tell_begun(Begun(job=job.name, job_id=job.id, node=job.node, time=time.time(), restarts=job.restarts))
    alive = Thread(target=_show_life, args=(folder,), daemon=True)
    alive.start()
    result, record = _worked(work, job, asked), folder.record()
    if record is not None and record.name == job.name:  # else its place is another's by now
        folder.tell_result(result)
    return 143 if asked.signal else 0


def _is_wanted(folder: JobFolder, job: Job) -> bool:
    """Whether this job is the one that the session waits for. Of two with one name the first to come here is."""
    record = folder.record()
    if record is None or record.name != job.name or record.state == "withdrawn":
        print(f"labloop: job {job.id} ({job.name}) is not the one that is waited for", flush=True)  # noqa: T201 - the job's log
        return False
    try:
        with open(folder.claim(job.name), "x", encoding="utf-8") as file:
            file.write(job.id)
        return True
    except FileExistsError:
        first = folder.claim(job.name).read_text(encoding="utf-8")
    if first != job.id:
        print(f"labloop: job {first} of this name has begun already", flush=True)  # noqa: T201 - the job's log
    return first == job.id


def _worked(work: Work, job: Job, asked: _Asked) -> Result:
    try:
        sandbox = choose(work.sandbox)
    except CheckFailed as error:
        return Result(job=job.name, job_id=job.id, node=job.node, problem=str(error))
    command, companion = on_node(work.command, os.environ, sandbox.keeps_apart), work.beside
    if companion is not None:
        companion = replace(companion, command=on_node(companion.command, os.environ, sandbox.keeps_apart))
    with standing_beside(sandbox, companion):
        finished = sandbox.run(command, asked.event.is_set)
    if asked.signal:  # Slurm signals every process of a job: how the command took it is not its own end
        finished = replace(finished, interrupted=True)
        if command.report is not None:
            command.report.unlink(missing_ok=True)
    finished = replace(finished, threads=_cores(os.environ))
    return Result(job=job.name, job_id=job.id, node=job.node, finished=finished, signalled=asked.signal)


class _Asked:
    """Whether a signal has asked for the end."""

    def __init__(self) -> None:
        self.event = Event()
        self.signal = ""
        for number in _SIGNALS:
            signal.signal(number, self._heard)

    def _heard(self, number: int, _frame: FrameType | None) -> None:
        self.signal = self.signal or signal.Signals(number).name
        self.event.set()


def _show_life(folder: JobFolder) -> None:
    while True:
        with suppress(OSError):  # a full disk is met where the result is written, and said there
            write_text(folder.alive, f"{time.time():.0f}\n")
        time.sleep(ALIVE_EVERY_S)


def on_node(command: Command, environ: Mapping[str, str], apart: bool, devices: Path = Path("/dev")) -> Command:
    """The command with what this machine lends it: its libraries, threads and GPUs in place of the session's machine's.

    `apart`: its sandbox can keep the other GPUs of the node from it; elsewhere what Slurm says to CUDA counts.
    """
    env = {name: value for name, value in command.env.items() if name not in MACHINE}
    env.update({name: environ[name] for name in MACHINE if name in environ})
    cores = _cores(environ)
    if cores is not None:
        env.update(dict.fromkeys(_THREADS, str(cores)))
    lent = [number for number in environ.get("SLURM_JOB_GPUS", "").split(",") if number.isdigit()]
    if apart and lent and all((devices / f"nvidia{number}").exists() for number in lent):
        # Only these are in the sandbox, so CUDA counts them from 0, whatever number each has on the node.
        env.update(CUDA_DEVICE_ORDER="PCI_BUS_ID", CUDA_VISIBLE_DEVICES=",".join(map(str, range(len(lent)))))
        command = replace(command, gpus=tuple(lent))
    return replace(command, env=env)


def _cores(environ: Mapping[str, str]) -> int | None:
    """Cores of this job on its node; None where Slurm does not say."""
    told = environ.get("SLURM_CPUS_PER_TASK") or environ.get("SLURM_CPUS_ON_NODE") or ""
    return int(told) if told.isdigit() else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
