"""The full scale's whole path, on models of its classes with random weights and a data set of one's own."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    Gemma2Config,
    GPT2Config,
    GPTNeoXConfig,
    LlamaConfig,
    OPTConfig,
)

import experiment
from harness import pool as pool_module
from harness import prepare
from harness.activations import load_activations
from harness.read.corpus import rows_of
from harness.read.lm import LOCAL_MODEL, load_lm
from harness.read.text import DATA, entries
from harness.residual import residual_stream

pytestmark = pytest.mark.process

D_IN, LAYER, TOKENS, CONTEXT = 32, 1, 3000, 64
SMALL = replace(experiment.SCALES["full"], d_sae=64, k=4, steps=25, batch_size=128, k_aux=8, dead_after_tokens=500)
IDS: dict[str, Any] = {"vocab_size": 8192, "bos_token_id": 2, "eos_token_id": 1, "pad_token_id": 0}
BODY: dict[str, Any] = {
    "hidden_size": D_IN,
    "num_hidden_layers": 3,
    "num_attention_heads": 2,
    "max_position_embeddings": 64,
}
CLASSES: dict[str, Callable[[], Any]] = {
    "gemma2": lambda: Gemma2Config(intermediate_size=64, num_key_value_heads=1, head_dim=16, **BODY, **IDS),
    "llama": lambda: LlamaConfig(intermediate_size=64, **BODY, **IDS),
    "gpt_neox": lambda: GPTNeoXConfig(intermediate_size=64, **BODY, **IDS),
    "gpt2": lambda: GPT2Config(n_embd=D_IN, n_layer=3, n_head=2, n_positions=64, **IDS),
    "opt": lambda: OPTConfig(ffn_dim=64, word_embed_proj_dim=D_IN, **BODY, **IDS),  # its blocks lie elsewhere
}


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with each model, saved as it would be on the hub in bf16 (GPT-2's and GPT-NeoX's: no <bos>, no <pad>), and texts.jsonl."""
    root = tmp_path_factory.mktemp("full")
    tokenizer = AutoTokenizer.from_pretrained(DATA / LOCAL_MODEL)
    for name, config in CLASSES.items():
        torch.manual_seed(0)
        AutoModelForCausalLM.from_config(config()).to(torch.bfloat16).save_pretrained(root / name)
        if name in ("gpt2", "gpt_neox"):  # whose tokenizers know <|endoftext|> alone
            tokenizer.bos_token = tokenizer.pad_token = None
        else:
            tokenizer.bos_token, tokenizer.pad_token = "<bos>", "<pad>"
        tokenizer.save_pretrained(root / name)
    lines = (json.dumps({"text": entry.line}) + "\n" for entry in entries("train")[:2000])
    (root / "texts.jsonl").write_text("".join(lines), encoding="utf-8")
    return root


@pytest.fixture(autouse=True)
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache of its own, and the full scale with fewer latents and steps."""
    monkeypatch.setenv("LABLOOP_CACHE", str(tmp_path / "cache"))
    monkeypatch.setitem(experiment.SCALES, "full", SMALL)


def flags(places: Path, name: str, dtype: str) -> list[str]:
    return [
        "--scale=full",
        f"--model={places / name}",
        f"--layer={LAYER}",
        f"--dataset={places / 'texts.jsonl'}",
        f"--lm_dtype={dtype}",
        f"--pool_tokens={TOKENS}",
        f"--context={CONTEXT}",
        "--device=cpu",
    ]


@pytest.mark.parametrize("dtype", ["bfloat16", "float32"])
@pytest.mark.parametrize("name", CLASSES)
def test_prepare_then_train_then_weights(
    name: str, dtype: str, places: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The two commands, one after the other: activations once, then a trained SAE of the right shape in out_dir."""
    given = flags(places, name, dtype)
    assert prepare.main([*given, "--heldout_tokens=200", "--evals=none"]) == 0
    monkeypatch.setattr("harness.activations.load_lm", lambda *_: pytest.fail("the model was read again"))
    monkeypatch.setattr(sys, "argv", ["experiment.py", f"--out_dir={tmp_path / 'run'}", *given])
    experiment.main()
    info = json.loads((tmp_path / "run" / "final_info.json").read_text())
    assert info["training"]["steps"] == SMALL.steps
    assert info["training"]["loss_last"] < info["training"]["loss_first"]
    assert (info["config"]["model"], info["config"]["layer"]) == (str(places / name), LAYER)
    assert info["config"]["dataset"] == str(places / "texts.jsonl")
    weights = load_file(tmp_path / "run" / "sae" / "sae_weights.safetensors")
    assert weights["W_dec"].shape == (SMALL.d_sae, D_IN)
    assert all(torch.isfinite(tensor).all() for tensor in weights.values())
    assert (
        json.loads((tmp_path / "run" / "sae" / "cfg.json").read_text())["metadata"]["hook_name"]
        == "blocks.1.hook_resid_post"
    )


@pytest.mark.parametrize("dtype", ["bfloat16", "float32"])
@pytest.mark.parametrize("name", CLASSES)
def test_what_is_read_is_the_model_s_own_residual_stream(name: str, dtype: str, places: Path) -> None:
    """For each class and precision: equal to transformers' hidden states after block 1, where the text begins with <bos>.

    A model without <bos> reads <eos> in its place.
    """
    lm = load_lm(str(places / name), dtype=getattr(torch, dtype))
    rows = rows_of(str(places / "texts.jsonl"), lm.tokenizer, "train", 500, CONTEXT)
    assert (rows.ids[:, 0] == (1 if name in ("gpt2", "gpt_neox") else 2)).all()
    hidden = residual_stream(lm, LAYER, rows.ids)
    assert hidden.dtype == getattr(torch, dtype)
    wanted = lm.model(torch.from_numpy(rows.ids), output_hidden_states=True).hidden_states[LAYER + 1]
    assert torch.equal(hidden, wanted)


def test_the_precision_is_part_of_what_is_cached(places: Path) -> None:
    """bf16 and float32 activations of one model are two entries, whose numbers differ by bf16's rounding."""
    both = [
        load_activations(
            str(places / "llama"), LAYER, 400, context=CONTEXT, dtype=dtype, dataset=str(places / "texts.jsonl")
        )
        for dtype in ("bfloat16", "float32")
    ]
    assert both[0].key != both[1].key
    assert not np.array_equal(both[0].data, both[1].data)
    assert np.allclose(both[0].mean, both[1].mean, atol=0.02)


def test_a_pool_beyond_memory_trains_too(places: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As at 5 million tokens of 2,304 dimensions: rows are streamed from the cache, and the loss falls."""
    monkeypatch.setattr(pool_module, "IN_MEMORY_BYTES", 0)
    monkeypatch.setattr(pool_module, "CHUNK_BYTES", 1 << 11)
    monkeypatch.setattr(pool_module, "GROUP_BYTES", 1 << 14)
    given = flags(places, "llama", "float32")
    monkeypatch.setattr(sys, "argv", ["experiment.py", f"--out_dir={tmp_path / 'run'}", *given])
    experiment.main()
    training = json.loads((tmp_path / "run" / "final_info.json").read_text())["training"]
    assert training["tokens"] == SMALL.training_tokens > TOKENS
    assert training["loss_last"] < training["loss_first"]
