"""How this machine is shared out: slots, and what goes with each of them."""

from __future__ import annotations

import contextlib
import itertools
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_DRIVER = Path("/proc/driver/nvidia/gpus")
_CORES_A_SLOT = 4
"""Cores that one slot has at least where nobody says how many slots there are: fewer are no use to one experiment."""


@dataclass(frozen=True)
class Shares:
    """The machine in equal parts."""

    slots: int
    threads: int | None = None
    """Threads of each part; None where there is one part, which is the whole machine."""
    gpus: tuple[str, ...] = ()
    """By the numbers of their devices, or as CUDA_VISIBLE_DEVICES names them; slot i has GPU i, in turn where there are more slots
    than GPUs. Empty where there are none."""
    kept_back: bool = False
    """The machine has others, which CUDA_VISIBLE_DEVICES does not name."""

    def lent(self, slot: int) -> tuple[str, ...] | None:
        """The GPUs of a slot, none of them where all are kept back; None where it has the whole machine as it is, or there are none."""
        if not self.gpus:
            return () if self.kept_back else None
        if self.slots > 1:
            return (self.gpus[slot % len(self.gpus)],)
        return self.gpus if self.kept_back else None


def shares(slots: int | None = None, devices: Path = Path("/dev")) -> Shares:
    """The machine in so many parts; where None, one a GPU, and without GPUs one for each four cores."""
    there, gpus = cores(), gpus_to_lend(devices)
    number = slots or len(gpus) or max(1, there // _CORES_A_SLOT)
    kept_back = set(gpus) != set(_numbers(devices))
    return Shares(number, max(1, there // number) if number > 1 else None, gpus, kept_back)


def cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def gpu_devices(devices: Path = Path("/dev")) -> list[Path]:
    """The GPUs that the machine has, whether they work, or may be used, or not."""
    return list(devices.glob("nvidia[0-9]*"))


def gpus_to_lend(devices: Path = Path("/dev"), driver: Path = _DRIVER) -> tuple[str, ...]:
    """GPUs of the machine, by the numbers of their devices; those alone that CUDA_VISIBLE_DEVICES names, where it is set. One that it names
    by a UUID keeps that name where the driver does not tell its device, and so do parts of one. As CUDA reads it, a list ends where it names one that is not there, and one that is empty names none;
    one that is named twice is lent once.
    """
    found, named = _numbers(devices), os.environ.get("CUDA_VISIBLE_DEVICES")
    if named is None or not found:
        return found
    told = _told_by(driver)
    names = dict.fromkeys(_numbered(name.strip(), told) for name in named.split(","))
    return tuple(itertools.takewhile(lambda name: name in found or name[:4] in ("GPU-", "MIG-"), names))


def kinds_of_gpus(devices: Path = Path("/dev"), driver: Path = _DRIVER) -> tuple[str, ...]:
    """The models of the GPUs that are lent, each once, as the driver calls them; `none` alone where all are kept back. Empty where the
    machine has none: what is measured on one kind is not what another would come to.
    """
    lent = gpus_to_lend(devices, driver)
    if not _numbers(devices) or not lent:
        return ("none",) if _numbers(devices) else ()
    told = _told_by(driver)
    mine = [gpu for gpu in told if gpu.get("Device Minor") in lent]
    if len(mine) < len(lent):  # parts, or a driver that tells less: whichever it is, it is one of these
        return tuple(sorted({gpu.get("Model", "") for gpu in told} | {name[:4] for name in lent if not name.isdigit()}))
    return tuple(sorted({gpu.get("Model", "") for gpu in mine}))


def _told_by(driver: Path) -> list[dict[str, str]]:
    """What the driver tells of each GPU: its `Model`, `GPU UUID`, `Device Minor`. Empty where it tells nothing."""
    found = []
    for path in sorted(driver.glob("*/information")):
        with contextlib.suppress(OSError):
            lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
            found.append({name.strip(): value.strip() for name, _, value in (line.partition(":") for line in lines)})
    return found


def _numbered(name: str, told: Sequence[Mapping[str, str]]) -> str:
    """The number of the device that CUDA calls so, by its place in the order of the bus or by the beginning of its UUID: a driver may
    number devices in another order. The name itself where the driver does not tell."""
    if name.isdecimal():
        places = [gpu.get("Device Minor", "") for gpu in told]
        return name if not places else places[int(name)] if int(name) < len(places) else ""
    found = [gpu.get("Device Minor", name) for gpu in told if gpu.get("GPU UUID", "").startswith(name)]
    return found[0] if name.startswith("GPU-") and len(found) == 1 else name


def called_by_cuda(gpus: Iterable[str], driver: Path = _DRIVER) -> tuple[str, ...]:
    """What CUDA calls devices, given by their numbers, where all of the machine are there and it counts in the order of the bus."""
    places = {gpu.get("Device Minor", ""): str(place) for place, gpu in enumerate(_told_by(driver))}
    return tuple(places.get(number, number) for number in gpus)


def _numbers(devices: Path) -> tuple[str, ...]:
    found = (path.name.removeprefix("nvidia") for path in gpu_devices(devices))
    return tuple(sorted((name for name in found if name.isdigit()), key=int))
