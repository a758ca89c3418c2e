"""Other libraries' TopK SAEs, each stepped as its own trainer steps it, with AuxK off and the same start and Adam.

bfloat16 is torch's autocast around the step, as these libraries use it on a GPU; weights stay float32.
"""

from __future__ import annotations

import sys
import types
from typing import Any

import torch
from torch import Tensor
from torch.nn.utils import clip_grad_norm_

from benchmarks.contestants import Entry
from benchmarks.problem import BETAS, MAX_GRAD_NORM, Problem, Weights


def autocast(precision: str, device: str) -> torch.autocast:
    """bfloat16 where that is asked for, else nothing."""
    return torch.autocast(device, dtype=torch.bfloat16, enabled=precision == "bfloat16")


class DictionaryLearning:
    """dictionary_learning 0.1.0: its TopKTrainer.update, without the geometric median of step 0."""

    differs = "mean squared error: gradients are clipped at every step"

    def __init__(self, problem: Problem, precision: str) -> None:
        from dictionary_learning.trainers.top_k import TopKTrainer

        shape = problem.shape
        self._precision, self._device = precision, shape.device
        self._trainer = TopKTrainer(
            steps=10**6,
            activation_dim=shape.d_in,
            dict_size=shape.d_sae,
            k=shape.k,
            layer=0,
            lm_name="",
            lr=problem.shape.lr,
            auxk_alpha=0,
            warmup_steps=0,
            device=shape.device,
        )
        start, sae = problem.initial(), self._trainer.ae
        with torch.no_grad():
            sae.encoder.weight.copy_(start.W_enc)
            sae.decoder.weight.copy_(start.W_dec.T)
            sae.b_dec.copy_(start.b_dec)

    def step(self, x: Tensor) -> None:
        with autocast(self._precision, self._device):
            self._trainer.update(1, x)  # 1: at step 0 it would compute a median

    def weights(self) -> Weights:
        sae = self._trainer.ae
        encoder, decoder = sae.encoder, sae.decoder.weight.detach().T
        return Weights(encoder.weight.detach(), encoder.bias.detach(), decoder, sae.b_dec.detach())


class SAELens:
    """SAELens 6.54: TopKTrainingSAE.training_forward_pass, and its trainer's clipping and Adam, without its statistics."""

    differs = "mean squared error; decoder rows of any length, so no projection"
    sparse = False

    def __init__(self, problem: Problem, precision: str) -> None:
        from sae_lens.saes.topk_sae import TopKTrainingSAE, TopKTrainingSAEConfig

        shape = problem.shape
        self._precision, self._device = precision, shape.device
        self._sae = TopKTrainingSAE(
            TopKTrainingSAEConfig(
                d_in=shape.d_in,
                d_sae=shape.d_sae,
                k=shape.k,
                use_sparse_activations=self.sparse,
                rescale_acts_by_decoder_norm=False,
                apply_b_dec_to_input=True,
                device=shape.device,
            )
        )
        start = problem.initial()
        with torch.no_grad():
            self._sae.W_enc.copy_(start.W_enc.T)
            self._sae.W_dec.copy_(start.W_dec)
            self._sae.b_enc.zero_()
            self._sae.b_dec.copy_(start.b_dec)
        self._adam = torch.optim.Adam(self._sae.parameters(), lr=problem.shape.lr, betas=BETAS)

    def step(self, x: Tensor) -> None:
        from sae_lens.saes.sae import TrainStepInput

        with autocast(self._precision, self._device):
            given = TrainStepInput(
                sae_in=x, dead_neuron_mask=None, coefficients={}, n_training_steps=0, is_logging_step=False
            )
            loss = self._sae.training_forward_pass(given).loss
        loss.backward()
        clip_grad_norm_(self._sae.parameters(), MAX_GRAD_NORM)
        self._adam.step()
        self._adam.zero_grad()

    def weights(self) -> Weights:
        sae = self._sae
        return Weights(sae.W_enc.detach().T, sae.b_enc.detach(), sae.W_dec.detach(), sae.b_dec.detach())


