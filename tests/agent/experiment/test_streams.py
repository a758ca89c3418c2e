"""Logs of several processes, launchers, loggers and C++: the cause is what the child says, not who tells of it."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from agent.experiment.streams import sorted_lines
from tests.agent.experiment.causes import CRASH, cause_of
from tests.agent.experiment.test_cause import really

LOST = """Traceback (most recent call last):
  File "/code/experiment.py", line 50, in main
    dist.barrier()
RuntimeError: [../gloo/pair.cc:534] Connection closed by peer [127.0.0.1]:31713
"""
CHILD_FAILED = """Traceback (most recent call last):
  File "/venv/lib/python3.11/site-packages/torch/distributed/run.py", line 1032, in <module>
    main()
  File "/venv/lib/python3.11/site-packages/torch/distributed/launcher/api.py", line 383, in launch_agent
    raise ChildFailedError(
torch.distributed.elastic.multiprocessing.errors.ChildFailedError:
============================================================
experiment.py FAILED
------------------------------------------------------------
Failures:
[1]:
  time      : 2026-11-28_13:49:42
  host      : localhost
  rank      : 0 (local_rank: 0)
  exitcode  : 1 (pid: 6581)
  error_file: <N/A>
  traceback : To enable traceback see: https://pytorch.org/docs/stable/elastic/errors.html
------------------------------------------------------------
Root Cause (first observed failure):
[0]:
  time      : 2026-11-28_13:49:42
  host      : localhost
  rank      : 1 (local_rank: 1)
  exitcode  : CODE (pid: 6582)
  error_file: <N/A>
  traceback : To enable traceback see: https://pytorch.org/docs/stable/elastic/errors.html
============================================================
"""
NOISE = "W1128 13:49:42.857000 6479 /venv/lib/api.py:1028] Sending process 6581 closing signal SIGTERM\n"
REASON = "TypeError: exp(): argument 'input' (position 1) must be Tensor, not float (experiment.py:96 in update)"


def each(prefix: str, text: str) -> str:
    """`text` with the prefix before every line; `{time}` in it is another time on each."""
    lines = text.splitlines()
    return "".join(
        f"{prefix.replace('{time}', f'2026-11-28 13:49:{n % 60:02d},{n:03d}')}{line}\n" for n, line in enumerate(lines)
    )


def shuffled(seed: int, *texts: str) -> str:
    """The lines of several texts among each other, each text's own in their order."""
    rest = [text.splitlines(keepends=True) for text in texts]
    chance = random.Random(seed)
    found = ""
    while any(rest):
        found += chance.choice([lines for lines in rest if lines]).pop(0)
    return found


@pytest.mark.parametrize(
    "prefix",
    [
        "[rank1]: ",
        "[rank1]:",
        "[default1]:",
        "[default1]:[rank1]: ",
        "(pid=12) ",
        "(train pid=4012) ",
        "(RayTrainWorker pid=4012, ip=10.0.0.1) ",
        "[1,0]<stderr>:",
        "12: ",
        "worker-0: ",
        "experiment-1  | ",
        "| ",
        "│ ",
        "ERROR:root:",
        "{time} - ERROR - root - ",
        "{time} | ERROR    | __main__:main:12 - ",
        "[{time}] [ERROR] [trainer.py:88] ",
        "[rank3]:{time} ERROR ",
        "    ",
    ],
)
def test_what_stands_before_each_line_is_taken_off(tmp_path: Path, prefix: str) -> None:
    """Whatever a launcher, a logger or a box puts before the lines, the cause is the one without it."""
    cause = cause_of(tmp_path, "loading\n" + each(prefix, CRASH) + NOISE)
    plain = cause_of(tmp_path, CRASH)
    assert cause.reason == plain.reason == REASON
    assert (cause.shown, cause.signature) == (plain.shown, plain.signature)


@pytest.mark.parametrize("seed", range(5))
def test_ranks_that_write_among_each_other_are_told_apart(tmp_path: Path, seed: int) -> None:
    """Lines of two ranks and of the launcher stand in any order: the rank that the launcher names is shown."""
    text = shuffled(seed, each("[rank0]: ", LOST), each("[rank1]: ", CRASH), NOISE * 3)
    cause = cause_of(tmp_path, text + CHILD_FAILED.replace("CODE", "1"))
    assert cause.reason == REASON
    assert "ChildFailedError" not in cause.shown and "[rank" not in cause.shown


def test_a_rank_that_lost_its_peer_is_not_the_cause(tmp_path: Path) -> None:
    """Where no launcher says which one failed first, a lost connection yields to a reason."""
    report = re.sub(r"Root Cause.*", "", CHILD_FAILED, flags=re.DOTALL)
    text = each("[rank1]: ", CRASH) + each("[rank0]: ", LOST) + report
    assert cause_of(tmp_path, text).reason == REASON
    only = cause_of(tmp_path, each("[rank0]: ", LOST) + report)
    assert "Connection closed by peer" in only.reason


def test_failures_of_ranks_differ(tmp_path: Path) -> None:
    """Two failures under one launcher are two kinds of failure, so a repair is not told that it is the same again."""
    first = cause_of(tmp_path, each("[rank1]: ", CRASH) + CHILD_FAILED.replace("CODE", "1"))
    other = CRASH.replace("TypeError: exp()", "KeyError: 'x'")
    assert first.signature != cause_of(tmp_path, each("[rank1]: ", other) + CHILD_FAILED.replace("CODE", "1")).signature


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ("RuntimeError: CUDA error: uncorrectable ECC error encountered", "driver"),
        ("RuntimeError: CUDA driver initialization failed, you might not have a CUDA gpu.", "driver"),
        ("OSError: [Errno 28] No space left on device", "disk"),
    ],
)
def test_a_broken_machine_inside_a_rank_is_the_environments(tmp_path: Path, error: str, kind: str) -> None:
    """What no edit can mend is told from the rank's own words, though the launcher raised the last exception."""
    text = each("[rank1]: ", CRASH.split("TypeError")[0] + error) + CHILD_FAILED.replace("CODE", "1")
    cause = cause_of(tmp_path, text)
    assert (cause.environment, cause.kind) == (True, kind)


