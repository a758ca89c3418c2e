"""What both sandboxes do alike: outcome, logs, time and memory limits, the end of every process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.sandbox import supervise
from tests.agent.sandbox.conftest import Bench

pytestmark = pytest.mark.process

REPOSITORY = Path(__file__).parents[3]
BEAT = """
import os, sys, time
def beat(path):
    while True:
        with open(path, "a") as file:
            file.write(".")
        time.sleep(0.02)
"""
# Forks twice into a session of its own, so that it has neither parent nor group nor (with clean) its environment.
DAEMON = (
    BEAT
    + """
clean = len(sys.argv) > 1 and sys.argv[1] == "clean"
if len(sys.argv) > 2:
    beat("beats")
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        if clean:
            os.execve(sys.executable, [sys.executable, "daemon.py", "clean", "beat"], {})
        beat("beats")
    os._exit(0)
while not os.path.exists("beats"):
    time.sleep(0.01)
"""
)


def still_beats(path: Path) -> bool:
    """Whether something goes on writing to the file."""
    before = path.stat().st_size
    time.sleep(0.2)
    return path.stat().st_size > before


def test_output_and_exit_status_come_back(bench: Bench) -> None:
    """What the process wrote lies in the two files, and its exit status is told."""
    finished = bench.run("import sys; print('to out'); print('to err', file=sys.stderr); sys.exit(7)")
    assert (finished.exit_code, finished.timed_out, finished.interrupted) == (7, False, False)
    assert bench.out == "to out\n"
    assert bench.err == "to err\n"
    assert 0 < finished.seconds < 100


@pytest.mark.parametrize("number", [signal.SIGABRT, signal.SIGSEGV, signal.SIGKILL, signal.SIGTERM])
def test_a_signal_is_a_negative_exit_status(bench: Bench, number: int) -> None:
    """A process that a signal ended is told apart from one that exited, whoever stands between."""
    finished = bench.run(f"import os; os.kill(os.getpid(), {int(number)})")
    assert finished.exit_code == -number
    assert not finished.timed_out


@pytest.mark.parametrize("code", [1, 127, 128, 129, 137, 139, 143, 192, 193, 255])
def test_a_high_exit_status_is_none_of_a_signal(bench: Bench, code: int) -> None:
    """What an experiment gives as its status is no signal: sys.exit(137) is 137, and sys.exit(-1) is 255."""
    assert bench.run(f"import sys; sys.exit({code if code < 255 else -1})").exit_code == code


def test_it_is_known_whether_the_command_ran(bench: Bench) -> None:
    """What a command prints is not taken for the sandbox's words; a program that could not be started is told apart."""
    assert bench.run("import sys; print('bwrap: x', file=sys.stderr); sys.exit(1)").started is True
    assert bench.run("import os; os.kill(os.getpid(), 9)").started is True
    assert bench.sandbox.run(bench.command("", argv=("/no/such/program",))).started is False


def test_a_program_that_is_not_there_is_told(bench: Bench) -> None:
    """A missing program is an exit status and a line in stderr, not an exception."""
    finished = bench.sandbox.run(bench.command("", argv=("/no/such/program",)))
    assert finished.exit_code not in (0, None)
    assert "/no/such/program" in bench.err


def test_the_time_limit_says_where_it_was(bench: Bench) -> None:
    """At its time limit Python gets a SIGINT first, so that the log holds a traceback."""
    source = "import time\ndef training():\n    open('begun', 'w').close()\n    time.sleep(60)\ntraining()"
    finished = bench.run_out_of_time(source)
    assert finished.timed_out
    assert finished.seconds < 50
    assert "in training" in bench.err


def test_the_time_limit_ends_what_ignores_signals(bench: Bench) -> None:
    """SIGINT and SIGTERM may be ignored; SIGKILL follows."""
    source = BEAT + "import signal\nfor n in (2, 15, 1):\n    signal.signal(n, signal.SIG_IGN)\nbeat('beats')"
    finished = bench.run_out_of_time(source, begun="beats")
    assert finished.timed_out
    assert finished.exit_code == -signal.SIGKILL
    assert not still_beats(bench.code / "beats")


