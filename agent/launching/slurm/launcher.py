"""Commands as jobs of Slurm."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

from agent.errors import CheckFailed
from agent.launching.launcher import Handle, Needs
from agent.launching.local import LocalLauncher
from agent.launching.slurm.asked import check_asked, gpus_of, settled_by
from agent.launching.slurm.handle import SlurmHandle
from agent.launching.slurm.job_folder import JobFolder
from agent.launching.slurm.programs import Ask, ask
from agent.launching.slurm.queue import Queue
from agent.launching.slurm.shared import Shared, Tell
from agent.launching.slurm.submission import Submitter
from agent.sandbox import Command, Sandbox
from agent.session.settings.slurm import SlurmSettings
from agent.session.stop import Stop

_OF_A_NODE = (
    "partition",
    "constraint",
    "job_gpus",
    "job_cpus",
    "job_memory_gb",
    "job_container",
    "job_setup",
    "job_flags",
)
PROGRAMS = ("sbatch", "squeue", "scancel", "srun")


class SlurmLauncher:
    """Submits each command as a job that runs it in the sandbox of the same name on its node.

    What is done in a moment runs here. Raises CheckFailed where Slurm's programs are not there, or settings ask for what no job may.
    """

    name = "slurm"
    here = False

    def __init__(
        self,
        sandbox: Sandbox,
        settings: SlurmSettings,
        stop: Stop | None = None,
        tell: Tell = lambda event: None,
        programs: Ask = ask,
    ) -> None:
        missing = [name for name in PROGRAMS if shutil.which(name) is None]
        if missing:
            raise CheckFailed(
                f"--launcher slurm: {', '.join(missing)} not found; work on a login node of the cluster (perhaps `module load slurm`), "
                "or leave --launcher out to run on this machine"
            )
        settings = settled_by(os.environ, settings)
        check_asked(settings)
        self.shared = Shared(
            sandbox=sandbox,
            settings=settings,
            submitter=Submitter(settings, programs),
            queue=Queue(settings.queue_poll_s, programs),
            stop=stop or Stop(),
            tell=tell,
        )
        self._here = LocalLauncher(sandbox, 1, stop)

    @property
    def machines(self) -> str:
        """By all that decides on which nodes a job runs, and with how much of them."""
        asked = self.shared.settings.model_dump(include=set(_OF_A_NODE))
        return "slurm " + json.dumps(asked, sort_keys=True)

    @property
    def gpus(self) -> int:
        settings = self.shared.settings
        return sum(gpus_of(settings.job_flags).values()) or settings.job_gpus

    @property
    def room(self) -> int:
        return self.shared.settings.jobs

    def submit(self, command: Command, needs: Needs) -> Handle:
        if needs.folder is None or not needs.slot:
            return self._here.submit(command, needs)
        return SlurmHandle(self.shared, command, needs)

    def holds(self, folder: Path | None) -> bool:
        return folder is not None and self.shared.holds(JobFolder(folder))
