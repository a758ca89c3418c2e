"""How this machine is shared out: slots, and what goes with each of them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

_CORES_A_SLOT = 4
"""Cores that one slot has at least where nobody says how many slots there are: fewer are no use to one experiment."""


@dataclass(frozen=True)
class Shares:
    """The machine in equal parts."""

    slots: int
    threads: int | None = None
    """Threads of each part; None where there is one part, which is the whole machine."""
    gpus: tuple[str, ...] = ()
    """Their numbers in /dev; slot i has GPU i, in turn where there are more slots than GPUs. Empty where there are none."""

    def gpu(self, slot: int) -> str | None:
        """The GPU of a slot; None where it has the whole machine, or there is none."""
        return self.gpus[slot % len(self.gpus)] if self.gpus and self.slots > 1 else None


def shares(slots: int | None = None) -> Shares:
    """The machine in so many parts; where None, one a GPU, and without GPUs one for each four cores."""
    there, devices = cores(), gpu_numbers()
    number = slots or len(devices) or max(1, there // _CORES_A_SLOT)
    return Shares(number, max(1, there // number) if number > 1 else None, devices)


def cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def gpu_devices(devices: Path = Path("/dev")) -> list[Path]:
    """The GPUs that the machine has, whether they work, or may be used, or not."""
    return list(devices.glob("nvidia[0-9]*"))


def gpu_numbers(devices: Path = Path("/dev")) -> tuple[str, ...]:
    """GPUs of the machine by the numbers of their devices; those alone that CUDA_VISIBLE_DEVICES names, where it names numbers."""
    found = sorted((path.name.removeprefix("nvidia") for path in gpu_devices(devices)), key=lambda name: int(name))
    named = [name.strip() for name in os.environ.get("CUDA_VISIBLE_DEVICES", "").split(",") if name.strip()]
    if named and all(name.isdigit() for name in named):
        return tuple(name for name in named if name in found)
    return tuple(found)
