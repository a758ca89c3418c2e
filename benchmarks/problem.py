"""What every contestant is given: the same activations, the same initial weights, the same settings."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import embedding_bag, normalize

from harness.grad import no_grad

BETAS = (0.9, 0.999)
MAX_GRAD_NORM = 1.0
POOL = 16_384  # activations that batches are drawn from
HELD_OUT = 2_048  # activations that the loss is taken on
FEATURES_ON = 24  # of the generative model, in one activation


@dataclass(frozen=True)
class Shape:
    """One size of the problem."""

    d_in: int
    d_sae: int
    batch: int  # for the time of a step
    loss_batch: int  # for the loss: smaller, where so many whole steps of every contestant take hours
    k: int = 40
    device: str = "cpu"
    lr: float = 1e-3  # of Adam, constant; one at which the loss falls at these sizes
    loss_steps: int = 200  # after them the reconstructions must agree

    def __str__(self) -> str:
        return f"{self.d_in}x{self.d_sae}"


SHAPES = (
    Shape(512, 8_192, batch=2_048, loss_batch=256),
    Shape(512, 16_384, batch=2_048, loss_batch=128),
    Shape(2_304, 8_192, batch=1_024, loss_batch=256, lr=2e-4, loss_steps=100),
    Shape(2_304, 16_384, batch=1_024, loss_batch=256, lr=2e-4, loss_steps=100),
)


GPU_SHAPES = tuple(
    replace(shape, batch=4_096, loss_batch=2_048, device="cuda") for shape in SHAPES
)  # larger batches keep a GPU busy


class Weights(NamedTuple):
    """An SAE in this project's shapes."""

    W_enc: Tensor  # [d_sae, d_in]
    b_enc: Tensor  # [d_sae]
    W_dec: Tensor  # [d_sae, d_in]
    b_dec: Tensor  # [d_in]


class Problem:
    """Activations from a fixed sparse generative model, their batches in a fixed order, and the initial weights."""

    def __init__(self, shape: Shape, seed: int = 0) -> None:
        self.shape = shape
        self._seed = seed
        rows = synthetic(shape.d_in, POOL + HELD_OUT, self._random(0)).to(shape.device)
        self._pool, self.held_out = rows[:POOL], rows[POOL:]

    def initial(self) -> Weights:
        """Random directions of length 1, the encoder equal to the decoder, biases 0 (the activations have mean 0)."""
        directions = torch.randn(self.shape.d_sae, self.shape.d_in, generator=self._random(1))
        directions = normalize(directions, dim=1).to(self.shape.device)
        d_sae, d_in = directions.shape
        return Weights(directions.clone(), directions.new_zeros(d_sae), directions, directions.new_zeros(d_in))

    def batch(self, step: int, size: int) -> Tensor:
        """The batch of that step [size, d_in]: the same for every contestant."""
        chosen = torch.randint(len(self._pool), (size,), generator=self._random(2 + step))
        return self._pool[chosen.to(self.shape.device)]

    @no_grad
    def loss(self, weights: Weights) -> float:
        """Fraction of held-out variance unexplained, by the plain dense equations, whoever trained the weights."""
        x, k = self.held_out, self.shape.k
        pre = (x - weights.b_dec) @ weights.W_enc.T + weights.b_enc
        largest = pre.topk(k, dim=1)
        codes = torch.zeros_like(pre).scatter_(1, largest.indices, largest.values.relu())
        x_hat = codes @ weights.W_dec + weights.b_dec
        return ((x - x_hat).pow(2).sum() / (x - x.mean(0)).pow(2).sum()).item()

    def _random(self, stream: int) -> torch.Generator:
        return torch.Generator().manual_seed(self._seed * 1_000_003 + stream)


def synthetic(d_in: int, tokens: int, random: torch.Generator) -> Tensor:
    """Sums of 24 of 4 · d_in fixed directions, rare and frequent ones, with a little noise: [tokens, d_in].

    Mean 0, and a mean L2 norm of √d_in, as the harness scales the activations of a language model.
    """
    directions = normalize(torch.randn(4 * d_in, d_in, generator=random), dim=1)
    frequency = 1 / torch.arange(1, 4 * d_in + 1).sqrt()
    chosen = torch.multinomial(frequency.expand(tokens, -1), FEATURES_ON, generator=random)
    strengths = 0.5 + torch.rand(tokens, FEATURES_ON, generator=random)
    rows = embedding_bag(chosen, directions, per_sample_weights=strengths, mode="sum")
    rows += 0.02 * torch.randn(tokens, d_in, generator=random)
    rows -= rows.mean(0)
    return rows * (math.sqrt(d_in) / rows.norm(dim=1).mean())
