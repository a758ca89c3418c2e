"""Each kind of language model that the evals read is the same as a HookedTransformer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    Gemma2Config,
    GPT2Config,
    GPTNeoXConfig,
    LlamaConfig,
    MambaConfig,
)

from harness.errors import ModelError
from harness.read.lm import LOCAL_MODEL, load_lm, model_folder

pytestmark = pytest.mark.slow  # importing transformer-lens takes 7 s

SIZES = {
    "vocab_size": 300,
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
}
CONFIGS: dict[str, Any] = {
    "gemma2": Gemma2Config(
        **SIZES,
        num_key_value_heads=2,
        head_dim=16,
        max_position_embeddings=64,
        sliding_window=8,
        query_pre_attn_scalar=16,
    ),
    "llama": LlamaConfig(**SIZES, num_key_value_heads=2, max_position_embeddings=64, rope_theta=500.0),
    "pythia": GPTNeoXConfig(**SIZES, max_position_embeddings=64, rotary_pct=0.25),
    "sequential neox": GPTNeoXConfig(**SIZES, max_position_embeddings=64, use_parallel_residual=False),
    "gpt2": GPT2Config(vocab_size=300, n_embd=32, n_layer=3, n_head=4, n_positions=64),
}


def saved_model(folder: Path, config: Any) -> Path:
    """A random model of that kind with the shipped tokenizer, as a folder; its norms and biases are not trivial."""
    torch.manual_seed(0)
    config.vocab_size = 8192
    model = AutoModelForCausalLM.from_config(config)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.05 * torch.randn_like(parameter))
    model.save_pretrained(folder)
    AutoTokenizer.from_pretrained(model_folder(LOCAL_MODEL)).save_pretrained(folder)
    return folder


@pytest.mark.parametrize("kind", CONFIGS)
def test_a_hooked_model_is_the_transformers_model(kind: str, tmp_path: Path) -> None:
    """Logits, and the residual stream after each block, within 1e-4, beyond the window of local attention."""
    from harness.evaluation.upstream.lens import load_hooked

    folder = saved_model(tmp_path, CONFIGS[kind])
    model = AutoModelForCausalLM.from_pretrained(folder, attn_implementation="eager").eval()
    found = load_hooked(str(folder))
    tokens = torch.randint(3, 300, (2, 40), generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        theirs = model(tokens, output_hidden_states=True)
        logits, cache = found.run_with_cache(tokens)
    assert torch.allclose(logits, theirs.logits, atol=1e-4)
    for layer in (0, 1):
        assert torch.allclose(cache[f"blocks.{layer}.hook_resid_post"], theirs.hidden_states[layer + 1], atol=1e-4)


def test_a_model_in_half_precision_stays_in_it(tmp_path: Path) -> None:
    """bfloat16 is not turned into float32, which a large model would not fit in."""
    from harness.evaluation.upstream.lens import load_hooked

    found = load_hooked(str(saved_model(tmp_path, CONFIGS["gemma2"])), dtype="bfloat16")
    assert {parameter.dtype for parameter in found.parameters()} == {torch.bfloat16}


def test_a_kind_that_cannot_be_converted_is_named(tmp_path: Path) -> None:
    """A state-space model, or one whose positions are scaled, is an error before anything is computed."""
    from harness.evaluation.upstream.lens import load_hooked

    mamba = MambaConfig(vocab_size=300, hidden_size=32, num_hidden_layers=3, state_size=4)
    with pytest.raises(ModelError, match="mamba model: the evals know gemma2, llama, gpt_neox, gpt2"):
        load_hooked(str(saved_model(tmp_path / "mamba", mamba)))
    scaled = LlamaConfig(
        **SIZES,
        max_position_embeddings=64,
        rope_parameters={"rope_type": "linear", "factor": 2.0, "rope_theta": 10_000.0},
    )
    with pytest.raises(ModelError, match="positions are scaled"):
        load_hooked(str(saved_model(tmp_path / "scaled", scaled)))


def test_the_hooked_model_is_the_language_model(hooked: Any) -> None:
    """Logits and the residual stream after block 2 equal transformers' within 1e-4."""
    model = load_lm(LOCAL_MODEL).model
    tokens = torch.randint(3, 8000, (2, 128), generator=torch.Generator().manual_seed(0))
    tokens[:, 0] = 2
    with torch.no_grad():
        theirs = model(tokens, output_hidden_states=True)
        logits, cache = hooked.run_with_cache(tokens)
    assert torch.allclose(logits, theirs.logits, atol=1e-4)
    assert torch.allclose(cache["blocks.2.hook_resid_post"], theirs.hidden_states[3], atol=1e-4)
