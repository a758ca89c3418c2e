"""The questions of unlearning that a language model knows: asked once, kept in the cache."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import torch

from harness.evaluation.measures import questions
from harness.evaluation.measures.prepared.sizes import artifact_fields
from harness.evaluation.measures.questions import SIZES, Exam, Sheet
from harness.evaluation.upstream.lens import load_hooked
from harness.store.cache import Cache, Draft

KIND = "unlearning"
FORMAT = 1  # raise it when a change in questions.py makes other questions from the same sizes


def exam_fields(model: str, layer: int) -> dict[str, Any]:
    """Everything that the questions depend on, for the cache's key."""
    base = artifact_fields(model, layer, SIZES.corpus_tokens)
    shared = {name: base[name] for name in ("model", "text", "layer", "sae_bench")}
    return {"exam": FORMAT, **shared, **asdict(SIZES)}


def load_exam(model: str, layer: int) -> Exam:
    """The questions that `model` knows, from the cache; asked first where they are not there (20 s).

    Raises CacheMiss where they are not there and the cache is read-only.
    """

    def make(draft: Draft) -> None:
        exam = asdict(questions.build(load_hooked(model), layer))
        torch.save(exam, draft.folder / "exam.pt")
        draft.adopt("exam.pt")

    kept = torch.load(Cache().get(KIND, exam_fields(model, layer), make) / "exam.pt", weights_only=True)
    return Exam(**kept | {"sheet": Sheet(**kept["sheet"])})
