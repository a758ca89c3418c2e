"""Words that claim more than the references of their sentence bear are found; hopes and citations are not claims."""

from __future__ import annotations

import pytest

from agent.proofreading.compared import claims, unborne
from agent.proofreading.sentences.names import Names
from agent.proofreading.sentences.prose import sentences
from tests.world.study import evidence


def found(text: str) -> list[tuple[str, str]]:
    (sentence,) = sentences(text, latex=True)
    names = Names(evidence())
    return [*claims.check(sentence, names), *unborne.check(sentence, names)]


@pytest.mark.parametrize(
    ("text", "typed", "said"),
    [
        ("The result is 0.9 ± 0.01.", "0.9 ±", "a typed spread"),
        ("It holds with p < 0.05.", "p < 0.05", "no test with a p-value"),
        ("Run 3 changes mse significantly.", "significantly", "a computed verdict"),
        ("Run 3 improves mse.", "improves", "a comparison of mse in words"),
        ("[[run_3.mse.verdict]], and it reduces absorption.", "reduces", "of absorption_fraction"),
        ("The quality of run 3 surpasses all.", "surpasses", "a comparison in words"),
    ],
)
def test_a_claim_that_nothing_bears_is_found(text: str, typed: str, said: str) -> None:
    """Spreads, p-values, significance and comparisons, each with the reference to write instead."""
    assert [(word, said in why) for word, why in found(text)] == [(typed, True)]


@pytest.mark.parametrize(
    "text",
    [
        "We ask whether the penalty improves mse.",
        "Gated units improve mse \\citep{a}.",
        "Run 3 is [[run_3.mse.verdict]] on mse, so it improves it.",
        "Of all runs, [[list better mse]] improved.",
        "No p-value was computed.",
        "The weight increases with time.",
        "Values have 4 significant digits.",
        "When there is more absorption than separation, directions overlap; few are on at once \\citep{a2020}.",
    ],
)
def test_what_is_borne_hoped_or_cited_is_left_alone(text: str) -> None:
    """A reference that says it, a question, another's work, a denial, a schedule, a unit."""
    assert found(text) == []
