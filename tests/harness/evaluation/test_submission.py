"""Frauds and faults in what a run leaves: each must be refused, with one line that says why."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from harness.evaluation.submission import SubmissionError, load_submission
from harness.sae import unit_norm_
from harness.saved import SAEWeights, save_run

D_IN, D_SAE, K = 8, 20, 4
CONFIG = {"k": K, "d_sae": D_SAE, "model": "labloop-gemma2-tiny", "layer": 2, "context": 128}
REPOSITORY = Path(__file__).resolve().parents[3]


@pytest.fixture
def run_dir(tmp_path: Path) -> Path:
    """A run folder that is in order."""
    torch.manual_seed(0)
    directions = torch.randn(D_SAE, D_IN)
    unit_norm_(directions)
    weights = SAEWeights(directions.T, torch.zeros(D_SAE), directions, torch.zeros(D_IN))
    save_run(tmp_path, weights, CONFIG, {"steps": 1}, {"step": [0], "loss": [1.0]})
    return tmp_path


def change_weights(run_dir: Path, **changed: torch.Tensor | None) -> None:
    path = run_dir / "sae" / "sae_weights.safetensors"
    tensors = {**load_file(path), **changed}
    save_file({name: tensor for name, tensor in tensors.items() if tensor is not None}, path)


def change_json(path: Path, **changed: object) -> None:
    table = {**json.loads(path.read_text()), **changed}
    path.write_text(json.dumps({name: value for name, value in table.items() if value is not None}))


def test_an_sae_in_order_is_read_as_it_was_saved(run_dir):
    """Tensors, k, model and layer come back unchanged."""
    submission = load_submission(run_dir)
    assert (submission.k, submission.d_in, submission.d_sae) == (K, D_IN, D_SAE)
    assert (submission.model, submission.layer, submission.context) == ("labloop-gemma2-tiny", 2, 128)
    assert torch.allclose(submission.weights.W_dec.norm(dim=1), torch.ones(D_SAE))


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
def test_broken_weights_are_refused(run_dir, changed, complaint):
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
        ({"architecture": "standard"}, "only 'topk' can be scored"),
        ({"d_in": 9}, r"W_enc has shape \(8, 20\), not \(9, 20\)"),
    ],
)
def test_a_wrong_description_is_refused(run_dir, changed, complaint):
    """cfg.json must describe the tensors and agree with the settings that the run reports: no k by the back door."""
    change_json(run_dir / "sae" / "cfg.json", **changed)
    with pytest.raises(SubmissionError, match=complaint):
        load_submission(run_dir)


def test_a_truncated_file_is_refused(run_dir):
    """A weights file that was cut short, as by a killed process or a full disk, is no SAE."""
    path = run_dir / "sae" / "sae_weights.safetensors"
    path.write_bytes(path.read_bytes()[:-50])
    with pytest.raises(SubmissionError, match="cannot be read, perhaps cut short"):
        load_submission(run_dir)
    path.write_bytes(b"")
    with pytest.raises(SubmissionError, match="has 0 bytes"):
        load_submission(run_dir)


def test_a_missing_or_linked_file_is_refused(run_dir, tmp_path_factory):
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


def test_the_command_says_it_in_one_line_and_fails(run_dir):
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
