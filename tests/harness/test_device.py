"""Where tensors live."""

from __future__ import annotations

import pytest
import torch

from harness.device import choose_device
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
