"""GPUs that are lent, through the real bubblewrap: made device nodes in a /dev of this test's own, which nobody else sees.

The nodes lead to no GPU but are nodes as those are; what a driver does behind one is not tried here.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from agent.session.paths import REPOSITORY

_NODES = ("nvidia0", "nvidia1", "nvidia2", "nvidiactl", "nvidia-uvm", "nvidia-modeset", "dri/renderD128", "kfd")
_SHARED = ["nvidia-modeset", "nvidia-uvm", "nvidiactl"]
_MAKES = f"""
set -e
mount -t tmpfs -o mode=755 none /dev
mkdir /dev/shm /dev/pts /dev/dri
for node in null:1:3 zero:1:5 full:1:7 random:1:8 urandom:1:9 tty:5:0; do
  IFS=: read name major minor <<< $node; mknod -m 666 /dev/$name c $major $minor
done
for name in {" ".join(_NODES)}; do mknod -m 666 /dev/$name c 1 3; done
exec "$@"
"""
_TELLS = """
import json, os, pathlib, time
names = ("nvidia0", "nvidia1", "nvidia2")
found = sorted(str(p.relative_to("/dev")) for p in pathlib.Path("/dev").rglob("*") if p.name.startswith(("nvidia", "render", "kfd")))
def opened(name):
    try:
        with open(f"/dev/{name}", "rb") as file:
            return file.read(1) == b""
    except OSError:
        return False
def made():
    try:
        os.mknod("/tmp/nvidia0", 0o20666, os.makedev(1, 3))
        with open("/tmp/nvidia0", "rb"):
            return True
    except OSError:
        return False
told = {"there": found, "opened": [n for n in names if opened(n)], "made": made(), "told": os.environ.get("CUDA_VISIBLE_DEVICES"), "threads": os.environ.get("OMP_NUM_THREADS")}
pathlib.Path("told.json").write_text(json.dumps(told))
until = time.monotonic() + 20
while not os.path.exists(os.environ.get("AWAITED", "told.json")) and time.monotonic() < until:
    time.sleep(0.05)
time.sleep(0.5)
"""
_LAUNCHES = """
import json, os, sys
from dataclasses import replace
from pathlib import Path
from agent.launching import LocalLauncher, Needs
from agent.launching.companion import Companion
from agent.launching.slots import Slots
from agent.launching.slurm.worker import on_node
from agent.sandbox import choose
from tests.agent.launching.test_devices import _TELLS
from tests.agent.launching.test_local import command
folder, kind = Path(sys.argv[1]), sys.argv[2]
sandbox = choose(kind)
def waiting(name, awaited):
    # A launch whose end is the end of what stands beside it stays until that has told.
    made = command(folder, _TELLS, name)
    if awaited is None:
        return made
    return replace(made, env={**made.env, "AWAITED": str(awaited)}, readable=(awaited.parent,))
if kind == "bwrap":
    job = on_node(command(folder, _TELLS, "job"), {"SLURM_JOB_GPUS": "2,0"}, sandbox.keeps_apart)
    assert sandbox.run(job).exit_code == 0
for slots, kept in ((2, None), (1, None), (1, "2"), (1, "-1")):
    os.environ.pop("CUDA_VISIBLE_DEVICES", None)
    if kept: os.environ["CUDA_VISIBLE_DEVICES"] = kept
    launcher = LocalLauncher(sandbox, slots, None, Slots(slots, folder / f"slots-{slots}"))
    beside = Companion(command(folder, _TELLS, f"beside-{slots}-{kept}"), (), folder / "none")
    awaited = beside.command.cwd / "told.json"
    needs = [Needs("a", beside=beside), Needs("b")][:slots]
    handles = [launcher.submit(waiting(f"{each.name}-{slots}-{kept}", awaited if each.beside else None), each) for each in needs]
    assert [handle.wait().exit_code for handle in handles] == [0] * slots
"""


def _unprivileged() -> str:
    """Why no such /dev can be made here; empty where one can."""
    if os.geteuid() != 0:
        return "a /dev of its own, with device nodes, needs root"
    if shutil.which("unshare") is None or shutil.which("bwrap") is None:
        return "unshare or bubblewrap is not there"
    tried = subprocess.run(["unshare", "--mount", "bash", "-c", _MAKES, "-", "true"], capture_output=True, check=False)
    return "" if tried.returncode == 0 else f"no device nodes can be made: {tried.stderr.decode()[-200:]}"


def _told(folder: Path, kind: str) -> dict[str, dict[str, Any]]:
    words = ["unshare", "--mount", "bash", "-c", _MAKES, "-", sys.executable, "-c", _LAUNCHES, str(folder), kind]
    done = subprocess.run(words, cwd=REPOSITORY, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return {path.parent.name: json.loads(path.read_text()) for path in folder.glob("*/told.json")}


@pytest.mark.process
def test_the_lent_gpu_is_the_only_one_in_the_sandbox(tmp_path: Path) -> None:
    """Of three GPUs each slot's launch has one, with what all GPUs need, and no other node of one: none can be opened or made, and
    CUDA is told that it is the first. So has what stands beside a launch, what a job of Slurm is given, and what the user kept back."""
    if why := _unprivileged():
        pytest.skip(why)
    told = _told(tmp_path, "bwrap")
    pairs = sorted((told["a-2-None"]["opened"], told["b-2-None"]["opened"]))
    assert pairs == [["nvidia0"], ["nvidia1"]], "two launches at once, a GPU each"
    for name in ("a-2-None", "b-2-None"):
        assert told[name]["there"] == sorted([*_SHARED, *told[name]["opened"]])
        assert told[name]["told"] == "0" and not told[name]["made"]
    mine = ("there", "opened", "told", "threads")
    assert [told["beside-2-None"][key] for key in mine] == [told["a-2-None"][key] for key in mine]
    assert told["job"]["opened"] == ["nvidia0", "nvidia2"] and told["job"]["told"] == "0,1"
    assert told["a-1-2"]["opened"] == ["nvidia2"] and told["a-1-2"]["told"] == "0"
    none = told["a-1--1"]
    assert (none["opened"], none["there"], none["told"]) == ([], _SHARED, ""), "all are kept back"
    whole = told["a-1-None"]
    assert whole["opened"] == ["nvidia0", "nvidia1", "nvidia2"] and "dri/renderD128" in whole["there"], (
        "alone on the machine"
    )


@pytest.mark.process
def test_without_namespaces_cuda_is_told_which_gpu_is_meant(tmp_path: Path) -> None:
    """All nodes are there, as docs/launching.md says: the number of the lent one is said, and nothing keeps it from the others."""
    if why := _unprivileged():
        pytest.skip(why)
    told = _told(tmp_path, "plain")
    assert sorted(told[name]["told"] for name in ("a-2-None", "b-2-None")) == ["0", "1"]
    assert told["a-1-2"]["told"] == "2" and told["a-1-2"]["opened"] == ["nvidia0", "nvidia1", "nvidia2"]
