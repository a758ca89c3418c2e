"""The real torchrun, in the experiments' environment: what its ranks say is the cause."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from agent.session.paths import REPOSITORY
from tests.agent.experiment.failure.causes import cause_of

pytestmark = [pytest.mark.process, pytest.mark.slow]
PYTHON = REPOSITORY / ".venv/experiment/bin/python"
CODE = """import torch, torch.distributed as dist
dist.init_process_group("gloo")
dist.barrier()
def step():
    torch.zeros(4, 8) @ torch.zeros(4 + 4 * (dist.get_rank() == 0), 8)
step()
"""


@pytest.mark.skipif(not PYTHON.exists(), reason="the environment for experiments is not installed")
def test_torchrun_s_ranks_say_the_cause(tmp_path: Path) -> None:
    """Shapes that do not fit on rank 1 of 2: its RuntimeError is shown, not the launcher's ChildFailedError."""
    (tmp_path / "experiment.py").write_text(CODE)
    launcher = [str(PYTHON), "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2", "experiment.py"]
    done = subprocess.run(launcher, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120)
    cause = cause_of(tmp_path, done.stderr, done.stdout, done.returncode)
    assert cause.reason.startswith("RuntimeError: mat1 and mat2 shapes cannot be multiplied (4x8 and 4x8)")
    assert cause.reason.endswith("(experiment.py:5 in step)")
    assert "ChildFailedError" not in cause.shown


DEATHS = """import os, signal, sys, torch, torch.distributed as dist
dist.init_process_group("gloo")
dist.barrier()
def step():
    if dist.get_rank() == 1:
        DEATH
step()
for _ in range(3):
    dist.all_reduce(torch.zeros(4))
"""


@pytest.mark.skipif(not PYTHON.exists(), reason="the environment for experiments is not installed")
@pytest.mark.parametrize(
    ("death", "said"),
    [("os.kill(os.getpid(), signal.SIGKILL)", "rank 1 was killed by SIGKILL"), ("raise KeyError(12)", "KeyError: 12")],
)
def test_a_rank_that_dies_is_the_cause_not_its_peer(tmp_path: Path, death: str, said: str) -> None:
    """The peer's lost connection is all that is printed, or is printed last: how rank 1 ended is the reason."""
    (tmp_path / "experiment.py").write_text(DEATHS.replace("DEATH", death))
    launcher = [str(PYTHON), "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2", "experiment.py"]
    done = subprocess.run(launcher, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120)
    cause = cause_of(tmp_path, done.stderr, done.stdout, done.returncode)
    assert said in cause.reason
    assert "Connection" not in cause.shown
