"""Controls of the SAE template: what they leave untouched, what they train, and that the evaluator takes them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from harness import controls
from harness.errors import HarnessError
from harness.pool import Pool
from harness.saved import save_run

pytestmark = pytest.mark.slow


def pool() -> Pool:
    torch.manual_seed(3)
    rows = torch.randn(600, 24)
    return Pool(rows.numpy(), rows.mean(0), scale=1.0, device=torch.device("cpu"))


def made(control: str = "", **more: Any) -> tuple[Any, dict[str, float], dict[str, list[float]]]:
    """The SAE that the template trains, or that this control makes of it, at a small size."""
    experiment = controls.load_experiment(controls.TEMPLATE)
    if control:
        controls.CONTROLS[control](experiment)
    settings = experiment.Settings(d_sae=48, k=4, steps=12, batch_size=128, dead_after_tokens=500, **more)
    return experiment.train(settings, pool())


def test_an_untrained_sae_is_the_one_that_training_begins_with(kernels: str) -> None:
    """No step is taken: unit rows, the encoder tied to them, b_dec the mean; the seed decides which."""
    sae, done, curve = made("untrained")
    assert done == {"steps": 0, "tokens": 0, "seconds": 0.0} and curve == {"step": [], "loss": []}
    assert torch.equal(sae.W_enc, sae.W_dec) and torch.allclose(sae.W_dec.norm(dim=1), torch.ones(48), atol=1e-6)
    assert torch.equal(sae.b_dec, pool().mean) and not sae.b_enc.any()
    assert not torch.equal(sae.W_dec, made("untrained", seed=1)[0].W_dec)


def test_a_frozen_decoder_keeps_its_rows_while_the_rest_is_trained(kernels: str) -> None:
    """Its rows are the untrained SAE's of the same seed to the bit; encoder and biases moved, every step was taken."""
    sae, done, curve = made("frozen_decoder")
    begun = made("untrained")[0]
    assert torch.equal(sae.W_dec, begun.W_dec)
    assert not torch.equal(sae.W_enc, begun.W_enc) and not torch.equal(sae.b_dec, begun.b_dec)
    assert done["steps"] == 12 and curve["loss"][-1] < curve["loss"][0]
    trained = made()[0]
    assert not torch.equal(trained.W_dec, begun.W_dec), "the template's own decoder is trained"


def test_a_control_leaves_the_template_as_it_is() -> None:
    """Another copy of experiment.py, made afterwards, trains as ever."""
    made("untrained")
    assert made()[1]["steps"] == 12


def test_the_command_hands_its_flags_to_the_experiment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything behind the control's name is experiment.py's: its folder, its seed, its sizes; a wrong one is refused there."""
    asked: list[dict[str, Any]] = []

    def loaded(folder: Path, load: Any = controls.load_experiment) -> Any:
        experiment = load(folder)
        monkeypatch.setattr(experiment, "load_activations", lambda **given: asked.append(given))
        monkeypatch.setattr(experiment.Pool, "of", lambda activations, device: pool())
        return experiment

    monkeypatch.setattr(controls, "load_experiment", loaded)
    monkeypatch.setattr("sys.argv", ["x"])
    run = tmp_path / "run_0"
    controls.main(["untrained", f"--out_dir={run}", "--seed=7", "--layer=1"])
    assert asked[0]["layer"] == 1 and (run / "sae" / "sae_weights.safetensors").is_file()
    assert '"seed": 7' in (run / "final_info.json").read_text()
    with pytest.raises(SystemExit):
        controls.main(["untrained", f"--out_dir={run}", "--no_such_flag=1"])
    with pytest.raises(SystemExit):
        controls.main(["trained", f"--out_dir={run}"])


def test_an_empty_loss_curve_is_saved_and_a_diverged_one_is_not(tmp_path: Path) -> None:
    """A control that took no step is a run like any other to whoever reads it."""
    sae = made("untrained")[0].saved()
    config = {"model": "m", "layer": 0, "context": 8, "dataset": "d", "d_sae": 48}
    save_run(tmp_path / "a", sae, config, {"steps": 0, "tokens": 0, "seconds": 0.0}, {"step": [], "loss": []})
    assert (tmp_path / "a" / "final_info.json").is_file()
    with pytest.raises(HarnessError, match="diverged"):
        save_run(tmp_path / "b", sae, config, {}, {"step": [0], "loss": [float("nan")]})


def test_controls_of_a_transcoder_are_transcoders() -> None:
    """Untrained: as its training begins; with a frozen decoder: the rest is trained, the skip connection too."""
    more = {"sae": "skip_transcoder", "site": "mlp"}
    begun, frozen = made("untrained", **more)[0], made("frozen_decoder", **more)[0]
    assert type(begun).__name__ == "SkipTranscoder" and not begun.W_skip.any()
    assert torch.equal(frozen.W_dec, begun.W_dec)
    assert not torch.equal(frozen.W_enc, begun.W_enc) and frozen.W_skip.any()
    trained = made(**more)[0]
    assert not torch.equal(trained.W_dec, begun.W_dec), "the package's own kinds are trained as ever"


def test_an_untrained_transcoder_has_as_many_latents_on_as_k_says() -> None:
    """Nothing is learnt, but its threshold is that of a few batches: at 0 half of all latents would be on, no control of one at k."""
    more = {"sae": "transcoder", "site": "mlp"}
    sae, done, _ = made("untrained", **more)
    assert done["steps"] == 0 and float(sae.threshold) > 0
    assert torch.allclose(sae.b_enc, -(sae.W_enc @ pool().mean.chunk(2)[0])), "no weight has moved"
    codes = sae.eval()(pool().draw(400)).codes
    assert 2 < float((codes > 0).sum(1).float().mean()) < 8, "k is 4, and the untrained one stands near it"
