"""Train a sparse autoencoder (SAE) on the activations of a language model.

    python experiment.py --out_dir=run_1 --seed=0 [--scale=tiny|laptop|small|full] [--sae=topk]

Leaves in out_dir: final_info.json (settings, training, loss curve) and sae/ (the weights, as SAELens reads them).
Scores are computed afterwards by `python -m harness.evaluation`, in another process, from sae/ alone.
"""

from __future__ import annotations

import argparse
import logging
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import NamedTuple

import harness  # isort: skip  # noqa: F401 - before torch: it says how torch's threads wait
import torch
from torch import Tensor, nn

from harness.activations import load_activations
from harness.architectures import ARCHITECTURES
from harness.device import choose_device
from harness.optim import UnitNormAdam
from harness.pool import Pool
from harness.progress import track
from harness.sae import Codes, DeadLatents, aux_k_loss, decode, encode_top_k, mean_l0, unexplained, unit_norm_
from harness.saved import SavedSAE, save_run
from harness.scales import FULL, LAPTOP, SMALL, add_data_flags, add_size_flags, data_flags, size_flags
from harness.settings import check_settings, fit_precision
from harness.sweep import train_frontier

log = logging.getLogger("experiment")


@dataclass(frozen=True)
class Settings:
    """Every setting of a run. What is compared between runs (model, data, d_sae, k, tokens) should stay as it is."""

    scale: str = "tiny"
    sae: str = "topk"  # TopKSAE below, or one of harness/architectures/
    model: str = "labloop-gemma2-tiny"  # the frozen language model
    layer: int = 2  # the SAE reads the residual stream after this block
    site: str = "resid_post"  # or mlp: pairs of the block's MLP, which a transcoder reads; --sae decides it
    context: int = 128  # tokens in each text the model reads
    dataset: str = "wordnet"  # the text
    lm_dtype: str = "float32"  # the language model computes in it
    pool_tokens: int = 100_000  # distinct activations to draw batches from
    buffer_tokens: int = 0  # read while they are drawn, and mixed in a buffer of so many; 0: all on the disk first
    d_sae: int = 1024  # latents
    k: int = 16  # latents on for each token
    l0_sweep: tuple[int, ...] = ()  # k of each point of a frontier, k itself among them; () trains k alone
    steps: int = 400  # optimiser steps
    batch_size: int = 2048  # activations in a step
    precision: str = "float32"  # of the encoder's product; bfloat16 is faster, weights stay float32
    lr: float = 1e-2  # peak learning rate of Adam
    warmup: float = 0.1  # part of the run in which lr rises from 0
    decay: float = 0.2  # last part of the run in which lr falls to 0
    k_aux: int = 64  # dead latents that AuxK tries to revive at once
    aux_weight: float = 1 / 32  # weight of AuxK in the loss
    dead_after_tokens: int = 100_000  # a latent off for so many tokens is dead
    log_every: int = 10  # steps between points of the loss curve
    seed: int = 0  # of the initial weights and of the order of the batches

    @property
    def training_tokens(self) -> int:
        return self.steps * self.batch_size * max(1, len(self.l0_sweep))


SCALES = {
    "tiny": Settings(),
    "full": Settings(
        scale="full", d_sae=16_384, k=40, steps=2_441, precision="bfloat16", lr=2e-4, k_aux=512,
        dead_after_tokens=500_000, **FULL.data(),
    ),
    "laptop": Settings(
        scale="laptop", d_sae=4_096, k=32, steps=800, lr=2e-3, k_aux=256, dead_after_tokens=200_000,
        **LAPTOP.data(),
    ),
    "small": Settings(
        scale="small", d_sae=16_384, k=40, steps=2_441, lr=3e-4, k_aux=384, dead_after_tokens=500_000,
        **SMALL.data(),
    ),
}


class Output(NamedTuple):
    """One batch through the SAE."""

    x: Tensor  # [batch, d_in] what went in
    pre: Tensor  # [batch, d_sae] pre-activations
    codes: Codes  # indices and values [batch, k] of the latents that are on
    x_hat: Tensor  # [batch, d_in] what came out


