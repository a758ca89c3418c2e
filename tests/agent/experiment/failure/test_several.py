"""Logs of several processes under prefixes that no list knows, and parents that only say that a child failed."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest

from tests.agent.experiment.failure.causes import cause_of

_HEAD = 'Traceback (most recent call last):\n  File "/session/attempts/003/code/experiment.py", line 96, in update\n    x = y\n'


def raised(error: str) -> str:
    """A traceback as Python prints it."""
    return f"{_HEAD}{error}\n"


def behind(prefix: str, text: str) -> str:
    """Each line behind the prefix of its process."""
    return "".join(f"{prefix}{line}\n" for line in text.splitlines())


WHY = raised("RuntimeError: mat1 and mat2 shapes cannot be multiplied (2x3 and 4x5)")
GONE = raised("RuntimeError: [../gloo/transport/tcp/pair.cc:534] Connection closed by peer")


def _records(**said: object) -> str:
    return json.dumps(said) + "\n"


@pytest.mark.parametrize(
    "log",
    [
        behind("[pod/train-1/main] ", WHY) + behind("[pod/train-0/main] ", GONE),
        behind("P1: ", WHY) + behind("P0: ", GONE),
        behind("[1/2] ", WHY) + behind("[0/2] ", GONE),
        _records(meta={"rank": 1}, record={"text": WHY}) + _records(meta={"rank": 0}, record={"text": GONE}),
        _records(rank=1, exc=WHY.splitlines()) + _records(rank=0, exc=GONE.splitlines()),
        WHY + raised("RuntimeError: worker 1 died"),
        WHY + raised("ValueError: 1 of 2 jobs failed, see above"),
        WHY + raised("distributed.scheduler.KilledWorker: 'x' ran on 4 workers, but all those workers died"),
        WHY
        + "\nDuring handling of the above exception, another exception occurred:\n\n"
        + raised("torch.distributed.elastic.multiprocessing.errors.ChildFailedError: \n=====\nexperiment.py FAILED"),
    ],
    ids=["pods", "letters", "counts", "nested records", "lines in a record", "died", "failed", "killed", "handled"],
)
def test_the_first_failure_is_the_cause(tmp_path: Path, log: str) -> None:
    """Prefixes that differ in a number are ranks; a parent that names its child's end never stands for the child's reason."""
    assert "mat1 and mat2" in cause_of(tmp_path, stderr=log).reason


@pytest.mark.parametrize(
    ("log", "why"),
    [
        (
            behind("app:12 - ", raised("KeyError: 'first'")) + behind("app:40 - ", raised("KeyError: 'second'")),
            "second",
        ),
        (raised("OSError: a download failed") + raised("ValueError: the job failed to converge"), "converge"),
        (raised("KeyError: 'handled'") + raised("ValueError: loss is nan"), "nan"),
    ],
    ids=["lines of code", "failed to", "handled before"],
)
def test_one_process_ends_with_its_last_exception(tmp_path: Path, log: str, why: str) -> None:
    """A line of code in a logger's prefix is no rank, and an exception that was handled is not the cause."""
    assert why in cause_of(tmp_path, stderr=log).reason


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (
            "ERROR: LoadError: DimensionMismatch: A has dimensions (2,3)\nStacktrace:\n [1] top-level scope\n",
            "DimensionMismatch",
        ),
        ("/a/x.js:3\n    throw e;\n    ^\n\nError: bad input\n    at Object.<anonymous> (/a/x.js:3:7)\n", "bad input"),
        ('Exception in thread "main" java.lang.OutOfMemoryError: Java heap space\n\tat a.b(C.java:1)\n', "heap space"),
        ("Error in x + y : non-numeric argument\nExecution halted\n", "non-numeric"),
        ("step 3\n [2] is what was drawn\n", "is what was drawn"),
    ],
    ids=["Julia", "Node", "Java", "R", "no stack"],
)
def test_another_language_s_stack_is_not_the_reason(said: str, why: str) -> None:
    """Its line that says why stands above the frames."""
    with tempfile.TemporaryDirectory() as folder:
        assert why in cause_of(Path(folder), stderr=said).reason
