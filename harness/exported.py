"""Writes an SAE that no weight file can describe as two exported programs, encode and decode.

    def saved(self):
        return ExportedSAE(self.encode, self.decode, d_in=…, d_sae=…, k=self.settings.k, W_dec=self.W_dec)

in experiment.py is enough; `save_run` does the rest. Programs are graphs of ATen's core operators with their tensors:
whoever reads them (harness/programs/program.py) needs neither the experiment's code nor its classes.
"""

from __future__ import annotations

import errno
import functools
import inspect
import os
import shutil
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
from torch import Tensor, nn

from harness.errors import ProgramError, SettingsError
from harness.programs.program import read_program
from harness.saved import check_k, check_tensor, write_tensors

Function = Callable[[Tensor], Tensor]
TRIED_ROWS = 5  # a program is tried on so many inputs (torch.export takes 0 and 1 for special)
TOLERANCE = 1e-3


@dataclass(frozen=True)
class ExportedSAE:
    """An SAE as two functions in plain torch: a module, a method of one, or a function over tensors.

    `encode` [batch, d_in] → [batch, d_sae] (dense, 0 where a latent is off), `decode` [batch, d_sae] → [batch, d_in], for
    any batch, one row independent of the others. `k`: latents on for a token, where that is fixed. `W_dec`
    [d_sae, d_in]: where decoding is linear, decode(z) = z W_dec + a constant; without it, metrics over decoder
    directions cannot be given.
    """

    encode: Function
    decode: Function
    d_in: int
    d_sae: int
    k: int | None = None
    W_dec: Tensor | None = None
    hyperparameters: Mapping[str, Any] = field(default_factory=dict)
    scale: float = 1.0

    def unscaled(self, scale: float) -> ExportedSAE:
        """The same SAE for inputs x, where this one was trained on `scale · x`; latents shrink by `scale`."""
        return replace(self, scale=self.scale * scale)

    def check(self) -> None:
        """Raise SettingsError where the shapes do not fit, a value is not finite or decoding is not W_dec's."""
        if self.k is not None:
            check_k(self.k, self.d_sae)
        if self.W_dec is not None:
            check_tensor("W_dec", self.W_dec, (self.d_sae, self.d_in))
        x = self._example(self.d_in)
        with torch.no_grad():
            try:
                codes = self.encode(x)
                check_tensor("what encode returns", codes, (len(x), self.d_sae))
                rebuilt = self.decode(codes)
            except RuntimeError as error:
                raise SettingsError(f"encode, then decode, cannot be run on {tuple(x.shape)}: {error}") from error
            check_tensor("what decode returns", rebuilt, (len(x), self.d_in))
            if self.W_dec is not None:
                self._check_linear(self.W_dec)

    def _check_linear(self, W_dec: Tensor) -> None:
        codes = self._example(self.d_sae).abs()
        linear = codes @ W_dec.to(codes.device)
        found = self.decode(codes) - self.decode(torch.zeros_like(codes))
        if float((found - linear).norm()) > TOLERANCE * float(linear.norm()):
            raise SettingsError(
                "decode(z) is not z W_dec + a constant: leave W_dec out, or give the one it decodes with"
            )

    def _example(self, width: int) -> Tensor:
        """Rows to try the functions on, where their tensors are."""
        devices = [tensor.device for tensor in _tensors((self.encode, self.decode, self.W_dec))]
        device = next((device for device in devices if device.type != "cpu"), torch.device("cpu"))
        return torch.randn(TRIED_ROWS, width, generator=torch.Generator().manual_seed(0)).to(device)

    def described(self) -> dict[str, Any]:
        """The fields of cfg.json that are this SAE's own."""
        fixed = {} if self.k is None else {"k": self.k}
        return {"architecture": "program", "d_in": self.d_in, "d_sae": self.d_sae, **fixed}

    def write(self, folder: Path) -> None:
        """encode.pt2, decode.pt2, and W_dec (or nothing) in sae_weights.safetensors.

        Raises ProgramError where torch cannot export a function, the program calls what a reader refuses, or it does
        not compute what the function does; OSError where the disk has no room.
        """
        for name, function, width in (("encode", self.encode, self.d_in), ("decode", self.decode, self.d_sae)):
            _export(folder / f"{name}.pt2", _Unscaled(function, self.scale), self._example(width))
        directions = {} if self.W_dec is None else {"W_dec": self.W_dec}
        write_tensors(folder / "sae_weights.safetensors", directions)


class _Unscaled(nn.Module):
    """x ↦ function(scale · x) / scale."""

    def __init__(self, function: Function, scale: float) -> None:
        super().__init__()
        self._owner = _owner(function)  # registers the parameters that the function reads
        self._function = function
        self._scale = scale

    def forward(self, x: Tensor) -> Tensor:
        return self._function(x * self._scale) / self._scale


def _tensors(value: object, depth: int = 4) -> Iterator[Tensor]:
    """The tensors that a function can read: of the module or object whose method it is, of the variables around it, and
    of what those hold, so many steps deep."""
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, nn.Module):
        yield from chain(value.parameters(), value.buffers())
    for part in _parts(value) if depth else ():
        yield from _tensors(part, depth - 1)


def _parts(value: object) -> list[object]:
    """What a function, a container or an object of the experiment's holds; nothing of a Python module or a class."""
    if isinstance(value, (Tensor, ModuleType, type)):
        return []
    if inspect.ismethod(value):
        return [value.__self__]
    if inspect.isfunction(value):
        around = inspect.getclosurevars(value)
        return [*around.nonlocals.values(), *around.globals.values()]
    if isinstance(value, functools.partial):
        return [value.func, *value.args, *value.keywords.values()]
    if isinstance(value, (list, tuple)):
        return list(value)
    return list(value.values() if isinstance(value, dict) else getattr(value, "__dict__", {}).values())


def _owner(function: Function) -> nn.Module | None:
    """The module that holds a function's tensors, where there is one."""
    owner = getattr(function, "__self__", function)
    return owner if isinstance(owner, nn.Module) else None


def _check_room(path: Path, module: nn.Module) -> None:
    """Raise OSError where the tensors do not fit on the disk: torch's writer ends the whole process there."""
    unique = {id(tensor): tensor for tensor in _tensors(module)}
    needed = sum(tensor.numel() * tensor.element_size() for tensor in unique.values())
    if needed > shutil.disk_usage(path.parent).free:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))


def _export(path: Path, module: nn.Module, x: Tensor) -> None:
    """Write the module as a program for any batch, and read it back. Raises OSError where the disk has no room for it."""
    _check_room(path, module)
    try:
        with torch.no_grad(), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # torch's own, about its internals
            expected = module(x)
            exported = torch.export.export(module, (x,), dynamic_shapes=({0: torch.export.Dim("batch")},))
            torch.export.save(exported.run_decompositions(), path)
    except Exception as error:  # of any kind: torch traces the experiment's code
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise ProgramError(
            f"{path.stem} cannot be exported: {reason}. It must be plain torch without branches on values, and take any "
            "number of rows"
        ) from error
    program = read_program(path, str(x.device))
    for rows in (x, x[:1], x.repeat(3, 1)):
        found = program(rows)
        wanted = expected.repeat(3, 1)[: len(rows)]
        if found.shape != wanted.shape or not torch.allclose(found, wanted, rtol=1e-4, atol=1e-5):
            raise ProgramError(
                f"{path.stem}, exported, computes something else for {len(rows)} rows: it must treat each row by itself "
                "and draw nothing at random"
            )
