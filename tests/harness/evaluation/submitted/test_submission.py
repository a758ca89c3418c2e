"""Frauds and faults in what a run leaves: each must be refused, with one line that says why."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from harness.errors import HarnessError
from harness.evaluation.__main__ import main
from harness.evaluation.submitted.submission import SubmissionError, load_submission
from harness.exported import ExportedSAE
from harness.sae import unit_norm_
from harness.saved import SavedSAE, save_run, write_json

pytestmark = pytest.mark.process

D_IN, D_SAE, K = 8, 20, 4
CONFIG = {"k": K, "d_sae": D_SAE, "sae": "topk", "model": "labloop-gemma2-tiny", "layer": 2, "context": 128}
REPOSITORY = Path(__file__).resolve().parents[4]


def saved_sae(architecture: str = "topk") -> SavedSAE:
    torch.manual_seed(0)
    directions = torch.randn(D_SAE, D_IN)
    unit_norm_(directions)
    own = {
        "topk": ("b_enc",),
        "standard": ("b_enc",),
        "jumprelu": ("b_enc", "threshold"),
        "gated": ("b_gate", "r_mag", "b_mag"),
    }[architecture]
    tensors = {"W_enc": directions.T, "W_dec": directions, "b_dec": torch.zeros(D_IN)}
    tensors |= {name: torch.zeros(D_SAE) for name in own}
    return SavedSAE(architecture, tensors, {"k": K} if architecture == "topk" else {})


def left_by_a_run(folder: Path, saved: SavedSAE | ExportedSAE, **config: object) -> Path:
    save_run(folder, saved, CONFIG | config, {"steps": 1}, {"step": [0], "loss": [1.0]})
    return folder


@pytest.fixture
def run_dir(tmp_path: Path) -> Path:
    """A run folder that is in order."""
    return left_by_a_run(tmp_path, saved_sae())


class Halves(torch.nn.Module):
    """An SAE that no weight file describes: the upper half of the latents is on where the lower half is strong."""

    def __init__(self) -> None:
        super().__init__()
        tensors = saved_sae().tensors
        self.W_enc, self.W_dec = (torch.nn.Parameter(tensors[name].clone()) for name in ("W_enc", "W_dec"))

    def encode(self, x: torch.Tensor) -> torch.Tensor:
        pre = (x @ self.W_enc).relu()
        low, high = pre.chunk(2, dim=1)
        return torch.cat([low, high * (low > 0.5)], dim=1)

    def decode(self, codes: torch.Tensor) -> torch.Tensor:
        return codes @ self.W_dec


def exported(**changed: object) -> ExportedSAE:
    sae = Halves()
    return ExportedSAE(
        **{"encode": sae.encode, "decode": sae.decode, "d_in": D_IN, "d_sae": D_SAE, "W_dec": sae.W_dec} | changed
    )


def change_weights(run_dir: Path, **changed: torch.Tensor | None) -> None:
    path = run_dir / "sae" / "sae_weights.safetensors"
    tensors = {**load_file(path), **changed}
    save_file({name: tensor for name, tensor in tensors.items() if tensor is not None}, path)


def change_json(path: Path, **changed: object) -> None:
    table = {**json.loads(path.read_text()), **changed}
    path.write_text(json.dumps({name: value for name, value in table.items() if value is not None}))


def test_an_sae_in_order_is_read_as_it_was_saved(run_dir: Path) -> None:
    """Tensors, k, model and layer come back unchanged."""
    submission = load_submission(run_dir)
    assert (submission.k, submission.d_in, submission.d_sae) == (K, D_IN, D_SAE)
    assert (submission.model, submission.layer, submission.context) == ("labloop-gemma2-tiny", 2, 128)
    assert (submission.kind, submission.scale, submission.dataset) == ("topk", "tiny", "wordnet")
    assert submission.directions is not None
    assert torch.allclose(submission.directions.norm(dim=1), torch.ones(D_SAE))


@pytest.mark.parametrize("architecture", ["standard", "jumprelu", "gated"])
def test_other_architectures_are_read_and_checked_too(tmp_path: Path, architecture: str) -> None:
    """Each has its own tensors, each is checked, and no run can call another architecture TopK."""
    folder = left_by_a_run(tmp_path, saved_sae(architecture), sae=architecture)
    submission = load_submission(folder)
    assert submission.sae.architecture == architecture
    assert submission.sae.encode(torch.randn(3, D_IN)).shape == (3, D_SAE)
    last = list(saved_sae(architecture).tensors)[-1]
    change_weights(folder, **{last: torch.full((D_SAE,), torch.nan)})
    with pytest.raises(SubmissionError, match=f"{last} has 20 values that are NaN"):
        load_submission(folder)
    change_weights(folder, **{last: None})
    with pytest.raises(SubmissionError, match=f"tensor {last} is missing"):
        load_submission(folder)
    write_json(folder / "final_info.json", {"config": CONFIG})
    with pytest.raises(
        SubmissionError, match=f"architecture is '{architecture}', but the run says config.sae = 'topk'"
    ):
        load_submission(folder)


def test_an_exported_program_is_read_and_run(tmp_path: Path) -> None:
    """An SAE that only a program describes encodes and decodes as it did, texts of several tokens too."""
    submission = load_submission(left_by_a_run(tmp_path, exported(), sae="halves"))
    x = torch.randn(4, 6, D_IN)
    assert (submission.sae.architecture, submission.d_in, submission.d_sae) == ("program", D_IN, D_SAE)
    with torch.no_grad():
        codes = Halves().encode(x.flatten(0, 1)).unflatten(0, (4, 6))
        assert torch.allclose(submission.sae.encode(x), codes, atol=1e-5)
        assert torch.allclose(submission.sae(x), Halves().decode(codes), atol=1e-5)
    assert submission.directions is not None


def test_a_program_goes_to_the_device_that_is_asked_for(tmp_path: Path) -> None:
    """Weights and both programs' tensors; here to a device that holds nothing, as a GPU would hold them."""
    folder = left_by_a_run(tmp_path, exported(), sae="halves")
    sae: Any = load_submission(folder, "meta").sae
    held = [*sae.programs.encode.held.values(), *sae.programs.decode.held.values(), sae.W_dec]
    assert {tensor.device.type for tensor in held} == {"meta"}


