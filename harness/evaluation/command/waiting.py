"""An evaluator that waits: python and its packages are loaded once, and each run is scored in a child forked from it.

    python -m harness.evaluation --wait

The protocol is that of `warm` in docs/templates.md: a line `{"ready": true}` when all is loaded, then a line for each
request. This process reads requests and nothing else: no file of a run, so that no run leaves a trace for the next.
"""

from __future__ import annotations

import gc
import importlib
import json
import logging
import os
import pkgutil
import sys
from collections.abc import Callable, Sequence
from typing import IO, Any

log = logging.getLogger(__name__)

OWN = ["-m", "harness.evaluation"]  # what stands between `python` and the flags in a request's command
_ROOMS = ("command", "scoring", "measures", "measures.prepared", "submitted")
_FAILED = 1
Main = Callable[[Sequence[str]], int]


def wait(main: Main, requests: IO[str], answers: IO[str]) -> int:
    """Answer requests by `main(flags)` in a child each, until there are no more. Returns the exit code, 0."""
    load_all()
    gc.collect()
    gc.freeze()  # what is loaded stays, and stays shared with the children
    _say(answers, {"ready": True})
    for line in requests:
        try:
            asked = _Request(json.loads(line))
        except (ValueError, KeyError, TypeError) as error:
            _say(answers, {"error": f"not a request: {error!r}"})
            continue
        _say(answers, {"exit_code": _in_child(main, asked, (requests, answers))})
    return 0


def load_all() -> None:
    """Import whatever an eval of the tiny scale imports."""
    for room in _ROOMS:
        package = importlib.import_module(f"harness.evaluation.{room}")
        for module in pkgutil.iter_modules(package.__path__):
            importlib.import_module(f"{package.__name__}.{module.name}")
    importlib.import_module("harness.activations")


class _Request:
    """A line: the evaluator's command as it would be started, its working directory, its logs."""

    def __init__(self, value: Any) -> None:
        command = [str(word) for word in value["command"]]
        if command[1:3] != OWN:
            raise ValueError(f"this answers python {' '.join(OWN)} …, not {' '.join(command[:3])}")
        self.flags = command[3:]
        self.cwd, self.stdout, self.stderr = (str(value[name]) for name in ("cwd", "stdout", "stderr"))


def _in_child(main: Main, asked: _Request, pipes: Sequence[IO[str]]) -> int:
    """The exit status of `main` in a child, negative where a signal ended it."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    status = _FAILED
    try:
        for pipe in pipes:
            os.close(pipe.fileno())
        _stand_in(asked)
        _mend_threads()
        status = main(asked.flags)
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else _FAILED
    except BaseException:  # this must never return into the loop above
        log.exception("the run could not be scored")
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _mend_threads() -> None:
    from harness.evaluation.command.side_by_side import after_fork  # with torch, which is loaded by now

    after_fork()


def _stand_in(asked: _Request) -> None:
    """Working directory and streams as a process of its own would have them."""
    os.chdir(asked.cwd)
    for number, path, flags in (
        (0, os.devnull, os.O_RDONLY),
        (1, asked.stdout, os.O_WRONLY | os.O_CREAT | os.O_TRUNC),
        (2, asked.stderr, os.O_WRONLY | os.O_CREAT | os.O_TRUNC),
    ):
        opened = os.open(path, flags, 0o644)
        os.dup2(opened, number)
        os.close(opened)


def _say(answers: IO[str], value: dict[str, Any]) -> None:
    answers.write(json.dumps(value) + "\n")
    answers.flush()


def serve(main: Main) -> int:
    """`wait` on this process' own streams; whatever else is printed goes to stderr."""
    answers = os.fdopen(os.dup(1), "w")
    requests = os.fdopen(os.dup(0), "r")
    os.dup2(2, 1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    return wait(main, requests, answers)
