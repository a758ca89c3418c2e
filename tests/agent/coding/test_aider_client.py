"""The worker's life: clean, warm, ended whole, started again; whatever happens to it or to the orchestrator."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from agent.coding.aider_client import AiderCoder
from agent.coding.coder import CoderFailed, TurnRequest
from agent.coding.registry import PYTHON
from agent.errors import BudgetReached, CheckFailed, LabloopError
from agent.models.protocol import Message
from agent.sandbox import choose
from agent.sandbox.choose import bwrap_problem
from agent.sandbox.command import Command
from agent.session.paths import REPOSITORY
from tests.agent.coding.conftest import CODE, Answers, block, no_answer

pytestmark = pytest.mark.process

Make = Callable[..., TurnRequest]
GOOD = block("    return a - b\n", "    return a + b\n")


def worker_pid(coder: AiderCoder) -> int:
    assert coder._process is not None
    return coder._process.pid


def gone(pid: int, wait_s: float = 60) -> bool:
    """Whether a process is absent or a zombie within `wait_s`."""
    deadline = time.monotonic() + wait_s
    while time.monotonic() < deadline:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z":
                return True
        except OSError:
            return True
        time.sleep(0.02)
    return False


def test_the_worker_stays_warm(aider: AiderCoder, request_for: Make) -> None:
    """The second turn is worked by the same process, in less than the time that the first took, which had to start one."""
    times = [time.monotonic()]
    aider.work(request_for(), Answers(""))
    first = worker_pid(aider)
    times.append(time.monotonic())
    aider.work(request_for(), Answers(""))
    times.append(time.monotonic())
    assert worker_pid(aider) == first
    assert times[2] - times[1] < times[1] - times[0]


def test_an_error_of_the_model_ends_the_worker_and_comes_through(aider: AiderCoder, request_for: Make) -> None:
    """BudgetReached raised while the model is asked reaches the caller, the worker is gone, and a new one works."""
    pids = []

    def ask(messages: list[Message]) -> str:
        pids.append(worker_pid(aider))
        raise BudgetReached("no money left")

    with pytest.raises(BudgetReached, match="no money"):
        aider.work(request_for(), ask)
    assert gone(pids[0])
    assert aider.work(request_for(), Answers(GOOD)).edits_applied == 1


def test_an_interrupt_ends_the_worker(aider: AiderCoder, request_for: Make) -> None:
    """A KeyboardInterrupt in the middle of a turn leaves no worker behind."""
    pids = []

    def ask(messages: list[Message]) -> str:
        pids.append(worker_pid(aider))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        aider.work(request_for(), ask)
    assert gone(pids[0])


def test_a_worker_killed_in_a_turn_is_reported_and_replaced(aider: AiderCoder, request_for: Make) -> None:
    """SIGKILL of the worker while the model thinks is a CoderFailed; the next turn has a new worker."""

    def ask(messages: list[Message]) -> str:
        os.kill(worker_pid(aider), signal.SIGKILL)
        return GOOD

    with pytest.raises(CoderFailed, match="ended in a turn"):
        aider.work(request_for(), ask)
    assert aider.work(request_for(), Answers(GOOD)).edits_applied == 1


def test_a_worker_killed_between_turns_is_replaced(aider: AiderCoder, request_for: Make) -> None:
    """A worker that died while nobody looked is started again, without a word to the caller."""
    aider.work(request_for(), Answers(""))
    os.kill(worker_pid(aider), signal.SIGKILL)
    assert gone(worker_pid(aider))
    assert aider.work(request_for(), Answers(GOOD)).edits_applied == 1


def test_a_silent_worker_is_ended(aider_python: Path, request_for: Make) -> None:
    """A worker that stops in a turn costs the time limit and no more; waiting for the model does not count."""
    coder = AiderCoder(aider_python)
    pids = []

    def ask(messages: list[Message]) -> str:
        pids.append(worker_pid(coder))
        time.sleep(1.2)  # longer than the limit below: the model's time is not the worker's
        if len(pids) == 2:
            os.kill(worker_pid(coder), signal.SIGSTOP)
        return GOOD

    try:
        coder.work(request_for(), Answers(""))
        assert coder._lines is not None
        coder._lines._limit_s = 1
        assert coder.work(request_for(), ask).edits_applied == 1
        with pytest.raises(CoderFailed, match="silent for 1 s"):
            coder.work(request_for(), ask)
        assert gone(pids[1])
    finally:
        coder.close()


def test_no_key_reaches_the_worker(
    aider_python: Path, request_for: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Keys, tokens and Python's own settings in our environment are not in the worker's; HOME lies in scratch."""
    for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "HF_TOKEN", "AIDER_MODEL", "PYTHONSTARTUP", "PYTHONPATH"):
        monkeypatch.setenv(name, "planted")
    coder = AiderCoder(aider_python, tmp_path / "scratch")
    try:
        coder.work(request_for(), Answers(""))
        pid = worker_pid(coder)
        environ = dict(pair.split("=", 1) for pair in Path(f"/proc/{pid}/environ").read_text().strip("\0").split("\0"))
        assert "planted" not in environ.values()
        assert environ["HOME"].startswith(str(tmp_path / "scratch"))
        assert os.readlink(f"/proc/{pid}/cwd") == str(tmp_path / "scratch")
    finally:
        coder.close()


def test_closing_leaves_nothing(aider_python: Path, request_for: Make) -> None:
    """After close() neither the worker nor its temporary scratch is there; closing twice is no error."""
    coder = AiderCoder(aider_python)
    coder.work(request_for(), Answers(""))
    pid = worker_pid(coder)
    coder.close()
    coder.close()
    assert gone(pid)
    assert not coder.scratch.exists()


