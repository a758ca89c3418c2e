"""What a command costs, seen from outside: CPU and GPU seconds, memory at its highest, what else kept the machine busy."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import sys
from typing import IO, Any

from .tree import PDEATHSIG, prctl

_TICKS_S = os.sysconf("SC_CLK_TCK")
_GPU_EVERY_S = 1
_BUSY = (0, 1, 2, 5, 6, 7)
"""Columns of /proc/stat's first line: user, nice, system, irq, softirq, steal."""


class Spent:
    """Counts what the children of this process use. `look` is told of them now and then, `report` of their end."""

    def __init__(self, gpu: bool) -> None:
        self.gpu = _GpuClock.start() if gpu else None
        self.peak_bytes = 0
        self.seen: dict[tuple[int, int], float] = {}
        self.busy_s = _machine_busy_s()

    @property
    def own(self) -> set[int]:
        """Processes of the counting itself, which are none of the command's."""
        return {self.gpu.process.pid} if self.gpu else set()

    def look(self, tree: dict[int, int]) -> None:
        """Take the processes as they are now: pid to resident bytes."""
        self.peak_bytes = max(self.peak_bytes, sum(tree.values()))
        for pid in tree:
            found = _cpu_of(pid)
            if found is not None:
                began, seconds = found
                self.seen[pid, began] = seconds
        if self.gpu:
            self.gpu.read(tree.keys())

    def report(self, wall_s: float) -> dict[str, Any]:
        """To be asked once, when all processes of the command have been waited for."""
        gpu_s, others_s = self.gpu.end() if self.gpu else (None, 0.0)
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        # Children whose parent ignores their end are in no sum of the kernel's; those that were looked at are in ours.
        cpu_s = max(used.ru_utime + used.ru_stime - others_s, sum(self.seen.values()))
        return {
            "wall_s": round(wall_s, 3),
            "cpu_s": round(cpu_s, 3),
            "gpu_s": None if gpu_s is None else round(gpu_s, 1),
            "peak_gb": round(max(self.peak_bytes, _largest_bytes(used.ru_maxrss)) / 1e9, 3),
            "beside_cores": self._beside(cpu_s, wall_s),
        }

    def _beside(self, cpu_s: float, wall_s: float) -> float | None:
        now = _machine_busy_s()
        if now is None or self.busy_s is None or wall_s < 1:  # the kernel counts in hundredths of a second
            return None
        return round(max(0.0, (now - self.busy_s - cpu_s) / wall_s), 1)


class _GpuClock:
    """nvidia-smi, saying each second which process uses how much of which GPU."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process
        assert process.stdout is not None
        self.lines: IO[bytes] = process.stdout
        os.set_blocking(self.lines.fileno(), False)
        self.rest = b""
        self.seconds: float | None = None

    @classmethod
    def start(cls) -> _GpuClock | None:
        program = shutil.which("nvidia-smi", path="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
        if program is None:
            return None
        try:
            return cls(
                subprocess.Popen(
                    [program, "pmon", "-s", "u", "-d", str(_GPU_EVERY_S)],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    start_new_session=True,
                    preexec_fn=lambda: prctl(PDEATHSIG, signal.SIGKILL),
                )
            )
        except OSError:
            return None

    def read(self, pids: Any) -> None:
        """Count what it has said since: `gpu pid type sm …`, sm in percent. A process that is not told is not counted."""
        try:
            while piece := os.read(self.lines.fileno(), 1 << 16):
                self.rest += piece
        except BlockingIOError:
            pass
        *whole, self.rest = self.rest.split(b"\n")
        for line in whole:
            words = line.split()
            if len(words) > 3 and words[1].isdigit() and words[3].isdigit() and int(words[1]) in pids:
                self.seconds = (self.seconds or 0.0) + int(words[3]) / 100 * _GPU_EVERY_S

    def end(self) -> tuple[float | None, float]:
        """GPU seconds, None where no process of the command was ever told; and the CPU seconds of asking."""
        self.process.kill()
        self.lines.close()
        try:
            _, status, used = os.wait4(self.process.pid, 0)
        except ChildProcessError:  # it had ended, and was waited for with the rest
            self.process.returncode = 0
            return self.seconds, 0.0
        self.process.returncode = status
        return self.seconds, used.ru_utime + used.ru_stime


def _cpu_of(pid: int) -> tuple[int, float] | None:
    """When a process began, in the kernel's ticks, and the CPU seconds that it has used itself; None where it is gone."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            fields = file.read().rpartition(b")")[2].split()
        return int(fields[19]), (int(fields[11]) + int(fields[12])) / _TICKS_S
    except (OSError, ValueError, IndexError):
        return None


def _machine_busy_s() -> float | None:
    """CPU seconds of all processes of the machine since it started; None where it does not say."""
    try:
        with open("/proc/stat", "rb") as file:
            columns = file.readline().split()[1:]
        return sum(int(columns[place]) for place in _BUSY) / _TICKS_S
    except (OSError, ValueError, IndexError):
        return None


def _largest_bytes(maxrss: int) -> int:
    """The largest process' resident bytes: Linux counts them in KiB."""
    return maxrss * (1024 if sys.platform.startswith("linux") else 1)
