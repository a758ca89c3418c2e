"""Automatic interpretability: can a judge say what a latent stands for, so that it tells where the latent is on?

sae-bench's eval (Paulo et al. 2024; Karvonen et al. 2025) with a judge of one's choice. For each of some latents the
judge sees texts with the tokens marked at which it is on, and explains; then it gets the explanation and 14 other texts,
4 of them with the latent on, and says in which it is. The score is the part of the 14 that it gets right, mean over
latents. A judge that always says "none" scores about 0.69: that is the floor, not 0.
"""

from __future__ import annotations

import asyncio
import random
import statistics
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from harness.errors import HarnessError
from harness.evaluation.judging.judge import Judge
from harness.evaluation.upstream import autointerp as upstream
from harness.evaluation.upstream.quiet import quiet
from harness.grad import no_grad
from harness.halving import halved

SEED = 0
ROWS = 32
MIN_ON = 15  # tokens at which a latent must be on to be asked about, as sae-bench has it


class InterpretError(HarnessError):
    """No latent could be scored."""


@dataclass(frozen=True)
class Interpreted:
    """What the judge made of each latent."""

    judge: str
    config: Any
    by_latent: dict[int, dict[str, Any]]  # explanation, predictions, correct seqs, score
    chosen: int  # latents that were to be asked about
    unreadable: int  # that the judge answered for, but not as asked; sae-bench leaves them out in silence

    @property
    def all_scores(self) -> list[float]:
        return [float(each["score"]) for each in self.by_latent.values()]

    def scores(self) -> dict[str, float]:
        """`autointerp`: mean over latents."""
        return {"autointerp": statistics.fmean(self.all_scores)}

    def details(self) -> dict[str, Any]:
        """Who judged, how many latents, and each one's explanation and score."""
        return {
            "judge": self.judge,
            "latents": len(self.by_latent),
            "chosen": self.chosen,
            "unreadable": self.unreadable,
            "standard_deviation": statistics.pstdev(self.all_scores),
            "explanations": {
                str(latent): {"explanation": each["explanation"], "score": round(each["score"], 4)}
                for latent, each in sorted(self.by_latent.items())
            },
        }


@no_grad
def interpret(
    sae: Any,
    model: Any,
    tokens: Tensor,
    judge: Judge,
    latents: int,
    dataset: str = "wordnet",
    seed: int = SEED,
    rows: int = ROWS,
) -> Interpreted:
    """Ask the judge about so many latents, on held-out `tokens` [n, context], `rows` of them read at once.

    Raises JudgeError, InterpretError.
    """
    config = upstream.AutoInterpEvalConfig(
        model_name=sae.cfg.model_name,
        n_latents=latents,
        dead_latent_threshold=MIN_ON,
        random_seed=seed,
        dataset_name=dataset,
        llm_context_size=tokens.shape[1],
        llm_batch_size=rows,
        llm_dtype=str(model.cfg.dtype).removeprefix("torch."),
        total_tokens=tokens.numel(),
    )
    random.seed(seed)
    torch.manual_seed(seed)
    hook = (sae.cfg.hook_layer, sae.cfg.hook_name)
    with quiet():
        how_often = halved(
            lambda size: upstream.get_feature_activation_sparsity(
                tokens, model, sae, size, *hook, mask_bos_pad_eos_tokens=True
            ),
            config.llm_batch_size,
            "autointerp",
        )
        asked = upstream.Interpretation(config, model, sae, tokens, how_often, judge.ask)
        found = asyncio.run(asked.run())
    if not found:
        raise InterpretError(
            f"none of {asked.n_latents} latents could be scored: none is on at {MIN_ON} tokens, or {judge.name} never "
            "answered with numbers"
        )
    return Interpreted(
        judge.name,
        config,
        {latent: _without_logs(each) for latent, each in found.items()},
        asked.n_latents,
        asked.unreadable,
    )


def _without_logs(found: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in found.items() if name != "logs"}
