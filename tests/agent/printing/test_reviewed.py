"""The review's appendix: what an objection rests on is printed with its value, and a quoted formula as a formula."""

from __future__ import annotations

import re

import pytest

from agent.printing.reviewed import review_appendix
from agent.results.story.reviewed import Review, Standing
from agent.session.events.review import Objection, ObjectionAnswer, ReviewForm
from tests.world.study import evidence

FORM = ReviewForm(
    summary="S.", strengths="", weaknesses="", soundness=3, presentation=3, contribution=2, overall=5, confidence=4
)
BODY = r"\section{Method}\label{sec:method} As \citet{gao2024scaling} we use $L_s$. \begin{figure}\label{fig:loss}\end{figure}"


def printed(quote: str = "", said: str = "Why?", answer: str = "") -> str:
    """The appendix of a review with one objection."""
    given = ObjectionAnswer(number=1, how="reason", text=answer) if answer else None
    objection = Objection(number=1, quote=quote, text=said, evidence=["code"])
    return review_appendix(Review((Standing(objection, given),), None), evidence(), BODY)


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


@pytest.mark.parametrize(
    ("typed", "set_as"),
    [
        (r"\cref{fig:loss} hides it.", r"\cref{fig:loss} hides it."),
        (r"\Cref{fig:loss,sec:method} hide it.", r"\Cref{fig:loss,sec:method} hide it."),
        (r"Figure~\ref{fig:gone} hides it.", "Figure (fig:gone) hides it."),
        (r"\citet[p.~3]{gao2024scaling} say it.", r"\citet[p.~3]{gao2024scaling} say it."),
        (r"\citep{nobody2020} say it.", "[nobody2020] say it."),
        (r"The \emph{loss} of coactive\_cosine is 5\% less.", r"The loss of coactive\_cosine is 5\% less."),
        ("The share $L_s$ falls.", "The share $L_s$ falls."),
    ],
)
def test_commands_are_set_as_in_the_text(typed: str, set_as: str) -> None:
    """In a quote, an objection and an answer alike: what the paper labels and cites works, what it does not have is named."""
    for tex in (printed(quote=typed), printed(said=typed), printed(answer=typed)):
        assert set_as in tex and "textbackslash" not in tex


@pytest.mark.parametrize("reference", ["run_3.mse.delta", "compare run_3 run_1 mse", "run_3.name"])
def test_a_reference_in_an_objection_has_its_value(reference: str) -> None:
    """In objection, answer and form the value stands, as plain text."""
    told, typed = evidence().resolve(reference).text, f"It is [[{reference}]] here."
    form = ReviewForm(
        summary=typed, strengths="", weaknesses="", soundness=3, presentation=3, contribution=2, overall=5, confidence=4
    )
    inside = review_appendix(Review((), form), evidence(), BODY)
    for tex in (printed(said=typed), printed(answer=typed), inside):
        assert "[[" not in tex and f"It is {told} here.".replace("_", r"\_").replace("-", "") in tex.replace("-", "")


def test_what_the_paper_does_not_hold_is_shown_as_it_was_typed() -> None:
    """A reference to nothing, a formula that TeX has not seen, signs of plain text: nothing of them is set as LaTeX."""
    tex = printed(said=r"[[run_9.mse]] costs $5 or $\\undefined{x}$, ~10% of a_b & c.")
    assert r"[[run\_9.mse]]" in tex and r"\undefined" not in tex and r"10\% of a\_b \& c." in tex
    assert r"\textasciitilde" in printed(said="About ~10 of 5.")


@pytest.mark.parametrize(
    "typed",
    [
        r"\citep[\input{/etc/passwd}]{gao2024scaling} say it.",
        r"\citefoo{gao2024scaling} say it.",
        r"\cref{fig:loss\input{x}} says it.",
        r"\ref{fig:loss}\write18{ls}",
        r"\input{/etc/passwd} and $\input{x}$",
        r"[[run_3.mse\input{x}]]",
    ],
)
def test_nothing_else_of_it_reaches_tex(typed: str) -> None:
    """A command within a citation, beside a reference, in a formula that the paper does not have: shown, never run."""
    for tex in (printed(said=typed), printed(answer=typed)):
        assert not re.search(r"\\(?:input|write|citefoo)\b", tex), tex


def test_what_is_not_on_the_list_is_told_in_words_for_readers() -> None:
    """An objection that nothing bears is counted with the reason; of a review that was no use, the reason is cut at a word."""
    out = Review((), FORM, left_out=("objection 2: its quote 'a_b' does not stand in the draft",))
    tex = review_appendix(out, evidence())
    assert "1 further objection is left out, since nothing bears it: objection 2: its quote" in tex and "a\\_b" in tex
    standing = (Standing(Objection(number=1, by="adviser", quote="q", text="Why?", evidence=["code"]), None),)
    unused = review_appendix(Review(standing, None, f"the answer could not be used: {'word ' * 100}"), evidence())
    assert "could not be used: word" in unused and "word \\ldots" in unused.replace("{\\textellipsis}", "\\ldots")
    assert "left out" not in unused
