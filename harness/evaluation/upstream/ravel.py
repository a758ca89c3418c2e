"""The door to sae-bench's RAVEL, and its fault I6 mended."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from sae_bench.evals.ravel import main
from sae_bench.evals.ravel.eval_config import RAVELEvalConfig
from sae_bench.evals.ravel.eval_output import RAVELEvalOutput, RAVELMetricCategories, RAVELMetricResults
from sae_bench.evals.ravel.generation import generate_batched
from sae_bench.evals.ravel.instance import RAVELInstance, get_instance_name
from sae_bench.evals.ravel.validation import evaluate_completion
from sae_bench.sae_bench_utils.activation_collection import LLM_NAME_TO_BATCH_SIZE

__all__ = [
    "LLM_NAME_TO_BATCH_SIZE",
    "RAVELEvalConfig",
    "RAVELEvalOutput",
    "RAVELInstance",
    "RAVELMetricCategories",
    "RAVELMetricResults",
    "evaluate_completion",
    "generate_batched",
    "get_instance_name",
    "main",
    "tupled_blocks",
]


@contextlib.contextmanager
def tupled_blocks(model: Any) -> Iterator[None]:
    """A transformers model whose blocks return a tuple, as those of transformers 4 did (I6)."""

    def wrap(_module: Any, _inputs: Any, output: Any) -> Any:
        return output if isinstance(output, tuple) else (output,)

    def unwrap(_module: Any, arguments: tuple[Any, ...], named: dict[str, Any]) -> Any:
        first = arguments[0] if arguments else None
        if isinstance(first, tuple):
            arguments = (first[0], *arguments[1:])
        if isinstance(named.get("hidden_states"), tuple):
            named = named | {"hidden_states": named["hidden_states"][0]}
        return arguments, named

    body = model.base_model
    handles = [block.register_forward_hook(wrap) for block in body.layers]
    handles += [module.register_forward_pre_hook(unwrap, with_kwargs=True) for module in (*body.layers[1:], body.norm)]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()
