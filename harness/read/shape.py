"""How large a language model is: from its configuration where it is here, else as it is published."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.read.lm import local_folder


@dataclass(frozen=True)
class Shape:
    """A language model's sizes."""

    d_model: int
    d_mlp: int
    layers: int
    vocabulary: int
    heads: int  # d_model's worth of queries, in parts
    kv_heads: int
    d_head: int
    matrices: int  # of an MLP: 2, or 3 where it is gated
    file_bytes: float  # of what is fetched; 0 where it is not known

    @property
    def block(self) -> int:
        """Parameters of a block."""
        attention = 2 * self.d_model * self.d_head * (self.heads + self.kv_heads)
        return attention + self.matrices * self.d_model * self.d_mlp

    @property
    def parameters(self) -> int:
        return self.layers * self.block + self.vocabulary * self.d_model

    def operations(self, layer: int, context: int) -> float:
        """Of a token's pass up to the block `layer`, in texts of `context`."""
        return (layer + 1) * (2 * self.block + 2 * context * self.heads * self.d_head)

    def whole(self, context: int) -> float:
        """Of a token's pass to the logits."""
        return self.operations(self.layers - 1, context) + 2 * self.d_model * self.vocabulary


KNOWN = {  # as their configurations on the hub have it
    "EleutherAI/pythia-70m-deduped": Shape(
        d_model=512,
        d_mlp=2048,
        layers=6,
        vocabulary=50304,
        heads=8,
        kv_heads=8,
        d_head=64,
        matrices=2,
        file_bytes=0.17e9,
    ),
    "EleutherAI/pythia-160m-deduped": Shape(
        d_model=768,
        d_mlp=3072,
        layers=12,
        vocabulary=50304,
        heads=12,
        kv_heads=12,
        d_head=64,
        matrices=2,
        file_bytes=0.38e9,
    ),
    "google/gemma-2-2b": Shape(
        d_model=2304,
        d_mlp=9216,
        layers=26,
        vocabulary=256000,
        heads=8,
        kv_heads=4,
        d_head=256,
        matrices=3,
        file_bytes=10.5e9,
    ),
}


def shape_of(model: str) -> Shape | None:
    """From the model's configuration where it is on this machine, else what is known of it; None where nothing is."""
    folder = local_folder(model)
    found = _shape_in(folder) if folder else None
    return found or KNOWN.get(model)


def _shape_in(folder: Path) -> Shape | None:
    try:
        config: dict[str, Any] = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        d_model = int(config.get("hidden_size") or config["n_embd"])
        heads = int(config.get("num_attention_heads") or config["n_head"])
        gated = str(config.get("model_type", "")) not in ("gpt_neox", "gpt2", "opt")
        return Shape(
            d_model=d_model,
            d_mlp=int(config.get("intermediate_size") or config.get("ffn_dim") or 4 * d_model),
            layers=int(config.get("num_hidden_layers") or config["n_layer"]),
            vocabulary=int(config["vocab_size"]),
            heads=heads,
            kv_heads=int(config.get("num_key_value_heads") or heads),
            d_head=int(config.get("head_dim") or d_model // heads),
            matrices=3 if gated else 2,
            file_bytes=0,  # it is here
        )
    except (OSError, ValueError, LookupError, TypeError):
        return None
