"""The local Gemma-2 language model as a HookedTransformer, which is what sae-bench runs.

`HookedTransformer.from_pretrained` refuses a local folder, so the configuration is written out here and the weights go
through transformer-lens' own converter. Logits agree with transformers' within 1e-5 (tested).
"""

from __future__ import annotations

import math
from typing import Any

import torch

from harness.errors import ModelError
from harness.evaluation.upstream import HookedTransformer, HookedTransformerConfig, convert_gemma_weights
from harness.lm import load_lm


def load_hooked(name: str) -> Any:
    """The model of that name (see harness.lm) as a HookedTransformer. Raises ModelError where it is no Gemma-2."""
    lm = load_lm(name)
    if lm.model.config.model_type != "gemma2":
        raise ModelError(f"{name} is a {lm.model.config.model_type} model: the evals know gemma2 only")
    return hooked_gemma2(lm.model, lm.tokenizer, name)


def hooked_gemma2(model: Any, tokenizer: Any, name: str) -> Any:
    """A `HookedTransformer` in float32 with the weights of `model` (a transformers `Gemma2ForCausalLM`), in eval mode."""
    config = model.config
    lens_config = HookedTransformerConfig(
        d_model=config.hidden_size,
        d_head=config.head_dim,
        n_heads=config.num_attention_heads,
        n_key_value_heads=config.num_key_value_heads,
        d_mlp=config.intermediate_size,
        n_layers=config.num_hidden_layers,
        n_ctx=config.max_position_embeddings,
        d_vocab=config.vocab_size,
        eps=config.rms_norm_eps,
        act_fn="gelu_pytorch_tanh",
        gated_mlp=True,
        normalization_type="RMS",
        final_rms=True,
        use_normalization_before_and_after=True,
        positional_embedding_type="rotary",
        rotary_base=int(_rope_theta(config)),
        rotary_dim=config.head_dim,
        use_attn_scale=True,
        attn_scale=math.sqrt(config.query_pre_attn_scalar),
        use_local_attn=True,
        window_size=config.sliding_window,
        attn_types=["local" if kind == "sliding_attention" else "global" for kind in config.layer_types],
        attn_scores_soft_cap=config.attn_logit_softcapping or -1.0,
        output_logits_soft_cap=config.final_logit_softcapping or -1.0,
        original_architecture="Gemma2ForCausalLM",
        model_name=name,
        device="cpu",
        dtype=torch.float32,
        default_prepend_bos=True,
    )
    hooked = HookedTransformer(lens_config, tokenizer=tokenizer, default_padding_side="right")
    hooked.load_and_process_state_dict(
        convert_gemma_weights(model.float(), lens_config),
        fold_ln=False,
        center_writing_weights=False,
        center_unembed=False,
        fold_value_biases=False,
    )
    return hooked.eval()


def _rope_theta(config: Any) -> float:
    """transformers 4 has `rope_theta`, transformers 5 `rope_parameters`."""
    theta = getattr(config, "rope_theta", None) or config.rope_parameters["rope_theta"]
    return float(theta)
