"""What makes a TopK SAE train fast: sparse codes, and gradients for the latents that are on alone.

The sparse code of a batch is kept as [batch, k] indices and values, never as a dense [batch, d_sae] matrix: decoding is
then a weighted sum of k decoder rows (`embedding_bag`), and a gradient one of rows of the batch. The loops over
memory are harness.fast's, in C on the CPU and in Triton on a GPU; torch's where neither can be had. docs/performance.md has what that gives.
Formulas: Gao et al. 2024, "Scaling and evaluating sparse autoencoders" (TopK, AuxK, unit-norm decoder).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol, cast

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable
from torch.nn.functional import embedding_bag, normalize

from harness.fast.chosen import kernels_for
from harness.grad import no_grad

PRECISIONS = {"float32": torch.float32, "bfloat16": torch.bfloat16}  # of the encoder's product


class Codes(NamedTuple):
    """The latents that are on for each input of a batch. A latent with value 0 is off: `values > 0` says which are on."""

    indices: Tensor  # [batch, k] int64, which latents
    values: Tensor  # [batch, k] float, how strongly (never negative)


class Dictionary(Protocol):
    """The four tensors of an SAE: one latent is one row of both matrices."""

    W_enc: Tensor  # [d_sae, d_in]
    b_enc: Tensor  # [d_sae]
    W_dec: Tensor  # [d_sae, d_in]
    b_dec: Tensor  # [d_in]


@dataclass
class Latents:
    """Some latents of an SAE: a Dictionary of its own."""

    W_enc: Tensor
    b_enc: Tensor
    W_dec: Tensor
    b_dec: Tensor


def top_k(pre: Tensor, k: int) -> Codes:
    """The k largest pre-activations of each row of [batch, d_sae], then ReLU. Gradients flow to those entries alone."""
    codes = _largest(pre.detach(), k)
    if pre.requires_grad and torch.is_grad_enabled():
        return Codes(codes.indices, pre.gather(1, codes.indices).relu())
    return codes


def encode_top_k(x: Tensor, sae: Dictionary, k: int, precision: str = "float32") -> tuple[Tensor, Codes]:
    """pre = (x − b_dec) W_encᵀ + b_enc [batch, d_sae], and its k largest entries in each row after ReLU.

    The gradient of the codes reaches W_enc, b_enc and b_dec through the entries that are on alone, and no dense
    [batch, d_sae] gradient is made for them. x is taken as constant. With precision "bfloat16" the product is computed,
    and `pre` given, in that type; weights, codes and gradients stay float32.
    """
    pre, indices, values = cast(
        "tuple[Tensor, Tensor, Tensor]", _EncodeTopK.apply(x, sae.W_enc, sae.b_enc, sae.b_dec, k, PRECISIONS[precision])
    )
    return pre, Codes(indices, values)


class _EncodeTopK(torch.autograd.Function):
    """The encoder and TopK in one step, whose backward pass touches the active entries only."""

    @staticmethod
    def forward(
        ctx: Any, x: Tensor, W_enc: Tensor, b_enc: Tensor, b_dec: Tensor, k: int, dtype: torch.dtype
    ) -> tuple[Tensor, Tensor, Tensor]:
        ctx.set_materialize_grads(False)
        centred = x - b_dec
        pre = torch.addmm(b_enc.to(dtype), centred.to(dtype), W_enc.to(dtype).T)
        codes = _largest(pre, k)
        ctx.save_for_backward(centred, W_enc, *codes)
        ctx.mark_non_differentiable(codes.indices)
        return pre, *codes

    @staticmethod
    @once_differentiable
    def backward(
        ctx: Any, *above: Tensor | None
    ) -> tuple[None, Tensor | None, Tensor | None, Tensor | None, None, None]:
        centred, W_enc, indices, values = ctx.saved_tensors
        from_pre, _, from_values = above
        if from_pre is None and from_values is None:
            return None, None, None, None, None, None
        if from_values is None:
            from_values = torch.zeros_like(values)
        into_W, into_b = _gather_rows(centred, Codes(indices, from_values * (values > 0)), len(W_enc))
        if from_pre is not None:  # a loss term of its own on pre: dense, and only then
            into_W.addmm_(from_pre.to(into_W.dtype).T, centred)
            into_b += from_pre.sum(0, dtype=into_b.dtype)
        into_b_dec = -(into_b @ W_enc) if ctx.needs_input_grad[3] else None
        return None, into_W, into_b, into_b_dec, None, None


def decode(codes: Codes, W_dec: Tensor) -> Tensor:
    """Σ_j value_j · W_dec[index_j] for each input: [batch, d_in]. No bias is added."""
    if kernels_for(codes.values, W_dec):
        return cast(Tensor, _Decode.apply(*codes, W_dec))
    return embedding_bag(codes.indices, W_dec, per_sample_weights=codes.values, mode="sum")


class _Decode(torch.autograd.Function):
    """The sparse decoder, whose backward pass reads each decoder row once, for both gradients."""

    @staticmethod
    def forward(ctx: Any, indices: Tensor, values: Tensor, W_dec: Tensor) -> Tensor:
        ctx.save_for_backward(indices, values, W_dec)
        ctx.kernels = kernels_for(values, W_dec)
        return ctx.kernels.decode(indices, values, W_dec)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *above: Tensor) -> tuple[None, Tensor, Tensor]:
        indices, values, W_dec = ctx.saved_tensors
        into_W, into_values = ctx.kernels.decode_backward(above[0], W_dec, values, indices)
        return None, into_values, into_W


def _largest(pre: Tensor, k: int) -> Codes:
    """TopK and ReLU without gradients; values float32 also where pre is bfloat16."""
    if kernels := kernels_for(pre):
        return Codes(*kernels.top_k(pre, k))
    values, indices = pre.topk(k, dim=-1, sorted=False)
    return Codes(indices, values.relu().float())


def _gather_rows(rows: Tensor, coefficients: Codes, d_sae: int) -> tuple[Tensor, Tensor]:
    """Σ_b c_bi rows[b] for each latent i [d_sae, d_in], and Σ_b c_bi [d_sae], for sparse coefficients c."""
    indices, c = coefficients
    if kernels := kernels_for(rows, c):
        return kernels.gather_rows(rows, c, kernels.sort_by_latent(indices, d_sae))
    order, begin = sort_by_latent(indices.flatten(), d_sae)
    sorted_c = c.flatten()[order]
    into_W = embedding_bag(order // indices.shape[1], rows, begin, per_sample_weights=sorted_c, mode="sum")
    return into_W, embedding_bag(order, c.reshape(-1, 1), begin, mode="sum").squeeze(1)


def sort_by_latent(latents: Tensor, d_sae: int) -> tuple[Tensor, Tensor]:
    """The places of `latents` [n] in the order of the latents they name, and where each latent's begin in it [d_sae].

    A sum over such bags (`embedding_bag`) has one order, whatever the device: a GPU's `index_add_` has not. Nothing is
    looked at by the host, which would wait for the GPU.
    """
    ordered, order = latents.sort(stable=True)
    return order, torch.searchsorted(ordered, torch.arange(d_sae, device=latents.device))


def unexplained(x: Tensor, x_hat: Tensor) -> Tensor:
    """Fraction of the variance of x [batch, d_in] that x_hat leaves over: 0 is perfect, 1 is the mean's own score."""
    return (x - x_hat).pow(2).sum() / (x - x.mean(0)).pow(2).sum()


