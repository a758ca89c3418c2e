"""The real torchrun, in the experiments' environment: what its ranks say is the cause."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from agent.session.paths import REPOSITORY
from tests.agent.experiment.causes import cause_of

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
