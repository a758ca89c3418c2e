"""The batch script, and handing it in. The script is submitit's; see docs/decisions for what is taken from it and what not."""

from __future__ import annotations

import math
import re
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from submitit.slurm.slurm import SlurmExecutor

from agent.launching.slurm.asked import further
from agent.launching.slurm.job_folder import JobFolder
from agent.launching.slurm.outcomes import Outcome, of_refusal, untold
from agent.launching.slurm.programs import Ask, ask
from agent.sandbox import Command
from agent.session.files import write_text
from agent.session.paths import REPOSITORY
from agent.session.settings.slurm import SlurmSettings

_MARGIN_MINUTES = 5
"""Between the command's own time limit and the job's: the supervisor ends it first, and says why."""
_EXPORTED = "HOME,USER,LOGNAME,SHELL,PATH,LANG"
"""What a job sees of the session's environment: nothing that could be a key."""
_WARNING, _WARNED_MINUTES = "B:USR2@60", 10
"""The batch script hears of its time limit a minute before; Slurm may say it up to a minute early, too much of a short job."""
_PROFILE = "[ ! -f /etc/profile ] || . /etc/profile"
"""Brings `module` at most sites; before `set -e`, since a site's profile may well end with a test that fails."""
_SUBMITTED = re.compile(r"\bSubmitted batch job (\d+)")
_BARE = re.compile(r"^\s*(\d+)(?:;\S+)?\s*$", re.MULTILINE)
"""As `--parsable` has it, which a site's own sbatch may add."""
_WORKER = "agent.launching.slurm.worker"


@dataclass(frozen=True)
class Submission:
    """What came of handing a script in: a number in the queue, or what was said instead."""

    job_id: str = ""
    refused: Outcome | None = None


class Submitter:
    """Writes and hands in jobs as the settings ask for them."""

    def __init__(self, settings: SlurmSettings, programs: Ask = ask) -> None:
        self.settings = settings
        self._ask = programs

    def write(self, folder: JobFolder, name: str, command: Command) -> None:
        """Write the batch script."""
        executor = SlurmExecutor(folder=folder.root, python=sys.executable)
        executor.update_parameters(**parameters(self.settings, folder, name, command))
        script = executor._make_submission_file_text(f"exec {self._worker(folder.root)}", name)
        write_text(folder.script, script)

    def submit(self, folder: JobFolder) -> Submission:
        """Hand the script in."""
        said = self._ask(["sbatch", str(folder.script)])
        if said.status != 0:
            return Submission(refused=of_refusal(said.line))
        number = number_told(said.out)
        return Submission(number) if number else Submission(refused=untold(said.line))

    def end(self, job_id: str, with_grace: bool) -> bool:
        """Ask for a job's end; whether the controller heard it. `with_grace`: by a signal to what runs on the node."""
        words = ["scancel", "--batch", "--signal=TERM", job_id] if with_grace else ["scancel", job_id]
        said = self._ask(words)
        return said.status == 0 or "Invalid job id" in said.line or "already" in said.line

    def _worker(self, folder: Path) -> str:
        words = [sys.executable, "-B", "-m", _WORKER, str(folder)]
        return " ".join(filter(None, [self.settings.job_container, shlex.join(words)]))


def parameters(settings: SlurmSettings, folder: JobFolder, name: str, command: Command) -> dict[str, Any]:
    """What submitit is told of a job."""
    minutes = settings.job_minutes
    if minutes is None and math.isfinite(command.timeout_s):
        minutes = math.ceil(command.timeout_s / 60) + _MARGIN_MINUTES
    added: dict[str, Any] = {
        "output": str(folder.log).replace("%", "%%"),  # else a pattern of Slurm's
        "export": _EXPORTED,
        "chdir": str(REPOSITORY),
        **({"signal": _WARNING} if minutes is None or minutes >= _WARNED_MINUTES else {}),
        **further(settings.job_flags),
    }
    given: dict[str, Any] = {
        "job_name": name,
        "partition": settings.partition,
        "account": settings.account,
        "qos": settings.qos,
        "constraint": settings.constraint,
        "gpus_per_node": settings.job_gpus,
        "cpus_per_task": settings.job_cpus,
        "mem": f"{math.ceil(settings.job_memory_gb * 1000)}M" if settings.job_memory_gb else None,
    }
    setup = [*([_PROFILE] if settings.job_setup else []), "set -e", *settings.job_setup]
    return {
        **{key: value for key, value in given.items() if value},
        "time": minutes or 0,
        "use_srun": False,
        "stderr_to_stdout": True,
        "wckey": None,
        "setup": setup,
        "additional_parameters": added,
    }


def number_told(said: str) -> str:
    """A job's number in what sbatch said, whatever else a site lets it say; empty where it told none."""
    told = _SUBMITTED.findall(said) or _BARE.findall(said)
    return str(told[-1]) if told else ""
