"""What nnsight reads of a language model: the residual stream after a block, and what goes into and out of its MLP."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray

from harness.errors import ActivationsError, ModelError
from harness.read.lm import LM

if TYPE_CHECKING:
    import torch

Part = TypeVar("Part", "NDArray[np.float16]", "torch.Tensor")


def checked(part: Part, lm: LM, layer: int) -> Part:
    """The activations, float16. Raises ActivationsError for NaN, infinity and what float16 cannot hold."""
    finite = np.isfinite(part).all() if isinstance(part, np.ndarray) else part.isfinite().all()
    if not bool(finite):
        raise ActivationsError(
            f"activations of {lm.name} after block {layer} hold NaN, or values beyond float16 (65,504): "
            "use another layer, or compute in float32"
        )
    return part


def residual_stream(lm: LM, layer: int, ids: NDArray[np.int64]) -> torch.Tensor:
    """The residual stream after block `layer` for rows of token ids: [rows, context, d_model].

    The forward pass stops there: for layer 12 of 26 that saves more than half of it.
    """
    import beartype  # noqa: F401  (nnsight fails with "unhashable type" where beartype is imported after it)
    import torch
    from nnsight import NNsight

    path = _blocks_path(lm)
    tokens = torch.from_numpy(ids).to(lm.model.device)
    tracer = NNsight(lm.model)
    with torch.no_grad(), tracer.trace(input_ids=tokens) as trace:
        output = tracer.get(path)[layer].output.save()
        trace.stop()
    hidden: torch.Tensor = output[0] if isinstance(output, tuple) else output
    return hidden


def mlp_pairs(lm: LM, layer: int, ids: NDArray[np.int64]) -> torch.Tensor:
    """The input of block `layer`'s MLP, and behind it what the MLP adds to the stream: [rows, context, 2 · d_model].

    Read at the module itself: its input comes after the norm before it. Where a norm stands behind it too (Gemma-2), the
    output is that norm's. Raises ModelError where the block has no module `mlp`.
    """
    import beartype  # noqa: F401  (as in residual_stream)
    import torch
    from nnsight import NNsight

    path = _blocks_path(lm)
    block = lm.model.get_submodule(path)[layer]
    if not hasattr(block, "mlp"):
        raise ModelError(f"block {layer} of {lm.name} ({type(block).__name__}) has no module mlp: use another model")
    tokens = torch.from_numpy(ids).to(lm.model.device)
    tracer = NNsight(lm.model)
    with torch.no_grad(), tracer.trace(input_ids=tokens) as trace:
        traced = tracer.get(path)[layer]
        read = traced.mlp.input.save()
        last = traced.post_feedforward_layernorm if hasattr(block, "post_feedforward_layernorm") else traced.mlp
        written = last.output.save()
        trace.stop()
    return torch.cat([read, written], -1)


def _blocks_path(lm: LM) -> str:
    """Where the list of blocks is: `model.layers` (Gemma, Llama), `gpt_neox.layers`, `transformer.h` (GPT-2) and others.

    It is the list with as many modules as the model has layers; of several, the one nearest to the root.
    """
    from torch.nn import ModuleList

    found = [
        path
        for path, module in lm.model.named_modules()
        if isinstance(module, ModuleList) and len(module) == lm.n_layers
    ]
    if not found:
        raise ModelError(
            f"the blocks of {lm.name} ({type(lm.model).__name__}) are not where they are known to be: use another model"
        )
    return min(found, key=lambda path: path.count("."))


def check_context(lm: LM, context: int) -> None:
    """Raises ModelError where the model cannot read texts of `context` tokens."""
    longest = getattr(lm.model.config.get_text_config(), "max_position_embeddings", context)
    if not 2 <= context <= longest:
        raise ModelError(f"{lm.name} reads texts of 2 to {longest} tokens, not {context}")
