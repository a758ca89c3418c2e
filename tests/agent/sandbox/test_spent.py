"""What a launch cost, as its supervisor measures it: whatever the command says or does about that."""

from __future__ import annotations

import os
import stat
import sys
import textwrap
from pathlib import Path

import pytest

from agent.sandbox import supervise
from tests.agent.sandbox.conftest import Bench

pytestmark = pytest.mark.process

BURN = "import time\nwhile time.process_time() < 0.6: pass\n"
IN_A_CHILD = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {BURN!r}])\n"
BEHIND_A_DAEMON = f"""
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        {textwrap.indent(BURN, " " * 8).strip()}
        open("burnt", "w").close()
    os._exit(0)
while not os.path.exists("burnt"): time.sleep(0.1)
"""
UNWAITED = f"""
import os, signal, time
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
if os.fork() == 0:
    {textwrap.indent(BURN.replace("0.6", "1.2"), " " * 4).strip()}
    open("burnt", "w").close()
    os._exit(0)
while not os.path.exists("burnt"): time.sleep(0.1)
"""


@pytest.mark.parametrize("source", [BURN, IN_A_CHILD, BEHIND_A_DAEMON, UNWAITED])
def test_every_cpu_second_of_the_tree_is_counted(bench: Bench, source: str) -> None:
    """Its own, a child's, a daemon's, and those of a child that nobody waits for: no less than most of them."""
    cost = bench.run(source).cost
    assert cost is not None
    assert cost.cpu_s is not None
    assert cost.cpu_s > 0.5
    assert cost.wall_s >= cost.cpu_s / (os.cpu_count() or 1) / 2


def test_sleeping_costs_time_and_no_compute(bench: Bench) -> None:
    """Wall time passes, CPU seconds do not."""
    cost = bench.run("import time; time.sleep(1.1)").cost
    assert cost is not None
    assert cost.cpu_s is not None
    assert cost.wall_s > 1
    assert cost.cpu_s < 0.5
    assert cost.beside_cores is not None


def test_memory_is_that_of_the_tree_at_its_highest(bench: Bench) -> None:
    """300 MB that were held for a while are seen, also without a limit of memory."""
    cost = bench.run("x = bytearray(300_000_000)\nimport time; time.sleep(1.5)\ndel x").cost
    assert cost is not None
    assert cost.peak_gb is not None
    assert 0.28 < cost.peak_gb < 0.6


def test_what_a_command_prints_of_its_cost_changes_nothing(bench: Bench) -> None:
    """A patched clock and a report of its own are not what is told."""
    cost = bench.run(
        "import os, time, resource\ntime.monotonic = time.process_time = lambda: 0.0\n"
        'resource.getrusage = None\nprint(\'{"cost": {"cpu_s": 0}}\')\n'
        + BURN.replace("time.process_time() < 0.6", "os.times().user < 0.6")
    ).cost
    assert cost is not None
    assert cost.cpu_s is not None
    assert cost.cpu_s > 0.5


def test_what_never_ran_has_no_cost(plain: Bench) -> None:
    """Missing is never zero."""
    assert plain.sandbox.run(plain.command("", argv=("/not/there",))).cost is None


SMI = """#!{python}
import pathlib, time
print("# gpu         pid   type     sm    mem    enc    dec    command", flush=True)
named = 0
while True:
    if named > 2:
        pathlib.Path("{told}").touch()
    for path in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if b"labloop_gpu_user" in path.read_bytes():
                print(f"    0    {path.parent.name}     C     50      9      -      -    python")
                named += 1
        except OSError:
            pass
    print("    1          1     C     90      9      -      -    other")
    print("    2          -     -      -      -      -      -      -", flush=True)
    time.sleep(0.2)
"""


@pytest.fixture
def smi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A driver's nvidia-smi, on the supervisor's path: the GPU is pretended, process and parsing are not."""
    program = tmp_path / "bin" / "nvidia-smi"
    program.parent.mkdir()
    program.write_text(SMI.replace("{python}", sys.executable).replace("{told}", str(tmp_path / "code" / "told")))
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    boot = supervise._BOOT.replace(
        "from supervisor", f"import shutil; shutil.which = lambda *a, **k: {str(program)!r}; from supervisor"
    )
    monkeypatch.setattr(supervise, "_BOOT", boot)


@pytest.mark.usefixtures("smi")
def test_gpu_seconds_are_those_of_its_own_processes(bench: Bench) -> None:
    """Each line of the driver that names one of its processes counts; another's do not."""
    finished = bench.run(
        "'labloop_gpu_user'; import os, time\nwhile not os.path.exists('told'): time.sleep(0.1)\ntime.sleep(1)"
    )
    assert finished.cost is not None
    assert finished.cost.gpu_s is not None
    assert finished.cost.gpu_s >= 1
    assert finished.left_behind == 0, "the driver's program is none of the command's"


@pytest.mark.usefixtures("smi")
def test_gpu_seconds_that_nobody_tells_are_none(bench: Bench) -> None:
    """A driver that names none of its processes has not said that they used none."""
    cost = bench.run("import time; time.sleep(1)").cost
    assert cost is not None
    assert cost.gpu_s is None
