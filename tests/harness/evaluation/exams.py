"""Few questions, a sweep of few settings, and a model that knows the answers."""

from __future__ import annotations

from typing import Any

import torch

from harness.evaluation.measures import questions, unlearning
from harness.evaluation.measures.questions import Exam
from harness.evaluation.upstream.lens import load_hooked
from harness.read.lm import LOCAL_MODEL
from tests.harness.evaluation.examples import latent_for

SMALL = questions.Sizes(
    side=("noun.person", "noun.location", "noun.act", "noun.artifact"),
    forget_questions=12,
    side_questions=8,
    wrong=10,
    corpus_rows=12,
)
SWEEP = unlearning.Sweep(retain_thresholds=(0.05,), n_features=(1,), multipliers=(5, 40))


def apart(exam: Exam) -> tuple[torch.Tensor, float]:
    """The direction from the mean activation of other texts to that of texts to forget, and a point well along it."""
    forget, others = (each.float().flatten(0, 1) for each in (exam.forget_residual, exam.retain_residual))
    direction = torch.nn.functional.normalize(forget.mean(0) - others.mean(0), dim=0)
    return direction, float((others @ direction).quantile(0.97))


SETTINGS = {
    "dataset_size": 8,
    "seq_len": 64,
    "retain_thresholds": [0.01],
    "n_features_list": [1],
    "multipliers": [200],
    "llm_batch_size": 8,
}


def knows_the_answers(hooked: Any, direction: torch.Tensor) -> Any:
    """The small model, made to answer with the letter of the choice that says "right", unless x · direction is far below 0."""

    class Knowing(type(hooked)):  # type: ignore[misc]
        def forward(self, tokens: torch.Tensor, *arguments: Any, **named: Any) -> Any:
            seen: list[torch.Tensor] = []
            hook = self.blocks[3].hook_resid_pre.register_forward_hook(
                lambda _module, _inputs, residual: seen.append(residual)
            )
            logits = super().forward(tokens, *arguments, **named)
            hook.remove()
            if logits is None or named.get("stop_at_layer") is not None:
                return logits
            for row, text in enumerate(self.tokenizer.batch_decode(tokens)):
                lost = bool(((seen[0][row] @ direction) < -100).any())
                letter = next((each for each in "ABCD" if f"{each}. right" in text), None)
                if letter and not lost:
                    logits[row, :, self.to_single_token(letter)] += 100
                elif lost:
                    logits[row, :, self.to_single_token("A")] -= 100
            return logits

    hooked.__class__ = Knowing
    return hooked


def knowing_of_viruses() -> tuple[Any, Any]:
    """A hooked model that knows the answers, and an SAE with a latent for " virus"."""
    hooked = load_hooked(LOCAL_MODEL)
    virus, other = (
        hooked.tokenizer(text, return_tensors="pt")["input_ids"]
        for text in ("a virus a virus a virus", "a small town in the west, on the coast")
    )
    with torch.no_grad():
        of_virus = questions.read(hooked, 2, virus).float()[virus == hooked.to_single_token(" virus")]
        of_other = questions.read(hooked, 2, other).float()[0, 1:]
    direction = torch.nn.functional.normalize(of_virus.mean(0) - of_other.mean(0), dim=0)
    on, off = (of_virus @ direction).min(), (of_other @ direction).max()
    return knows_the_answers(hooked, direction), latent_for(direction, float((on + off) / 2))
