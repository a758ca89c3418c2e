"""What a coder is told besides the exception: what ran out, what the device asserted, what a line only announces."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.agent.experiment.failure.causes import CRASH, cause_of
from tests.agent.experiment.failure.test_several import raised
from tests.agent.experiment.failure.test_streams import FAULT, REASON


@pytest.mark.parametrize(
    ("error", "hint"),
    [
        ("RuntimeError: CUDA error: out of memory", "more memory"),
        ("RuntimeError: CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`", "more memory"),
        ("RuntimeError: cuDNN error: CUDNN_STATUS_ALLOC_FAILED", "more memory"),
        ("jaxlib.xla_extension.XlaRuntimeError: RESOURCE_EXHAUSTED: Out of memory", "more memory"),
        ("OSError: [Errno 12] Cannot allocate memory", "more memory"),
        ("RuntimeError: DataLoader worker (pid 12) is killed by signal: Bus error.", "num_workers=0"),
        ("RuntimeError: received 0 items of ancdata", "too many files"),
        ("OSError: [Errno 24] Too many open files", "too many files"),
        ("RuntimeError: can't start new thread", "fewer workers"),
        ("triton.runtime.errors.OutOfResources: out of resource: shared memory, Required: 147456", "smaller blocks"),
    ],
)
def test_what_ran_out_is_said(tmp_path: Path, error: str, hint: str) -> None:
    """Memory in the words of every library, shared memory, files, threads, a kernel's room: each has its own remedy."""
    cause = cause_of(tmp_path, raised(error))
    assert hint in cause.shown.split("Hint: ")[1] and not cause.environment


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (
            'RuntimeError: Error(s) in loading state_dict for SAE:\n\tMissing key(s) in state_dict: "W".',
            "SAE: Missing key(s)",
        ),
        (
            "triton.compiler.errors.CompilationError: at 12:8:\n    x = tl.load(ptr)\n        ^",
            "at 12:8: x = tl.load(ptr)",
        ),
        ("ValueError: it is:", "ValueError: it is: ("),
    ],
)
def test_a_line_that_announces_is_said_with_the_next(tmp_path: Path, error: str, reason: str) -> None:
    """The reason is one line: where that ends in a colon, what follows is what it says."""
    assert reason in cause_of(tmp_path, raised(error)).reason


def test_what_the_device_asserted_is_the_cause(tmp_path: Path) -> None:
    """It stands a thousand times above the exception, which says only that something was asserted."""
    line = "/pytorch/Indexing.cu:1290: f: block: [1,0,0], thread: [0,0,0] Assertion `index < size` failed.\n"
    cause = cause_of(tmp_path, line * 9 + raised("RuntimeError: CUDA error: device-side assert triggered"))
    assert "assert triggered: Assertion `index < size` failed (" in cause.reason and "index < size" in cause.shown
    other = cause_of(tmp_path, line + raised("ValueError: x"))
    assert "index" not in other.reason


@pytest.mark.parametrize(
    "said",
    [
        "munmap_chunk(): invalid pointer",
        "realloc(): invalid next size",
        "malloc_consolidate(): unaligned fastbin chunk",
    ],
)
def test_every_complaint_of_the_allocator_is_said(tmp_path: Path, said: str) -> None:
    """Whichever function of glibc found the heap broken."""
    assert said in cause_of(tmp_path, f"{said}\n{FAULT}", exit_code=-6).reason


def test_a_container_s_log_is_read(tmp_path: Path) -> None:
    """Each line a record of JSON: the traceback in them is the cause."""
    text = "".join(json.dumps({"log": f"{line}\n", "stream": "stderr"}) + "\n" for line in CRASH.splitlines())
    assert cause_of(tmp_path, text).reason == REASON


def test_a_traceback_that_shows_values_is_read(tmp_path: Path) -> None:
    """A logger that marks the frame where it caught, and draws the values of names under its line."""
    text = (
        'Traceback (most recent call last):\n\n> File "/session/attempts/003/code/experiment.py", line 96, in update\n'
        "    x = y\n    │   └ 3\n    └ 2\n\nTypeError: no\n"
    )
    assert cause_of(tmp_path, text).reason == "TypeError: no (experiment.py:96 in update)"


@pytest.mark.parametrize("name", ["__main__.train.<locals>.Diverged", "FührungsFehler"])
def test_an_exception_of_any_name_is_one(tmp_path: Path, name: str) -> None:
    """Of a class within a function, of letters beyond English."""
    assert (
        cause_of(tmp_path, raised(f"{name}: loss is nan")).reason == f"{name}: loss is nan (experiment.py:96 in update)"
    )


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (
            "OMP: Error #15: Initializing libiomp5.so\nOMP: Hint This means that multiple copies are linked.\n",
            "OMP: Error #15",
        ),
        (
            "Could not override 'a'.\nKey 'a' is not in struct\n    full_key: a\n\n"
            "Set the environment variable HYDRA_FULL_ERROR=1 for a complete stack trace.\n",
            "Key 'a' is not in struct",
        ),
        (
            "bad data\n/x/resource_tracker.py:254: UserWarning: 6 leaked\n  warnings.warn('resource_tracker: %d '\n",
            ": bad data",
        ),
        (
            "bad data\n[rank0]:[W1128 12:00:00.1 PG.cpp:1] Warning: destroy_process_group() was not called\n",
            ": bad data",
        ),
        ("bad data\nwandb: Find logs at: wandb/run-1/logs\n", ": bad data"),
        ("Error in f() : object 'x' not found\nCalls: main -> f\nExecution halted\n", "object 'x' not found"),
        ("a.c:3:1: error: expected ';'\nmake: *** [Makefile:2: a] Error 1\n", "expected ';'"),
        ("ReferenceError: x is not defined\n    at f (/s/a.js:1:1)\n\nNode.js v22.1.0\n", "x is not defined"),
    ],
)
def test_advice_is_no_reason(tmp_path: Path, said: str, reason: str) -> None:
    """What a program advises after it has said why is not why."""
    assert reason in cause_of(tmp_path, said).reason


def test_a_certificate_that_is_not_trusted_is_the_network_s(tmp_path: Path) -> None:
    """An experiment has no network: no edit mends what it meant to fetch."""
    error = "ssl.SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed"
    assert cause_of(tmp_path, raised(error)).kind == "network"


def test_a_library_that_c_does_not_find_is_the_machine_s(tmp_path: Path) -> None:
    """It says so in its own words, and ends in advice: the library is missing, whatever the code does."""
    said = "Could not load library libcudnn.so.8. Error: libcudnn.so.8: cannot open shared object file\nPlease make sure it is in your path!\n"
    cause = cause_of(tmp_path, said, exit_code=-6)
    assert cause.kind == "library" and "Please" not in cause.reason
