"""Transcoders: what an MLP does to its input, by sparse latents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from harness.architectures.autoencoder import affine
from harness.architectures.batch_topk import BatchTopKSAE, Threshold
from harness.errors import SettingsError
from harness.sae import Latents, aux_k_loss, unexplained, unit_norm_
from harness.saved import SavedSAE
from harness.settings import RunSettings
from harness.site import PairScale


class Output(NamedTuple):
    """One batch through a transcoder."""

    x: Tensor  # [batch, d_out] the MLP's output: what is to be predicted
    pre: Tensor  # [batch, d_sae] pre-activations
    codes: Tensor  # [batch, d_sae] latents, 0 where a latent is off
    x_hat: Tensor  # [batch, d_out] the prediction
    given: Tensor  # [batch, d_in] the MLP's input


class Transcoder(BatchTopKSAE):
    """A transcoder: reads an MLP's input x and predicts its output y through sparse latents (Dunefsky et al. 2024).

    pre = x W_encᵀ + b_enc                                    [batch, d_sae]
    z   = ReLU(pre) where that is among the k · batch largest of the whole batch, else 0         in training
    z   = ReLU(pre) where pre > θ, else 0                                                        afterwards
    ŷ   = z W_dec + b_dec                                     [batch, d_out],   f_i = W_dec[i],   ‖f_i‖ = 1
    L   = ‖y − ŷ‖² / ‖y − ȳ‖²  +  aux_weight · AuxK

    The paper has z = ReLU(pre) and λ Σ z_i in the loss; here sparsity and θ are BatchTopK's (batch_topk.py), so that L0 is
    told by k as for the SAEs beside it, and what is saved is SAELens' transcoder with JumpReLU, exactly. b_dec is not taken
    from x, which lies in another space; b_enc starts at −x̄ W_encᵀ instead, b_dec at ȳ. Encoder and decoder rows start as
    independent random directions of length 1. AuxK: the dead latents, encoded from x, predict y − ŷ (Gao et al. 2024).

    A row that is drawn is the pair [x, y], both of mean length √d; `Output.x` is y.
    """

    def __init__(
        self, d_in: int, settings: RunSettings, mean: Tensor, hyperparameters: Threshold | None = None
    ) -> None:
        if d_in % 2:
            raise SettingsError(f"a row of {d_in} numbers is no pair: a transcoder reads the site mlp")
        super().__init__(d_in, settings, mean, hyperparameters)  # draws the directions of both, [d_sae, d_in]
        read, written = (half.contiguous() for half in self.W_dec.detach().chunk(2, dim=1))
        for rows in (read, written):
            unit_norm_(rows)
        mean_read, mean_written = mean.chunk(2)
        self.W_enc = nn.Parameter(read)  # [d_sae, d_in / 2]
        self.W_dec = nn.Parameter(written)  # [d_sae, d_in / 2]
        self.b_enc = nn.Parameter(-(read @ mean_read))
        self.b_dec = nn.Parameter(mean_written.clone())

    def pre_activations(self, x: Tensor) -> Tensor:
        """x W_encᵀ + b_enc: [batch, d_sae]."""
        return affine(x, self.W_enc.T, self.b_enc, self.settings.precision)

    def predicted(self, codes: Tensor, given: Tensor) -> Tensor:
        """ŷ from latents [batch, d_sae], and from the MLP's input where a skip connection reads it."""
        return self.decode(codes)

    def forward(self, x: Tensor) -> Output:  # type: ignore[override]
        """One batch of pairs [batch, d_in + d_out]; in training mode θ takes it into account."""
        given, wanted = x.chunk(2, dim=1)
        pre = self.pre_activations(given)
        codes = self.codes_of(pre)
        return Output(wanted, pre, codes, self.predicted(codes, given), given)

    def loss_terms(self, out: Output, dead: Tensor, p: float) -> dict[str, Tensor]:  # type: ignore[override]
        """Reconstruction of y, and AuxK."""
        uncentred = Latents(self.W_enc, self.b_enc, self.W_dec, torch.zeros_like(out.given[0]))
        aux_k = aux_k_loss(out.x, out.x_hat, uncentred, dead, self.settings.k_aux, out.given)
        return {"reconstruction": unexplained(out.x, out.x_hat), "aux_k": self.settings.aux_weight * aux_k}

    def saved(self) -> SavedTranscoder:
        """As SAELens' transcoder with JumpReLU, with the same θ for all latents."""
        return self._saved("jumprelu_transcoder", {})

    def _saved(self, architecture: str, more: Mapping[str, Tensor]) -> SavedTranscoder:
        plain = self.as_saved(architecture, {"b_enc": self.b_enc, "threshold": self.thresholds, **more})
        return SavedTranscoder(**vars(plain))


class SkipTranscoder(Transcoder):
    """A transcoder with an affine path beside its latents (Paulo et al. 2025).

    ŷ = z W_dec + x W_skipᵀ + b_dec,   W_skip [d_out, d_in] is 0 at the start

    All else is Transcoder's; AuxK predicts what latents and skip connection leave over. The paper has TopK.
    """

    def __init__(
        self, d_in: int, settings: RunSettings, mean: Tensor, hyperparameters: Threshold | None = None
    ) -> None:
        super().__init__(d_in, settings, mean, hyperparameters)
        self.W_skip = nn.Parameter(torch.zeros(d_in // 2, d_in // 2))

    def predicted(self, codes: Tensor, given: Tensor) -> Tensor:
        """z W_dec + x W_skipᵀ + b_dec: [batch, d_out]."""
        return self.decode(codes) + given @ self.W_skip.T

    def saved(self) -> SavedTranscoder:
        """As SAELens' transcoder with JumpReLU and a skip connection."""
        return self._saved("jumprelu_skip_transcoder", {"W_skip": self.W_skip})


@dataclass(frozen=True)
class SavedTranscoder(SavedSAE):
    """A transcoder under SAELens' names: W_enc [d_in, d_sae], W_dec [d_sae, d_out], b_dec [d_out]."""

    def unscaled(self, scale: Any) -> SavedTranscoder:
        """The same transcoder for pairs (x, y), where this one was trained on (s_x x, s_y y), `scale` a PairScale.

        Latents are those of the scaled pairs over s_y, so that decoder rows keep their length 1: W_enc · s_x / s_y,
        b_enc / s_y, θ / s_y, W_skip · s_x / s_y, b_dec / s_y.
        """
        if not isinstance(scale, PairScale):
            raise SettingsError(f"a transcoder was trained on pairs, and {scale!r} is no scale of pairs")
        by = dict.fromkeys(("W_enc", "W_skip"), scale.read / scale.wanted)
        by |= dict.fromkeys(("b_enc", "b_dec", "threshold"), 1 / scale.wanted)
        return replace(self, tensors={name: tensor * by.get(name, 1.0) for name, tensor in self.tensors.items()})

    def described(self) -> dict[str, Any]:
        """The fields of cfg.json that are this transcoder's own."""
        own = {"d_out": self.tensors["W_dec"].shape[1], "apply_b_dec_to_input": False}
        return {**super().described(), **own}