@pytest.mark.parametrize(
    ("code", "said"), [("-9", "rank 1 was killed by SIGKILL"), ("3", "rank 1 ended with exit status 3")]
)
def test_a_rank_without_words_is_told_by_the_launchers_report(tmp_path: Path, code: str, said: str) -> None:
    """No child said why: the report's root cause stands in for it, not a row of equal signs."""
    cause = cause_of(tmp_path, CHILD_FAILED.replace("CODE", code))
    assert said in cause.reason
    assert "====" not in cause.reason


def test_the_launchers_own_record_of_the_child_is_read(tmp_path: Path) -> None:
    """With @record the child's traceback stands in the report, indented."""
    inner = CRASH.replace("\n", "\n  ").rstrip()
    text = CHILD_FAILED.replace("CODE", "1").replace(
        "traceback : To enable traceback see: https://pytorch.org/docs/stable/elastic/errors.html\n====",
        f"traceback : {inner}\n\n====",
    )
    assert cause_of(tmp_path, text).reason == REASON


CALLED = """Traceback (most recent call last):
  File "/code/experiment.py", line 8, in main
    subprocess.run([sys.executable, "train.py"], check=True)
subprocess.CalledProcessError: Command '['python', 'train.py']' returned non-zero exit status CODE.
"""


def test_a_command_that_was_called_yields_to_what_it_said(tmp_path: Path) -> None:
    """CalledProcessError after the child's own traceback: the child's counts, where the child ended as Python does."""
    assert cause_of(tmp_path, CRASH + CALLED.replace("CODE", "1")).reason == REASON
    assert "exit status 2" in cause_of(tmp_path, CRASH + CALLED.replace("CODE", "2")).reason
    assert "CalledProcessError" in cause_of(tmp_path, CALLED.replace("CODE", "1")).reason


def test_a_real_child_is_the_cause(tmp_path: Path) -> None:
    """A script that runs another with check=True: the other's exception is shown."""
    cause = really(
        tmp_path,
        "import subprocess, sys\nsubprocess.run([sys.executable, '-c', 'def f(): raise KeyError(12)\\nf()'], check=True)\n",
    )
    assert cause.reason.startswith("KeyError: 12")


def test_ray_s_error_yields_to_its_workers(tmp_path: Path) -> None:
    """A task's exception, told with a prefix by its worker, stands before RayTaskError."""
    text = each("(train pid=12) ", CRASH) + CRASH.replace("TypeError: ", "ray.exceptions.RayTaskError(TypeError): ")
    assert cause_of(tmp_path, text).reason == REASON


def test_an_exception_that_was_only_logged_is_not_the_cause(tmp_path: Path) -> None:
    """Caught and logged with a prefix, then another one ended the run: the last one counts."""
    logged = each("{time} WARNING ", CRASH)
    cause = cause_of(tmp_path, logged + CRASH.replace("TypeError: exp()", "KeyError: 'x'"))
    assert cause.reason.startswith("KeyError: 'x'")
    assert "exp()" not in cause.shown.split("KeyError")[0]


BOX = """╭─────────────────────────── Traceback (most recent call last) ───────────────────────────╮
│ /session/attempts/003/code/experiment.py:187 in main                                     │
│                                                                                          │
│   186 def main():                                                                        │
│ ❱ 187 │   loss = trainer.update(step, batch)                                             │
│   188                                                                                    │
│                                                                                          │
│ /a/very/long/folder/that/does/not/fit/into/the/box/session/attempts/003/code/            │
│ experiment.py:96 in update                                                               │
│                                                                                          │
│ ❱  96 │   │   weight = torch.exp(-progress)                                              │
╰──────────────────────────────────────────────────────────────────────────────────────────╯
TypeError: exp(): argument 'input' (position 1) must be Tensor, not float
"""


