"""A language model as a HookedTransformer, which is what sae-bench runs: Gemma-2, Llama, GPT-NeoX (Pythia) and GPT-2.

`HookedTransformer.from_pretrained` refuses a local folder, and takes an architecture from a name that contains "llama" or
"gemma". So the configuration is read off transformers' here, and the weights go through transformer-lens' own converters.
Logits agree with transformers' within 1e-4 (tested for each).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
from transformer_lens import HookedTransformer, HookedTransformerConfig
from transformer_lens.pretrained import weight_conversions as conversions

from harness.errors import ModelError
from harness.read.lm import load_lm


def load_hooked(name: str, device: str = "cpu", dtype: str = "float32") -> Any:
    """The model of that name (see harness.read.lm) as a HookedTransformer. Raises ModelError where its kind is not known."""
    lm = load_lm(name, device, getattr(torch, dtype))
    return hooked(lm.model, lm.tokenizer, name)


def hooked(model: Any, tokenizer: Any, name: str) -> Any:
    """A `HookedTransformer` with the weights of a transformers model, where they are and as precise, in eval mode."""
    config = model.config
    kind = KINDS.get(config.model_type)
    if kind is None:
        raise ModelError(
            f"{name} is a {config.model_type} model: the evals know {', '.join(KINDS)}; score it with --evals it does not "
            "need, or choose one of these models"
        )
    describe, convert = kind
    described = HookedTransformerConfig(
        **describe(config),
        d_vocab=config.vocab_size,
        original_architecture=type(model).__name__,
        model_name=name.rstrip("/").rpartition("/")[2],
        device=str(model.device),
        dtype=model.dtype,
        init_weights=False,  # they are loaded next
        default_prepend_bos=tokenizer.bos_token_id is not None,
    )
    found = HookedTransformer(described, tokenizer=tokenizer, default_padding_side="right")
    found.load_and_process_state_dict(
        convert(model, described),
        fold_ln=False,
        center_writing_weights=False,
        center_unembed=False,
        fold_value_biases=False,
    )
    return found.eval()


def with_mlp_input(model: Any, layer: int) -> Any:
    """The model, with the hook point `blocks.{layer}.mlp.hook_in` that SAELens gives it for a transcoder."""
    mlp = model.blocks[layer].mlp
    if not hasattr(mlp, "hook_in"):
        from sae_lens.analysis.hooked_sae_transformer import add_hook_in_to_mlp

        add_hook_in_to_mlp(mlp)
        model.setup()  # its table of hook points, once more
    return model


def _gemma2(config: Any) -> dict[str, Any]:
    return _rotary(config, config.head_dim) | {
        "n_key_value_heads": config.num_key_value_heads,
        "act_fn": "gelu_pytorch_tanh",
        "gated_mlp": True,
        "normalization_type": "RMS",
        "eps": config.rms_norm_eps,
        "final_rms": True,
        "use_normalization_before_and_after": True,
        "rotary_dim": config.head_dim,
        "use_attn_scale": True,
        "attn_scale": math.sqrt(config.query_pre_attn_scalar),
        "use_local_attn": True,
        "window_size": config.sliding_window,
        "attn_types": ["local" if kind == "sliding_attention" else "global" for kind in config.layer_types],
        "attn_scores_soft_cap": config.attn_logit_softcapping or -1.0,
        "output_logits_soft_cap": config.final_logit_softcapping or -1.0,
    }


def _llama(config: Any) -> dict[str, Any]:
    if (_rope(config).get("rope_type") or "default") != "default":
        raise ModelError(f"its positions are scaled ({_rope(config)['rope_type']}), which the evals do not convert")
    heads = config.num_key_value_heads
    head = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    return _rotary(config, head) | {
        "n_key_value_heads": None if heads == config.num_attention_heads else heads,
        "act_fn": config.hidden_act,
        "gated_mlp": True,
        "normalization_type": "RMS",
        "eps": config.rms_norm_eps,
        "final_rms": True,
        "rotary_dim": head,
        "rotary_adjacent_pairs": False,
    }


def _gpt_neox(config: Any) -> dict[str, Any]:
    head = config.hidden_size // config.num_attention_heads
    part = _rope(config).get("partial_rotary_factor") or getattr(config, "rotary_pct", 1.0)
    return _rotary(config, head) | {
        "act_fn": config.hidden_act,
        "normalization_type": "LN",
        "eps": config.layer_norm_eps,
        "parallel_attn_mlp": config.use_parallel_residual,
        "rotary_dim": round(part * head),
        "rotary_adjacent_pairs": False,
    }


def _gpt2(config: Any) -> dict[str, Any]:
    return {
        "d_model": config.n_embd,
        "d_head": config.n_embd // config.n_head,
        "n_heads": config.n_head,
        "d_mlp": config.n_inner or 4 * config.n_embd,
        "n_layers": config.n_layer,
        "n_ctx": config.n_positions,
        "act_fn": config.activation_function,
        "normalization_type": "LN",
        "eps": config.layer_norm_epsilon,
        "use_attn_scale": config.scale_attn_weights,
        "scale_attn_by_inverse_layer_idx": config.scale_attn_by_inverse_layer_idx,
    }


def _rotary(config: Any, head: int) -> dict[str, Any]:
    """What the models with rotary positions share."""
    return {
        "d_model": config.hidden_size,
        "d_head": head,
        "n_heads": config.num_attention_heads,
        "d_mlp": config.intermediate_size,
        "n_layers": config.num_hidden_layers,
        "n_ctx": config.max_position_embeddings,
        "positional_embedding_type": "rotary",
        "rotary_base": int(_rope(config).get("rope_theta") or config.rope_theta),
    }


def _rope(config: Any) -> dict[str, Any]:
    """transformers 5 has `rope_parameters`, transformers 4 single fields."""
    found = getattr(config, "rope_parameters", None)
    return found if isinstance(found, dict) else {}


KINDS: dict[str, tuple[Callable[[Any], dict[str, Any]], Callable[[Any, Any], Any]]] = {
    "gemma2": (_gemma2, conversions.convert_gemma_weights),
    "llama": (_llama, conversions.convert_llama_weights),
    "gpt_neox": (_gpt_neox, conversions.convert_neox_weights),
    "gpt2": (_gpt2, conversions.convert_gpt2_weights),
}
