"""SAEs that SAELens saved: brought in from a folder or the hub, scored as a reference, or refused with the remedy."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from harness.errors import HarnessError
from harness.evaluation.__main__ import main
from harness.evaluation.submitted.brought import BroughtError, bring
from harness.evaluation.submitted.submission import SubmissionError, load_submission

MODEL, D_IN, D_SAE, K = "labloop-gemma2-tiny", 128, 256, 16


def saved_by_saelens(folder: Path, architecture: str = "topk", **metadata: Any) -> Path:
    """An SAE of random directions, as SAELens itself saves one."""
    from sae_lens import SAE

    torch.manual_seed(0)
    told = {"model_name": MODEL, "hook_name": "blocks.2.hook_resid_post", "context_size": 128, **metadata}
    config = {
        "architecture": architecture,
        "d_in": D_IN,
        "d_sae": D_SAE,
        "dtype": "float32",
        "device": "cpu",
        "apply_b_dec_to_input": True,
        "normalize_activations": "none",
        "reshape_activations": "none",
        "metadata": {"sae_lens_version": "6.54.12", **told},
        **({"k": K, "rescale_acts_by_decoder_norm": False} if architecture == "topk" else {}),
    }
    sae = SAE.from_dict(config)
    rows = torch.nn.functional.normalize(torch.randn(D_SAE, D_IN), dim=1)
    with torch.no_grad():
        sae.W_dec.copy_(rows)
        sae.W_enc.copy_(rows.T)
    sae.save_model(folder)
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("architecture", ["topk", "standard"])
def test_a_folder_of_saelens_is_laid_out_as_a_run(tmp_path: Path, architecture: str) -> None:
    """Model, layer, context and sizes are its cfg.json's; codes are SAELens' own; where it comes from stands beside them."""
    from sae_lens import SAE

    folder = saved_by_saelens(tmp_path / "theirs", architecture)
    bring(str(folder), tmp_path / "run", "tiny", {})
    info = json.loads((tmp_path / "run" / "final_info.json").read_text())
    assert info["reference"]["source"] == str(folder) and info["training"] == {} == info["metrics"]
    wanted = {"model": MODEL, "layer": 2, "context": 128, "d_sae": D_SAE, "scale": "tiny", "sae": architecture}
    assert wanted.items() <= info["config"].items()
    mine = load_submission(tmp_path / "run", made_here=False)
    x = torch.randn(8, D_IN)
    assert torch.equal(mine.sae.encode(x), SAE.load_from_disk(str(folder)).encode(x))


@pytest.mark.slow
@pytest.mark.timeout(
    900
)  # on an empty cache it is the one that splits and reads the text, which is minutes on a busy machine
def test_rows_off_unit_length_are_scored_with_a_warning(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The command scores it, says what does not compare, and leaves scores of the same form as a run's."""
    folder = plain(tmp_path / "theirs", architecture="topk", k=K)
    torch.manual_seed(0)
    rows = torch.nn.functional.normalize(torch.randn(D_SAE, D_IN), dim=1)
    weights = {
        "W_dec": 2.0 * rows,
        "W_enc": rows.T.contiguous(),
        "b_enc": torch.zeros(D_SAE),
        "b_dec": torch.zeros(D_IN),
    }
    save_file(weights, folder / "sae_weights.safetensors")
    flags = [
        f"--from_sae={folder}",
        f"--run_dir={tmp_path / 'run'}",
        f"--out={tmp_path / 'scores.json'}",
        "--evals=core",
    ]
    with caplog.at_level(logging.WARNING):
        assert main(flags) == 0
    assert "made elsewhere" in caplog.text
    metrics = json.loads((tmp_path / "scores.json").read_text())["metrics"]
    assert metrics["l0"]["mean"] == pytest.approx(K, abs=1)


@pytest.mark.slow
def test_what_was_typed_goes_before_what_the_file_names(tmp_path: Path) -> None:
    """--model and --layer, for files that name another place, or none."""
    folder = saved_by_saelens(tmp_path / "theirs", model_name="a/copy", hook_name="blocks.0.hook_mlp_out")
    bring(str(folder), tmp_path / "run", "tiny", {"model": MODEL, "layer": 2})
    config = json.loads((tmp_path / "run" / "final_info.json").read_text())["config"]
    assert (config["model"], config["layer"]) == (MODEL, 2)


