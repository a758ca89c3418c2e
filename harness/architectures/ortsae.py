"""OrtSAE: a BatchTopK SAE whose latents' directions are pushed apart."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import normalize

from harness.architectures.autoencoder import Output
from harness.architectures.batch_topk import BatchTopKSAE, Threshold
from harness.errors import SettingsError
from harness.grad import no_grad
from harness.settings import RunSettings


@dataclass(frozen=True)
class Orthogonal(Threshold):
    """The hyperparameters of OrtSAE."""

    weight: float = 0.25  # γ
    chunk: int = (
        8192  # latents that are held against each other; a larger dictionary is dealt into chunks anew each time
    )
    every: int = 5  # steps from one penalty to the next


class OrtSAE(BatchTopKSAE):
    """A BatchTopK SAE with a penalty on the cosine of each latent's nearest neighbour (Korznikov et al. 2025).

    z, x̂ as BatchTopKSAE's
    L = ‖x − x̂‖² / ‖x − x̄‖²  +  aux_weight · AuxK  +  γ · O          O at every `every`-th step, 0 at the others
    O = mean over latents i of  max_{j ≠ i, j in i's chunk} cos(f_i, f_j)²

    The latents are dealt at random into ⌈d_sae / chunk⌉ chunks of (nearly) one size for each penalty, so that its cost is
    linear in d_sae. The gradient flows to both rows of each nearest pair, and to no other. A negative cosine is no
    neighbour's: it counts as 0, as ReLU of the cosine would have it.
    """

    hyperparameters: Orthogonal

    def __init__(
        self, d_in: int, settings: RunSettings, mean: Tensor, hyperparameters: Orthogonal | None = None
    ) -> None:
        super().__init__(d_in, settings, mean, hyperparameters or Orthogonal())
        given = self.hyperparameters
        if given.chunk < 2 or given.every < 1 or given.weight < 0:
            raise SettingsError(f"{given}: chunk must be at least 2, every at least 1, weight at least 0")
        self._steps = 0

    def loss_terms(self, out: Output, dead: Tensor, p: float) -> dict[str, Tensor]:
        """BatchTopK's terms and `orthogonality`."""
        terms = super().loss_terms(out, dead, p)
        due = self._steps % self.hyperparameters.every == 0
        self._steps += 1
        weight, chunk = self.hyperparameters.weight, self.hyperparameters.chunk
        penalty = nearest_cosines(self.W_dec, chunk).pow(2).mean() if due else self.W_dec.new_zeros(())
        return {**terms, "orthogonality": weight * penalty}


def nearest_cosines(W_dec: Tensor, chunk: int) -> Tensor:
    """For each latent, in any order, the highest cosine of its row [d_in] with another's of its random chunk, at least 0: [d_sae]."""
    d_sae = len(W_dec)
    order = torch.randperm(d_sae, device=W_dec.device) if d_sae > chunk else torch.arange(d_sae, device=W_dec.device)
    found = []
    for members in order.tensor_split(-(-d_sae // chunk)):
        rows = normalize(W_dec[members], dim=1)
        found.append((rows * rows[_nearest(rows.detach())]).sum(1).relu())
    return torch.cat(found)


@no_grad
def _nearest(rows: Tensor) -> Tensor:
    """The place of each row's nearest other row [n]; the product [n, n] is not kept for the gradient."""
    cosines = rows @ rows.T
    cosines.fill_diagonal_(-torch.inf)
    return cosines.argmax(1)