@pytest.mark.parametrize("prefix", ["", "[rank1]: "])
def test_a_box_is_read_like_a_traceback(tmp_path: Path, prefix: str) -> None:
    """rich draws a box round the frames: file, line, function and code are found in it."""
    cause = cause_of(tmp_path, each(prefix, BOX))
    assert cause.reason == REASON
    assert "weight = torch.exp(-progress)" in cause.shown
    assert "│" not in cause.shown


THROW = """
import ctypes
def step():
    library = ctypes.CDLL("libstdc++.so.6")
    library._ZSt21__throw_runtime_errorPKc(b"{what}")
print("epoch 1", flush=True)
step()
"""


@pytest.mark.process
def test_what_cpp_threw_is_the_cause(tmp_path: Path) -> None:
    """An exception of C++ that nobody caught: its what(), though faulthandler says Aborted after it."""
    cause = really(tmp_path, THROW.replace("{what}", "the index 7 is out of bounds"))
    assert "std::runtime_error: the index 7 is out of bounds (experiment.py:5 in step)" in cause.reason
    assert "SIGABRT" in cause.reason
    assert not cause.environment


@pytest.mark.process
def test_a_driver_s_failure_that_cpp_threw_is_the_environments(tmp_path: Path) -> None:
    """The words of C++ are asked as Python's are."""
    cause = really(tmp_path, THROW.replace("{what}", "CUDA error: uncorrectable ECC error encountered"))
    assert (cause.environment, cause.kind) == (True, "driver")


FAULT = """Fatal Python error: Aborted

Current thread 0x00007f (most recent call first):
  File "/code/experiment.py", line 96 in update
  File "/code/experiment.py", line 187 in main

Extension modules: numpy (total: 1)
"""


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (
            "terminate called after throwing an instance of 'c10::Error'\n  what():  index out of range\n"
            "Exception raised from f at /x.cpp:12 (most recent call first):\nframe #0: c10::Error\n\n",
            "c10::Error: index out of range (experiment.py:96 in update)",
        ),
        ("terminate called without an active exception\n", "terminate called: without an active exception"),
        (
            "libc++abi: terminating due to uncaught exception of type std::runtime_error: bad size\n",
            "std::runtime_error: bad size",
        ),
        ("python: f.cc:12: void f(): Assertion `n > 0' failed.\n", "Assertion `n > 0' failed."),
        ("free(): invalid pointer\n", "Fatal Python error: Aborted: free(): invalid pointer"),
        ("double free or corruption (out)\n", "double free or corruption"),
        ("epoch 3\n", "Fatal Python error: Aborted (experiment.py:96 in update)"),
    ],
)
@pytest.mark.parametrize("prefix", ["", "[rank1]: "])
def test_what_c_said_before_it_gave_up(tmp_path: Path, said: str, reason: str, prefix: str) -> None:
    """C++'s exceptions, assertions and the allocator's complaints are the cause; other output before is not."""
    cause = cause_of(tmp_path, each(prefix, said + FAULT), exit_code=-6)
    assert reason in cause.reason
    assert cause.reason.startswith("killed by SIGABRT: ")
    assert "experiment.py" in cause.shown


def test_a_last_line_of_megabytes_does_not_hide_the_cause(tmp_path: Path) -> None:
    """The kept head of a log is read where its tail holds no exception; lines of any length cost no time."""
    cut = "x" * 4_000_000 + "\n[labloop: 192000000 bytes of output cut here]\n" + "x" * 4_000_000
    assert cause_of(tmp_path, CRASH + cut).reason == REASON
    assert cause_of(tmp_path, "", CRASH + cut).reason == REASON
    spread = CRASH + "".join(f"{number}: {'y' * 90}\n" for number in range(40_000))
    assert cause_of(tmp_path, spread).reason == REASON


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (255, "ended with exit status 255"),
        (137, "ended with exit status 137 (as where a process that it started was killed by SIGKILL)"),
        (128, "ended with exit status 128"),
        (250, "ended with exit status 250"),
    ],
)
def test_a_high_exit_status_is_no_signal(tmp_path: Path, code: int, said: str) -> None:
    """A status above 128 is told as one; that a child may have been killed is only said where there is such a signal."""
    assert cause_of(tmp_path, exit_code=code).reason == f"{said}, and said nothing"


def test_what_ran_cannot_speak_for_the_sandbox(tmp_path: Path) -> None:
    """The sandbox's own words count only where the command itself did not run."""
    words = "bwrap: setting up uid map: Permission denied\n"
    assert not cause_of(tmp_path, words, started=True).environment
    assert cause_of(tmp_path, words, started=False).environment
    assert cause_of(tmp_path, words).environment


def test_a_log_without_a_traceback_is_not_touched() -> None:
    """Prefixes stay where there is nothing to look for."""
    text = "[rank0]: step 1\n  | table |\n[rank1]: step 1"
    assert sorted_lines(text) == text.splitlines()