class SAELensSparse(SAELens):
    """The same with its sparse activations, which it recommends in float32 only."""

    sparse = True

    def __init__(self, problem: Problem, precision: str) -> None:
        if precision != "float32":
            raise NotImplementedError("SAELens' sparse activations are for float32")
        super().__init__(problem, precision)


class Sparsify:
    """eai-sparsify 1.3.3: SparseCoder, stepped as its Trainer does with Adam; fused Adam, which is faster and right here."""

    differs = "gradients are not clipped"

    def __init__(self, problem: Problem, precision: str) -> None:
        from sparsify import SparseCoder, SparseCoderConfig

        shape = problem.shape
        self._precision, self._device = precision, shape.device
        self._sae = SparseCoder(shape.d_in, SparseCoderConfig(num_latents=shape.d_sae, k=shape.k), device=shape.device)
        start = problem.initial()
        with torch.no_grad():
            self._sae.encoder.weight.copy_(start.W_enc)
            self._sae.W_dec.copy_(start.W_dec)
            self._sae.b_dec.copy_(start.b_dec)
        self._adam = torch.optim.Adam(self._sae.parameters(), lr=problem.shape.lr, betas=BETAS, fused=True)

    def step(self, x: Tensor) -> None:
        self._sae.set_decoder_norm_to_unit_norm()
        with autocast(self._precision, self._device):
            loss = self._sae(x).fvu
        loss.backward()
        self._sae.remove_gradient_parallel_to_decoder_directions()
        self._adam.step()
        self._adam.zero_grad()

    def weights(self) -> Weights:
        sae = self._sae
        sae.set_decoder_norm_to_unit_norm()
        encoder = sae.encoder
        return Weights(encoder.weight.detach(), encoder.bias.detach(), sae.W_dec.detach(), sae.b_dec.detach())


class Overcomplete:
    """overcomplete 0.3: its untied TopKSAE, stepped as train_sae does, with fused Adam."""

    differs = "no decoder bias; the gradient along decoder rows is kept"

    def __init__(self, problem: Problem, precision: str) -> None:
        sae_class, tracker = _overcomplete()
        shape = problem.shape
        self._precision, self._device = precision, shape.device
        self._sae = sae_class(shape.d_in, shape.d_sae, top_k=shape.k, device=shape.device)
        self._sae.dictionary._weights.data = problem.initial().W_dec
        self._sae.untied(bias=True)
        self._tracker = tracker(shape.d_sae, shape.device)
        self._adam = torch.optim.Adam(self._sae.parameters(), lr=problem.shape.lr, betas=BETAS, fused=True)

    def step(self, x: Tensor) -> None:
        self._adam.zero_grad()
        with autocast(self._precision, self._device):
            _, codes, x_hat = self._sae(x)
            loss = (x - x_hat).pow(2).sum() / (x - x.mean(0)).pow(2).sum()
        self._tracker.update(codes)
        loss.backward()
        clip_grad_norm_(self._sae.parameters(), MAX_GRAD_NORM)
        self._adam.step()

    def weights(self) -> Weights:
        encoder, decoder = self._sae.encoder, self._sae.get_dictionary().detach()
        bias = decoder.new_zeros(decoder.shape[1])
        return Weights(encoder.weight.detach(), encoder.bias.detach(), decoder, bias)


def _overcomplete() -> tuple[Any, Any]:
    """Its SAE and its counter of dead codes, imported without its vision models and plots (they need torchvision and OpenCV)."""

    class Absent(types.ModuleType):
        def __getattr__(self, name: str) -> Any:
            if name.startswith("__"):
                raise AttributeError(name)
            return None

    for name in ("overcomplete.models", "overcomplete.visualization"):
        sys.modules.setdefault(name, Absent(name))
    from overcomplete.sae import TopKSAE
    from overcomplete.sae.trackers import DeadCodeTracker

    return TopKSAE, DeadCodeTracker


PEERS: dict[str, Entry] = {
    "dictionary_learning": DictionaryLearning,
    "SAELens": SAELens,
    "SAELens, sparse": SAELensSparse,
    "sparsify": Sparsify,
    "overcomplete": Overcomplete,
}
