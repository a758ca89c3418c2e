"""Logs of several processes, launchers, loggers and C++: the cause is what the child says, not who tells of it."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from agent.experiment.failure.streams import sorted_lines
from tests.agent.experiment.failure.causes import CRASH, cause_of
from tests.agent.experiment.failure.test_cause import really

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


RESET = LOST.replace("Connection closed by peer", "Read error [127.0.0.1]:16284: Connection reset by peer")
SEGMENT = """Fatal Python error: Segmentation fault

Current thread 0x00007f (most recent call first):
  File "/code/experiment.py", line 96 in update
"""
ROOTS = {
    "torchrun": NOISE + CHILD_FAILED,
    "its log alone": NOISE.replace("W1128", "E1128").split("Sending")[0]
    + "failed (exitcode: CODE) local_rank: 1 (pid: 6582) of binary: /usr/bin/python\n",
    "deepspeed": "[2026-11-28 13:49:42,100] [ERROR] [launch.py:325:sigkill_handler] ['/usr/bin/python', '-u', 'experiment.py', "
    "'--local_rank=1'] exits with return code = CODE\n",
    "open mpi": "--------\nmpirun noticed that process rank 1 with PID 0 on node a exited on signal SIGNAL (Killed).\n--------\n",
    "open mpi 5": "prterun noticed that process rank 1 with PID 12 on node a exited on\nsignal SIGNAL (Killed).\n",
    "open mpi's status": "mpirun detected that one or more processes exited with non-zero status, thus causing\n"
    "the job to be terminated. The first process to do so was:\n\n  Process name: [[1234,1],1]\n  Exit code:    CODE\n",
    "slurm": "srun: error: node7: task 1: Exited with exit code CODE\n",
}


@pytest.mark.parametrize("lost", [LOST, RESET])
@pytest.mark.parametrize(
    ("launcher", "code", "said"),
    [
        ("torchrun", -9, "rank 1 was killed by SIGKILL (mostly the system, when memory runs out)"),
        ("torchrun", -11, "rank 1 was killed by SIGSEGV"),
        ("torchrun", 3, "rank 1 ended with exit status 3"),
        ("its log alone", -9, "rank 1 was killed by SIGKILL"),
        ("deepspeed", -9, "rank 1 was killed by SIGKILL"),
        ("deepspeed", 3, "rank 1 ended with exit status 3"),
        ("open mpi", -11, "mpirun: rank 1 was killed by SIGSEGV"),
        ("open mpi 5", -9, "prterun: rank 1 was killed by SIGKILL"),
        ("open mpi's status", 3, "mpirun: rank 1 ended with exit status 3"),
        ("slurm", 3, "srun: rank 1 ended with exit status 3"),
    ],
)
def test_a_peer_that_lost_it_is_not_the_cause_of_a_silent_death(
    tmp_path: Path, launcher: str, code: int, said: str, lost: str
) -> None:
    """A rank dies without a word, another loses its connection: the launcher's word on the first one is the cause."""
    report = ROOTS[launcher].replace("CODE", str(code)).replace("SIGNAL", str(-code))
    cause = cause_of(tmp_path, "--lr: no such option\n" + each("[rank0]: ", lost) + report)
    assert said in cause.reason
    assert "Connection" not in cause.shown
    assert "no such option" in cause.shown


@pytest.mark.parametrize(
    "report",
    ["", *(text.replace("CODE", "1").replace("SIGNAL", "15") for text in ROOTS.values())],
    ids=["none", *ROOTS],
)
@pytest.mark.parametrize("lost", [LOST, RESET, LOST.replace("Connection closed by peer", "Broken pipe")])
def test_a_consequence_after_the_cause_does_not_beat_it(tmp_path: Path, report: str, lost: str) -> None:
    """Another rank's lost connection is printed last, under whichever launcher or none: the first failure is shown."""
    cause = cause_of(tmp_path, each("[rank1]: ", CRASH) + each("[rank0]: ", lost) + report)
    assert cause.reason == REASON


