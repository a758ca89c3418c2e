"""Launching a template's commands in the sandbox: prepare, experiment, evaluator and plot, all by one function."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from agent.errors import CheckFailed
from agent.launching import Launcher, Needs, launcher_for, withdraw_left
from agent.launching.cores import gpu_devices
from agent.launching.launcher import never
from agent.launching.place import Place
from agent.launching.registry import Tell, untold
from agent.sandbox import Command, Finished, Sandbox, clean_environment
from agent.sandbox.environment import own_homes
from agent.sandbox.leavings import LeavingsLimits
from agent.sandbox.machine import free_memory_gb
from agent.sandbox.supervise import left_report
from agent.session.files import write_bytes
from agent.session.paths import REPOSITORY, SessionPaths
from agent.session.settings import Settings
from agent.session.settings.groups import SandboxSettings
from agent.session.stop import Stop
from agent.session.template.contract import Template
from agent.session.trouble import check_room, pausing

CACHE_VARIABLE = "LABLOOP_CACHE"


class Warm(Protocol):
    """An evaluator that is loaded already (warm.py)."""

    def score(self, run_dir: Path, scores: Path, fixed_sha256: str, resumed: bool = False) -> float | None:
        """Score the run in `run_dir` into the folder `scores`; the seconds that took. None where it did not.

        `resumed`: of an evaluator that was cut off, what it had finished is not made again.
        """
        ...


@dataclass(frozen=True)
class Bench:
    """What every launch of a session shares."""

    template: Template
    sandbox: Sandbox
    launcher: Launcher
    """Where every command is run, in the sandbox."""
    cache: Path
    """What prepare and evaluator keep, and only they may write: shared between sessions, or this session's (`store_for`)."""
    memory_gb: float | None = None
    max_processes: int | None = None
    timeout_s: float | None = None
    """Replaces the template's limit for the experiment."""
    leavings: LeavingsLimits = field(default_factory=LeavingsLimits)
    """How much an experiment, and its evaluator, may leave."""
    readable: tuple[Path, ...] = ()
    """What an experiment may read besides: libraries in unusual places."""
    warm: Warm | None = None
    """Asked first for every score, where there is one."""
    stop: Callable[[], bool] = never
    """Asked while a command runs: it is then ended, and the launch is interrupted."""

    @classmethod
    def of(
        cls,
        template: Template,
        sandbox: Sandbox,
        cache: Path,
        settings: Settings,
        stop: Stop | None = None,
        tell: Tell = untold,
    ) -> Bench:
        """With the limits of the settings; that of memory is taken from what is free now, where none is set.

        `tell` records what happens to jobs, where launches are such.
        """
        limits = settings.sandbox
        launcher = launcher_for(sandbox, settings, stop, tell)
        return cls(
            template=template,
            sandbox=sandbox,
            launcher=launcher,
            cache=cache,
            memory_gb=memory_limit_gb(limits, launcher.room) if launcher.here else job_memory_gb(settings),
            max_processes=limits.max_processes,
            timeout_s=settings.experiment.timeout_s,
            readable=tuple(Path(name).expanduser().resolve() for name in limits.readable),
            leavings=LeavingsLimits(gb=limits.left_gb, files=limits.left_files, depth=limits.left_depth),
        )


def interpreter(environment: str) -> Path:
    """The Python of `.venv/<environment>`; for `agent` the one that runs this, where there is no such folder.

    Raises CheckFailed where it is missing.
    """
    path = REPOSITORY / ".venv" / environment / "bin" / "python"
    if path.exists():
        return path
    if environment == "agent":
        return Path(sys.executable)
    raise CheckFailed(
        f"{path}: missing; type `make setup` in {REPOSITORY}, which installs the environment {environment!r}"
    )


def with_interpreter(command: Sequence[str], python: Path) -> tuple[str, ...]:
    """A command of a template as it is run: its `python` is the one of its environment."""
    return tuple(str(python) if word == "python" else word for word in command)


def gpus() -> int:
    """How many GPUs the machine has, whether they work or not."""
    return len(gpu_devices())


def cache_folder() -> Path:
    """Where baselines and activations are kept between sessions: in the repository; where that is read-only, the user's cache.

    Links are followed: a sandbox shows what lies there under its own name, and the link itself may not be there.
    """
    return _cache_named().resolve()


def _cache_named() -> Path:
    if named := os.environ.get(CACHE_VARIABLE):
        return Path(named)
    own = REPOSITORY / ".cache" / "labloop"
    there = next(folder for folder in (own, *own.parents) if folder.exists())
    if os.access(there, os.W_OK):
        return own
    homes = [home / ".cache" for home in own_homes() if os.access(home, os.W_OK)]
    return next(iter(homes), Path(tempfile.gettempdir()) / f"labloop-{os.getuid()}") / "labloop"


