"""Launches side by side: as many at once as there is room for, all ended where one of them, or the session, must stop."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TypeVar

from agent.sandbox import Command, Finished, Sandbox
from agent.sandbox.command import Standing

T = TypeVar("T")
_CORES_EACH = 2
"""What a launch is thought to keep busy."""
_MEMORY_EACH_GB = 4.0
"""What a launch is thought to need; one that was ended beside others for want of memory or time is launched again alone."""
_POLL_S = 0.2


class Endable:
    """A sandbox whose commands end when `ended` is set: a thread that waits for one hears of no signal."""

    def __init__(self, inner: Sandbox) -> None:
        self.inner = inner
        self.name = inner.name
        self.keeps_apart = inner.keeps_apart
        self.ended = threading.Event()

    def run(self, command: Command, stop: Callable[[], bool] = lambda: False) -> Finished:
        return self.inner.run(command, lambda: self.ended.is_set() or stop())

    def stand(self, command: Command) -> Standing | None:
        return self.inner.stand(command)

    def wrap(self, command: Command) -> list[str]:
        return self.inner.wrap(command)


def room(asked: int | None, sandbox: Sandbox, gpus: int, memory_gb: float | None) -> int:
    """How many launches may run at once: `asked`, else what cores and free memory allow; one on a GPU.

    One as well where the sandbox does not keep them apart: what changed while two ran would be laid to either.
    """
    if not sandbox.keeps_apart:
        return 1
    if asked is not None:
        return asked
    if gpus:
        return 1
    by_memory = int(memory_gb // _MEMORY_EACH_GB) if memory_gb is not None else 1
    return max(1, min(_cores() // _CORES_EACH, by_memory))


def _cores() -> int:
    """Cores that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on macOS
        return os.cpu_count() or 1


def side_by_side(works: Sequence[Callable[[], T]], at_once: int, end: Callable[[], None]) -> Iterator[tuple[int, T]]:
    """Each work's place and what it returned, as they end; `at_once` of them in threads, all here where that is one.

    Where one raises, or the caller is stopped while it waits, `end` is called, which must end the others; then it is raised.
    """
    if at_once == 1:
        yield from ((place, work()) for place, work in enumerate(works))
        return
    with ThreadPoolExecutor(at_once) as pool:
        waiting: dict[Future[T], int] = {pool.submit(work): place for place, work in enumerate(works)}
        try:
            while waiting:
                for future in wait(waiting, timeout=_POLL_S, return_when=FIRST_COMPLETED).done:
                    place = waiting.pop(future)
                    yield place, future.result()
        except BaseException:  # nothing new is begun, and what runs is ended before anybody hears of it
            for future in waiting:
                future.cancel()
            end()
            raise
