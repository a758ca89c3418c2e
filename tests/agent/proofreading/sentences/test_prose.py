"""A text is read as sentences: without markup, references kept apart, each with its line."""

from __future__ import annotations

import pytest

from agent.proofreading.sentences.prose import Sentence, sentences

LATEX = """\
\\section{Results}
% a comment with 0.5
We saw $k = 16$ latents, i.e. all of them.
Run 3 is [[run_3.mse.verdict]] \\citep{gao2024},
as Figure~\\ref{fig:a} shows. Then:
\\begin{itemize}
\\item first, \\emph{plainly}
\\item second
\\end{itemize}

\\begin{tabular}{lr}
Run 1 & 0.5 \\\\
Run 2 & 0.6 \\\\
\\end{tabular}
"""


def read(text: str, latex: bool = True) -> list[tuple[int, str]]:
    return [(sentence.line, sentence.shown) for sentence in sentences(text, latex)]


def test_latex_is_read_without_its_markup() -> None:
    """Headings, items and rows of tables are sentences of their own; comments and labels are gone; each has its line."""
    assert read(LATEX) == [
        (1, "Results"),
        (3, "We saw k = 16 latents, i.e all of them."),
        (4, "Run 3 is [[run_3.mse.verdict]] [cited], as Figure shows."),
        (5, "Then:"),
        (7, "first, plainly"),
        (8, "second"),
        (12, "Run 1 & 0.5"),
        (13, "Run 2 & 0.6"),
    ]


def test_plain_text_ends_at_bullets_and_blank_lines() -> None:
    """A list of a note is read item by item, emphasis taken away."""
    assert read("Two **things**:\n- one\n2. two\n\nA `third`. And\nmore.", latex=False) == [
        (1, "Two things:"),
        (2, "one"),
        (3, "two"),
        (5, "A third."),
        (5, "And more."),
    ]


def test_references_stand_in_their_order() -> None:
    """They are no words of the sentence, so they name no run and no number."""
    (sentence,) = sentences("[[run_3.mse]] and [[best.name]]", latex=True)
    assert [reference.text for reference in sentence.references] == ["run_3.mse", "best.name"]
    assert "3" not in sentence.text


def test_a_part_is_shown_with_what_was_typed() -> None:
    """Words that a message quotes hold references as a person wrote them, and no character that stands for one."""
    (sentence,) = sentences(
        "Run 1 is [[run_1.mse.verdict]], and run 2 is [[run_2.mse.verdict]] \\citep{gao2024}.", True
    )
    part = sentence.text[sentence.text.index("run 2") :]
    assert sentence.shown_of(part) == "run 2 is [[run_2.mse.verdict]] [cited]."


@pytest.mark.parametrize(("at", "clause"), [("alpha", "alpha is 1"), ("beta", " beta is 2 "), ("gamma", " gamma")])
def test_a_clause_ends_at_commas_and_conjunctions(at: str, clause: str) -> None:
    """A number belongs to what its own clause names."""
    sentence = Sentence("alpha is 1, beta is 2 while gamma", ())
    start = sentence.text.index(at)
    assert sentence.clause(start, start + len(at)) == clause
