"""An SAE that was handed over as two programs, tried before it is believed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from harness.evaluation.submitted.files import SubmissionError, check_file
from harness.evaluation.submitted.scored import Function, Programs
from harness.programs.program import load_program

TRIED_ROWS = 64  # a program is tried on
LINEAR_TOLERANCE = 1e-3


def checked_programs(folder: Path, cfg: dict[str, Any], tensors: dict[str, Tensor], device: str) -> Programs:
    """The exported functions, tried on random inputs: they fit cfg.json, each row stands for itself, latents are never
    negative, and where W_dec is given it is what decodes. Raises SubmissionError, ProgramError."""
    for name in ("encode.pt2", "decode.pt2"):
        check_file(folder / name)
    programs = Programs(*load_program(folder))  # tried on the CPU, whatever the device
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(TRIED_ROWS, cfg["d_in"], generator=generator)
    codes = _run(programs.encode, x, cfg["d_sae"], folder / "encode.pt2")
    if bool((codes < 0).any()):
        raise SubmissionError(f"{folder / 'encode.pt2'}: gives latents below 0; a latent is 0 or positive")
    _run(programs.decode, codes, cfg["d_in"], folder / "decode.pt2")
    if "W_dec" in tensors:
        codes = torch.rand(TRIED_ROWS, cfg["d_sae"], generator=generator)
        linear = codes @ tensors["W_dec"]
        found = programs.decode(codes) - programs.decode(torch.zeros_like(codes))
        if float((found - linear).norm()) > LINEAR_TOLERANCE * float(linear.norm()):
            raise SubmissionError(f"{folder / 'decode.pt2'}: does not decode with the W_dec that was saved beside it")
    return programs if device == "cpu" else Programs(*load_program(folder, device))


def _run(function: Function, x: Tensor, width: int, path: Path) -> Tensor:
    """The function's value [rows, width] for x, where it is finite and the same for each row alone."""
    try:
        found, alone = function(x), function(x[:1])
    except (RuntimeError, ValueError, IndexError, TypeError) as error:
        raise SubmissionError(f"{path}: fails on {list(x.shape)} numbers: {error}") from error
    if tuple(found.shape) != (len(x), width):
        raise SubmissionError(f"{path}: gives {tuple(found.shape)} for {len(x)} rows, not {(len(x), width)}")
    if not bool(found.isfinite().all()):
        raise SubmissionError(f"{path}: gives NaN or infinity")
    if not torch.allclose(found[:1], alone, rtol=1e-3, atol=1e-4):
        raise SubmissionError(f"{path}: what it gives for a row depends on the other rows")
    return found
