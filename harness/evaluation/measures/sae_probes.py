"""k-sparse probing as sae-probes has it: can one, two or five latents of a text's last token tell its class?

Kantamneni et al. 2025 (arXiv 2502.16681), by the functions of their package. For each data set, texts with a label of two:
latents by the difference of their means in both classes, each divided by the mean of its activations; logistic regression
with an L1 penalty whose strength is chosen on a part of the training texts; accuracy, AUC and F1 on test texts, of which
half have the label, so that 0.5 is chance. At tiny scale a data set is a class of WordNet's glosses against the others.
Repeats differ in the texts that are drawn.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from statistics import fmean
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from harness.errors import HarnessError
from harness.evaluation.measures.probing import ProbingData
from harness.evaluation.upstream import sae_probes as upstream
from harness.evaluation.upstream.quiet import quiet

KS = (1, 2, 5)
SEED = 42  # of the first repeat, as sae-bench has it
TRAINED = 2 / 3  # of a data set's texts; the others are tested
PENALTY = "l1"


class SaeProbesError(HarnessError):
    """An SAE that says nothing about the last tokens."""


@dataclass(frozen=True)
class Quality:
    """How well a probe does on its test texts."""

    accuracy: float
    auc: float
    f1: float


@dataclass(frozen=True)
class Probed:
    """One repeat: how well probes on k latents do, by k and data set."""

    by_k: dict[int, dict[str, Quality]]

    def scores(self) -> dict[str, float]:
        """`sae_probes_top_1`, `_2`, `_5`: mean accuracies over data sets."""
        return {f"sae_probes_top_{k}": mean_of(by.values()).accuracy for k, by in self.by_k.items()}


def mean_of(found: Iterable[Quality]) -> Quality:
    """Each figure's mean over data sets."""
    each = list(found)
    return Quality(*(fmean(getattr(one, name) for one in each) for name in ("accuracy", "auc", "f1")))


@dataclass(frozen=True)
class LastTokens:
    """Texts by the activations of their last token, and the class of each."""

    x: Tensor  # [texts, d_in]
    classes: tuple[str, ...]
    of: Tensor  # [texts] int64: place in `classes`

    def sizes(self) -> tuple[int, int]:
        """How many texts of a class's data set are trained on and how many are tested, half of each of the class."""
        texts = int(self.of.bincount().min())
        trained = int(TRAINED * texts)
        return 2 * trained, 2 * (texts - trained)


def last_tokens(data: ProbingData) -> LastTokens:
    """Of each gloss the last position that is no special token (those are zero)."""
    classes, rows, of = tuple(data.train), [], []
    for number, name in enumerate(classes):
        texts = torch.cat([data.train[name], data.test[name]])  # [glosses, tokens, d_in]
        places = torch.arange(texts.shape[1]) * texts.any(-1)  # 0 where special, as the first one is
        rows.append(texts[torch.arange(len(texts)), places.amax(1)])
        of.append(torch.full((len(texts),), number))
    return LastTokens(torch.cat(rows), classes, torch.cat(of))


def probe(texts: LastTokens, encode: Callable[[Tensor], Tensor], repeat: int) -> Probed:
    """Probes on what `encode` makes of the last tokens, [texts, d_in] → [texts, latents], for one repeat.

    Raises SaeProbesError where every code is 0: the probe would guess, and 0.5 would look like a measurement.
    """
    with torch.no_grad():
        codes = torch.cat([encode(rows).float().cpu() for rows in texts.x.split(1024)])
    if not bool(codes.any()):
        raise SaeProbesError("no latent is on for the last token of any text, so there is nothing to probe")
    by_k: dict[int, dict[str, Quality]] = {k: {} for k in KS}
    for number, name in enumerate(texts.classes):
        train, test, y = _drawn(texts, number, SEED + repeat)
        best = upstream.get_sorted_indices(codes[train], y[train], upstream.mean_act_normalization)
        for k in KS:
            found = codes[:, best[:k]].numpy()
            by_k[k][name] = _fitted(found[train], y[train], found[test], y[test], PENALTY, SEED + repeat)
    return Probed(by_k)


def language_model_quality(texts: LastTokens) -> Quality:
    """sae-bench's baseline: logistic regression on the whole residual stream, mean over data sets."""
    found = []
    for number in range(len(texts.classes)):
        train, test, y = _drawn(texts, number, SEED)
        x = texts.x.numpy()
        found.append(_fitted(x[train], y[train], x[test], y[test], "l2", SEED))
    return mean_of(found)


def _drawn(texts: LastTokens, number: int, seed: int) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Places of the texts to train on and to test, and whether each text is of the class."""
    y = (texts.of == number).numpy().astype(np.int64)
    train, test = upstream.get_train_test_indices(y, *texts.sizes(), seed=seed)
    return train, test, y


def _fitted(
    x: NDArray[Any], y: NDArray[Any], x_test: NDArray[Any], y_test: NDArray[Any], penalty: str, seed: int
) -> Quality:
    with quiet(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # sklearn's, of names of arguments and of steps that were enough for sae-probes
        metrics = upstream.find_best_reg(x, y, x_test, y_test, penalty=penalty, seed=seed).metrics
    return Quality(metrics.test_acc, metrics.test_auc, metrics.test_f1)
