"""Small SAEs to be scored."""

from __future__ import annotations

import torch
from torch import Tensor

from harness.evaluation.judging.judge import Messages
from harness.evaluation.submitted.scored import ScoredSAE
from harness.evaluation.submitted.submission import Submission
from harness.read.lm import LOCAL_MODEL
from harness.sae import unit_norm_


def submitted(
    W_enc: Tensor, b_enc: Tensor, W_dec: Tensor, b_dec: Tensor, k: int, model: str = "m", layer: int = 2
) -> Submission:
    """A TopK SAE with these tensors; W_enc [d_in, d_sae]."""
    tensors = {"W_enc": W_enc, "b_enc": b_enc, "W_dec": W_dec, "b_dec": b_dec}
    sae = ScoredSAE("topk", {name: tensor.clone() for name, tensor in tensors.items()}, k)
    d_in, d_sae = W_enc.shape
    return Submission(sae, d_in, d_sae, model=model, layer=layer, context=128, k=k, kind="topk")


def random_submission(
    d_in: int, d_sae: int, k: int, bias: float = 0.0, scale: float = 1.0, model: str = "m", seed: int = 0
) -> Submission:
    """A TopK SAE with random unit directions, tied, for inputs `scale` times as large."""
    torch.manual_seed(seed)
    directions = torch.randn(d_sae, d_in)
    unit_norm_(directions)
    return submitted(directions.T, torch.zeros(d_sae), directions, scale * torch.full((d_in,), bias), k, model)


class Oracle:
    """A judge that answers from what it is asked: it explains nothing, and is always or never right."""

    name = "oracle"

    def __init__(self, answer: str) -> None:
        self.answer = answer
        self.asked: list[str] = []

    def ask(self, messages: Messages, max_tokens: int) -> str:
        self.asked.append(messages[-1]["content"])
        return self.answer


def latent_for(direction: torch.Tensor, threshold: float) -> ScoredSAE:
    """Two latents: one is on where x · direction is above the threshold, the other never."""
    tensors = {
        "W_enc": torch.stack([direction, direction], 1),
        "b_enc": torch.tensor([-threshold, -1e6]),
        "W_dec": torch.stack([direction, direction]),
        "b_dec": torch.zeros(len(direction)),
    }
    from harness.evaluation.scoring.described import as_upstream_sae  # imports sae-bench, which takes 7 s

    sae = ScoredSAE("standard", tensors)
    return as_upstream_sae(Submission(sae, len(direction), 2, LOCAL_MODEL, layer=2, context=128))


def an_sae(d_sae: int = 200, k: int = 12) -> Submission:
    """A random TopK SAE for the shipped language model."""
    return random_submission(128, d_sae, k, model=LOCAL_MODEL)
