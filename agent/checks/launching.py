"""Whether jobs can be had: one of a second, submitted as a session submits them."""

from __future__ import annotations

import math
import shutil
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from agent.checks.result import CheckResult, failed, passed
from agent.errors import CheckFailed, EnvironmentBroken
from agent.launching import Needs, launcher_for
from agent.launching.slurm.asked import gpus_of
from agent.sandbox import Command, choose, clean_environment
from agent.session.events.job import JobEvent, JobOutcome
from agent.session.settings import Settings
from agent.session.settings.slurm import SlurmSettings
from agent.session.stop import Stop
from agent.session.template.contract import Template

_WAIT_S = 120.0
"""How long a job of a second is waited for: a queue may be full at any hour, and that is no fault."""
_TELLS = "import os, platform; print(platform.node(), 'with CUDA_VISIBLE_DEVICES=' + os.environ.get('CUDA_VISIBLE_DEVICES', ''))"


def slurm_check(settings: Settings, out: Path, submit: bool) -> CheckResult:
    """Whether Slurm's programs are there; `submit`: with a job of a second in the queue that the settings name.

    Its result is read from the folder that sessions share with the nodes.
    """
    try:
        launcher_for(choose(settings.sandbox.kind), settings)
    except CheckFailed as error:
        what, _, remedy = str(error).partition("; ")
        return failed("slurm", what, remedy)
    return _submitted(settings, out) if submit else passed("slurm", "its programs are there")


def job_gpu_check(settings: SlurmSettings) -> CheckResult:
    """Which GPUs jobs ask for: those of the login node are nobody's concern."""
    try:
        asked = list(gpus_of(settings.job_flags))
    except CheckFailed:  # said by the check of what is asked for
        asked = []
    if settings.job_gpus:
        asked.insert(0, f"{settings.job_gpus} for each job")
    none = "none is asked for: experiments run on the CPUs of their nodes (--job-gpus 1 asks for one)"
    return passed("GPU", "; ".join(asked) or none, fatal=False)


def job_time_check(settings: Settings, template: Template) -> CheckResult:
    """Whether a job outlives the longest that one of its commands may take: its own end pauses a session, the command's is a result."""
    parts = [part.timeout_s for part in (template.prepare, template.evaluator) if part is not None]
    longest = math.ceil(max([settings.experiment.timeout_s or template.experiment.timeout_s, *parts]) / 60)
    minutes = settings.slurm.job_minutes
    if minutes is None or longest < minutes:
        return passed("job time", f"a launch takes {longest} min at most" + (f", a job {minutes}" if minutes else ""))
    return failed(
        "job time",
        f"a launch may take {longest} min, its job has {minutes}: the job's end pauses the session, its own would not",
        f"--job-minutes {longest + 5}, or less with --timeout",
        fatal=False,
    )


def _submitted(settings: Settings, out: Path) -> CheckResult:
    told: list[JobEvent] = []
    stop = Stop()
    near = next(folder for folder in (out.absolute(), *out.absolute().parents) if folder.is_dir())
    place = Path(tempfile.mkdtemp(prefix=".labloop-check-", dir=near))
    began = time.monotonic()
    try:
        brief = settings.slurm.model_copy(
            update={"queue_poll_s": min(2.0, settings.slurm.queue_poll_s), "results_late_s": 30.0}
        )
        quick = settings.model_copy(update={"slurm": brief})
        launcher = launcher_for(choose(settings.sandbox.kind), quick, stop, told.append)
        handle = launcher.submit(_command(place), Needs("doctor", folder=place / "job"))
        finished = handle.wait(lambda: time.monotonic() - began > _WAIT_S)
        if finished.interrupted:
            return _unfinished(told, time.monotonic() - began)
        said = (place / "work" / "stdout.log").read_text(encoding="utf-8", errors="replace").strip()
        if finished.exit_code != 0:
            words = (place / "work" / "stderr.log").read_text(encoding="utf-8", errors="replace").strip()[-200:]
            return failed(
                "slurm", f"a job of a second ended badly: {words or finished.exit_code}", "see to what is said"
            )
        return passed(
            "slurm",
            f"a job of a second ran on {said.rstrip('=').removesuffix(' with CUDA_VISIBLE_DEVICES')}{_accounting(told)}",
        )
    except EnvironmentBroken as error:
        what, _, remedy = str(error).rpartition("; ")
        return failed("slurm", what, remedy)
    except OSError as error:
        return failed("slurm", f"{place}: {error}", "name a folder that the nodes share, with --out")
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _command(place: Path) -> Command:
    work = place / "work"
    work.mkdir()
    scratch = work / "scratch"
    return replace(
        Command((sys.executable, "-c", _TELLS), cwd=work, scratch=scratch, writable=(work,)),
        env=clean_environment(scratch, {}),
        stdout=work / "stdout.log",
        stderr=work / "stderr.log",
        timeout_s=60.0,
    )


def _unfinished(told: list[JobEvent], seconds: float) -> CheckResult:
    """It has not ended in time: it waits in a full queue, which is no fault, or something is wrong."""
    outcomes = [event for event in told if isinstance(event, JobOutcome)]
    last = outcomes[-1] if outcomes else None
    how = f"{last.outcome.replace('_', ' ')}: {last.said}" if last else "nothing was heard of it"
    remedy = "look with `squeue --me --start`; a session would go on waiting"
    return failed(
        "slurm",
        f"a job of a second has not ended within {seconds:.0f} s ({how}); it was withdrawn",
        remedy,
        fatal=False,
    )


def _accounting(told: list[JobEvent]) -> str:
    """How long it had waited, and whether there is an accounting for jobs that the queue forgets."""
    waited = [event.waited_s for event in told if isinstance(event, JobOutcome) and event.waited_s is not None]
    after = f", {waited[-1]:.0f} s after it was submitted" if waited else ""
    return after + (
        "" if shutil.which("sacct") else "; there is no sacct: of jobs that ended long ago only their results tell"
    )
