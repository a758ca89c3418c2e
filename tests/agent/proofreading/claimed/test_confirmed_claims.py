"""Words of confirmation stand where fresh seeds bear them; planted claims of what was seen in one run are caught."""

from __future__ import annotations

import pytest

from agent.evidence.evidence import Evidence
from agent.proofreading.occurrence import Grounds
from agent.proofreading.typed_numbers import typed_findings
from tests.world.fresh_seeds import HOLDS, LUCKY, confirmation, tried

PLANTED = [
    "Run 3 is confirmed better on explained variance.",
    "This confirms the gain of run 3.",
    "The result of run 3 replicates.",
    "The advantage of run 3 holds up on fresh seeds.",
    "On fresh seeds run 3 is [[run_3.explained_variance.verdict]].",
    "Our method was confirmed.",
    "The improvement is stable across seeds.",
]


def findings(text: str, mine: tuple[float, ...] | None = HOLDS) -> list[str]:
    evidence = Evidence(tried(None if mine is None else confirmation(mine)))
    return [str(found) for found in typed_findings(text, Grounds(evidence), latex=True)]


@pytest.mark.parametrize("text", PLANTED)
@pytest.mark.parametrize("mine", [HOLDS, LUCKY, None], ids=["held", "lucky", "none"])
def test_a_claim_of_confirmation_needs_the_reference_that_bears_it(text: str, mine: tuple[float, ...] | None) -> None:
    """Typed, it is a problem whatever was measured: the same text is filled in again with other samples."""
    assert any("words of confirmation" in found for found in findings(text, mine)), findings(text, mine)


@pytest.mark.parametrize(
    "text", ["Run 3 is confirmed: it is [[confirmed.explained_variance]].", "[[confirmed]] So it holds up."]
)
def test_a_reference_that_says_otherwise_bears_nothing(text: str) -> None:
    """`confirmed` typed beside an outcome that is not: refused where the seeds were not in its favour."""
    assert any("was not confirmed" in found or "words of confirmation" in found for found in findings(text, LUCKY))


@pytest.mark.parametrize(
    "text",
    [
        "[[confirmed]]",
        "On explained variance run 3 is [[confirmed.explained_variance]].",
        "Over [[confirmed.seeds]] fresh seeds the difference is [[confirmed.explained_variance.delta]].",
        "Over 3 fresh seeds run 3 is [[confirmed.explained_variance.verdict]].",
        "What run 1 shows was seen in one run, not confirmed.",
        "The confirmation on fresh seeds says of run 3 that it is [[confirmed.explained_variance]].",
        "Further seeds would tell whether the gain of run 3 holds up.",
        "Others confirmed this at scale \\citep{one}.",
    ],
)
def test_what_the_samples_say_and_modesty_stand(text: str) -> None:
    """By reference, denied, asked, or said of somebody else's work: no finding, with samples for it and against it."""
    for mine in (HOLDS, LUCKY):
        assert findings(text, mine) == []
