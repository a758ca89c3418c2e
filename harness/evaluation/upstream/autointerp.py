"""The door to sae-bench's autointerp, and its faults 12 and 13 mended."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from sae_bench.evals.autointerp import eval_output as output
from sae_bench.evals.autointerp.eval_config import AutoInterpEvalConfig
from sae_bench.evals.autointerp.main import AutoInterp
from sae_bench.sae_bench_utils.activation_collection import get_feature_activation_sparsity
from torch import Tensor

__all__ = ["AutoInterp", "AutoInterpEvalConfig", "Interpretation", "get_feature_activation_sparsity", "output"]


Ask = Callable[[Any, int], str]  # messages, tokens at most → the answer


class Interpretation(AutoInterp):
    """sae-bench's autointerp with a judge of one's choice and questions that are the same every time (faults 12, 13)."""

    def __init__(self, config: Any, model: Any, sae: Any, tokens: Tensor, how_often: Tensor, ask: Ask) -> None:
        super().__init__(config, model, sae, tokens, how_often.clone(), str(sae.device), api_key="")
        self._ask = ask
        self.unreadable = 0

    def get_api_response(self, messages: Any, max_tokens: int, n_completions: int = 1) -> tuple[list[str], str]:
        return [self._ask(messages, max_tokens).strip()] * n_completions, ""

    def get_scoring_prompts(self, explanation: str, scoring_examples: Any) -> Any:
        random.seed(explanation)
        return super().get_scoring_prompts(explanation, scoring_examples)

    def parse_predictions(self, predictions: str) -> Any:
        found = super().parse_predictions(predictions)
        self.unreadable += found is None
        return found