def store_for(sandbox: Sandbox, paths: SessionPaths, shared: Path | None = None) -> Path:
    """The cache of a session: the one that sessions share (`shared`, else the machine's), or its own.

    Where an experiment can write anywhere, what lies in the shared one is nobody's word, and stays as it is.
    """
    return (shared or cache_folder()) if sandbox.keeps_apart else paths.own_store.resolve()


def memory_limit_gb(settings: SandboxSettings, room: int = 1) -> float | None:
    """What an experiment may take: the setting, else its share of what is free now, `room` of them side by side; None where nobody knows that."""
    if settings.memory_gb is not None:
        return settings.memory_gb
    free = free_memory_gb()
    return free * settings.memory_share / room if free else None


def job_memory_gb(settings: Settings) -> float | None:
    """What an experiment may take of a job's memory, so that the supervisor ends it, and says why, before the cluster does."""
    of_job = settings.slurm.job_memory_gb
    return settings.sandbox.memory_gb or (of_job * 0.95 if of_job else None)


def fill(command: Sequence[str], values: Mapping[str, str]) -> list[str]:
    """The command with `{out_dir}`, `{seed}` … filled in; other braces are left alone."""
    words = []
    for word in command:
        for name, value in values.items():
            word = word.replace("{" + name + "}", value)
        words.append(word)
    return words


def prepare_code(folder: Path, files: Mapping[str, bytes]) -> None:
    """Lay the editable files down as the private copy that is run."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        write_bytes(folder / name, content)


def launch_environment(template: Template, scratch: Path, cache: Path | None = None) -> dict[str, str]:
    """The environment of a template's commands: clean, with its own Python first and its folder to import from.

    Raises CheckFailed where its interpreter is missing.
    """
    python = interpreter(template.environment.name)
    more = {
        "PATH": f"{python.parent}:/usr/local/bin:/usr/bin:/bin",
        "PYTHONPATH": str(template.root),
        CACHE_VARIABLE: str(cache or cache_folder()),
    }
    return clean_environment(scratch, more, template.environment.keeps, template.environment.caches)


def launch(
    bench: Bench,
    command: Sequence[str],
    place: Place,
    timeout_s: float,
    may_write_cache: bool = False,
    slot: bool = True,
) -> Finished:
    """Run one of the template's commands to its end, in a slot of the machine unless it is done in a moment.

    Raises CheckFailed where its environment is missing, OSError where it failed on a full disk, Interrupted where the
    session is to stop before it has begun.
    """
    name = "/".join(place.stdout.parent.parts[-4:])
    needs = Needs(name, slot, place.job_folder if slot else None, place.fresh, place.beside)
    whole = command_for(bench, command, place, timeout_s, may_write_cache)
    if not bench.launcher.holds(needs.folder):
        withdraw_left(needs.folder)
        if place.report is not None:
            place.report.unlink(missing_ok=True)
    finished = bench.launcher.submit(whole, needs).wait(bench.stop)
    if finished.exit_code != 0:  # whatever its log says, or could not hold any more
        for folder in (place.cwd, *([bench.cache] if may_write_cache else [])):
            with pausing(folder):
                check_room(folder)
    return finished


def ended_before(bench: Bench, command: Sequence[str], place: Place, timeout_s: float) -> Finished | None:
    """How this command ended in a session that was killed before it heard of it, by the supervisor's report; None where it
    was cut off too, and where nothing keeps a report out of the command's reach.
    """
    return left_report(command_for(bench, command, place, timeout_s)) if bench.sandbox.keeps_apart else None


def command_for(
    bench: Bench, command: Sequence[str], place: Place, timeout_s: float, may_write_cache: bool = False
) -> Command:
    """One of the template's commands with its environment, its limits and what it may reach. Raises CheckFailed where its environment is missing."""
    python = interpreter(bench.template.environment.name)
    bench.cache.mkdir(parents=True, exist_ok=True)
    return Command(
        argv=with_interpreter(command, python),
        cwd=place.cwd,
        env={**launch_environment(bench.template, place.scratch, bench.cache), **place.env},
        scratch=place.scratch,
        stdout=place.stdout,
        stderr=place.stderr,
        writable=(*place.writable, *([bench.cache] if may_write_cache else [])),
        readable=place.readable if place.closed else (bench.template.root, bench.cache, *place.readable),
        hidden=place.hidden,
        closed=place.closed or (),
        timeout_s=timeout_s,
        report=place.report,
        memory_gb=bench.memory_gb,
        file_gb=None if may_write_cache else bench.leavings.gb,
        processes=bench.max_processes,
    )
