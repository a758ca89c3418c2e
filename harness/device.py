"""Where tensors live: a GPU where there is one, else the CPU."""

from __future__ import annotations

import gc
import platform

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


def has_bfloat16(device: torch.device) -> bool:
    """Whether the device multiplies bfloat16 by instructions of its own: without them products take 6 to 15 times as long as in float32."""
    if device.type == "cuda":
        with torch.cuda.device(device):
            return torch.cuda.is_bf16_supported(including_emulation=False)
    if not torch.ops.mkldnn._is_mkldnn_bf16_supported():
        return False
    if platform.machine().lower() not in ("x86_64", "amd64"):
        return True
    # oneDNN says yes wherever there is AVX-512, also where it has to emulate the product.
    return torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()


def instructions() -> str:
    """The vector instructions of this processor that torch uses, and whether bfloat16 is among them: "AVX512, no bfloat16"."""
    found = "bfloat16" if has_bfloat16(torch.device("cpu")) else "no bfloat16"
    return f"{torch.backends.cpu.get_cpu_capability()}, {found}"


def free_memory() -> None:
    """Give back what nothing refers to any more: a language model's place on a GPU, before the next one is loaded."""
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