@pytest.mark.parametrize("how", ["", "clean"])
def test_a_daemon_does_not_outlive_its_run(bench: Bench, how: str) -> None:
    """A process that forked twice, in a session of its own, even without its environment, is ended with the run."""
    (bench.code / "daemon.py").write_text(DAEMON)
    finished = bench.sandbox.run(bench.command("", argv=(sys.executable, "daemon.py", how)))
    assert finished.exit_code == 0
    assert not still_beats(bench.code / "beats")
    assert finished.left_behind == (1 if bench.sandbox.name == "plain" else 0)


def test_a_daemon_does_not_outlive_the_time_limit(bench: Bench) -> None:
    """The time limit ends the whole tree, not the first process alone."""
    finished = bench.run_out_of_time(DAEMON + "\ntime.sleep(60)", begun="beats")
    assert finished.timed_out
    assert not still_beats(bench.code / "beats")


def test_stop_interrupts(bench: Bench) -> None:
    """Where stop() says so, the run is ended and marked as interrupted."""
    finished = bench.run(BEAT + "beat('beats')", stop=(bench.code / "beats").exists)
    assert finished.interrupted
    assert not finished.timed_out
    assert not still_beats(bench.code / "beats")


def test_what_has_hardly_begun_is_asked_as_soon_as_it_is_there(bench: Bench) -> None:
    """The end is asked for at once: SIGINT, the first and mildest signal, still reaches what is started meanwhile."""
    finished = bench.sandbox.run(bench.command("", argv=("sleep", "20")), lambda: True)
    assert finished.interrupted and finished.exit_code == -signal.SIGINT


@pytest.fixture
def hears_ctrl_c() -> Iterator[None]:
    """SIGINT raises KeyboardInterrupt here, also where the tests were started in the background, which ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("hears_ctrl_c")
def test_ctrl_c_is_raised_again_once_all_is_gone(bench: Bench) -> None:
    """KeyboardInterrupt reaches the caller after the tree was ended, and the experiment saw no SIGINT of the terminal's."""

    def interrupt() -> None:
        while not (bench.code / "beats").exists():
            time.sleep(0.02)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=interrupt, daemon=True).start()
    with pytest.raises(KeyboardInterrupt):
        bench.run(BEAT + "beat('beats')")
    assert not still_beats(bench.code / "beats")


def test_it_dies_with_a_killed_orchestrator(bench: Bench) -> None:
    """Where the orchestrator gets a SIGKILL, its experiment and the experiment's daemons end as well, without a word."""
    (bench.code / "daemon.py").write_text(DAEMON + "\nbeat('main')")
    program = f"""
        import sys
        from pathlib import Path
        from agent.sandbox import choose
        from tests.agent.sandbox.conftest import Bench
        bench = Bench(choose({bench.sandbox.name!r}), Path({str(bench.root)!r}))
        bench.sandbox.run(bench.command("", argv=(sys.executable, "daemon.py", "clean")))
    """
    orchestrator = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program)], cwd=REPOSITORY, stderr=subprocess.PIPE
    )
    try:
        deadline = time.monotonic() + 100
        while not ((bench.code / "main").exists() and (bench.code / "beats").exists()) and time.monotonic() < deadline:
            time.sleep(0.05)
    finally:
        orchestrator.kill()
        orchestrator.wait()
    deadline = time.monotonic() + 60
    while (still_beats(bench.code / "main") or still_beats(bench.code / "beats")) and time.monotonic() < deadline:
        pass
    assert not still_beats(bench.code / "main")
    assert not still_beats(bench.code / "beats")
    assert orchestrator.stderr is not None
    assert orchestrator.stderr.read() == b""  # whole: its end comes when the supervisor is gone too


