"""Which kernels a tensor is given to."""

from __future__ import annotations

import logging

import pytest
import torch

from harness.fast import chosen, compiled, gpu_kernels, kernels
from harness.fast.chosen import kernels_for


def test_a_cpu_has_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """C on the CPU, for float32 and for pre-activations in bfloat16 alone; torch without a compiler or for other types."""
    monkeypatch.delenv("TRITON_INTERPRET", raising=False)
    one = torch.ones(2, 2)
    assert kernels_for(one, one) is (kernels if kernels.usable() else None)
    assert kernels_for(one.bfloat16()) is kernels_for(one)
    assert kernels_for(one, one.bfloat16()) is None and kernels_for(one.double()) is None
    monkeypatch.setattr(compiled, "library", lambda: None)
    assert kernels_for(one) is None


def test_another_device_without_kernels_is_torchs() -> None:
    """A device that is neither a CPU nor CUDA, and tensors on two devices."""
    assert kernels_for(torch.ones(2, device="meta")) is None
    assert kernels_for(torch.ones(2), torch.ones(2, device="meta")) is None


def test_a_gpu_on_which_a_kernel_fails_is_left_to_torch_and_it_is_said(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Triton is there, but what it makes does not run: no crash, one warning with the cause, asked once."""
    monkeypatch.setattr(gpu_kernels, "installed", lambda: True)
    tried = []

    def fails(device: torch.device) -> str:
        tried.append(device)
        raise RuntimeError("out of shared memory: 400 of 227 KiB\nat line 3")

    monkeypatch.setattr(chosen, "disagreement", fails)
    chosen._trusted.cache_clear()
    with caplog.at_level(logging.WARNING):
        assert not chosen._trusted(0) and not chosen._trusted(0)
    chosen._trusted.cache_clear()
    assert (
        len(tried) == 1
        and caplog.text.count("out of shared memory: 400 of 227 KiB") == 1
        and "line 3" not in caplog.text
    )