def test_a_gradient_goes_through_a_program(tmp_path: Path) -> None:
    """An intervention that learns which latents to touch needs it."""
    sae = load_submission(left_by_a_run(tmp_path, exported(), sae="halves")).sae
    codes = torch.rand(3, D_SAE, requires_grad=True)
    sae.decode(codes).sum().backward()
    assert codes.grad.abs().sum() > 0


def test_a_place_that_cannot_be_written_is_said_before_anything_is_scored(
    run_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A folder as --out, or one below a file: one line and exit code 1, and no hours of evaluation first."""
    assert main([f"--run_dir={run_dir}", f"--out={tmp_path}", "--evals=core"]) == 1
    assert f"error: {tmp_path} is a folder: name a file" in capsys.readouterr().err
    below = run_dir / "final_info.json" / "scores.json"
    assert main([f"--run_dir={run_dir}", f"--out={below}", "--evals=core"]) == 1
    assert f"error: {below} cannot be written" in capsys.readouterr().err


def test_a_program_without_directions_is_scored_only_where_none_are_needed(tmp_path: Path) -> None:
    """Without W_dec there is a submission, and the command names the evals that cannot be had before it runs any."""
    folder = left_by_a_run(tmp_path, exported(W_dec=None), sae="halves")
    assert load_submission(folder).directions is None
    assert main([f"--run_dir={folder}", f"--out={folder / 'o.json'}"]) == 1
    assert not (folder / "o.json").exists()


def test_a_program_that_is_not_what_it_says_is_refused(tmp_path: Path) -> None:
    """A W_dec that does not decode, another shape, a file that is no program, one that is missing: refused."""
    folder = left_by_a_run(tmp_path, exported(), sae="halves")
    other = torch.nn.functional.normalize(torch.randn(D_SAE, D_IN), dim=1)
    change_weights(folder, W_dec=other)
    with pytest.raises(SubmissionError, match="does not decode with the W_dec"):
        load_submission(folder)
    change_weights(folder, W_dec=saved_sae().tensors["W_dec"].contiguous())
    load_submission(folder)
    (folder / "sae" / "encode.pt2").rename(folder / "sae" / "kept")
    with pytest.raises(SubmissionError, match=r"encode.pt2: missing"):
        load_submission(folder)
    (folder / "sae" / "encode.pt2").write_bytes((folder / "sae" / "decode.pt2").read_bytes())
    with pytest.raises(SubmissionError, match=r"encode.pt2: fails on \[64, 8\] numbers"):
        load_submission(folder)
    (folder / "sae" / "encode.pt2").write_bytes(b"no program")
    with pytest.raises(HarnessError, match=r"encode.pt2"):
        load_submission(folder)


class Sly(Halves):
    """Negative latents."""

    def encode(self, x: torch.Tensor) -> torch.Tensor:
        return -super().encode(x)


def test_a_program_with_negative_latents_is_refused(tmp_path: Path) -> None:
    """A latent below 0 would count as off and still decode: refused."""
    sae = Sly()
    folder = left_by_a_run(tmp_path, exported(encode=sae.encode, decode=sae.decode, W_dec=None), sae="sly")
    with pytest.raises(SubmissionError, match="latents below 0"):
        load_submission(folder)


def one_nan() -> torch.Tensor:
    tensor = torch.randn(D_IN, D_SAE)
    tensor[3, 5] = float("nan")
    return tensor


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"W_enc": one_nan()}, "W_enc has 1 values that are NaN or infinite"),
        ({"b_dec": torch.full((D_IN,), torch.inf)}, "b_dec has 8 values that are NaN or infinite"),
        ({"W_dec": torch.randn(D_IN, D_SAE)}, r"W_dec has shape \(8, 20\), not \(20, 8\)"),
        ({"b_enc": None}, "tensor b_enc is missing"),
        ({"W_enc": torch.zeros(D_IN, D_SAE)}, "all zero"),
        ({"W_dec": torch.zeros(D_SAE, D_IN)}, "all zero"),
        ({"W_dec": 2 * torch.nn.functional.normalize(torch.randn(D_SAE, D_IN), dim=1)}, "off by 1"),
        ({"b_enc": torch.zeros(D_SAE, dtype=torch.int64)}, "torch.int64, not floating-point"),
    ],
    ids=["nan", "infinite", "shape", "missing", "no encoder", "no decoder", "norms", "integers"],
)
def test_broken_weights_are_refused(run_dir: Path, changed: dict[str, Any], complaint: str) -> None:
    """Each way in which the tensors cannot be an SAE is named."""
    change_weights(run_dir, **changed)
    with pytest.raises(SubmissionError, match=complaint):
        load_submission(run_dir)


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"k": None}, "k is missing"),
        ({"k": "16"}, "k is '16'; it must be a whole number"),
        ({"k": K + 1}, "k is 5, but the run's own config.k is 4"),
        ({"d_sae": 19}, "must agree"),
        ({"architecture": "standard"}, "but the run says config.sae = 'topk'"),
        ({"architecture": "crosscoder"}, "'crosscoder', known are topk, standard, jumprelu, gated, program"),
        ({"normalize_activations": "layer_norm"}, "normalize_activations is 'layer_norm', only 'none'"),
        ({"rescale_acts_by_decoder_norm": True}, "rescale_acts_by_decoder_norm is True, only False"),
        ({"d_in": 9}, r"W_dec has shape \(20, 8\), not \(20, 9\)"),
    ],
)
def test_a_wrong_description_is_refused(run_dir: Path, changed: dict[str, Any], complaint: str) -> None:
    """cfg.json must describe the tensors and agree with the settings that the run reports: no k by the back door."""
    change_json(run_dir / "sae" / "cfg.json", **changed)
    with pytest.raises(SubmissionError, match=complaint):
        load_submission(run_dir)


def test_a_truncated_file_is_refused(run_dir: Path) -> None:
    """A weights file that was cut short, as by a killed process or a full disk, is no SAE."""
    path = run_dir / "sae" / "sae_weights.safetensors"
    path.write_bytes(path.read_bytes()[:-50])
    with pytest.raises(SubmissionError, match="cannot be read, perhaps cut short"):
        load_submission(run_dir)
    path.write_bytes(b"")
    with pytest.raises(SubmissionError, match="has 0 bytes"):
        load_submission(run_dir)


def test_a_missing_or_linked_file_is_refused(run_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """No weights, no final_info.json, or a link to weights from elsewhere: refused."""
    path = run_dir / "sae" / "sae_weights.safetensors"
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "weights"
    path.rename(elsewhere)
    with pytest.raises(SubmissionError, match="missing"):
        load_submission(run_dir)
    path.symlink_to(elsewhere)
    with pytest.raises(SubmissionError, match="is a link"):
        load_submission(run_dir)
    (run_dir / "final_info.json").write_text("{")
    with pytest.raises(SubmissionError, match="not JSON"):
        load_submission(run_dir)


def test_the_command_says_it_in_one_line_and_fails(run_dir: Path) -> None:
    """python -m harness.evaluation exits 1 with one `error:` line, writes no scores, and runs no code of the run."""
    change_weights(run_dir, W_enc=one_nan())
    (run_dir / "experiment.py").write_text("raise SystemExit('the experiment was imported')\n")
    out = run_dir / "scores.json"
    command = [sys.executable, "-m", "harness.evaluation", f"--run_dir={run_dir}", f"--out={out}"]
    done = subprocess.run(
        command, cwd=run_dir, env={"PYTHONPATH": str(REPOSITORY)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.strip().startswith("error: ")
    assert "W_enc has 1 values that are NaN" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not out.exists()


def test_rows_off_unit_length_warn_for_an_sae_made_elsewhere(run_dir: Path, caplog: pytest.LogCaptureFixture) -> None:
    """SAELens leaves decoder rows of any length: refused of a run of ours, scored with a warning where it was made elsewhere."""
    path = run_dir / "sae" / "sae_weights.safetensors"
    save_file({name: 2 * each if name == "W_dec" else each for name, each in load_file(path).items()}, path)
    with pytest.raises(SubmissionError, match="off by 1; normalise"):
        load_submission(run_dir)
    found = load_submission(run_dir, made_here=False)
    assert "off by 1; it was made elsewhere" in caplog.text
    assert found.directions is not None and torch.allclose(found.directions.norm(dim=1), torch.tensor(2.0))


@pytest.mark.parametrize(
    ("scale", "said"), [("tiny", "at scale tiny everything is scored on the CPU"), ("full", "'cuda:9' is not there")]
)
def test_a_device_that_cannot_be_scored_on_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, scale: str, said: str
) -> None:
    """Before anything is loaded onto it: at tiny scale there is the CPU alone, and a GPU that is not there is named."""
    monkeypatch.setattr("harness.evaluation.__main__.missing", lambda plan: [])
    run = left_by_a_run(tmp_path, saved_sae(), scale=scale)
    given = [f"--run_dir={run}", f"--out={tmp_path / 'scores.json'}", "--evals=core"]
    assert main([*given, "--device=cuda:9"]) == 1
    assert said in capsys.readouterr().err


def test_an_sae_and_a_transcoder_do_not_stand_in_for_each_other(run_dir: Path, tmp_path: Path) -> None:
    """The architecture must read where the run says that it was trained: neither is scored as the other."""
    from harness.architectures.transcoder import Transcoder
    from tests.harness.architectures.small import SETTINGS

    change_json(
        run_dir / "final_info.json",
        config={**json.loads((run_dir / "final_info.json").read_text())["config"], "site": "mlp"},
    )
    with pytest.raises(SubmissionError, match=r"reads resid_post, but the run's own config\.site is 'mlp'"):
        load_submission(run_dir)
    config = {"model": "m", "layer": 2, "context": 128, "d_sae": SETTINGS.d_sae, "sae": "transcoder"}
    saved = Transcoder(24, SETTINGS, torch.zeros(24)).saved()
    save_run(tmp_path / "one", saved, {**config, "site": "mlp"}, {"steps": 1}, {"step": [0], "loss": [1.0]})
    found = load_submission(tmp_path / "one")
    assert (found.site, found.d_in, found.d_out) == ("mlp", 12, 12) and found.sae.reads_pairs
    save_run(tmp_path / "two", saved, config, {"steps": 1}, {"step": [0], "loss": [1.0]})
    with pytest.raises(SubmissionError, match=r"reads mlp, but the run's own config\.site is 'resid_post'"):
        load_submission(tmp_path / "two")
