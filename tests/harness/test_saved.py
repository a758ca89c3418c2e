"""The files a run leaves: final_info.json, and an SAE that SAELens' own loader reads."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from harness.architectures import SAES
from harness.errors import SettingsError
from harness.sae import Codes, decode, top_k, unit_norm_
from harness.saved import SavedSAE, save_run, save_sae, write_json

D_IN, D_SAE, K = 12, 40, 5
CONFIG = {"k": K, "d_sae": D_SAE, "model": "labloop-gemma2-tiny", "layer": 2, "context": 128}


def random_sae(seed: int = 0) -> SimpleNamespace:
    torch.manual_seed(seed)
    directions = torch.randn(D_SAE, D_IN)
    unit_norm_(directions)
    return SimpleNamespace(
        W_enc=directions + 0.1 * torch.randn(D_SAE, D_IN),
        b_enc=0.1 * torch.randn(D_SAE),
        W_dec=directions,
        b_dec=torch.randn(D_IN),
    )


def encode(x: torch.Tensor, sae: Any) -> Codes:
    return top_k((x - sae.b_dec) @ sae.W_enc.T + sae.b_enc, K)


def test_unscaled_tensors_do_on_x_what_the_trained_ones_do_on_scaled_x() -> None:
    """Folding the input's scale into the biases changes no reconstruction and no choice of latents."""
    sae, scale = random_sae(), 0.37
    x = torch.randn(25, D_IN)
    codes = encode(x * scale, sae)
    tensors = SavedSAE.topk(sae, K).unscaled(scale).tensors
    folded = SimpleNamespace(**{**tensors, "W_enc": tensors["W_enc"].T})
    folded_codes = encode(x, folded)
    assert torch.equal(codes.indices.sort().values, folded_codes.indices.sort().values)
    x_hat = decode(codes, sae.W_dec) + sae.b_dec
    assert torch.allclose(x_hat / scale, decode(folded_codes, folded.W_dec) + folded.b_dec, atol=1e-5)


@pytest.mark.slow
def test_saelens_loads_the_file_and_computes_the_same(tmp_path: Path) -> None:
    """SAELens' own loader gives a TopK SAE with our k and metadata, whose encode and decode equal ours."""
    import beartype  # noqa: F401  (before nnsight, which other tests import)
    from sae_lens import SAE

    sae = random_sae()
    save_sae(tmp_path / "sae", SavedSAE.topk(sae, K), CONFIG)
    loaded = SAE.load_from_disk(str(tmp_path / "sae"))
    x = torch.randn(40, D_IN) * 3
    codes = encode(x, sae)
    dense = torch.zeros(40, D_SAE).scatter_(1, codes.indices, codes.values)
    encoded = loaded.encode(x)
    assert loaded.cfg.k == K
    assert loaded.cfg.metadata.hook_name == "blocks.2.hook_resid_post"
    assert torch.allclose(encoded, dense, atol=1e-5)
    assert torch.allclose(loaded.decode(encoded), dense @ sae.W_dec + sae.b_dec, atol=1e-5)


@pytest.mark.process
@pytest.mark.parametrize("kind", SAES)
def test_saelens_computes_what_was_trained(tmp_path: Path, kind: str) -> None:
    """Each architecture, trained on scaled inputs and saved for plain ones, is loaded by SAELens with the same codes."""
    import beartype  # noqa: F401  (before nnsight, which other tests import)
    from sae_lens import SAE

    settings = SimpleNamespace(
        d_sae=D_SAE, k=K, k_aux=8, aux_weight=1 / 32, steps=10, batch_size=64, precision="float32"
    )
    torch.manual_seed(0)
    scale, x = 0.37, 3 * torch.randn(64, D_IN)
    sae = SAES[kind](D_IN, settings, torch.randn(D_IN))
    with torch.no_grad():
        for parameter in sae.parameters():
            parameter.add_(0.3 * torch.randn_like(parameter))
        unit_norm_(sae.W_dec)
    sae(x * scale)  # BatchTopK takes its threshold from what it sees
    out = sae.eval()(x * scale)
    assert 0.02 < (out.codes > 0).float().mean() < 0.98
    save_sae(tmp_path / "sae", sae.saved().unscaled(scale), CONFIG)
    loaded = SAE.load_from_disk(str(tmp_path / "sae"))
    encoded = loaded.encode(x)
    assert torch.allclose(encoded, out.codes / scale, atol=1e-4)
    assert torch.allclose(loaded.decode(encoded), out.x_hat / scale, atol=1e-4)
    assert loaded.cfg.metadata.model_name == CONFIG["model"]


@pytest.mark.parametrize(
    ("kind", "architecture", "its_own"),
    [
        ("relu", "standard", "l1_weight"),
        ("batch_topk", "jumprelu", "threshold_rate"),
        ("jumprelu", "jumprelu", "bandwidth"),
        ("gated", "gated", "via_gate_weight"),
        ("matryoshka", "jumprelu", "threshold_rate"),
        ("ortsae", "jumprelu", "every"),
    ],
)
def test_a_run_records_the_hyperparameters_that_only_its_sae_has(
    tmp_path: Path, kind: str, architecture: str, its_own: str
) -> None:
    """config in final_info.json holds them beside the run's settings, and cfg.json SAELens' name."""
    settings = SimpleNamespace(
        d_sae=D_SAE, k=K, k_aux=8, aux_weight=1 / 32, steps=10, batch_size=64, precision="float32"
    )
    sae = SAES[kind](D_IN, settings, torch.zeros(D_IN))
    save_run(tmp_path, sae.saved(), CONFIG, {"steps": 1}, {"step": [0], "loss": [1.0]})
    config = json.loads((tmp_path / "final_info.json").read_text())["config"]
    assert config[its_own] == getattr(sae.hyperparameters, its_own)
    assert config["k"] == K
    assert json.loads((tmp_path / "sae" / "cfg.json").read_text())["architecture"] == architecture