class TopKSAE(nn.Module):
    """A TopK sparse autoencoder with unit-norm decoder rows f_i (Gao et al. 2024).

    pre = (x − b_dec) W_encᵀ + b_enc        [batch, d_sae]
    z   = ReLU(TopK(pre))                   k latents on for each input
    x̂   = Σ_i z_i f_i + b_dec               [batch, d_in],   f_i = W_dec[i],   ‖f_i‖ = 1
    """

    def __init__(self, d_in: int, settings: Settings, mean: Tensor) -> None:
        super().__init__()
        directions = torch.randn(settings.d_sae, d_in)
        unit_norm_(directions)
        self.settings = settings
        self.W_dec = nn.Parameter(directions)  # [d_sae, d_in]
        self.W_enc = nn.Parameter(directions.clone())  # [d_sae, d_in], tied to W_dec at the start
        self.b_enc = nn.Parameter(torch.zeros(settings.d_sae))
        self.b_dec = nn.Parameter(mean.clone())  # [d_in]
        # What a loss term must remember from step to step (a running average, a count) can be an attribute here.

    def forward(self, x: Tensor) -> Output:
        """One batch [batch, d_in] through the SAE."""
        pre, codes = encode_top_k(x, self, self.settings.k, self.settings.precision)
        return Output(x, pre, codes, decode(codes, self.W_dec) + self.b_dec)

    def loss_terms(self, out: Output, dead: Tensor, p: float) -> dict[str, Tensor]:
        """The weighted terms of the loss by name; the loss is their sum. p = step / steps is the progress, from 0 to 1.

        L = ‖x − x̂‖² / ‖x − x̄‖²  +  aux_weight · AuxK
        """
        aux_k = aux_k_loss(out.x, out.x_hat, self, dead, self.settings.k_aux)
        return {
            "reconstruction": unexplained(out.x, out.x_hat),
            "aux_k": self.settings.aux_weight * aux_k,
        }

    def saved(self) -> SavedSAE:
        """The trained tensors, as they are saved."""
        return SavedSAE.topk(self, self.settings.k)


def learning_rate(settings: Settings, p: float) -> float:
    """Linear warm-up, flat, linear decay."""
    rise = (p + 1 / settings.steps) / settings.warmup if settings.warmup else 1.0
    fall = (1 - p) / settings.decay if settings.decay else 1.0
    return settings.lr * min(1.0, rise, fall)


def train(settings: Settings, pool: Pool) -> tuple[nn.Module, dict[str, float], dict[str, list[float]]]:
    """Train on batches drawn from the pool; returns the SAE, what was done (counted), and the loss curve."""
    torch.manual_seed(settings.seed)
    kind = TopKSAE if settings.sae == "topk" else ARCHITECTURES[settings.sae]
    sae = kind(pool.d_in, settings, pool.mean.cpu()).to(pool.device)
    optimizer = UnitNormAdam(sae.parameters(), unit_rows=[sae.W_dec], max_grad_norm=1.0)
    dead_latents = DeadLatents(settings.d_sae, settings.dead_after_tokens, pool.device)
    done: dict[str, float] = {"steps": 0, "tokens": 0}
    curve: dict[str, list[float]] = {}
    started = time.monotonic()

    for step in track(range(settings.steps), "training"):
        p = step / settings.steps
        out = sae(pool.draw(settings.batch_size))
        dead_latents.update(out.codes)

        terms = sae.loss_terms(out, dead_latents.mask, p)
        loss = torch.stack(list(terms.values())).sum()
        loss.backward()
        optimizer.step(learning_rate(settings, p))
        done["steps"] += 1
        done["tokens"] += len(out.x)

        if step % settings.log_every == 0 or step == settings.steps - 1:
            point = {"step": step, "loss": loss.item(), "l0": mean_l0(out.codes)}
            point["dead"] = int(dead_latents.mask.sum())
            point["lr"] = learning_rate(settings, p)
            point["mse"] = (out.x - out.x_hat).pow(2).sum(1).mean().item()  # squared error of a token
            point |= {name: term.item() for name, term in terms.items()}
            for name, value in point.items():
                curve.setdefault(name, []).append(value)
            if step % 100 == 0 or step == settings.steps - 1:
                log.info(
                    "step %d of %d: loss %.4f, %d dead", step, settings.steps, point["loss"], point["dead"]
                )
    done["seconds"] = round(time.monotonic() - started, 2)
    return sae, done, curve


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out_dir", type=Path, required=True, help="folder for the results")
    parser.add_argument("--seed", type=int, default=0, help="initial weights and order of the batches")
    parser.add_argument("--scale", choices=SCALES, default="tiny", help="which model, and how large an SAE")
    parser.add_argument("--sae", choices=["topk", *ARCHITECTURES], default="topk")
    parser.add_argument("--device", default="auto", help="auto (a GPU where there is one), cpu, cuda:1, …")
    add_data_flags(parser)  # --model, --layer, …: what is read, instead of what the scale says
    add_size_flags(parser)  # --d_sae, --k, --steps, …
    given = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")  # to stderr
    scale = replace(SCALES[given.scale], sae=given.sae, seed=given.seed)
    settings = replace(scale, **data_flags(given), **size_flags(given, scale))
    check_settings(settings)
    device = choose_device(given.device)
    settings = fit_precision(settings, device)  # bfloat16 where it is fast, else float32

    activations = load_activations(
        model=settings.model,
        layer=settings.layer,
        tokens=settings.pool_tokens,
        split="train",
        context=settings.context,
        dataset=settings.dataset,
        dtype=settings.lm_dtype,
        device=str(device),
        buffer_tokens=settings.buffer_tokens,
        site=settings.site,
    )
    pool = Pool.of(activations, device)
    sae, training, curve = train(settings, pool)
    config = {**asdict(settings), "training_tokens": settings.training_tokens}
    train_frontier(given.out_dir, settings, lambda point: train(point, pool), pool.scale)
    save_run(given.out_dir, sae.saved().unscaled(pool.scale), config, training, curve)


if __name__ == "__main__":
    main()