def aux_k_loss(
    x: Tensor, x_hat: Tensor, sae: Dictionary, dead: Tensor, k_aux: int, read: Tensor | None = None
) -> Tensor:
    """AuxK: how badly the k_aux strongest *dead* latents reconstruct what the living ones left over.

    x, x_hat [batch, d_in]; the error e = x − x̂ is taken as constant; `dead` [d_sae] bool; `read` is what the encoder reads,
    where that is not x (a transcoder's). Returns ‖e − ê‖² / ‖e‖², and a constant 0 where no latent is dead. Its gradient reaches encoder and decoder rows of dead latents only, and so
    brings them back.
    """
    which = dead.nonzero().squeeze(1)
    if len(which) == 0:
        return x.new_zeros(())
    error = (x - x_hat).detach()
    those = Latents(sae.W_enc[which], sae.b_enc[which], sae.W_dec[which], sae.b_dec.detach())
    _, codes = encode_top_k(x if read is None else read, those, min(k_aux, len(which)))
    return (error - decode(codes, those.W_dec)).pow(2).sum() / error.pow(2).sum().clamp_min(1e-12)


class DeadLatents:
    """Counts, for each latent, the tokens since it was last on."""

    def __init__(self, d_sae: int, dead_after_tokens: int, device: torch.device | None = None) -> None:
        self.tokens_since_on = torch.zeros(d_sae, dtype=torch.int64, device=device)
        self.dead_after_tokens = dead_after_tokens

    @property
    def mask(self) -> Tensor:
        """[d_sae] bool: off for more than `dead_after_tokens` tokens."""
        return self.tokens_since_on > self.dead_after_tokens

    def update(self, codes: Codes | Tensor) -> None:
        """Take one batch into account: sparse codes, or dense ones [batch, d_sae]."""
        if isinstance(codes, Tensor):
            on = (codes > 0).any(0)
        else:
            d_sae = len(self.tokens_since_on)
            named = codes.indices.where(codes.values > 0, d_sae)  # one past the last where a place is off
            on = torch.zeros(d_sae + 1, dtype=torch.bool, device=named.device)
            on = on.index_fill_(0, named.flatten(), True)[:-1]
        self.tokens_since_on += len(codes if isinstance(codes, Tensor) else codes.indices)
        self.tokens_since_on.masked_fill_(on, 0)


def mean_l0(codes: Codes | Tensor) -> float:
    """How many latents are on for an input of the batch, on average; codes as in `DeadLatents.update`."""
    on = (codes if isinstance(codes, Tensor) else codes.values) > 0
    return on.sum().item() / len(on)


@no_grad
def unit_norm_(W_dec: Tensor) -> None:
    """Bring each decoder row [d_sae, d_in] to length 1, in place."""
    W_dec.copy_(normalize(W_dec, dim=1))