def broken(change: Any) -> SavedSAE:
    """A good SAE with one thing changed."""
    good = SavedSAE.topk(random_sae(), K)
    return change(good)


def with_tensor(name: Any, change: Any) -> Any:
    return lambda good: replace(good, tensors={**good.tensors, name: change(good.tensors[name].clone())})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda good: replace(good, fields={"k": D_SAE + 1}), "k is 41: .* from 1 to d_sae = 40"),
        (lambda good: replace(good, fields={"k": 0}), "k is 0"),
        (lambda good: replace(good, fields={"k": 5.0}), "k is 5.0"),
        (lambda good: replace(good, fields={}), "k is None"),
        (lambda good: replace(good, architecture="cubic"), "'cubic' is none of topk, .*harness.exported"),
        (with_tensor("b_enc", lambda t: t.fill_(float("nan"))), "b_enc has 40 values that are NaN"),
        (with_tensor("W_dec", lambda t: t.index_fill_(0, torch.tensor([1]), float("inf"))), "W_dec has 12 values"),
        (with_tensor("W_dec", lambda t: t.T), "W_dec has shape .*, not .40, 12."),
        (with_tensor("W_enc", lambda t: t[0]), "W_enc has shape"),
        (lambda good: replace(good, tensors={k: v for k, v in good.tensors.items() if k != "b_dec"}), "b_dec"),
        (lambda good: replace(good, tensors={**good.tensors, "threshold": good.tensors["b_enc"]}), "threshold"),
    ],
)
def test_an_sae_that_makes_no_sense_is_refused_before_anything_is_written(
    tmp_path: Path, change: Any, message: str
) -> None:
    """k beyond d_sae, a tensor that is missing, misshapen or not finite: an error that names it, and no file."""
    with pytest.raises(SettingsError, match=message):
        save_run(tmp_path / "run", broken(change), CONFIG, {"steps": 1}, {"step": [0], "loss": [1.0]})
    assert not (tmp_path / "run").exists()


def test_a_negative_threshold_is_refused(tmp_path: Path) -> None:
    """A JumpReLU latent that could be on with a negative value is no latent."""
    tensors = {**SavedSAE.topk(random_sae(), K).tensors, "threshold": torch.full((D_SAE,), -0.1)}
    with pytest.raises(SettingsError, match="threshold has values below 0"):
        save_sae(tmp_path / "sae", SavedSAE("jumprelu", tensors), CONFIG)


def test_a_hyperparameter_must_not_contradict_a_setting(tmp_path: Path) -> None:
    """One name with two values in the run's config would make the record wrong."""
    sae = replace(SavedSAE.topk(random_sae(), K), hyperparameters={"k": K + 1})
    with pytest.raises(SettingsError, match="k is 5 in the settings and 6"):
        save_run(tmp_path / "run", sae, CONFIG, {"steps": 1}, {"step": [0], "loss": [1.0]})
    assert not (tmp_path / "run").exists()


def test_save_run_leaves_the_contracts_file(tmp_path: Path) -> None:
    """final_info.json has format, config, training with first and last loss and the curve, and metrics still empty."""
    curve: dict[str, list[float]] = {"step": [0, 10], "loss": [1.0, 0.5]}
    training = {"steps": 11, "tokens": 110, "seconds": 0.1}
    save_run(tmp_path, SavedSAE.topk(random_sae(), K), CONFIG, training, curve)
    info = json.loads((tmp_path / "final_info.json").read_text())
    assert info["format"] == 1
    assert info["metrics"] == {}
    assert info["config"] == CONFIG
    assert info["training"]["loss_first"] == 1.0
    assert info["training"]["loss_last"] == 0.5
    assert info["training"]["curve"] == curve
    assert {path.name for path in (tmp_path / "sae").iterdir()} == {"cfg.json", "sae_weights.safetensors"}


def test_a_loss_that_is_not_a_number_is_an_error_that_says_where(tmp_path: Path) -> None:
    """A diverged run writes no final_info.json, and the message names the quantity and the step."""
    curve: dict[str, list[float]] = {"step": [0, 10, 20], "loss": [1.0, float("nan"), float("nan")]}
    with pytest.raises(SettingsError, match="loss is nan at step 10"):
        save_run(tmp_path, SavedSAE.topk(random_sae(), K), CONFIG, {"steps": 21}, curve)
    assert not (tmp_path / "final_info.json").exists()


def test_json_is_strict_and_whole(tmp_path: Path) -> None:
    """NaN is refused, and a failed write leaves the file that was there."""
    path = tmp_path / "out.json"
    write_json(path, {"a": 1})
    with pytest.raises(ValueError):
        write_json(path, {"a": float("inf")})
    assert json.loads(path.read_text()) == {"a": 1}
