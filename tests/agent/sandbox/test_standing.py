"""A command that stays and is asked by lines: its answers, its limits, its end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agent.sandbox.command import Standing
from agent.sandbox.standing import StandingProcess
from tests.agent.sandbox.conftest import Bench

pytestmark = pytest.mark.process

REPOSITORY = Path(__file__).parents[3]
ECHO = """
import os, signal, sys, time
print("ready", flush=True)
for line in sys.stdin:
    word = line.strip()
    if word == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    if word == "hang":
        time.sleep(60)
    if word == "grow":
        kept = bytearray(os.urandom(1) * 400_000_000)
        time.sleep(60)  # memory is looked at now and then
    if word == "flood":
        sys.stdout.write("x" * 3_000_000)
    print("heard", word, file=sys.stderr, flush=True)
    print("answer to", word, flush=True)
"""


def start(bench: Bench, source: str = ECHO, **more: Any) -> Standing:
    """The command in the bench's sandbox; in a plain process tree where it has none that stays, to try the same there."""
    command = bench.command(source, timeout_s=float("inf"), **more)
    return bench.sandbox.stand(command) or StandingProcess.start(command, command.argv, command.env, wrapped=False)


@pytest.fixture
def echo(bench: Bench) -> Iterator[Standing]:
    standing = start(bench)
    assert standing.hear(60) == "ready"
    yield standing
    standing.close()


def test_each_line_has_its_answer(echo: Standing, bench: Bench) -> None:
    """One line in, one line out, as often as one likes; what it says on stderr lies in its log; closed, it ends well."""
    assert [echo.ask(word, 20) for word in ("a", "b", "ä")] == ["answer to a", "answer to b", "answer to ä"]
    finished = echo.close()
    assert finished.seconds > 0
    assert finished == echo.close()
    assert bench.err.splitlines()[:2] == ["heard a", "heard b"]
    assert echo.ask("a", 20) is None


def test_one_that_is_killed_has_no_answer(echo: Standing) -> None:
    """Its end is noticed at once, and what is asked afterwards is answered by None too."""
    began = time.monotonic()
    assert echo.ask("killed", 20) is None
    assert echo.ask("a", 20) is None
    assert time.monotonic() - began < 15, "sooner than the time that it had"
    assert echo.close().exit_code == -signal.SIGKILL


def test_one_that_hangs_has_no_answer_in_time(echo: Standing) -> None:
    """None after the time that was given, and closing ends it, however it hangs."""
    assert echo.ask("hang", 0.3) is None
    began = time.monotonic()
    echo.close()
    assert time.monotonic() - began < 50


def test_one_that_says_too_much_has_no_answer(echo: Standing) -> None:
    """A line without end is no answer, and does not fill the memory."""
    assert echo.ask("flood", 20) is None


def test_its_memory_has_a_limit(bench: Bench) -> None:
    """Past it the whole of it is ended, as any command would be."""
    standing = start(bench, memory_gb=0.2)
    assert standing.hear(60) == "ready"
    assert standing.ask("grow", 50) is None
    assert standing.close().out_of_memory


def test_it_writes_where_it_may_and_nowhere_else(bwrap: Bench) -> None:
    """The sandbox is that of any command: its own folder, no network, no other process."""
    source = """
import os, sys
print("ready", flush=True)
for line in sys.stdin:
    try:
        open(line.strip(), "w").close()
        print("written", flush=True)
    except OSError:
        print("refused", flush=True)
"""
    standing = start(bwrap, source)
    try:
        assert standing.hear(60) == "ready"
        assert standing.ask(str(bwrap.code / "mine"), 20) == "written"
        assert standing.ask(str(REPOSITORY / "others"), 20) == "refused"
        standing.ask(str(bwrap.root / "others"), 20)  # a /tmp of its own
        assert not (bwrap.root / "others").exists()
    finally:
        standing.close()


def test_plain_has_none(plain: Bench) -> None:
    """Where an experiment could signal and trace it, there is none."""
    assert plain.sandbox.stand(plain.command(ECHO)) is None


def test_it_dies_with_a_killed_orchestrator(bench: Bench, tmp_path: Path) -> None:
    """SIGKILL to the orchestrator: what stayed for it ends as well, without a word."""
    program = f"""
import sys, time
sys.path.insert(0, {str(REPOSITORY)!r})
from pathlib import Path
from agent.sandbox import choose
from tests.agent.sandbox.conftest import Bench
from tests.agent.sandbox.test_standing import start
BEAT = '''
import time
open("beats", "a").write(".")
print("ready", flush=True)
while True:
    open("beats", "a").write(".")
    time.sleep(0.02)
'''
standing = start(Bench(choose({bench.sandbox.name!r}), Path({str(tmp_path)!r})), BEAT)
print(standing.hear(60), flush=True)
time.sleep(60)
"""
    process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    beats, until = tmp_path / "code" / "beats", time.monotonic() + 60
    while time.monotonic() < until:
        before = beats.stat().st_size
        time.sleep(0.2)
        if beats.stat().st_size == before:
            return
    pytest.fail("it goes on")