def plain(folder: Path, **changed: Any) -> Path:
    """A folder with a cfg.json and weights that nobody reads yet."""
    folder.mkdir()
    told = {"model_name": MODEL, "hook_name": "blocks.2.hook_resid_post", "context_size": 128}
    cfg = {"architecture": "standard", "d_in": D_IN, "d_sae": D_SAE, "metadata": told, **changed}
    (folder / "cfg.json").write_text(json.dumps(cfg))
    (folder / "sae_weights.safetensors").write_bytes(b"x")
    return folder


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"metadata": {"model_name": MODEL, "hook_name": "blocks.2.mlp.hook_in"}}, "say which with --layer"),
        ({"metadata": {"model_name": MODEL, "hook_name": "blocks.0.hook_resid_pre"}}, "say which with --layer"),
        ({"metadata": {"hook_name": "blocks.2.hook_resid_post"}}, "which model it reads with --model"),
        ({"architecture": "crosscoder"}, "architecture is 'crosscoder'"),
        ({"architecture": "transcoder"}, "only transcoders from blocks.N.mlp.hook_in"),
        (
            {
                "architecture": "transcoder",
                "metadata": {"hook_name": "blocks.2.ln2.hook_normalized", "hook_name_out": "blocks.2.hook_mlp_out"},
            },
            "after its norm's weights",
        ),
    ],
)
def test_what_cannot_be_scored_is_refused(tmp_path: Path, changed: dict[str, Any], said: str) -> None:
    """Another place in the model, no model, another kind: each named with the flag that helps, and nothing is left behind."""
    folder = plain(tmp_path / "theirs", **changed)
    with pytest.raises(HarnessError, match=said):
        bring(str(folder), tmp_path / "run", "tiny", {})
    assert not (tmp_path / "run" / "sae").exists()
    assert not (tmp_path / "run" / "final_info.json").exists()


def test_the_stream_before_a_block_is_the_one_after_the_block_before(tmp_path: Path) -> None:
    """hook_resid_pre of block 3 is read after block 2; a model's short name becomes the hub's; no metadata is an old file."""
    old = {"metadata": None, "model_name": "pythia-70m-deduped", "hook_name": "blocks.3.hook_resid_pre"}
    bring(str(plain(tmp_path / "theirs", **old)), tmp_path / "run", "tiny", {})
    config = json.loads((tmp_path / "run" / "final_info.json").read_text())["config"]
    assert (config["layer"], config["model"]) == (2, "EleutherAI/pythia-70m-deduped")


def test_a_run_is_never_written_over(tmp_path: Path) -> None:
    """Where --run_dir holds a run, nothing is brought in."""
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "final_info.json").write_text("{}")
    with pytest.raises(BroughtError, match="name another --run_dir"):
        bring(str(plain(tmp_path / "theirs")), tmp_path / "run", "tiny", {})


def test_a_folder_that_is_no_sae_says_what_is_missing(tmp_path: Path) -> None:
    """The file that is not there is named, and the format."""
    (tmp_path / "theirs").mkdir()
    with pytest.raises(BroughtError, match=r"has no cfg\.json"):
        bring(str(tmp_path / "theirs"), tmp_path / "run", "tiny", {})
    (tmp_path / "theirs" / "cfg.json").write_text("{")
    (tmp_path / "theirs" / "sae_weights.safetensors").write_bytes(b"x")
    with pytest.raises(SubmissionError, match="not JSON"):
        bring(str(tmp_path / "theirs"), tmp_path / "run", "tiny", {})


@pytest.mark.slow
@pytest.mark.parametrize("source", ["no-such-release", "no-such-release/layer_1", "owner/repository/layer_1"])
def test_a_name_that_nobody_knows_is_one_line(tmp_path: Path, source: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A misspelt release, or one of the hub without a network: exit code 1 and a line with both remedies."""
    flags = [f"--from_sae={source}", f"--run_dir={tmp_path / 'run'}", f"--out={tmp_path / 'scores.json'}"]
    assert main(flags) == 1
    said = capsys.readouterr().err.strip().splitlines()[-1]
    assert said.startswith(f"error: --from_sae {source}: ")
