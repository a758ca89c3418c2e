"""Each SAE through the experiment's own loop."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
import torch

import experiment
from harness.architectures import ARCHITECTURES, SAES
from harness.architectures.autoencoder import Autoencoder, Output
from harness.architectures.gated import Gate
from harness.errors import SettingsError
from harness.pool import Pool
from harness.sae import mean_l0, unexplained, unit_norm_
from harness.saved import save_run

pytestmark = pytest.mark.slow

# Larger activations than the model's, relative to √d_in, and few steps: λ does not matter to what is shown here.
SMALL = experiment.Settings(d_sae=96, k=6, steps=80, batch_size=256, dead_after_tokens=2000)


def pool(tokens: int = 3000, d_in: int = 24) -> Pool:
    """Sums of five of eighty fixed directions, with mean length √d_in as in a run."""
    generator = torch.Generator().manual_seed(0)
    directions = torch.randn(80, d_in, generator=generator)
    unit_norm_(directions)
    on = torch.rand(tokens, 80, generator=generator).topk(5).indices
    strengths = 1 + torch.rand(tokens, 5, generator=generator)
    rows = torch.nn.functional.embedding_bag(on, directions, per_sample_weights=strengths, mode="sum")
    return Pool(rows.numpy(), rows.mean(0), d_in**0.5 / float(rows.norm(dim=1).mean()), torch.device("cpu"))


@pytest.mark.parametrize("kind", SAES)
def test_it_learns(kind: str) -> None:
    """Reconstruction gets far better than at the start, latents are sparse, and decoder rows stay on the sphere."""
    data = pool()
    sae, done, curve = experiment.train(replace(SMALL, sae=kind), data)
    assert done["steps"] == SMALL.steps
    assert curve["reconstruction"][-1] < 0.6 * curve["reconstruction"][0]
    assert 0 < curve["l0"][-1] < 96 / 2
    assert torch.allclose(sae.W_dec.norm(dim=1), torch.ones(96), atol=1e-5)
    sae.saved().unscaled(data.scale).check()


@pytest.mark.parametrize("kind", SAES)
def test_bfloat16_is_computed_and_learns_the_same(kind: str) -> None:
    """With precision bfloat16 both products are made in it (they differ from float32's, by its rounding), codes, weights
    and gradients are float32 and near those of float32, and a run ends near where float32's ends."""
    data = pool()
    torch.manual_seed(3)
    x, ends, steps = data.draw(256), {}, {}
    for precision in ("float32", "bfloat16"):
        settings = replace(SMALL, sae=kind, precision=precision, aux_weight=0.0)
        torch.manual_seed(0)
        sae = ARCHITECTURES[kind](data.d_in, settings, data.mean)
        out = sae(x)
        sum(sae.loss_terms(out, torch.zeros(96, dtype=torch.bool), 1.0).values()).backward()
        steps[precision] = [out.x_hat.detach(), *(p.grad for _, p in sorted(sae.named_parameters()))]
        assert {tensor.dtype for tensor in (out.pre, out.codes, *steps[precision])} == {torch.float32}
        with torch.no_grad():
            products = {
                "encoder": (out.pre, (x - sae.b_dec) @ sae.W_enc.T + sae.b_enc),
                "decoder": (out.x_hat, out.codes @ sae.W_dec + sae.b_dec),
            }
        for name, (made, plain) in products.items():
            far = ((made - plain).norm() / plain.norm()).item()
            assert (1e-4 < far < 1e-2) if precision == "bfloat16" else far < 1e-5, name
        ends[precision] = experiment.train(settings, data)[2]
    for rounded, exact in zip(steps["bfloat16"], steps["float32"], strict=True):
        assert (rounded - exact).norm() < 0.1 * exact.norm()  # a latent near its threshold goes on or off
    for name, within in (("reconstruction", 0.05), ("l0", 0.1)):
        assert ends["bfloat16"][name][-1] == pytest.approx(ends["float32"][name][-1], rel=within)


def test_jumprelu_comes_to_k() -> None:
    """With its default penalty L0 ends near k from far above it."""
    _, _, curve = experiment.train(replace(SMALL, sae="jumprelu", steps=200), pool())
    assert curve["l0"][0] > 2 * SMALL.k
    assert abs(curve["l0"][-1] - SMALL.k) < 0.35 * SMALL.k


def test_batch_topk_keeps_to_k_once_trained() -> None:
    """With the threshold in place of the batch's choice, about k latents are on for inputs of the same kind."""
    data = pool()
    sae, _, _ = experiment.train(replace(SMALL, sae="batch_topk"), data)
    with torch.no_grad():
        l0 = mean_l0(sae.eval()(data.draw(2000)).codes)
    assert abs(l0 - SMALL.k) < 0.15 * SMALL.k


def test_auxk_brings_latents_of_batch_topk_back() -> None:
    """AuxK acts within the run: with it, fewer latents are dead at the end than without."""
    dead = {}
    for weight in (0.0, 1 / 4):
        settings = replace(
            SMALL, sae="batch_topk", k=1, steps=150, lr=3e-2, dead_after_tokens=1000, k_aux=32, aux_weight=weight
        )
        _, _, curve = experiment.train(settings, pool())
        dead[weight] = curve["dead"][-1]
    assert dead[0.0] > 10
    assert dead[1 / 4] < dead[0.0] / 2


class PlainReLU(Autoencoder):
    """An SAE as docs/architectures.md says to add one, with no settings of its own."""

    def forward(self, x: torch.Tensor) -> Output:
        pre = self.pre_activations(x)
        return Output(x, pre, pre.relu(), self.decode(pre.relu()))

    def loss_terms(self, out: Any, dead: Any, p: Any) -> dict[str, Any]:
        return {"reconstruction": unexplained(out.x, out.x_hat)}

    def saved(self) -> Any:
        return self.as_saved("standard", {"b_enc": self.b_enc})


def test_a_kind_without_settings_of_its_own_is_trained_and_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Trained by the loop and written to the end: the config holds the settings of all runs and no more."""
    monkeypatch.setitem(ARCHITECTURES, "plain", PlainReLU)
    settings = replace(SMALL, sae="plain", steps=3)
    sae, done, curve = experiment.train(settings, pool())
    save_run(tmp_path, sae.saved(), asdict(settings), done, curve)
    written = json.loads((tmp_path / "final_info.json").read_text())["config"]
    assert written == json.loads(json.dumps(asdict(settings))), "JSON has lists in place of tuples"


@pytest.mark.parametrize("hyperparameters", [{"l1_weight": 2.0}, Gate])
def test_settings_that_could_not_be_saved_are_refused_before_training(hyperparameters: Any) -> None:
    """A table, or the dataclass itself in place of one of its objects."""
    with pytest.raises(SettingsError, match="give an instance of a frozen dataclass"):
        PlainReLU(24, SMALL, torch.zeros(24), hyperparameters)


@pytest.mark.process
def test_the_command_knows_every_kind() -> None:
    """`python experiment.py --help` lists them all."""
    done = subprocess.run(
        [sys.executable, "experiment.py", "--help"],
        capture_output=True,
        text=True,
        check=True,
        cwd=experiment.__file__.rpartition("/")[0],
    )
    for kind in ("topk", *ARCHITECTURES):
        assert kind in done.stdout