def test_the_fault_of_a_rank_is_shown_with_its_place(tmp_path: Path) -> None:
    """faulthandler writes without a prefix: it belongs to the rank that a signal ended."""
    cause = cause_of(tmp_path, SEGMENT + each("[rank0]: ", RESET) + NOISE + CHILD_FAILED.replace("CODE", "-11"))
    assert cause.reason == "Fatal Python error: Segmentation fault (experiment.py:96 in update)"


def test_a_watchdog_that_aborted_yields_to_the_rank_that_raised(tmp_path: Path) -> None:
    """Under NCCL the peer of a rank that failed aborts, sometimes first: its SIGABRT is not the cause."""
    watchdog = "terminate called after throwing an instance of 'c10::DistBackendError'\n  what():  [Rank 1] Watchdog caught collective operation timeout\n"
    text = each("[rank0]: ", CRASH) + watchdog + FAULT + CHILD_FAILED.replace("CODE", "-6")
    assert cause_of(tmp_path, text).reason == REASON


def test_the_first_of_two_failing_ranks_is_shown(tmp_path: Path) -> None:
    """Two ranks raise, nobody says which was first: the one that stands first in the log."""
    other = CRASH.replace("TypeError: exp()", "KeyError: 'x'")
    assert cause_of(tmp_path, each("[rank1]: ", CRASH) + each("[rank0]: ", other)).reason == REASON


def test_a_lost_connection_alone_is_the_cause(tmp_path: Path) -> None:
    """One process, one traceback: what would be a consequence elsewhere is the cause; so is it after a logged one."""
    assert "Connection closed by peer" in cause_of(tmp_path, LOST).reason
    assert "Connection closed by peer" in cause_of(tmp_path, CRASH + LOST).reason


POOLS = """
import os, signal, sys, time
how = sys.argv[1]
def die(x):
    if x == 3:
        if "segv" in how:
            os.kill(os.getpid(), signal.SIGSEGV)
        if "kill" in how:
            os.kill(os.getpid(), signal.SIGKILL)
        raise ValueError("the true cause")
    time.sleep(0.1)
def target(end):
    die(3)
def main():
    if "futures" in how:
        from concurrent.futures import ProcessPoolExecutor
        with ProcessPoolExecutor(2) as pool:
            list(pool.map(die, range(6)))
    if "pool" in how:
        import multiprocessing
        with multiprocessing.Pool(2) as pool:
            pool.map(die, range(6))
    if "process" in how:
        import multiprocessing
        here, there = multiprocessing.Pipe()
        multiprocessing.Process(target=target, args=(there,)).start()
        there.close()
        here.recv()
if __name__ == "__main__":
    main()
"""


@pytest.mark.process
@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("futures raise", "ValueError: the true cause"),
        ("futures segv", "Fatal Python error: Segmentation fault"),
        ("futures kill", "BrokenProcessPool: A process in the process pool was terminated abruptly"),
        ("pool raise", "ValueError: the true cause"),
        ("process raise", "ValueError: the true cause"),
        ("process segv", "Fatal Python error: Segmentation fault"),
        ("process kill", "EOFError"),
    ],
)
def test_what_happened_in_a_process_of_its_own_is_the_cause(tmp_path: Path, how: str, said: str) -> None:
    """Python's own pools and processes: the child's words before the parent's, which only lost it."""
    cause = really(tmp_path, POOLS.replace("sys.argv[1]", repr(how)))
    assert said in cause.reason
    assert ("is gone" in cause.shown) == ("kill" in how)


LOADER = """Traceback (most recent call last):
  File "/venv/torch/utils/data/_utils/signal_handling.py", line 73, in handler
    _error_if_any_worker_fails()
RuntimeError: DataLoader worker (pid 20590) is killed by signal: Killed.

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/code/experiment.py", line 37, in main
    for batch in loader:
  File "/venv/torch/utils/data/dataloader.py", line 1304, in _try_get_data
    raise RuntimeError(
RuntimeError: DataLoader worker (pid(s) 20590) exited unexpectedly
"""


