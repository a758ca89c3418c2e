"""Controls of the synthetic template: an SAE as training begins, and one whose decoder is left as it was drawn."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import torch
from judge import controls
from judge.world import D_IN


def made(control: str = "", **more: Any) -> tuple[Any, dict[str, Any]]:
    """The SAE that the template trains, or that this control makes of it, in a few steps."""
    experiment = controls.load_experiment(controls.TEMPLATE)
    if control:
        controls.CONTROLS[control](experiment)
    torch.manual_seed(3)
    rows = torch.randn(800, D_IN)
    data = SimpleNamespace(mean=rows.mean(0), draw=lambda count: rows[torch.randint(800, (count,))])
    return experiment.train(experiment.Settings(steps=8, batch_size=64, **more), data)  # type: ignore[no-any-return]


def test_an_untrained_sae_takes_no_step() -> None:
    """Encoder and decoder are tied as they were drawn, and what was done says so."""
    sae, done = made("untrained")
    assert torch.equal(sae.W_enc, sae.W_dec) and done["steps"] == 0 and done["loss_first"] == done["loss_last"]


def test_a_frozen_decoder_keeps_its_rows_while_the_rest_is_trained() -> None:
    """The rows are the untrained SAE's up to the norm's rounding; the template's own decoder moves."""
    sae, done = made("frozen_decoder")
    begun = made("untrained")[0]
    assert torch.allclose(sae.W_dec, begun.W_dec, atol=1e-6) and done["steps"] == 8
    assert not torch.allclose(sae.W_enc, begun.W_enc, atol=1e-4)
    assert not torch.allclose(made()[0].W_dec, begun.W_dec, atol=1e-4)
