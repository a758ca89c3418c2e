"""Evals in processes of their own, forked from this one, as many at once as there are cores for.

An eval is told nothing but the subject, so what it finds does not depend on what runs beside it. Nobody may have
trained anything in this process before: torch's autograd refuses to work in a fork of a process in which it has worked.
"""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing import connection
from multiprocessing.process import BaseProcess

import torch

from harness.errors import HarnessError
from harness.evaluation.evals.base import Eval
from harness.evaluation.scoring.scores import Outcome

Work = Callable[[Eval], Outcome]


class EvalLost(HarnessError):
    """The process of an eval ended without a word."""


def run_evals(
    work: Work, evals: Sequence[Eval], at_once: int = 1, heard: Callable[[Outcome], None] = lambda _: None
) -> list[Outcome]:
    """What came of each eval, in the order given; none is begun once one has ended in an error that ends all.

    `heard` is told of each as it ends.

    In this process, one by one, where `at_once` is 1 or nothing can be forked.
    """
    apart = [each for each in evals if not each.asks_judge] if at_once > 1 and sys.platform == "linux" else []
    found = _forked(work, apart, at_once, heard) if len(apart) > 1 else {}
    for each in evals:
        if any(outcome.ends_all for outcome in found.values()):
            break
        if each.name not in found:
            found[each.name] = work(each)
            heard(found[each.name])
    return [found[each.name] for each in evals if each.name in found]


def _forked(work: Work, evals: Sequence[Eval], at_once: int, heard: Callable[[Outcome], None]) -> dict[str, Outcome]:
    """By name. What takes longest begins first, so that the last to end ends soon."""
    fork = multiprocessing.get_context("fork")
    waiting = sorted(evals, key=lambda each: -each.takes_s)
    running: dict[connection.Connection, tuple[Eval, BaseProcess]] = {}
    found: dict[str, Outcome] = {}
    try:
        while (waiting or running) and not any(outcome.ends_all for outcome in found.values()):
            while waiting and len(running) < at_once:
                each = waiting.pop(0)
                ours, theirs = fork.Pipe(duplex=False)
                process: BaseProcess = fork.Process(target=_tell, args=(work, each, theirs), daemon=True)
                process.start()
                theirs.close()
                running[ours] = each, process
            for ended in connection.wait(list(running)):
                assert isinstance(ended, connection.Connection)
                each, process = running.pop(ended)
                found[each.name] = _heard(ended, each, process)
                heard(found[each.name])
    finally:
        for _, process in running.values():
            process.kill()
            process.join()
    return found


def _tell(work: Work, each: Eval, to: connection.Connection) -> None:
    after_fork()
    to.send(work(each))


def after_fork() -> None:
    """To be called first in a forked process: torch makes its pool of threads anew at the first use there.

    Where two threads use it first at once, as transformers' loader does, one of them can meet a pool that is half made
    ("Invalid thread pool!"); this is that first use.
    """
    torch.set_num_threads(torch.get_num_threads())


def _heard(from_: connection.Connection, each: Eval, process: BaseProcess) -> Outcome:
    """What the process of an eval said; where it said nothing, that it is lost."""
    try:
        outcome: Outcome = from_.recv()
    except EOFError:
        process.join()
        code = process.exitcode or 0
        how = f"was ended by signal {-code}" if code < 0 else f"ended with status {code}"
        outcome = Outcome(each.name, 0.0, error=EvalLost(f"{each.name}: its process {how}"))
    from_.close()
    process.join()
    return outcome


@contextmanager
def threads(number: int | None) -> Iterator[None]:
    """Within, torch works with so many threads; with as many as before where None.

    Sums of floats depend on how they are shared out, so scores that are to agree to the digit on any machine, and whatever
    runs beside them, are made with a fixed number.
    """
    before = torch.get_num_threads()
    if number is not None:
        torch.set_num_threads(number)
    try:
        yield
    finally:
        torch.set_num_threads(before)
