"""Sparse probing: can one, two or five latents tell a WordNet class (noun.animal, noun.plant, …) from the others?

sae-bench's probes (Gao et al. 2024; Karvonen et al. 2025) on glosses that the language model never saw in training.
For each class: latents chosen by difference of means on the training glosses, logistic regression, accuracy on test
glosses with as many negatives as positives, so 0.5 is chance. Repeats differ in the negatives that are drawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from harness.evaluation.upstream import get_sae_meaned_activations, quiet, train_probe_on_activations

KS = (1, 2, 5)


@dataclass(frozen=True)
class ProbingData:
    """Activations [glosses, gloss_tokens, d_in] by class; positions of special tokens are zero and not counted."""

    train: dict[str, Tensor]
    test: dict[str, Tensor]


def mean_codes(sae: Any, data: ProbingData) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """Each gloss as the mean of its tokens' latents [glosses, d_sae], by class: training and test."""
    with quiet(), torch.no_grad():
        return get_sae_meaned_activations(data.train, sae, 50), get_sae_meaned_activations(data.test, sae, 50)


def probing_scores(train: dict[str, Tensor], test: dict[str, Tensor], repeat: int) -> dict[str, float]:
    """`probing_top_1`, `_2`, `_5`: accuracy of probes on so many latents, mean over classes, for one repeat."""
    scores = {}
    for k in KS:
        torch.manual_seed(repeat)
        with quiet():
            _, accuracies = train_probe_on_activations(train, test, select_top_k=k)
        scores[f"probing_top_{k}"] = sum(accuracies.values()) / len(accuracies)
    return scores
