"""The review's appendix: what an objection rests on is printed with its value, and a quoted formula as a formula."""

from __future__ import annotations

from agent.printing.reviewed import review_appendix
from agent.results.reviewed import Review, Standing
from agent.session.review_events import Objection
from tests.world.study import evidence


def test_evidence_has_its_value_and_a_formula_is_set() -> None:
    """A reference with what it says, `code` by its name, one that says nothing as it was given; signs outside maths escaped."""
    quote = "The share $s_m$ is 5% of x_1."
    rests = ["[[run_3.mse.delta]]", "code", "[[run_9.mse]]"]
    known = evidence()
    tex = review_appendix(
        Review((Standing(Objection(number=1, quote=quote, text="Why?", evidence=rests), None),), None), known
    )
    delta = known.resolve("run_3.mse.delta").text
    assert f"run\\_3.mse.delta: {delta}; code; [[run\\_9.mse]]".replace("-", "") in tex.replace("-", "")
    assert "The share $s_m$ is 5\\% of x\\_1." in tex
