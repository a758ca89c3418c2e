"""Batches that shrink where memory gives out: the work goes on with half the size instead of ending.

`halved` and `halving` repeat a piece of work; `Batches` repeats the batch that failed, and keeps what was done before it.
"""

from __future__ import annotations

import functools
import inspect
import logging
from collections.abc import Callable, Iterator
from typing import ParamSpec, TypeVar

import torch

from harness.device import free_memory
from harness.errors import DeviceError

log = logging.getLogger(__name__)

T = TypeVar("T")
P = ParamSpec("P")
# Of errors that torch raises as a plain RuntimeError: its CPU allocator's, and cuBLAS' for its own workspace.
_WORDS = ("DefaultCPUAllocator: ", "CUBLAS_STATUS_ALLOC_FAILED", "CUDA out of memory")


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error says that a GPU's memory, or this machine's, gave out."""
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    return isinstance(error, RuntimeError) and any(word in str(error) for word in _WORDS)


def halved(work: Callable[[int], T], size: int, what: str) -> T:
    """`work(size)`, begun anew with half the size as often as memory gives out.

    Raises DeviceError where it gives out at a size of 1, and what `work` raises else.
    """
    while True:
        try:
            return work(size)
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
            size = _half(size, what, error)
        free_memory()  # out here, where the error no longer holds what it was raised among


def halving(parameter: str) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Of a function whose `parameter` is the size of its batches: it begins anew with half of it where memory gives out."""

    def decorate(function: Callable[P, T]) -> Callable[P, T]:
        takes = inspect.signature(function)

        @functools.wraps(function)
        def wrapped(*args: P.args, **named: P.kwargs) -> T:
            given = takes.bind(*args, **named)
            given.apply_defaults()

            def work(size: int) -> T:
                given.arguments[parameter] = size
                return function(*given.args, **given.kwargs)

            return halved(work, given.arguments[parameter], function.__name__)

        return wrapped

    return decorate


class Batches:
    """Batches of at most `size` rows. Where memory gives out the batch is tried again in halves, and so are all later ones."""

    def __init__(self, size: int, what: str) -> None:
        self.size = size
        self._what = what

    def over(self, work: Callable[[slice], T], first: int, last: int) -> Iterator[T]:
        """`work` of slices that follow one another from `first` to `last` (excluded), each done once.

        Raises DeviceError where a single row is too much, and what `work` raises else.
        """
        while first < last:
            try:
                found = work(slice(first, min(first + self.size, last)))
            except (RuntimeError, MemoryError) as error:
                if not is_out_of_memory(error):
                    raise
                self.size = _half(min(self.size, last - first), self._what, error)
            else:
                first = min(first + self.size, last)
                yield found
                continue
            free_memory()


def _half(size: int, what: str, error: BaseException) -> int:
    if size <= 1:
        said = (str(error).splitlines() or [repr(error)])[0]
        raise DeviceError(
            f"{what}: memory gave out with a single one at a time ({said}): "
            "end what else runs there, or use another device or a smaller model"
        ) from error
    log.warning("%s: memory gave out with %d at a time; it goes on with %d", what, size, size // 2)
    return size // 2