ORCHESTRATOR = """
import sys, time
from pathlib import Path
from agent.coding.aider_client import AiderCoder
from agent.coding.coder import TurnRequest
coder = AiderCoder(Path(sys.argv[1]), Path(sys.argv[2]) / "scratch")
def ask(messages):
    print(coder._process.pid, flush=True)
    time.sleep(60)
coder.work(TurnRequest("x", Path(sys.argv[2]) / "workspace", ("experiment.py",)), ask)
"""


@pytest.mark.parametrize("death", [signal.SIGKILL, signal.SIGTERM])
def test_the_worker_dies_with_the_orchestrator(
    aider_python: Path, workspace: Path, tmp_path: Path, death: signal.Signals
) -> None:
    """An orchestrator that is killed in a turn, without a chance to tidy up, takes its worker along."""
    argv = [sys.executable, "-c", ORCHESTRATOR, str(aider_python), str(tmp_path)]
    with subprocess.Popen(argv, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True) as orchestrator:
        assert orchestrator.stdout is not None
        pid = int(orchestrator.stdout.readline())
        assert not gone(pid, wait_s=0.1)
        orchestrator.send_signal(death)
    assert gone(pid)


def test_two_coders_work_side_by_side(aider: AiderCoder, aider_python: Path, tmp_path: Path) -> None:
    """Two clients in two threads edit two workspaces at once, each from its own answers."""
    other = AiderCoder(aider_python)
    meet = threading.Barrier(2, timeout=30)
    workspaces = [tmp_path / "one", tmp_path / "two"]

    def work(coder: AiderCoder, workspace: Path, word: str) -> None:
        workspace.mkdir()
        (workspace / "experiment.py").write_text(CODE)

        def ask(messages: list[Message]) -> str:
            meet.wait()  # both are in the middle of a turn here
            return block("    return a - b\n", f"    return {word!r}\n")

        for _ in range(3):
            coder.work(TurnRequest("go", workspace, ("experiment.py",)), ask)
            assert word in (workspace / "experiment.py").read_text()
            (workspace / "experiment.py").write_text(CODE)

    failures: list[BaseException] = []

    def guarded(*args: object) -> None:
        try:
            work(*args)  # type: ignore[arg-type]
        except BaseException as error:  # a thread's failure must be the test's
            failures.append(error)
            meet.abort()

    threads = [
        threading.Thread(target=guarded, args=(coder, workspace, workspace.name))
        for coder, workspace in zip([aider, other], workspaces, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    other.close()
    aider.close()  # its worker's starter thread has ended
    assert not failures


@pytest.mark.skipif(bool(bwrap_problem()), reason=f"bubblewrap: {bwrap_problem()}")
def test_the_worker_works_inside_bubblewrap(aider_python: Path, request_for: Make, workspace: Path) -> None:
    """With no network and only workspace and scratch writable a turn works, and the worker ends with close()."""
    sandbox = choose("bwrap")

    def wrap(argv: list[str]) -> list[str]:
        readable = (PYTHON.parents[1],)
        return sandbox.wrap(
            Command(tuple(argv), coder.scratch, coder.scratch, writable=(workspace,), readable=readable)
        )

    coder = AiderCoder(aider_python, wrap=wrap)
    try:
        assert coder.work(request_for(), Answers(GOOD)).edits_applied == 1
        assert "a + b" in (workspace / "experiment.py").read_text()
        inside = [pid for pid in _children(worker_pid(coder)) if "agent.coding.worker" in _command(pid)]
        assert inside, "the worker is not below bubblewrap"
        own = os.readlink("/proc/self/ns/net")
        assert all(os.readlink(f"/proc/{pid}/ns/net") != own for pid in inside)
    finally:
        coder.close()
    assert all(gone(pid) for pid in inside)


def _children(pid: int) -> list[int]:
    below = [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return below + [deeper for child in below for deeper in _children(child)]


def _command(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")


def test_a_missing_environment_is_named(request_for: Make, tmp_path: Path) -> None:
    """Without the coder environment the message says what to type."""
    coder = AiderCoder(tmp_path / "nowhere" / "python", tmp_path / "scratch")
    with pytest.raises(CheckFailed, match="make setup"):
        coder.work(request_for(), no_answer)


def test_an_environment_without_aider_is_named(request_for: Make, tmp_path: Path) -> None:
    """A Python that has no aider says so at the start, with the remedy, and asks no model."""
    coder = AiderCoder(Path(sys.executable), tmp_path / "scratch")
    with pytest.raises(CheckFailed, match=r"(?s)aider 0\.86\.2 is wanted.*No module named 'aider'.*make setup"):
        coder.work(request_for(), no_answer)
    coder.close()


@pytest.mark.parametrize("name", ["../x.py", "/etc/hosts", "link.py", "pipe", "folder"])
def test_only_plain_files_of_the_workspace_may_be_editable(request_for: Make, workspace: Path, name: str) -> None:
    """A request that would let aider write elsewhere, or wait on a FIFO, is refused before anything is started."""
    (workspace.parent / "x.py").write_text("outside")
    (workspace / "link.py").symlink_to(workspace.parent / "x.py")
    os.mkfifo(workspace / "pipe")
    (workspace / "folder").mkdir()
    with pytest.raises(LabloopError, match="only plain files inside the workspace"):
        AiderCoder(Path(sys.executable), workspace.parent / "scratch").work(request_for(editable=(name,)), no_answer)
