"""Where tensors live: a GPU where there is one, else the CPU."""

from __future__ import annotations

import gc

import torch

from harness.errors import DeviceError

AUTO = "auto"


def choose_device(name: str = AUTO) -> torch.device:
    """`auto`: the first CUDA GPU, else the CPU; any other name as torch spells it. Raises DeviceError where it is not there."""
    if name == AUTO:
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        device = torch.device(name)
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError) as error:  # an AssertionError where torch was built without CUDA
        raise DeviceError(f"the device {name!r} is not there: {str(error).splitlines()[0]}. Use auto or cpu") from error
    return device


def free_memory() -> None:
    """Give back what nothing refers to any more: a language model's place on a GPU, before the next one is loaded."""
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