def test_a_huge_log_is_cut_in_its_middle(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """A log cannot fill the disk: its beginning and its end stay, and the cut is named with its size."""
    monkeypatch.setattr(supervise, "LOG_BYTES", 200_000)
    finished = bench.run("print('the start')\nfor i in range(300_000):\n    print('x' * 99)\nprint('the end')")
    assert finished.exit_code == 0
    size = (bench.root / "stdout.log").stat().st_size
    assert 150_000 < size < 400_000
    assert bench.out.startswith("the start\n")
    assert bench.out.endswith("the end\n")
    cut = int(bench.out.split("[labloop: ")[1].split(" bytes")[0])
    assert abs(cut + size - 30_000_019) < 200


def test_a_short_log_is_not_touched(bench: Bench) -> None:
    """Nothing is cut from a log within the limit, line for line."""
    bench.run("import sys\nfor i in range(20000):\n    print(i)")
    assert bench.out == "".join(f"{i}\n" for i in range(20000))


def test_the_memory_limit_ends_the_tree(bench: Bench) -> None:
    """Memory that a child of the experiment holds counts too, and the end is told from a crash."""
    source = """
        import os, time
        if os.fork() == 0:
            kept = bytearray(400_000_000)
            time.sleep(30)
        os.wait()
    """
    finished = bench.run(textwrap.dedent(source), memory_gb=0.2)
    assert finished.out_of_memory
    assert not finished.timed_out
    assert finished.seconds < 25


def test_the_limit_that_ended_it_is_named(bench: Bench) -> None:
    """Which limit, how high, and the setting that it comes from."""
    finished = bench.run("kept = bytearray(400_000_000); import time; time.sleep(30)", memory_gb=0.2)
    assert finished.limit == "needed more than 0.2 GB: memory_gb in labloop.toml"
    assert bench.run("").limit == ""


FORKS = """
import os, time
for _ in range({number}):
    if os.fork() == 0:
        time.sleep(30)
        os._exit(0)
time.sleep({then})
"""


def test_too_many_processes_end_the_tree(bench: Bench) -> None:
    """A bomb of forks is ended with all that it started, and told from a crash; as many as the limit may live."""
    finished = bench.run(FORKS.format(number=60, then=30), processes=40)
    assert finished.too_many_processes
    assert finished.limit == "started more than 40 processes: max_processes in labloop.toml"
    assert finished.seconds < 25
    within = bench.run(FORKS.format(number=39, then=0.8) + "os.killpg(0, 9)", processes=40)
    assert (within.exit_code, within.ended_by_limit) == (-9, False)


def test_a_file_has_a_largest_size(bench: Bench) -> None:
    """Beyond it a write fails with a reason, also one of nothing but holes; up to it all is well."""
    source = "import sys\nwith open('big', 'wb') as file:\n    file.truncate({size})\n"
    assert bench.run(source.format(size=100_000_000), file_gb=0.1).exit_code == 0
    assert bench.run(source.format(size=100_000_001), file_gb=0.1).exit_code == 1
    assert "File too large" in bench.err


def test_a_run_within_its_memory_goes_on(bench: Bench) -> None:
    """The limit does not touch a run that stays below it."""
    finished = bench.run("kept = bytearray(20_000_000); import time; time.sleep(1.2)", memory_gb=0.5)
    assert (finished.exit_code, finished.out_of_memory) == (0, False)


def test_a_socket_fits_into_the_temporary_folder(bench: Bench) -> None:
    """However deep the session lies, multiprocessing's sockets in TMPDIR stay within the system's 100 characters."""
    deep = bench.root / ("d" * 60) / ("e" * 60)
    source = "from multiprocessing.connection import Listener; import tempfile\nListener(family='AF_UNIX'); print(tempfile.gettempdir())"
    from agent.sandbox import clean_environment

    finished = bench.run(source, scratch=deep, env=clean_environment(deep, {}))
    assert finished.exit_code == 0, bench.err
    assert not [path for path in Path("/tmp").glob("labloop-*") if path.is_dir() and path.name in bench.out]
