"""Train a sparse autoencoder (SAE) on inputs that are sums of sparse features, which it is to find again.

    python experiment.py --out_dir=run_1 --seed=0

Leaves final_info.json and sae.npz in out_dir. What the true features are is known to the judge alone (README.md).
"""

from __future__ import annotations

import argparse
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import NamedTuple

import torch
from judge.data import INPUTS, L0
from judge.handed import Inputs, training_inputs
from judge.saved import save_run
from judge.sizes import BENCHMARK, SMALL, add_sizes, chosen
from torch import Tensor, nn
from torch.nn.functional import normalize


@dataclass(frozen=True)
class Settings:
    """Every setting of a run. What is compared between runs (inputs, d_sae, k) should stay as it is."""

    d_sae: int = 128  # latents
    k: int = L0  # latents on for each input
    steps: int = 1000
    batch_size: int = 512
    lr: float = 2e-2  # peak learning rate of Adam
    warmup: float = 0.05  # part of the run in which lr rises from 0
    decay: float = 0.3  # last part of the run in which lr falls to 0
    dead_after: int = 50  # steps without being on after which a latent is dead
    k_aux: int = 32  # dead latents that AuxK tries to revive at once
    aux_weight: float = 1 / 4  # weight of AuxK in the loss
    log_every: int = 10  # steps between points of the loss curve
    seed: int = 0  # of the initial weights; the batches come in an order of their own
    scale: str = SMALL  # which world: the small one, or the benchmark's

    @property
    def training_inputs(self) -> int:
        return self.steps * self.batch_size


# What differs at each scale: the benchmark's are the published sizes and learning rate, and SAELens' auxiliary loss.
SCALES: dict[str, dict] = {
    SMALL: {},
    BENCHMARK: {
        "d_sae": 4096, "k": 25, "steps": 195_312, "batch_size": 1024, "lr": 3e-4, "warmup": 0.0, "decay": 0.0,
        "dead_after": 1000, "k_aux": 384, "aux_weight": 1.0, "log_every": 100,
    },
}


class Output(NamedTuple):
    """One batch through the SAE."""

    x: Tensor  # [batch, d_in] what went in
    pre: Tensor  # [batch, d_sae] pre-activations
    z: Tensor  # [batch, d_sae] codes, 0 where a latent is off
    x_hat: Tensor  # [batch, d_in] what came out


def top_k(pre: Tensor, k: int) -> Tensor:
    """The k largest entries of each row where they are positive, 0 elsewhere."""
    values, indices = pre.topk(min(k, pre.shape[1]), dim=1, sorted=False)
    return torch.zeros_like(pre).scatter(1, indices, values.relu())


class TopKSAE(nn.Module):
    """A TopK sparse autoencoder with unit-norm decoder rows f_i (Gao et al. 2024).

    pre = (x − b_dec) W_encᵀ + b_enc,   z = ReLU(TopK(pre)),   x̂ = Σ_i z_i f_i + b_dec,   ‖f_i‖ = 1
    """

    def __init__(self, settings: Settings, mean: Tensor) -> None:
        super().__init__()
        self.settings = settings
        directions = normalize(torch.randn(settings.d_sae, len(mean)), dim=1)
        self.W_dec = nn.Parameter(directions)  # [d_sae, d_in]
        self.W_enc = nn.Parameter(directions.clone())  # [d_sae, d_in], tied to W_dec at the start
        self.b_enc = nn.Parameter(torch.zeros(settings.d_sae))
        self.b_dec = nn.Parameter(mean.clone())  # [d_in]

    def forward(self, x: Tensor) -> Output:
        """One batch [batch, d_in] through the SAE."""
        pre = (x - self.b_dec) @ self.W_enc.T + self.b_enc
        z = top_k(pre, self.settings.k)
        return Output(x, pre, z, z @ self.W_dec + self.b_dec)

    def loss_terms(self, out: Output, dead: Tensor, p: float) -> dict[str, Tensor]:
        """The weighted terms of the loss by name; the loss is their sum. p = step / steps is the progress, from 0 to 1.

        L = mean ‖x − x̂‖²  +  aux_weight · mean ‖e − ê‖²,   e = x − x̂ constant, ê by the k_aux strongest dead latents
        """
        terms = {"reconstruction": (out.x - out.x_hat).pow(2).sum(1).mean()}
        if dead.any():
            e_hat = top_k(out.pre[:, dead], self.settings.k_aux) @ self.W_dec[dead]
            error = (out.x - out.x_hat).detach() - e_hat
            terms["aux_k"] = self.settings.aux_weight * error.pow(2).sum(1).mean()
        return terms

    def saved(self) -> dict[str, Tensor]:
        """The trained tensors, as the judge reads them (README.md)."""
        named = {name: tensor.detach() for name, tensor in self.named_parameters()}
        return {**named, "threshold": torch.zeros(self.settings.d_sae), "k": torch.tensor(self.settings.k)}


