"""Commands on this machine: each in a thread that waits for a slot and then runs the sandbox."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread

from agent.errors import Interrupted
from agent.launching.companion import standing_beside
from agent.launching.cores import Shares, called_by_cuda, gpu_devices, shares
from agent.launching.launcher import Needs, never
from agent.launching.slots import Slot, Slots
from agent.sandbox import Command, Finished, Sandbox
from agent.session.stop import Stop

log = logging.getLogger(__name__)
_POLL_S = 0.05
_LOOK_S = 1.0
_THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMEXPR_MAX_THREADS")


class LocalLauncher:
    """Runs commands in `sandbox` on this machine, as many at once as it has slots; `stop` keeps back what waits for one."""

    name = "local"
    here = True
    machines = ""

    def __init__(
        self, sandbox: Sandbox, slots: int | None = None, stop: Stop | None = None, shared: Slots | None = None
    ) -> None:
        """`slots`: into how many parts the machine is divided; `shares` decides where None."""
        self.sandbox = sandbox
        self.shares = shares(slots)
        self.slots = shared or Slots(self.shares.slots)
        self.stop = stop or Stop()

    @property
    def gpus(self) -> int:
        return len(gpu_devices())

    @property
    def room(self) -> int:
        return self.shares.slots

    def submit(self, command: Command, needs: Needs) -> LocalHandle:
        return LocalHandle(self, command, needs)

    def holds(self, folder: Path | None) -> bool:
        return False


class LocalHandle:
    """A command in a thread of its own, from its wait for a slot to its end."""

    def __init__(self, launcher: LocalLauncher, command: Command, needs: Needs) -> None:
        self._launcher, self._command, self._needs = launcher, command, needs
        self._to_end, self._over = Event(), Event()
        self._finished: Finished | None = None
        self._problem: BaseException | None = None
        self._thread = Thread(target=self._work, name=f"launch {needs.name}".strip())
        self._thread.start()

    def wait(self, stop: Callable[[], bool] = never) -> Finished:
        """See `Handle.wait`."""
        try:
            while not self._over.wait(_POLL_S):
                if stop():
                    self._to_end.set()
        finally:  # also where a signal's handler raised: nothing is left behind
            self._to_end.set()
            self._thread.join()
        if self._problem is not None:
            raise self._problem
        assert self._finished is not None
        return self._finished

    def _work(self) -> None:
        try:
            self._finished = self._ran()
        except BaseException as problem:  # a thread's exception reaches nobody: it is raised where it is waited for
            self._problem = problem
        finally:
            self._over.set()

    def _ran(self) -> Finished:
        launcher, needs = self._launcher, self._needs
        if not needs.slot:
            with standing_beside(launcher.sandbox, needs.beside):
                return launcher.sandbox.run(self._command, self._to_end.is_set)
        waited: list[str] = []
        slot = launcher.slots.wait(needs.name, self._is_to_wait_no_longer, lambda: waited.extend(self._said_to_wait()))
        if slot is None:
            launcher.stop.check()
            raise Interrupted(f"stopped before {needs.name or 'it'} had begun")
        for name in waited:
            log.warning("%s has its slot now", name)
        try:
            beside = _Beside(launcher.slots, slot)
            companion = needs.beside
            if companion is not None:  # a share of the same slot
                companion = replace(companion, command=self._placed(companion.command, slot))
            with standing_beside(launcher.sandbox, companion):
                finished = launcher.sandbox.run(
                    self._placed(self._command, slot), lambda: beside.looked() or self._to_end.is_set()
                )
            beside.look()
            return replace(finished, beside=tuple(beside.names), threads=launcher.shares.threads)
        finally:
            slot.release()

    def _placed(self, command: Command, slot: Slot) -> Command:
        launcher = self._launcher
        return placed(command, launcher.shares, slot, launcher.sandbox.keeps_apart)

    def _is_to_wait_no_longer(self) -> bool:
        return self._to_end.is_set() or self._launcher.stop.why() is not None

    def _said_to_wait(self) -> list[str]:
        """What waits, by name, once that is said with who has what it waits for; nothing where this session's own launches have it all."""
        name, room = self._needs.name or "a launch", self._launcher.room
        if not (held := self._launcher.slots.strangers()):
            return []
        awaited = "the one slot" if room == 1 else f"one of the {room} slots"
        log.warning("%s waits for %s of this machine (--slots), held by %s", name, awaited, ", ".join(held))
        return [name]


class _Beside:
    """Who is seen in the other slots while a command runs, each once."""

    def __init__(self, slots: Slots, mine: Slot) -> None:
        self._slots, self._mine = slots, mine
        self._next = 0.0
        self.names: list[str] = []

    def looked(self) -> bool:
        """Look where it is time to; False, so that it can stand in a question that is asked all the while."""
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + _LOOK_S
            self.look()
        return False

    def look(self) -> None:
        self.names += [name for name in self._slots.others(self._mine) if name not in self.names]


def placed(command: Command, parts: Shares, slot: Slot, apart: bool) -> Command:
    """The command with the share of the machine that goes with a slot: its threads, its GPUs. It holds the slot too.

    `apart`: in its sandbox no other GPU is there, so its own are counted from 0; elsewhere CUDA is told which they are.
    """
    env = dict(command.env)
    if parts.threads is not None:
        env.update(dict.fromkeys(_THREADS, str(parts.threads)))
    gpus = parts.lent(slot.number)
    if gpus is not None and command.gpu:
        numbered = all(name.isdigit() for name in gpus)  # else nobody here knows which device a name stands for
        told = map(str, range(len(gpus))) if apart and numbered else called_by_cuda(gpus)
        env.update(CUDA_DEVICE_ORDER="PCI_BUS_ID", CUDA_VISIBLE_DEVICES=",".join(told))
        command = replace(command, gpus=gpus if numbered else None)
    return replace(command, env=env, held=(*command.held, slot.file))
