"""Transcoders against their equations, and a step number for number against SAELens' own classes."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import Tensor

from harness.architectures.transcoder import SkipTranscoder, Transcoder
from harness.errors import SettingsError
from harness.saved import SavedSAE, save_sae
from harness.site import PairScale
from tests.harness.architectures.small import BATCH, D_IN, D_SAE, SETTINGS, K, batch, no_dead, small, spread

HALF = D_IN // 2
CONFIG = {"model": "m", "layer": 3, "site": "mlp", "context": 8}
KINDS = pytest.mark.parametrize("kind", [Transcoder, SkipTranscoder])


def predicted(sae: Any, x: Tensor, on: Tensor) -> Tensor:
    """ŷ by one product for each latent: of those that are `on` [batch, d_sae]."""
    out = sae.b_dec.repeat(len(x), 1)
    for row in range(len(x)):
        for latent in range(D_SAE):
            if on[row, latent]:
                pre = x[row] @ sae.W_enc[latent] + sae.b_enc[latent]
                out[row] = out[row] + pre * sae.W_dec[latent]
        if hasattr(sae, "W_skip"):
            out[row] = out[row] + sae.W_skip @ x[row]
    return out


@KINDS
def test_what_is_predicted_is_the_second_half_of_a_pair(kind: Any) -> None:
    """k · batch latents of the whole batch are on, they read x alone, and ŷ is held against y."""
    sae, rows = small(kind), batch()
    out = sae(rows)
    assert torch.equal(out.given, rows[:, :HALF]) and torch.equal(out.x, rows[:, HALF:])
    assert (out.codes > 0).sum() == K * BATCH
    assert torch.allclose(out.x_hat, predicted(sae, out.given, out.codes > 0))
    term = sae.loss_terms(out, no_dead(), 0.0)["reconstruction"]
    assert torch.allclose(term, (out.x - out.x_hat).pow(2).sum(1).mean() / spread(out.x))
    elsewhere = rows.clone()
    elsewhere[:, HALF:] += 5.0
    assert torch.equal(sae(elsewhere).codes, out.codes)
    assert sae.eval()(rows).codes.min() == 0 and sae.threshold > 0


@KINDS
def test_dead_latents_learn_what_the_others_leave_over(kind: Any) -> None:
    """AuxK: the strongest dead latents, encoded from x without b_dec, predict y − ŷ; encoder and decoder rows of others get no gradient."""
    torch.manual_seed(0)
    sae = small(kind).float()  # TopK of the dead ones is the fast encoder's, in float32
    rows, dead = batch().float(), torch.arange(D_SAE) < 3 * SETTINGS.k_aux
    out = sae(rows)
    sae.zero_grad()
    term = sae.loss_terms(out, dead, 0.0)["aux_k"]
    pre = (out.given @ sae.W_enc.T + sae.b_enc)[:, dead]
    strongest = pre.topk(SETTINGS.k_aux, dim=1)
    error = (out.x - out.x_hat).detach()
    rebuilt = torch.zeros_like(pre).scatter(1, strongest.indices, strongest.values.relu()) @ sae.W_dec[dead]
    plain = SETTINGS.aux_weight * (error - rebuilt).pow(2).sum() / error.pow(2).sum()
    assert torch.allclose(term, plain, rtol=1e-5)
    term.backward()
    assert sae.W_enc.grad[dead].any() and not sae.W_enc.grad[~dead].any() and not sae.W_dec.grad[~dead].any()


@KINDS
def test_the_start_predicts_the_mean(kind: Any) -> None:
    """Rows of length 1, encoder and decoder apart; at x̄ every pre-activation is 0, so that the prediction is ȳ."""
    torch.manual_seed(0)
    mean = torch.randn(D_IN)
    sae = kind(D_IN, SETTINGS, mean)
    for rows in (sae.W_enc, sae.W_dec):
        assert torch.allclose(rows.norm(dim=1), torch.ones(D_SAE), atol=1e-6)
    assert (sae.W_enc * sae.W_dec).sum(1).abs().mean() < 0.6, "not tied, as an SAE's are"
    assert torch.allclose(sae.pre_activations(mean[None, :HALF]), torch.zeros(1, D_SAE), atol=1e-5)
    assert torch.equal(sae.b_dec, mean[HALF:])
    with pytest.raises(SettingsError, match="a row of 7 numbers is no pair"):
        kind(7, SETTINGS, torch.zeros(7))


@KINDS
def test_what_is_saved_is_for_pairs_as_they_are(kind: Any) -> None:
    """Trained on (s_x x, s_y y): saved tensors predict y from x, with decoder rows of length 1 and the same latents on."""
    sae, rows, scale = small(kind), batch(), PairScale(0.4, 2.5)
    factor = torch.tensor(scale).repeat_interleave(HALF).double()
    sae(rows * factor)
    out = sae.eval()(rows * factor)
    saved = sae.saved().unscaled(scale)
    saved.check()
    pre = rows[:, :HALF] @ saved.tensors["W_enc"] + saved.tensors["b_enc"]
    codes = pre.relu() * (pre > saved.tensors["threshold"])
    skipped = rows[:, :HALF] @ saved.tensors["W_skip"].T if kind is SkipTranscoder else 0
    assert 0 < (codes > 0).sum() < codes.numel() / 2
    assert torch.allclose(codes, out.codes / 2.5)
    assert torch.allclose(codes @ saved.tensors["W_dec"] + saved.tensors["b_dec"] + skipped, out.x_hat / 2.5)
    assert torch.equal(saved.tensors["W_dec"], sae.W_dec)
    with pytest.raises(SettingsError, match=r"2\.5 is no scale of pairs"):
        sae.saved().unscaled(2.5)


def test_a_saved_one_of_another_shape_is_refused() -> None:
    """W_skip of the wrong size, a threshold below 0, no θ at all."""
    good = small(SkipTranscoder).saved()
    for change, message in (
        ({"W_skip": torch.zeros(HALF, HALF + 1)}, "W_skip has shape"),
        ({"threshold": torch.full((D_SAE,), -1.0)}, "values below 0"),
    ):
        with pytest.raises(SettingsError, match=message):
            type(good)(good.architecture, {**good.tensors, **change}).check()
    with pytest.raises(SettingsError, match="has the tensors"):
        SavedSAE("jumprelu_transcoder", {n: t for n, t in good.tensors.items() if n != "threshold"}).check()


@pytest.mark.slow
@KINDS
def test_a_step_is_saelens_own(kind: Any, tmp_path: Any) -> None:
    """SAELens' transcoder with JumpReLU, loaded from what we save, gives the same to the last digit; and with its own forward pass
    the loss, all gradients and every parameter after a step of Adam are ours."""
    from sae_lens import SAE

    from tests.harness.architectures.test_against_saelens import compare

    sae, rows = small(kind), batch()
    x, y = rows[:, :HALF], rows[:, HALF:]
    out = sae(rows)  # θ becomes the weakest latent that is on, so that JumpReLU at a hair below it takes the same
    save_sae(tmp_path, sae.saved(), CONFIG)
    theirs = SAE.load_from_disk(str(tmp_path), dtype="float64")
    assert type(theirs).__name__ == ("JumpReLUSkipTranscoder" if kind is SkipTranscoder else "JumpReLUTranscoder")
    assert theirs.cfg.metadata.hook_name == "blocks.3.mlp.hook_in"
    assert theirs.cfg.metadata.hook_name_out == "blocks.3.hook_mlp_out"
    saved = sae.float().saved().tensors
    assert all(torch.equal(getattr(theirs, name).float(), tensor) for name, tensor in saved.items())
    sae.double()
    sae = small(kind)
    with torch.no_grad():
        for name, value in sae.named_parameters():
            getattr(theirs, name).copy_(value.T if name == "W_enc" else value)
        theirs.threshold.fill_(out.codes[out.codes > 0].min() - 1e-9)
    loss = (y - theirs(x)).pow(2).sum() / (y - y.mean(0)).pow(2).sum()
    loss.backward()
    gradients = {name: getattr(theirs, name).grad for name, _ in sae.named_parameters()}
    gradients["W_enc"] = gradients["W_enc"].T
    compare(sae, rows, no_dead(), 0.0, SimpleNamespace(loss=loss, gradients=gradients))
