"""Where tensors live."""

from __future__ import annotations

import pytest
import torch

from harness.device import choose_device, has_bfloat16, instructions
from harness.errors import DeviceError


def test_auto_is_a_gpu_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """What torch says of CUDA decides; no tensor is made for it."""
    for available, wanted in ((True, "cuda"), (False, "cpu")):
        monkeypatch.setattr(torch.cuda, "is_available", lambda available=available: available)
        assert choose_device("auto").type == wanted


def test_a_device_by_name() -> None:
    """Any that torch can make a tensor on."""
    assert choose_device("cpu") == torch.device("cpu")
    assert choose_device("meta").type == "meta"


@pytest.mark.parametrize("name", ["cuda:99", "no such device", ""])
def test_a_device_that_is_not_there_is_refused(name: str) -> None:
    """Missing hardware and a misspelt name: the message names it and what to use."""
    with pytest.raises(DeviceError, match=rf"the device '{name}' is not there: .+\. Use auto or cpu"):
        choose_device(name)


@pytest.mark.parametrize(
    ("onednn", "machine", "avx512", "amx", "known"),
    [
        (False, "x86_64", False, False, False),  # AVX2
        (True, "x86_64", False, False, False),  # AVX-512 of before 2020: oneDNN emulates
        (True, "x86_64", True, False, True),
        (True, "x86_64", False, True, True),
        (True, "aarch64", False, False, True),
    ],
)
def test_bfloat16_is_asked_of_the_processor(
    onednn: bool, machine: str, avx512: bool, amx: bool, known: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Instructions of its own count, an emulation does not; the benchmark's line says which."""
    monkeypatch.setattr(torch.ops.mkldnn, "_is_mkldnn_bf16_supported", lambda: onednn)
    monkeypatch.setattr("platform.machine", lambda: machine)
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: avx512)
    monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: amx)
    assert has_bfloat16(torch.device("cpu")) is known
    assert instructions().endswith(", bfloat16") is known