def test_how_a_worker_went_is_the_cause(tmp_path: Path) -> None:
    """ "exited unexpectedly" yields to the signal that ended the worker; the place is where it was missed."""
    cause = cause_of(tmp_path, LOADER)
    assert (
        cause.reason
        == "RuntimeError: DataLoader worker (pid 20590) is killed by signal: Killed. (experiment.py:37 in main)"
    )
    assert "memory ran out" in cause.shown


@pytest.mark.parametrize(
    ("raised", "said"),
    [
        (
            "litellm.RateLimitError: litellm.RateLimitError: RateLimitError: slow down",
            "litellm.RateLimitError: slow down",
        ),
        (
            "a.BadRequestError: a.ContextError: a.BadRequestError: too long",
            "a.BadRequestError: a.ContextError: too long",
        ),
        ("RuntimeError: RuntimeError: twice", "RuntimeError: twice"),
        ("ValueError: Error: no", "ValueError: Error: no"),
        ("ValueError: KeyError: 'x'", "ValueError: KeyError: 'x'"),
    ],
)
def test_a_name_that_is_nested_stands_once(tmp_path: Path, raised: str, said: str) -> None:
    """Libraries that wrap exceptions put each class before the message: a name that came already is left out."""
    cause = cause_of(tmp_path, CRASH.split("TypeError")[0] + raised)
    assert cause.reason.startswith(f"{said} (")


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
        (
            137,
            "ended with exit status 137 (as where a process that it started was killed by SIGKILL, mostly by the system when memory runs out)",
        ),
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


@pytest.mark.parametrize("rank", ["<{}> ", "[GPU{}] ", "cuda:{}: ", "GPU {}: ", "(process_{}) "])
def test_ranks_by_other_names_are_ranks(tmp_path: Path, rank: str) -> None:
    """Whatever a launcher calls them: the one that raised is the cause, not the one that lost it."""
    text = each(rank.format(1), CRASH) + each(rank.format(0), LOST)
    assert cause_of(tmp_path, text).reason.startswith("TypeError: exp()")


def test_a_record_of_json_is_read(tmp_path: Path) -> None:
    """A logger that writes a traceback as one line of JSON, with its rank beside it."""
    import json

    text = "".join(
        json.dumps({"level": "ERROR", "rank": rank, "message": said}) + "\n" for rank, said in ((1, CRASH), (0, LOST))
    )
    assert cause_of(tmp_path, text).reason.startswith("TypeError: exp()")


@pytest.mark.parametrize(
    "words",
    [
        "RuntimeError: worker 1 died",
        "_queue.Empty",
        "threading.BrokenBarrierError",
        "RuntimeError: child process exited with code 1",
    ],
)
def test_what_a_parent_says_of_its_child_is_a_consequence(tmp_path: Path, words: str) -> None:
    """The child's own words stand before the parent's, and are the cause."""
    parent = 'Traceback (most recent call last):\n  File "/session/attempts/003/code/experiment.py", line 9, in <module>\n    wait()\n'
    text = f"Process Worker-1:\n{CRASH}{parent}{words}\n"
    assert cause_of(tmp_path, text).reason.startswith("TypeError: exp()")


def test_a_log_that_cannot_be_written_is_no_cause(tmp_path: Path) -> None:
    """What logging prints of a record that it could not format is an aside, also as the last thing in the log."""
    aside = CRASH.replace(
        "TypeError: exp(): argument 'input' (position 1) must be Tensor, not float",
        "TypeError: not all arguments converted",
    )
    text = f"{CRASH}--- Logging error ---\n{aside}Call stack:\n"
    assert cause_of(tmp_path, text).reason.startswith("TypeError: exp()")


def test_a_rank_without_shared_memory_is_the_cause(tmp_path: Path) -> None:
    """It says so in the words of those that lose another; the room that was missing is its own."""
    full = LOST.replace(
        LOST.splitlines()[-1],
        "torch.distributed.DistBackendError: NCCL error: Error while creating shared memory segment: No space left on device",
    )
    text = each("[rank1]: ", full) + each("[rank0]: ", LOST)
    assert "No space left" in cause_of(tmp_path, text).reason
