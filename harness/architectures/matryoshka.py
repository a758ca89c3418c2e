"""The Matryoshka BatchTopK SAE."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from harness.architectures.autoencoder import Output, affine
from harness.architectures.batch_topk import BatchTopKSAE, Threshold
from harness.errors import SettingsError
from harness.sae import unexplained
from harness.settings import RunSettings


@dataclass(frozen=True)
class Nested(Threshold):
    """The hyperparameters of MatryoshkaSAE."""

    prefixes: tuple[float, ...] = (1 / 32, 3 / 32, 7 / 32, 15 / 32)  # parts of d_sae that must reconstruct alone


class MatryoshkaSAE(BatchTopKSAE):
    """A BatchTopK SAE whose first latents reconstruct the input without the later ones (Bussmann et al. 2025).

    z as BatchTopKSAE's, over all latents at once
    x̂_m = Σ_{i < m} z_i f_i + b_dec          for each width m of m_1 < … < m_n = d_sae
    L   = Σ_m ‖x − x̂_m‖² / ‖x − x̄‖²  +  aux_weight · AuxK

    `prefixes` are m_1 … m_{n−1} as parts of d_sae; the whole dictionary is always the last. The defaults are the
    paper's 2,048, 6,144, 14,336 and 30,720 of 65,536 latents. "reconstruction" is the term of the whole dictionary.
    """

    hyperparameters: Nested

    def __init__(self, d_in: int, settings: RunSettings, mean: Tensor, hyperparameters: Nested | None = None) -> None:
        super().__init__(d_in, settings, mean, hyperparameters or Nested())
        self.widths = widths_of(self.hyperparameters.prefixes, settings.d_sae)

    def loss_terms(self, out: Output, dead: Tensor, p: float) -> dict[str, Tensor]:
        """BatchTopK's terms, and one for each prefix: `prefix_32`, …"""
        terms = super().loss_terms(out, dead, p)
        x_hat, before = self.b_dec, 0
        for width in self.widths:
            x_hat = x_hat + self._decoded(out.codes[:, before:width], self.W_dec[before:width])
            terms[f"prefix_{width}"] = unexplained(out.x, x_hat)
            before = width
        return terms

    def _decoded(self, codes: Tensor, rows: Tensor) -> Tensor:
        """z W for some latents, in the settings' precision: [batch, d_in]."""
        return affine(codes, rows, rows.new_zeros(rows.shape[1]), self.settings.precision)


def widths_of(prefixes: tuple[float, ...], d_sae: int) -> tuple[int, ...]:
    """Each prefix in latents. Raises SettingsError where they do not rise strictly between 0 and d_sae."""
    widths = tuple(round(part * d_sae) for part in prefixes)
    if any(narrow >= wide for narrow, wide in zip((0, *widths), (*widths, d_sae), strict=True)):
        raise SettingsError(
            f"prefixes {prefixes} of d_sae {d_sae} latents are {widths}: they must rise from at least 1 to below d_sae"
        )
    return widths
