"""Unlearning: do a few latents hold one field of knowledge, so that clamping them takes it away and no other?

Farrell et al. 2024 ("Applying sparse autoencoders to unlearn knowledge in language models"), as sae-bench runs it. The
latents that are on in texts of the field (biology) and below a threshold in others are clamped to −multiplier wherever they
are on. The score is the part of the known questions of the field that is lost, at the best setting of a sweep among those
that leave 99% of the other questions right: 0 is nothing unlearned, 0.75 is guessing among four.

tiny   the field is WordNet's plants and animals. sae-bench chooses and clamps the latents and scores the sweep; the questions
       are ours and asked as a small model can be asked (questions.py). Texts and questions are from the training split.
full   all of it is sae-bench's (unlearning_full.py), on its own data: WMDP-bio and four subjects of MMLU, asked of the instruction-tuned sibling
       of the model (gemma-2-2b-it), the WMDP bio forget corpus against wikitext.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from harness.errors import HarnessError
from harness.evaluation.measures import questions
from harness.evaluation.measures.questions import SIZES, Exam
from harness.evaluation.upstream import unlearning as upstream

if TYPE_CHECKING:
    from pandas import DataFrame  # type: ignore[import-untyped]

MIN_KNOWN = {"forget": 40, "side": 100}  # below 100 a single wrong answer breaks the 99%
FORGET_SET = "wmdp-bio"


class UnlearningError(HarnessError):
    """Unlearning cannot be measured with this language model."""


@dataclass(frozen=True)
class Sweep:
    """The settings that are tried. sae-bench's 0.001 and 0.01, 10 and 20, 25 … 200 are for 16,384 latents of a model whose
    activations are six times as long; here a latent is on for 1.6% of tokens on average, at about 3."""

    retain_thresholds: tuple[float, ...] = (0.01, 0.02)
    n_features: tuple[int, ...] = (1, 2, 5)
    multipliers: tuple[int, ...] = (5, 10, 20, 40)


@dataclass(frozen=True)
class Unlearned:
    """The score, and the accuracies of each setting of the sweep: of the field, and of the rest (side effects)."""

    score: float
    sweep: list[dict[str, float]]
    before: dict[str, float] = field(default_factory=dict)  # accuracy of each class before any latent is clamped
    known: dict[str, int] = field(default_factory=dict)  # questions of each class that the model knows
    config: dict[str, Any] = field(default_factory=dict)  # of sae-bench's fields, those that are not its own defaults

    def scores(self) -> dict[str, float]:
        """The metric by name."""
        return {"unlearning": self.score}

    def details(self) -> dict[str, Any]:
        """Everything else, for the evaluator's file."""
        return {"before": self.before, "known": self.known, "sweep": self.sweep}


def shortfall(exam: Exam) -> list[str]:
    """What the model would have to know and does not; empty where the questions carry the score."""
    sides = {"forget": SIZES.forget, "side": SIZES.side}
    found = []
    for side, classes in sides.items():
        if (known := exam.known(classes)) < MIN_KNOWN[side]:
            asked = sum(exam.asked[name] for name in classes)
            mean = sum(exam.accuracy[name] * exam.asked[name] for name in classes) / asked
            found.append(
                f"the model knows {known} of {asked} questions about {', '.join(classes)} (accuracy {mean:.2f}, guessing "
                f"among {questions.CHOICES} gives {1 / questions.CHOICES:.2f}); {MIN_KNOWN[side]} are needed"
            )
    return found


def tiny(sae: Any, hooked: Any, exam: Exam, sweep: Sweep = Sweep()) -> Unlearned:
    """The score on local questions. `sae` encodes and decodes, with `cfg.hook_layer`; `hooked` is the language model.

    Raises UnlearningError where the model knows too little (`shortfall`).
    """
    if lacking := shortfall(exam):
        raise UnlearningError("unlearning is out of reach: " + "; ".join(lacking))
    layer = sae.cfg.hook_layer
    of_field = exam.sheet.is_of(SIZES.forget)
    special = {hooked.tokenizer.pad_token_id, hooked.tokenizer.eos_token_id, hooked.tokenizer.bos_token_id}
    with torch.no_grad():
        forget = how_often(sae, exam.forget_residual, exam.forget_ids, special)
        retain = how_often(sae, exam.retain_residual, exam.retain_ids, special)
        on = sae.encode(exam.sheet.residual.float()) > 0
        on[:, 0] = False  # sae-bench leaves `<bos>` alone
        on = on.any(1)  # [rows, d_sae]
    found = []
    for threshold, count in itertools.product(sweep.retain_thresholds, sweep.n_features):
        latents = upstream.get_top_features(forget, retain, retain_threshold=threshold)[:count].copy()
        for multiplier in sweep.multipliers:
            right = _answers(hooked, layer, exam, on[:, latents].any(1), sae, latents, multiplier)
            found.append(
                {
                    "retain_thres": threshold,
                    "n_features": len(latents),
                    "multiplier": multiplier,
                    FORGET_SET: float(right[of_field].float().mean()),
                    "all_side_effects_mcq": float(right[~of_field].float().mean()),
                }
            )
    known = {name: exam.known((name,)) for name in exam.asked}
    config = {
        "dataset_names": [f"wordnet {name}" for name in exam.asked],
        "retain_thresholds": list(sweep.retain_thresholds),
        "n_features_list": list(sweep.n_features),
        "multipliers": list(sweep.multipliers),
        "dataset_size": len(exam.forget_ids),
        "seq_len": int(exam.forget_ids.shape[1]),
    }
    return Unlearned(best(found), found, exam.accuracy, known, config)


def how_often(sae: Any, residual: Tensor, ids: Tensor, special: set[int | None]) -> Any:
    """The part of the tokens for which each latent is on, special tokens left out: a numpy array [d_sae]."""
    counted = ~torch.isin(ids, torch.tensor(sorted(special - {None})))  # type: ignore[type-var]
    times = [
        (sae.encode(rows[kept].float()) > 0).sum(0)
        for rows, kept in zip(residual.split(32), counted.split(32), strict=True)
    ]
    return (torch.stack(times).sum(0) / counted.sum()).numpy()


def _answers(hooked: Any, layer: int, exam: Exam, touched: Tensor, sae: Any, latents: Any, multiplier: int) -> Tensor:
    """[questions] bool under the intervention. Only rows in which one of the latents is on are asked again: it changes no other."""
    likelihood = exam.before.clone()
    rows = touched.nonzero()[:, 0]
    if len(rows):
        likelihood[rows] = questions.log_likelihood(
            hooked,
            layer,
            exam.sheet,
            rows,
            lambda residual: upstream.clamp_latents(residual, None, sae, latents, multiplier),
        )
    return questions.choose(likelihood, exam.sheet)


def best(sweep: list[dict[str, float]]) -> float:
    """sae-bench's own score of a sweep."""
    from pandas import DataFrame

    table: DataFrame = DataFrame(sweep)
    return float(upstream.get_unlearning_scores(table))
