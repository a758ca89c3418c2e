"""Progress on long work: a bar on a terminal; elsewhere a line of the log every few seconds."""

from __future__ import annotations

import contextlib
import logging
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")
log = logging.getLogger(__name__)

REPORT_S = 5.0


def track(items: Iterable[Item], what: str, unit: str = "step") -> Iterator[Item]:
    """The items, one by one, with a bar on stderr where that is a terminal."""
    if not sys.stderr.isatty():
        yield from items
        return
    from tqdm import tqdm
    from tqdm.contrib.logging import logging_redirect_tqdm

    with logging_redirect_tqdm():  # lines of the log go above the bar, not into it
        yield from tqdm(items, desc=what, unit=unit, leave=False)


@contextlib.contextmanager
def counted(total: int, what: str, unit: str) -> Iterator[Callable[[int], None]]:
    """`with counted(1_000_000, "reading", "token") as advance: … advance(4096)`: work whose steps differ in size."""
    if sys.stderr.isatty():
        from tqdm import tqdm
        from tqdm.contrib.logging import logging_redirect_tqdm

        with logging_redirect_tqdm(), tqdm(total=total, desc=what, unit=unit, unit_scale=True, leave=False) as bar:
            yield bar.update
        return
    done, reported = 0, time.monotonic()

    def advance(amount: int) -> None:
        nonlocal done, reported
        done += amount
        if time.monotonic() - reported > REPORT_S:
            reported = time.monotonic()
            log.info("%s: %s of %s %ss", what, f"{done:,}", f"{total:,}", unit)

    yield advance
