"""The fallback without namespaces, and the guard over protected files."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from agent.sandbox.guard import guard
from agent.sandbox.plain import end_by_token
from tests.agent.sandbox.conftest import Bench

pytestmark = pytest.mark.process

REPOSITORY = Path(__file__).parents[3]


def test_the_supervisor_carries_no_key(plain: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without namespaces the parent's environment can be read; so there is nothing in it."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-planted")
    plain.run("import os; print(open(f'/proc/{os.getppid()}/environ').read())")
    assert plain.out.strip() == ""


@pytest.mark.skipif(sys.platform != "linux", reason="/proc and prctl are Linux's")
def test_the_orchestrators_own_keys_are_closed() -> None:
    """Once the fallback is chosen, other processes of an ordinary user cannot read the orchestrator's environment."""
    program = """
import ctypes, os, subprocess, sys
look = f"import os; print(b'sk-planted' in open('/proc/{os.getpid()}/environ', 'rb').read())"
before = subprocess.run([sys.executable, "-c", look], env={}, capture_output=True, text=True)
from agent.sandbox import choose
choose("plain")
after = subprocess.run([sys.executable, "-c", look], env={}, capture_output=True, text=True)
print(before.stdout.strip(), after.stdout.strip() or after.stderr.strip().splitlines()[-1], ctypes.CDLL(None).prctl(3))
"""
    env = {**os.environ, "OPENAI_API_KEY": "sk-planted"}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=REPOSITORY, env=env, capture_output=True, text=True, check=True
    )
    before, after, dumpable = (
        done.stdout.split(" ", 1)[0],
        done.stdout.split(" ", 1)[1].rsplit(" ", 1)[0],
        done.stdout.split()[-1],
    )
    assert before == "True"
    assert dumpable == "0"
    if os.geteuid() != 0:  # root reads everything
        assert "PermissionError" in after


def test_a_process_is_found_by_its_token() -> None:
    """What got away from the supervisor is ended by the token in its environment; others are left alone."""
    marked = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(30)"], env={"LABLOOP_TOKEN": "abc123"})
    other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(30)"], env={"LABLOOP_TOKEN": "abc999"})
    try:
        # Until it has been replaced by the new program, a child carries its parent's environment.
        while b"abc123" not in Path(f"/proc/{marked.pid}/environ").read_bytes():
            pass
        assert end_by_token("abc123", tries=3) == 1
        assert marked.wait(60) == -9
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


def test_what_is_written_outside_is_found_and_undone(plain: Bench) -> None:
    """Without namespaces a protected file can be changed, removed or added to; each is found, and put back."""
    fixed = plain.root / "fixed"
    (fixed / "deep").mkdir(parents=True)
    (fixed / "evaluator.py").write_text("honest")
    (fixed / "deep/data.bin").write_bytes(b"\0" * 1000)
    (fixed / "__pycache__").mkdir()
    journal = plain.root / "journal.jsonl"
    journal.write_text("the truth\n")
    watched = guard([fixed, journal, plain.root / "absent.txt"])
    source = f"""
import os, shutil
root = {str(plain.root)!r}
open(root + "/fixed/evaluator.py", "w").write("dishonest")
shutil.rmtree(root + "/fixed/deep")
open(root + "/fixed/planted.py", "w").write("x")
open(root + "/fixed/__pycache__/evaluator.pyc", "w").write("python's own")
os.remove(root + "/journal.jsonl")
os.symlink("/dev/zero", root + "/journal.jsonl")
open(root + "/absent.txt", "w").write("x")
"""
    assert watched.touched() == []
    assert plain.run(source).exit_code == 0, plain.err
    names = {Path(name).name for name in watched.touched()}
    assert names == {"evaluator.py", "data.bin", "planted.py", "journal.jsonl", "absent.txt"}
    assert watched.restore() == []
    assert watched.touched() == []
    assert journal.read_text() == "the truth\n"
    assert not journal.is_symlink()
    assert (fixed / "evaluator.py").read_text() == "honest"
