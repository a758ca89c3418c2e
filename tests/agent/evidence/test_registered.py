"""References to hypotheses: what was registered and what came of it, or that nothing of this name was."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent.errors import BadAnswer
from agent.evidence.fill import fill
from agent.results.registered.outcomes import Judged, Registration
from agent.session.events.hypothesis import Hypothesis
from tests.world.study import evidence

H1 = Hypothesis(name="H1", metric="mse", run="run_3", relation="better than", against="run_1")
H2 = Hypothesis(name="H2", metric="l0", run="run_9", relation="not worse than", against="run_0")
KNOWN = replace(
    evidence(),
    registration=Registration(
        (Judged(H1, "held", "better than run 1 by 0.0221"), Judged(H2, "not tested", "run_9 was not made"))
    ),
)


def test_a_hypothesis_and_its_outcome_are_filled_in() -> None:
    """Statement and outcome in words that fit a sentence, linked to the rows that they stand on; one that was not tested has none."""
    told = fill("[[H1]] is [[H1.outcome]], [[ h2 . outcome ]].", KNOWN, "text")
    assert told.problems == () and told.text == (
        "H1 (mse of run 3 better than run 1) is held (better than run 1 by 0.0221), not tested (run_9 was not made)."
    )
    assert [filled.rows for filled in told.filled] == [(), (("run_3", "mse"), ("run_1", "mse")), ()]
    assert fill("[[H1.outcome]]", KNOWN, "latex").text.startswith("\\evidwords{H1.outcome}{held")


@pytest.mark.parametrize(
    ("reference", "why"), [("H7.outcome", "registered are H1, H2"), ("H1.verdict", "[[H1]] and [[H1.outcome]]")]
)
def test_what_was_not_registered_is_refused(reference: str, why: str) -> None:
    """An unknown hypothesis or field names those there are; in a session without any it says so."""
    with pytest.raises(BadAnswer, match="H"):
        KNOWN.resolve(reference)
    assert why in fill(f"[[{reference}]]", KNOWN, "text").problems[0]
    assert "the plan registered none" in fill("[[H1.outcome]]", evidence(), "text").problems[0]
