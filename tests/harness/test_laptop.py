"""The laptop scale walked from end to end, on a hub of this machine that has a tiny GPT-NeoX and texts under its names."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, GPTNeoXConfig

from harness.read.lm import LOCAL_MODEL
from harness.read.text import DATA, entries
from harness.scales import LAPTOP
from tests.harness.hub_server import Hub, hub

REPOSITORY = Path(__file__).resolve().parents[2]
SMALLER = ("--pool_tokens=3000", "--device=cpu")


def save_small_pythia(folder: Path) -> None:
    """A GPT-NeoX as deep as pythia-70m, of random weights, whose tokenizer has no <bos> and no <pad>."""
    torch.manual_seed(0)
    config = GPTNeoXConfig(
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=6,
        num_attention_heads=2,
        max_position_embeddings=2048,
        vocab_size=8192,
        bos_token_id=1,
        eos_token_id=1,
    )
    AutoModelForCausalLM.from_config(config).save_pretrained(folder)
    tokenizer = AutoTokenizer.from_pretrained(DATA / LOCAL_MODEL)
    tokenizer.bos_token = tokenizer.pad_token = None
    tokenizer.save_pretrained(folder)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Hub]:
    root = tmp_path / "hub"
    save_small_pythia(root / "models" / LAPTOP.model)
    texts = root / "datasets" / LAPTOP.dataset / "train.jsonl"
    texts.parent.mkdir(parents=True)
    texts.write_text("".join(json.dumps({"text": entry.line}) + "\n" for entry in entries("train")))
    with hub(root) as found:
        yield found


@pytest.mark.slow
@pytest.mark.timeout(1200)  # on a busy machine
def test_the_laptop_scale_from_prepare_to_scores(served: Hub, tmp_path: Path) -> None:
    """Check, prepare, experiment and evaluation, each as it is typed: core is scored, absorption is absent with its reason."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("HF_", "TRANSFORMERS_"))}
    env |= {
        "HF_ENDPOINT": served.address,
        "HF_HOME": str(tmp_path / "hf"),
        "LABLOOP_CACHE": str(tmp_path / "cache"),
        "PYTHONPATH": str(REPOSITORY),
    }
    run, out = tmp_path / "run_0", tmp_path / "scores.json"

    def typed(*words: str) -> str:
        command = [sys.executable, *words]
        done = subprocess.run(
            command, cwd=REPOSITORY, env=env, text=True, capture_output=True, timeout=900, check=False
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout + done.stderr

    check = ("-m", "harness.evaluation", "--check", "--scale=laptop", *SMALLER, "--heldout_tokens=300")
    assert "  score absorption" in typed(*check)
    assert not (tmp_path / "cache" / "activations").exists()  # nothing was read for it
    typed("-m", "harness.prepare", "--scale=laptop", *SMALLER, "--heldout_tokens=300")
    env |= {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "HF_ENDPOINT": "http://127.0.0.1:9"}
    sizes = ("--d_sae=64", "--k=4", "--steps=30", "--batch_size=128")
    typed("experiment.py", "--scale=laptop", f"--out_dir={run}", *SMALLER, *sizes)
    config = json.loads((run / "final_info.json").read_text())["config"]
    assert (config["model"], config["layer"], config["d_sae"], config["k"]) == (LAPTOP.model, LAPTOP.layer, 64, 4)
    said = typed("-m", "harness.evaluation", f"--run_dir={run}", f"--out={out}", "--heldout_tokens=300")
    scores = json.loads(out.read_text())
    assert {"explained_variance", "ce_loss_score", "l0"} <= set(scores["metrics"])
    assert "absorption_fraction" not in scores["metrics"]
    assert "cannot be measured on EleutherAI/pythia-70m-deduped, layer 4" in scores["failed"]["absorption"]
    assert "failed: absorption: " in said
