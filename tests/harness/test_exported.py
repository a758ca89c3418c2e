"""What can be exported is written with what is known of it; what cannot is refused with the reason."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from torch import nn

from harness.errors import OutDirError, ProgramError, SettingsError
from harness.exported import ExportedSAE
from harness.programs.program import load_program
from harness.saved import save_run, save_sae

pytestmark = pytest.mark.process

D_IN, D_SAE, K = 6, 20, 3
CONFIG = {"k": K, "d_sae": D_SAE, "model": "labloop-gemma2-tiny", "layer": 2, "context": 128}


class Plain(nn.Module):
    """A ReLU SAE, to be changed in one place by each test."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(1)
        self.W = nn.Parameter(torch.randn(D_SAE, D_IN))

    def encode(self, x: torch.Tensor) -> torch.Tensor:
        return (x @ self.W.T).relu()

    def decode(self, codes: torch.Tensor) -> torch.Tensor:
        return codes @ self.W

    def squared(self, codes: torch.Tensor) -> torch.Tensor:
        return codes.pow(2) @ self.W

    def centred(self, x: torch.Tensor) -> torch.Tensor:
        return self.encode(x - x.mean(0))

    def noisy(self, x: torch.Tensor) -> torch.Tensor:
        return self.encode(x + torch.randn_like(x))

    def branching(self, x: torch.Tensor) -> torch.Tensor:
        return self.encode(x) if x.sum() > 0 else self.encode(-x)

    def broken(self, x: torch.Tensor) -> torch.Tensor:
        return self.encode(x) / 0.0


def test_a_run_leaves_programs_and_the_decoders_directions(tmp_path: Path) -> None:
    """save_run writes encode.pt2, decode.pt2, W_dec and a cfg.json that names the architecture and sizes."""
    sae = Plain()
    exported = ExportedSAE(sae.encode, sae.decode, D_IN, D_SAE, W_dec=sae.W, hyperparameters={"sharpness": 2.0})
    save_run(tmp_path, exported, CONFIG, {"steps": 1}, {"step": [0], "loss": [1.0]})
    cfg = json.loads((tmp_path / "sae" / "cfg.json").read_text())
    assert (cfg["architecture"], cfg["d_in"], cfg["d_sae"]) == ("program", D_IN, D_SAE)
    assert "k" not in cfg
    assert cfg["metadata"]["hook_name"] == "blocks.2.hook_resid_post"
    tensors = load_file(tmp_path / "sae" / "sae_weights.safetensors")
    assert list(tensors) == ["W_dec"] and torch.equal(tensors["W_dec"], sae.W)
    assert json.loads((tmp_path / "final_info.json").read_text())["config"]["sharpness"] == 2.0
    assert load_program(tmp_path / "sae")[0](torch.randn(5, D_IN)).shape == (5, D_SAE)


def test_programs_that_do_not_fit_on_the_disk_are_saved_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """480 bytes of tensors for 479: torch would end the process while it writes, so that the run would be lost."""
    sae = Plain()
    free = {True: D_IN * D_SAE * 4 - 1, False: D_IN * D_SAE * 4}
    full = tmp_path / "full"
    monkeypatch.setattr("shutil.disk_usage", lambda place: SimpleNamespace(free=free[place.is_relative_to(full)]))
    monkeypatch.chdir(tmp_path)
    exported = ExportedSAE(sae.encode, sae.decode, D_IN, D_SAE)
    with pytest.raises(OutDirError, match=r"No space left on device: '.*encode\.pt2'\); it is whole in"):
        save_run(full, exported, CONFIG, {"steps": 1}, {"step": [0], "loss": [1.0]})
    [saved] = tmp_path.glob("run_saved_*")
    assert load_program(saved / "sae")[0](torch.randn(5, D_IN)).shape == (5, D_SAE)


def test_a_decoder_that_is_not_linear_has_no_directions(tmp_path: Path) -> None:
    """Without W_dec the weight file is there, and empty; with one that does not decode, the SAE is refused."""
    sae = Plain()
    save_sae(tmp_path / "sae", ExportedSAE(sae.encode, sae.squared, D_IN, D_SAE), CONFIG)
    assert load_file(tmp_path / "sae" / "sae_weights.safetensors") == {}
    with pytest.raises(SettingsError, match="leave W_dec out"):
        ExportedSAE(sae.encode, sae.squared, D_IN, D_SAE, W_dec=sae.W).check()


def test_functions_over_tensors_can_be_exported_too(tmp_path: Path) -> None:
    """A function that is no method of a module: its tensors travel as constants."""
    W = torch.randn(D_SAE, D_IN)
    save_sae(tmp_path, ExportedSAE(lambda x: (x @ W.T).relu(), lambda z: z @ W, D_IN, D_SAE, W_dec=W), CONFIG)
    x = torch.randn(4, D_IN)
    assert torch.allclose(load_program(tmp_path)[0](x), (x @ W.T).relu(), atol=1e-6)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"k": D_SAE + 1}, "k is 21: it must be a whole number from 1 to d_sae = 20"),
        ({"d_sae": D_SAE + 1, "W_dec": None}, "what encode returns has shape .5, 20., not .5, 21."),
        ({"encode": "broken"}, "what encode returns has .* NaN or infinite"),
        ({"decode": "encode"}, "cannot be run"),
        ({"W_dec": torch.zeros(3, 3)}, "W_dec has shape"),
    ],
)
def test_sizes_and_values_are_checked_before_anything_is_written(
    tmp_path: Path, changed: dict[str, Any], message: str
) -> None:
    """k beyond d_sae, shapes that do not fit, values that are not finite: an error that says which."""
    sae = Plain()
    given = {"encode": "encode", "decode": "decode", "d_in": D_IN, "d_sae": D_SAE, "W_dec": sae.W} | changed
    given |= {name: getattr(sae, given[name]) for name in ("encode", "decode")}
    with pytest.raises(SettingsError, match=message):
        save_sae(tmp_path / "sae", ExportedSAE(**given), CONFIG)
    assert not (tmp_path / "sae").exists()


@pytest.mark.parametrize(
    ("encode", "message"),
    [("branching", "cannot be exported"), ("centred", "treat each row by itself"), ("noisy", "randn|random")],
)
def test_what_is_no_function_of_one_row_is_refused(tmp_path: Path, encode: str, message: str) -> None:
    """Branches on values, a mean over the batch, noise: each is refused, with the remedy."""
    sae = Plain()
    with pytest.raises(ProgramError, match=message):
        save_sae(tmp_path / "sae", ExportedSAE(getattr(sae, encode), sae.decode, D_IN, D_SAE), CONFIG)
