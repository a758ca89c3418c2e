"""Logs without an exception of Python's, and launchers nobody listed: the line that says why is the reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.experiment.failure.last_words import last_words
from tests.agent.experiment.failure.causes import CRASH, cause_of
from tests.agent.experiment.failure.test_streams import CHILD_FAILED, each

RULE = "-" * 74


@pytest.mark.parametrize(
    ("said", "reason", "code"),
    [
        (
            f"{RULE}\nMPI_ABORT was invoked on rank 1 in communicator MPI_COMM_WORLD\n\nNOTE: invoking MPI_ABORT causes Open MPI to kill all\n{RULE}\n",
            "MPI_ABORT was invoked on rank 1",
            3,
        ),
        (
            "thread 'main' panicked at src/lib.rs:10:5:\nindex out of bounds: the len is 3\nnote: run with `RUST_BACKTRACE=1`\n",
            "src/lib.rs:10:5: index out of bounds",
            101,
        ),
        (
            "panic: runtime error: nil pointer\n\ngoroutine 1 [running]:\nmain.main()\n\t/x/main.go:9 +0x1\nexit status 2\n",
            "panic: runtime error: nil pointer",
            2,
        ),
        (
            "==42==ERROR: AddressSanitizer: heap-buffer-overflow on 0x6\n    #0 0x4 in main /x/a.c:5\nSUMMARY: AddressSanitizer: heap-buffer-overflow /x/a.c:5 in main\n==42==ABORTING\n",
            "heap-buffer-overflow",
            1,
        ),
        (
            "[123.4] Out of memory: Killed process 42 (python)\nCleaning up 4 child processes\n",
            "Out of memory: Killed",
            1,
        ),
        (
            "slurmstepd: error: *** JOB 1 ON n1 CANCELLED AT 2026-01-01T00:00:00 DUE TO TIME LIMIT ***\nsrun: Terminating StepId=1.0\n",
            "DUE TO TIME LIMIT",
            1,
        ),
        (
            "usage: experiment.py [-h]\nexperiment.py: error: unrecognized arguments: --lr 3\n",
            "unrecognized arguments",
            2,
        ),
        ("loading\n[INFO] no data was found in the folder\n", "no data was found", 1),
    ],
)
def test_the_line_that_says_why_is_the_reason(tmp_path: Path, said: str, reason: str, code: int) -> None:
    """Not the rule, the advice, the trace or the status that a program writes below it."""
    assert reason in cause_of(tmp_path, said, exit_code=code).reason


def test_nothing_but_noise_is_its_last_line() -> None:
    """Where no line says more, the last one stands; where there is none, nothing does."""
    assert last_words(f"{RULE}\nexit status 2\n") == "exit status 2"
    assert last_words("\n \n") == ""


@pytest.mark.parametrize("why", ["NODE FAILURE, SEE SLURMCTLD LOG FOR DETAILS", "PREEMPTION"])
def test_a_node_that_was_taken_away_is_no_fault_of_the_code(tmp_path: Path, why: str) -> None:
    """The cluster ended it: no edit is asked for."""
    cause = cause_of(
        tmp_path, f"slurmstepd: error: *** JOB 123 ON n1 CANCELLED AT 2026-01-01T00:00:00 DUE TO {why} ***\n"
    )
    assert (cause.environment, cause.kind) == (True, "cluster")


def test_a_task_that_the_cluster_killed_for_memory_is_named(tmp_path: Path) -> None:
    """srun's own words for it are a SIGKILL of that rank."""
    said = "slurmstepd: error: Detected 1 oom_kill event in StepId=1.0.\nsrun: error: n1: task 1: Out Of Memory\n"
    assert "rank 1 was killed by SIGKILL (mostly the system, when memory runs out)" in cause_of(tmp_path, said).reason


def test_what_a_worker_handed_on_is_the_cause(tmp_path: Path) -> None:
    """Ray's error holds the worker's traceback as its message: its exception and its frames are the cause."""
    frames = CRASH.split("\n", 1)[1]
    text = (
        'Traceback (most recent call last):\n  File "/venv/lib/python3.11/site-packages/ray/_private/worker.py", line 2, in get\n'
        "    raise value.as_instanceof_cause()\nray.exceptions.RayTaskError(TypeError): ray::train() (pid=4, ip=10.0.0.1)\n"
        + frames
    )
    cause = cause_of(tmp_path, text)
    assert (
        cause.reason
        == "TypeError: exp(): argument 'input' (position 1) must be Tensor, not float (experiment.py:96 in update)"
    )
    assert "experiment.py" in cause.shown and "as_instanceof_cause" not in cause.shown


WATCHDOG = (
    "[rank1]:[E501 10:10:00.1 ProcessGroupNCCL.cpp:616] [Rank 1] Watchdog caught collective operation timeout: WorkNCCL(SeqNum=12)\n"
    "terminate called after throwing an instance of 'c10::DistBackendError'\n"
    "  what():  [Rank 1] Process group watchdog thread terminated with exception: [Rank 1] Watchdog caught collective operation timeout\n"
    "Exception raised from checkTimeout at ../ProcessGroupNCCL.cpp:618 (most recent call first):\n\nFatal Python error: Aborted\n\n"
)


def test_a_collective_that_timed_out_is_told_where_nothing_else_is(tmp_path: Path) -> None:
    """A rank that its watchdog ended says so; beside another rank's exception it is a consequence."""
    report = CHILD_FAILED.replace("CODE", "-6")
    assert "Watchdog caught collective operation timeout" in cause_of(tmp_path, WATCHDOG + report).reason
    assert cause_of(tmp_path, each("[rank0]: ", CRASH) + WATCHDOG + report).reason.startswith("TypeError: exp()")


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ("OSError: [Errno 108] Cannot send after transport endpoint shutdown: '/data/x'", "machine"),
        ("OSError: [Errno 112] Host is down: '/mnt/x'", "machine"),
        ("OSError: [Errno 121] Remote I/O error: '/mnt/x'", "machine"),
        ("OSError: [Errno 117] Structure needs cleaning: '/mnt/x'", "machine"),
        ("RuntimeError: Failed to find C compiler. Please specify via CC environment variable.", "library"),
        (
            "ValueError: numpy.dtype size changed, may indicate binary incompatibility. Expected 96 from C header",
            "library",
        ),
        (
            "RuntimeError: cuDNN version incompatibility: PyTorch was compiled against (9, 1, 0) but found (8, 9, 2)",
            "library",
        ),
        ("RuntimeError: Unexpected error from cudaGetDeviceCount(). Error 802: system not yet initialized", "driver"),
        ("RuntimeError: Unable to initialize backend 'cuda': FAILED_PRECONDITION: No visible GPU devices.", "no gpu"),
    ],
)
def test_a_machine_s_failure_in_other_words_is_the_environments(tmp_path: Path, error: str, kind: str) -> None:
    """File systems that went away, compilers and libraries that do not fit, drivers that are not up: no edit mends them."""
    cause = cause_of(tmp_path, CRASH.split("TypeError")[0] + error + "\n")
    assert (cause.environment, cause.kind) == (True, kind)


def test_a_file_that_was_not_written_whole_has_a_hint(tmp_path: Path) -> None:
    """torch says nothing of a disk there: the coder is told that it mostly is one."""
    error = "RuntimeError: [enforce fail at inline_container.cc:626] . unexpected pos 64 vs 0\n"
    assert "mostly the disk" in cause_of(tmp_path, CRASH.split("TypeError")[0] + error).shown