def learning_rate(settings: Settings, p: float) -> float:
    """Linear warm-up, flat, linear decay."""
    rise = (p + 1 / settings.steps) / settings.warmup if settings.warmup else 1.0
    fall = (1 - p) / settings.decay if settings.decay else 1.0
    return settings.lr * min(1.0, rise, fall)


def train(settings: Settings, data: Inputs) -> tuple[TopKSAE, dict]:
    """Train on the batches that data hands out; returns the SAE, and what was done (counted) with the loss curve."""
    torch.manual_seed(settings.seed)
    sae = TopKSAE(settings, data.mean)
    optimizer = torch.optim.Adam(sae.parameters())
    off_for = torch.zeros(settings.d_sae)  # steps since each latent was on
    done: dict = {"steps": 0, "inputs": 0}
    curve: dict[str, list[float]] = {}
    for step in range(settings.steps):
        p = step / settings.steps
        optimizer.param_groups[0]["lr"] = learning_rate(settings, p)
        out = sae(data.draw(settings.batch_size))
        off_for = (off_for + 1) * (out.z == 0).all(0)
        dead = off_for > settings.dead_after

        terms = sae.loss_terms(out, dead, p)
        loss = torch.stack(list(terms.values())).sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        with torch.no_grad():
            sae.W_dec.copy_(normalize(sae.W_dec, dim=1))
        done["steps"] += 1
        done["inputs"] += len(out.x)

        if step % settings.log_every == 0 or step == settings.steps - 1:
            point = {"step": step, "loss": loss.item(), "reconstruction": terms["reconstruction"].item()}
            point |= {"l0": (out.z > 0).sum(1).float().mean().item(), "dead": int(dead.sum())}
            for name, value in point.items():
                curve.setdefault(name, []).append(value)
    return sae, {**done, "loss_first": curve["loss"][0], "loss_last": curve["loss"][-1], "curve": curve}


def sized(given: argparse.Namespace) -> Settings:
    """The settings of a scale, with what the command line says in their place."""
    settings = replace(Settings(), **SCALES[given.scale], scale=given.scale, seed=given.seed)
    named = {name: value for name in ("d_sae", "k", "lr") if (value := getattr(given, name)) is not None}
    settings = replace(settings, **named)
    return replace(settings, steps=max(1, given.samples // settings.batch_size)) if given.samples else settings


def main() -> None:
    parser = argparse.ArgumentParser(description="Train a sparse autoencoder on synthetic features.")
    parser.add_argument("--out_dir", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=0)
    add_sizes(parser)
    given = parser.parse_args()
    settings, world = sized(given), chosen(given).world
    if settings.scale == SMALL:
        torch.set_num_threads(1)  # the matrices are small: more threads wait for one another
    elif torch.cuda.is_available():
        torch.set_default_device("cuda")
    began = time.monotonic()
    sae, training = train(settings, training_inputs(settings.seed, settings.scale, world))
    training["seconds"] = round(time.monotonic() - began, 2)
    distinct = INPUTS if settings.scale == SMALL else settings.training_inputs  # the benchmark's are drawn once each
    config = {**asdict(settings), "training_inputs": settings.training_inputs, "distinct_inputs": distinct}
    saved = {name: tensor.cpu() for name, tensor in sae.saved().items()}
    save_run(given.out_dir, saved, {**config, "world": world}, training)
    print(f"{training['steps']} steps, loss {training['loss_first']:.4g} to {training['loss_last']:.4g}")


if __name__ == "__main__":
    main()
