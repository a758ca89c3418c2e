"""Freed memory stays with the process, where the C library can be told so."""

import subprocess
import sys

import pytest

from harness.fast.memory import keep_freed_memory

PROGRAM = """
import resource, torch
from harness.fast.memory import keep_freed_memory
if {told}: assert keep_freed_memory()
for _ in range(10): torch.empty(10_000_000).fill_(1)  # the heap settles
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(5): torch.empty(10_000_000).fill_(1)
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


@pytest.mark.skipif(not keep_freed_memory(), reason="the C library is not glibc")
def test_large_blocks_are_not_fetched_anew():
    """Making and freeing 40 MB five times costs page faults by default, and hardly one once malloc is told to keep it."""

    def page_faults(told: bool) -> int:
        command = [sys.executable, "-c", PROGRAM.format(told=told)]
        return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)

    assert page_faults(True) * 20 < page_faults(False)
