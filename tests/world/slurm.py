"""A real Slurm of two nodes on this machine: munged, slurmctld and two slurmd on loopback, without systemd. Root only.

    with cluster(folder) as slurm: …     slurm.environ names its configuration; sbatch, squeue and scancel are the real ones

Its nodes share this machine's disk, as nodes of a cluster share theirs. There is no accounting: sacct has nothing to say.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "squeue", "scontrol", "sinfo")
NODES = ("ci1", "ci2")


def missing() -> str:
    """Why no cluster can be had here; empty where one can."""
    if os.geteuid() != 0:
        return "a Slurm of its own needs root"
    gone = [name for name in PROGRAMS if shutil.which(name, path=_PATH) is None]
    return f"Slurm is not installed ({', '.join(gone)}): `make slurm` installs it on Debian" if gone else ""


_PATH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])
needs_slurm = pytest.mark.skipif(bool(missing()), reason=missing())


@dataclass
class Slurm:
    """A cluster that is up."""

    folder: Path
    munge: Path

    @property
    def configuration(self) -> Path:
        return self.folder / "slurm.conf"

    def run(self, *words: str, check: bool = True) -> str:
        """What one of Slurm's programs says."""
        env = {**os.environ, "SLURM_CONF": str(self.configuration), "PATH": _PATH}
        done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False, env=env)
        assert not check or done.returncode == 0, (words, done.stderr)
        return done.stdout

    def start_controller(self) -> None:
        self.run("slurmctld", "-f", str(self.configuration))
        self.until(lambda: "UP" in self.run("scontrol", "ping", check=False))

    def stop_controller(self) -> None:
        """In good order: it saves its state."""
        _end(self.folder / "run" / "slurmctld.pid", signal.SIGTERM)

    def start_node(self, node: str) -> None:
        self.run("slurmd", "-N", node, "-f", str(self.configuration))

    def kill_node(self, node: str) -> None:
        """The node is gone with all that runs on it, as by a loss of power."""
        _end(self.folder / "run" / f"slurmd.{node}.pid", signal.SIGKILL)
        for pid in _below("slurmstepd: [", self.jobs_on(node)):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def jobs(self) -> list[tuple[str, str, str, str]]:
        """Number, state, name and node of each job that the queue still knows, the newest last."""
        lines = self.run("squeue", "-h", "-t", "all", "-S", "i", "-o", "%i|%T|%j|%N").splitlines()
        return [tuple(line.split("|")) for line in lines]  # type: ignore[misc]

    def jobs_on(self, node: str) -> list[str]:
        return [job for job, state, _, at in self.jobs() if at == node and state == "RUNNING"]

    def state_of(self, job: str) -> str:
        return next((state for number, state, _, _ in self.jobs() if number == job), "")

    def set_node(self, node: str, state: str) -> None:
        """Drained, or taken back; one that a restarted controller has taken back already is left as it is."""
        check = state != "resume"
        self.run("scontrol", "update", f"nodename={node}", f"state={state}", "reason=test", check=check)
        self.until(lambda: ("drain" in self.run("sinfo", "-h", "-N", "-n", node, "-o", "%T")) is check)

    def until(self, true: Callable[[], object], wait_s: float = 120.0) -> None:
        """Wait until something holds."""
        end = time.monotonic() + wait_s
        while not true():
            assert time.monotonic() < end, (self.jobs(), _tail(self.folder / "log" / "slurmctld"))
            time.sleep(0.1)


@contextmanager
def cluster(folder: Path) -> Iterator[Slurm]:
    """A cluster whose files lie in `folder`; gone with all its jobs at the end."""
    slurm = Slurm(folder, Path(f"/run/labloop-munge-{os.getpid()}"))
    before = {name: os.environ.get(name) for name in ("SLURM_CONF", "PATH")}
    os.environ.update(SLURM_CONF=str(slurm.configuration), PATH=_PATH)
    try:
        _lay(slurm)
        slurm.start_controller()
        for node in NODES:
            slurm.start_node(node)
        slurm.until(
            lambda: slurm.run("sinfo", "-h", "-p", "main", "-t", "idle", "-o", "%D", check=False).strip() == "2"
        )
        yield slurm
    finally:
        _take_down(slurm)
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})


def _lay(slurm: Slurm) -> None:
    for name in ("ctld", "log", "run", *(f"spool.{node}" for node in NODES)):
        (slurm.folder / name).mkdir(parents=True)
    slurm.munge.mkdir(mode=0o755)
    (slurm.munge / "key").write_bytes(os.urandom(128))
    (slurm.munge / "key").chmod(0o600)
    files = {"key-file": "key", "socket": "sock", "pid-file": "pid", "log-file": "log", "seed-file": "seed"}
    named = [f"--{flag}={slurm.munge / name}" for flag, name in files.items()]
    subprocess.run(["munged", "--force", *named], check=True, env={**os.environ, "PATH": _PATH})
    slurm.configuration.write_text(_configuration(slurm))
    (slurm.folder / "gres.conf").write_text(f"NodeName={','.join(NODES)} Name=gpu File=/dev/null,/dev/zero\n")


