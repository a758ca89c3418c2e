"""The GPU's kernels compile for GPUs. Nothing is run: no GPU is at hand."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from harness.fast import gpu_kernels

pytestmark = pytest.mark.skipif(not gpu_kernels.installed(), reason="Triton is not installed: `make test` runs it")


def test_every_kernel_compiles_and_stays_in_registers(tmp_path: Path) -> None:
    """For an A100 and an H100, down to machine code: what the interpreter takes the compiler takes too, and nothing spills."""
    environment = {name: value for name, value in os.environ.items() if name != "TRITON_INTERPRET"}
    command = [sys.executable, "-m", "tests.harness.fast.compiling_for_gpus"]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env={**environment, "TRITON_CACHE_DIR": str(tmp_path)}
    )
    assert done.returncode == 0, done.stderr
    kernels = json.loads(done.stdout)
    assert len(kernels) == 9 and all(set(generations) == {"80", "90"} for generations in kernels.values())
    spilled = {name: each for name, each in kernels.items() if any(one["spilled_bytes"] for one in each.values())}
    assert not spilled
