"""Freed memory stays with the process, where the C library can be told so."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from harness.fast.memory import keep_freed_memory

pytestmark = pytest.mark.process

PROGRAM = """
import json, resource, torch
import experiment, harness.optim
if not {told}: harness.optim.keep_freed_memory = lambda: False

def now():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_minflt, used.ru_maxrss * 1024

settings = experiment.Settings(d_sae=16_384, k=16)
sae = experiment.TopKSAE(8, settings, torch.zeros(8))
optimizer = harness.optim.UnitNormAdam(sae.parameters(), unit_rows=[sae.W_dec])
dead, kept = torch.zeros(16_384, dtype=torch.bool), []  # as a coder's log keeps something of each step
for step in range(60):
    if step == 20: before = now()
    out = sae(torch.randn(1024, 8))
    torch.stack(list(sae.loss_terms(out, dead, 0.5).values())).sum().backward()
    optimizer.step(1e-3)
    kept.append(torch.zeros(100))
print(json.dumps([after - first for after, first in zip(now(), before)]))
"""
PRE_BYTES = 1024 * 16_384 * 4  # the largest tensor of a step; smaller ones the C library keeps anyhow
PAGE_BYTES = 4096


@pytest.mark.skipif(not keep_freed_memory(), reason="the C library is not glibc")
def test_a_training_step_fetches_no_memory_anew_and_hoards_none() -> None:
    """Forty steps fetch every block again by default; told to keep it, few, and the process does not grow."""

    def steps(told: bool) -> tuple[int, int]:
        command = [sys.executable, "-c", PROGRAM.format(told=told)]
        faults, grown = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
        return faults, grown

    kept, grown = steps(True)
    fetched, _ = steps(False)
    assert fetched > 30 * PRE_BYTES / PAGE_BYTES
    assert kept < fetched / 10
    assert grown < 5 * PRE_BYTES
