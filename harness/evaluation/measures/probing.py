"""Sparse probing: can one, two or five latents tell a WordNet class (noun.animal, noun.plant, …) from the others?

sae-bench's probes (Gao et al. 2024; Karvonen et al. 2025) on glosses that the language model never saw in training.
For each class: latents chosen by difference of means on the training glosses, logistic regression, accuracy on test
glosses with as many negatives as positives, so 0.5 is chance. Repeats differ in the negatives that are drawn.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from harness.errors import HarnessError
from harness.evaluation.upstream.probing import (
    create_meaned_model_activations,
    get_sae_meaned_activations,
    train_probe_on_activations,
)
from harness.evaluation.upstream.quiet import quiet

KS = (1, 2, 5)


class ProbingError(HarnessError):
    """An SAE that says nothing about the glosses."""


@dataclass(frozen=True)
class ProbingData:
    """Activations [glosses, gloss_tokens, d_in] by class; positions of special tokens are zero and not counted."""

    train: dict[str, Tensor]
    test: dict[str, Tensor]
    llm: dict[str, float] = field(default_factory=dict)  # accuracies without an SAE; `language_model_accuracy`


def mean_codes(sae: Any, data: ProbingData) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """Each gloss as the mean of its tokens' latents [glosses, d_sae], by class: training and test."""
    with quiet(), torch.no_grad():
        return get_sae_meaned_activations(data.train, sae, 50), get_sae_meaned_activations(data.test, sae, 50)


@dataclass(frozen=True)
class Probed:
    """One repeat: the accuracy of probes on k latents, by k and class."""

    accuracy: dict[int, dict[str, float]]

    def scores(self) -> dict[str, float]:
        """`probing_top_1`, `_2`, `_5`: means over classes."""
        return {f"probing_top_{k}": sum(by.values()) / len(by) for k, by in self.accuracy.items()}


def probing_scores(train: dict[str, Tensor], test: dict[str, Tensor], repeat: int) -> Probed:
    """Sparse probing of codes [glosses, d_sae] by class, for one repeat.

    Raises ProbingError where every code is 0: the probe would guess, and 0.5 would look like a measurement.
    """
    if not any(bool(codes.any()) for part in (train, test) for codes in part.values()):
        raise ProbingError("no latent is on in any of the glosses, so there is nothing to probe")
    accuracy = {}
    for k in KS:
        torch.manual_seed(repeat)
        with quiet():
            _, found = train_probe_on_activations(train, test, select_top_k=k)
        accuracy[k] = {name: float(value) for name, value in found.items()}
    return Probed(accuracy)


def language_model_accuracy(train: dict[str, Tensor], test: dict[str, Tensor]) -> dict[str, float]:
    """The same probes on the residual stream itself: `llm_top_k_test_accuracy` on its k best dimensions, and
    `llm_test_accuracy` on all of them: what an SAE's latents are held against."""
    torch.manual_seed(0)
    means = [create_meaned_model_activations(part) for part in (train, test)]
    found = {}
    for name, k in [("llm_test_accuracy", None), *((f"llm_top_{k}_test_accuracy", k) for k in KS)]:
        _, accuracies = train_probe_on_activations(*means, select_top_k=k)
        found[name] = float(sum(accuracies.values()) / len(accuracies))
    return found
