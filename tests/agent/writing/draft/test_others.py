"""What a writer sees of the other sections is short, and has what would be repeated or contradicted."""

from __future__ import annotations

from agent.writing.draft import Draft
from agent.writing.draft.others import Other, others_say, outline

METHOD = "\\label{sec:m}The loss adds a term.\n\\begin{equation}\\label{eq:loss} x \\end{equation} Second. Third. Run 3 is [[run_3.mse.verdict]]."
DRAFT = Draft("T", {"Method": METHOD, "Results": "Seen. " * 400, "Conclusion": ""})


def test_an_outline_is_how_each_begins() -> None:
    """On one line, with the floats that it defines; an empty section and the asked one are left out."""
    assert outline(DRAFT, "Results") == [
        Other("Method", "The loss adds a term. x Second. Third. Run 3 is [[run_3.mse.verdict]].…", ("eq:loss",))
    ]
    (results,) = outline(DRAFT, "Method")
    assert len(results.said) == 161 and results.floats == ()


def test_a_refinement_sees_what_is_claimed() -> None:
    """The first two sentences, and each that judges a result, to a limit."""
    method, results = others_say(DRAFT, "")
    assert method.said == "The loss adds a term. x Run 3 is [[run_3.mse.verdict]]."
    assert results.said == "Seen. Seen."
    long = Draft("T", {"Results": "[[conclusion mse]] and so on. " * 100})
    assert 800 < len(others_say(long, "")[0].said) <= 1000
