"""The door to sae-bench's SCR and TPP, and its faults 10 and 11 mended."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import torch
from sae_bench.evals.scr_and_tpp import eval_output as output
from sae_bench.evals.scr_and_tpp import main
from sae_bench.evals.sparse_probing import probe_training
from sae_bench.evals.sparse_probing.probe_training import Probe, train_probe_on_activations
from sae_bench.sae_bench_utils.activation_collection import create_meaned_model_activations
from torch import Tensor

__all__ = [
    "EncodedOnce",
    "Probe",
    "create_meaned_model_activations",
    "main",
    "output",
    "same_draws",
    "train_probe_on_activations",
]


class EncodedOnce:
    """An SAE that remembers what it encoded, and what that decodes to, by the place in memory of its input (fault 11).

    For activations that stay where they are and are not changed, as those of an ablation.
    """

    def __init__(self, sae: Any) -> None:
        self._sae = sae
        self.W_dec = sae.W_dec
        self._codes: dict[tuple[int, torch.Size], Tensor] = {}
        self._decoded: dict[tuple[int, torch.Size], Tensor] = {}

    def encode(self, x: Tensor) -> Tensor:
        """A copy, since sae-bench sets latents of it to zero; it carries where it came from."""
        place = (x.data_ptr(), x.shape)
        if place not in self._codes:
            self._codes[place] = self._sae.encode(x)
        copy = self._codes[place].clone()
        self._whole = (copy, copy._version, place)
        return copy

    def decode(self, codes: Tensor) -> Tensor:
        """Decoded; from memory where these are the codes of the last `encode`, untouched."""
        copy, version, place = self._whole
        if codes is not copy or codes._version != version:
            return torch.as_tensor(self._sae.decode(codes))
        if place not in self._decoded:
            self._decoded[place] = self._sae.decode(codes)
        return self._decoded[place]


@contextlib.contextmanager
def same_draws(seed: int) -> Iterator[None]:
    """Within, a class's probe data are drawn the same way each time (fault 10); torch's seed is as it was afterwards."""
    theirs = probe_training.prepare_probe_data

    def seeded(activations: dict[str, Tensor], class_name: str, perform_scr: bool = False) -> Any:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed * 1000 + sorted(activations).index(class_name))
            return theirs(activations, class_name, perform_scr)

    probe_training.prepare_probe_data = seeded
    try:
        yield
    finally:
        probe_training.prepare_probe_data = theirs