def _configuration(slurm: Slurm) -> str:
    folder, host = slurm.folder, socket.gethostname().split(".")[0]
    controller, *ports = _free_ports(1 + len(NODES))
    memory = int(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e6 * 0.8 / len(NODES))
    nodes = [
        f"NodeName={node} NodeHostname={host} NodeAddr=127.0.0.1 Port={port} CPUs=4 RealMemory={memory} Gres=gpu:2"
        for node, port in zip(NODES, ports, strict=True)
    ]
    return "\n".join(
        [_SETTINGS.format(folder=folder, munge=slurm.munge, host=host, port=controller), *nodes, _PARTITIONS]
    )


_SETTINGS = """
ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={port}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={munge}/sock
CredType=cred/munge
CommunicationParameters=NoAddrCache,NoInAddrAny,NoCtldInAddrAny
StateSaveLocation={folder}/ctld
SlurmdSpoolDir={folder}/spool.%n
SlurmctldPidFile={folder}/run/slurmctld.pid
SlurmdPidFile={folder}/run/slurmd.%n.pid
SlurmctldLogFile={folder}/log/slurmctld
SlurmdLogFile={folder}/log/slurmd.%n
SlurmdParameters=config_overrides
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=none
ReturnToService=2
SchedulerType=sched/backfill
SchedulerParameters=sched_interval=1,sched_min_interval=0,bf_interval=1,batch_sched_delay=0
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
DefMemPerNode=500
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
JobRequeue=1
KillWait=8
MinJobAge=300
MessageTimeout=5
SlurmdTimeout=5
SlurmctldTimeout=5
InactiveLimit=0
GresTypes=gpu
"""
_PARTITIONS = """
PartitionName=main Nodes=ALL Default=YES MaxTime=60 PriorityTier=1 PreemptMode=REQUEUE GraceTime=8
PartitionName=lost Nodes=ALL MaxTime=60 PriorityTier=1 PreemptMode=CANCEL GraceTime=0
PartitionName=high Nodes=ALL MaxTime=60 PriorityTier=10 PreemptMode=OFF
"""


def _free_ports(number: int) -> list[int]:
    held = [socket.socket() for _ in range(number)]
    try:
        for each in held:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in held]
    finally:
        for each in held:
            each.close()


def _take_down(slurm: Slurm) -> None:
    with suppress(Exception):  # it may not even have come up
        slurm.run("scancel", "--user=root", check=False)
        time.sleep(0.5)
    names = ["slurmctld", *(f"slurmd.{node}" for node in NODES)]
    for path in [*(slurm.folder / "run" / f"{name}.pid" for name in names), slurm.munge / "pid"]:
        _end(path, signal.SIGTERM if path.parent == slurm.munge else signal.SIGKILL)
    for pid in _children_of(str(slurm.configuration)):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    shutil.rmtree(slurm.munge, ignore_errors=True)


def _end(pid_file: Path, number: int) -> None:
    try:
        pid = int(pid_file.read_text())
        os.kill(pid, number)
    except (OSError, ValueError):
        return
    until = time.monotonic() + 20
    while time.monotonic() < until and _is_alive(pid):
        time.sleep(0.05)


def _is_alive(pid: int) -> bool:
    with suppress(OSError):
        return ") Z" not in Path(f"/proc/{pid}/stat").read_text()
    return False


def _children_of(configuration: str) -> list[int]:
    """What this cluster's jobs have left: their environment names its configuration, and the test's own processes' do too."""
    own = {os.getpid(), os.getppid()}
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            environ = (path / "environ").read_bytes()
            if f"SLURM_CONF={configuration}".encode() in environ and b"SLURM_JOB_ID=" in environ:
                found.append(int(path.name))
    return [pid for pid in found if pid not in own]


def _below(title: str, jobs: list[str]) -> list[int]:
    """The processes of these jobs, and the slurmstepd of each."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            words = (path / "cmdline").read_bytes().decode(errors="replace")
            environ = (path / "environ").read_bytes()
            if any(words.startswith(f"{title}{job}.") or f"SLURM_JOB_ID={job}\0".encode() in environ for job in jobs):
                found.append(int(path.name))
    return found


def _tail(path: Path) -> str:
    return path.read_text(errors="replace")[-1500:] if path.is_file() else ""
