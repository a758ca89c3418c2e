"""The template's experiment: what it leaves, that it learns, and that the shipped idea fits into it at its price."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

import experiment
from harness.coactivation import CoactivationEMA, coactivation_counts
from harness.pairs import pair_penalty
from harness.pool import Pool
from harness.sae import unit_norm_

REPOSITORY = Path(__file__).resolve().parents[1]
SMALL = experiment.Settings(d_sae=96, k=6, steps=60, batch_size=256, dead_after_tokens=2000)


def synthetic_pool(tokens: int = 4000, d_in: int = 24) -> Pool:
    """Sums of five of eighty fixed directions: something that an SAE can learn."""
    torch.manual_seed(0)
    directions = torch.randn(80, d_in)
    unit_norm_(directions)
    chosen = torch.stack([torch.randperm(80)[:5] for _ in range(tokens)])
    rows = torch.nn.functional.embedding_bag(
        chosen, directions, per_sample_weights=1 + torch.rand(tokens, 5), mode="sum"
    )
    return pool_of(rows)


def pool_of(rows: torch.Tensor) -> Pool:
    return Pool(rows.numpy(), rows.mean(0), scale=1.0, device=torch.device("cpu"))


def test_training_learns_and_counts_what_it_did() -> None:
    """The loss falls far below its start, every step and token is counted, and decoder rows stay on the sphere."""
    sae, done, curve = experiment.train(SMALL, synthetic_pool())
    assert curve["loss"][-1] < 0.6 * curve["loss"][0]
    assert done["steps"] == SMALL.steps
    assert done["tokens"] == SMALL.training_tokens == SMALL.steps * SMALL.batch_size
    assert torch.allclose(sae.W_dec.norm(dim=1), torch.ones(96), atol=1e-5)
    assert len({len(values) for values in curve.values()}) == 1
    assert curve["step"][0] == 0
    assert curve["step"][-1] == SMALL.steps - 1


def test_a_seed_gives_the_same_run_and_another_seed_another() -> None:
    """Two runs with one seed agree to the last bit; a second seed differs, so that noise can be measured."""
    pool = synthetic_pool(1500)
    first, again, other = (experiment.train(replace(SMALL, steps=12, seed=seed), pool)[0] for seed in (0, 0, 1))
    assert torch.equal(first.W_dec, again.W_dec)
    assert not torch.equal(first.W_dec, other.W_dec)


def test_the_fast_encoder_is_the_equation() -> None:
    """forward()'s product-saving form equals (x − b_dec) W_encᵀ + b_enc, and its output the decoder's equation."""
    sae = experiment.TopKSAE(24, SMALL, mean=torch.randn(24))
    with torch.no_grad():
        sae.b_enc += torch.randn(96)
    x = torch.randn(10, 24)
    out = sae(x)
    assert torch.allclose(out.pre, (x - sae.b_dec) @ sae.W_enc.T + sae.b_enc, atol=1e-5)
    dense = torch.zeros(10, 96).scatter_(1, out.codes.indices, out.codes.values)
    assert torch.allclose(out.x_hat, dense @ sae.W_dec + sae.b_dec, atol=1e-5)
    assert (dense > 0).sum(1).max() <= SMALL.k


@pytest.mark.parametrize("scale", experiment.SCALES)
def test_aux_k_can_fire_within_the_run(scale: str) -> None:
    """The dead threshold is far shorter than the run (in some public trainers it is longer, and AuxK never fires)."""
    settings = experiment.SCALES[scale]
    assert settings.dead_after_tokens < settings.training_tokens / 4


@pytest.mark.process
def test_dead_latents_come_back() -> None:
    """Latents that start dead are revived by AuxK within the run, and are not without it."""
    pool = synthetic_pool()

    def dead_at_the_end(aux_weight: float) -> int:
        settings = replace(SMALL, steps=150, dead_after_tokens=1000, k_aux=32, aux_weight=aux_weight)
        original = experiment.TopKSAE.__init__

        def born_dead(self: Any, *arguments: Any, **named: Any) -> None:
            original(self, *arguments, **named)
            self.b_enc.data[:30] = -3.0

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(experiment.TopKSAE, "__init__", born_dead)
            return int(experiment.train(settings, pool)[2]["dead"][-1])

    without = dead_at_the_end(0.0)
    assert without >= 20
    assert dead_at_the_end(1.0) <= without - 10


def test_the_learning_rate_rises_stays_and_falls() -> None:
    """Warm-up from near 0, flat at the peak, down to near 0; never above the peak."""
    settings = experiment.Settings()
    rates = [experiment.learning_rate(settings, step / settings.steps) for step in range(settings.steps)]
    assert rates[0] < 0.05 * settings.lr
    assert rates[settings.steps // 2] == settings.lr == max(rates)
    assert 0 < rates[-1] < 0.05 * settings.lr


def progressive(
    sae: Any, out: experiment.Output, p: float, together: CoactivationEMA, peak: float, base: float
) -> torch.Tensor:
    """The shipped idea: λ2(p) Σ c_ij(p) |f_iᵀf_j|, c_ij = clamp((n_ij − t(p)) / t(p), 0, 1), t(p) = base (1 − p)."""
    together.update(out.codes)
    threshold = base * (1 - p)
    n = together.normalised()
    c = ((n.values - threshold) / threshold).clamp(0, 1)
    return peak * (1 - p) ** 2 * pair_penalty(sae.W_dec, n.with_values(c))


def train_with_the_idea(
    settings: experiment.Settings, pool: Pool, peak: float
) -> tuple[Any, dict[str, float], dict[str, list[float]]]:
    """The experiment with one more loss term, put where a coder would put it."""
    together = CoactivationEMA(settings.d_sae)
    plain = experiment.TopKSAE.loss_terms

    def with_penalty(sae: Any, out: experiment.Output, dead: torch.Tensor, p: float) -> dict[str, torch.Tensor]:
        return {**plain(sae, out, dead, p), "orthogonality": progressive(sae, out, p, together, peak, 0.1)}

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(experiment.TopKSAE, "loss_terms", with_penalty)
        return experiment.train(settings, pool)


def test_the_idea_separates_coactive_features_and_is_logged() -> None:
    """Progressive orthogonality lowers the cosine of latents that are on together, and its term is in the loss curve."""
    pool = synthetic_pool()

    def coactive_cosine(sae: Any) -> float:
        counts = coactivation_counts(sae(pool.draw(2000)).codes, SMALL.d_sae).fill_diagonal_(0)
        return float((counts * (sae.W_dec @ sae.W_dec.T).abs()).sum().detach() / counts.sum())

    baseline, _, _ = experiment.train(SMALL, pool)
    separated, _, curve = train_with_the_idea(SMALL, pool, peak=1.0)
    assert coactive_cosine(separated) < 0.8 * coactive_cosine(baseline)
    assert curve["orthogonality"][1] > curve["orthogonality"][-1] > 0


@pytest.mark.slow
def test_the_command_leaves_what_the_contract_names(tmp_path: Path) -> None:
    """`python experiment.py --out_dir=run_1 --seed=3`, with settings made small, leaves final_info.json and sae/."""
    source = (REPOSITORY / "experiment.py").read_text()
    small = {"pool_tokens: int = 100_000": "pool_tokens: int = 600", "steps: int = 400": "steps: int = 12"}
    for old, new in small.items():
        assert old in source
        source = source.replace(old, new)
    (tmp_path / "experiment.py").write_text(source)
    env = {"PYTHONPATH": str(REPOSITORY), "LABLOOP_CACHE": str(tmp_path / "cache"), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "experiment.py", "--out_dir=run_1", "--seed=3"]
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "step 11 of 12" in done.stderr
    info = json.loads((tmp_path / "run_1" / "final_info.json").read_text())
    assert info["config"]["seed"] == 3
    assert info["training"]["tokens"] == info["config"]["training_tokens"] == 12 * 2048
    assert info["training"]["loss_last"] < info["training"]["loss_first"]
    assert info["metrics"] == {}
    assert (tmp_path / "run_1" / "sae" / "sae_weights.safetensors").stat().st_size > 1_000_000


def test_the_file_stays_short_enough_to_be_read_at_every_turn() -> None:
    """A model reads experiment.py and harness/README.md at each turn: 300 lines and 760 tokens are the limits."""
    assert len((REPOSITORY / "experiment.py").read_text().splitlines()) <= 300
    assert len((REPOSITORY / "harness" / "README.md").read_text()) / 3.5 < 760


def test_threads_wait_without_spinning_however_it_is_started() -> None:
    """Imported with no variable set, as a person types it, the policy stands before torch is loaded: 5 times faster on busy cores."""
    program = """
import os, sys
class Watch:
    def find_spec(self, name, path=None, target=None):
        if name == "torch":
            print(os.environ.get("OMP_WAIT_POLICY"))
            sys.exit()
sys.meta_path.insert(0, Watch())
import experiment
"""
    env = {"PYTHONPATH": str(REPOSITORY)}
    done = subprocess.run([sys.executable, "-c", program], env=env, capture_output=True, text=True, check=False)
    assert done.stdout == "PASSIVE\n", done.stderr
