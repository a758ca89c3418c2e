"""A caption's claims are checked like any text, in whatever form LaTeX takes a caption."""

from __future__ import annotations

import pytest

from agent.proofreading.occurrence import Grounds
from agent.proofreading.typed_numbers import typed_findings
from tests.world.study import evidence

CLAIM = "Explained variance reaches 0.8971 in run 3."
FORMS = [
    "\\caption{%s}",
    "\\caption*{%s}",
    "\\caption[Runs]{%s}",
    "\\caption[%s]{All runs.}",
    "\\caption [ %s ] {All runs.}",
    "\\captionof{figure}{%s}",
    "\\captionof{table}[%s]{All runs.}",
    "\\subcaption{%s}",
    "\\subcaptionbox{%s}{\\includegraphics{a.pdf}}",
    "\\subfloat[%s]{\\includegraphics{a.pdf}}",
    "\\begin{subfigure}{0.48\\linewidth}\\includegraphics[width=\\linewidth]{a.pdf}\\caption{%s}\\end{subfigure}",
    "\\begin{table}\\caption{%s}\\begin{tabular}{l}a\\end{tabular}\\end{table}",
]


def found(caption: str) -> list[str]:
    text = (
        f"\\begin{{figure}}\\includegraphics[width=0.9\\linewidth]{{a.pdf}}\n{caption}\n\\label{{fig:a}}\\end{{figure}}"
    )
    return [finding.typed for finding in typed_findings(text, Grounds(evidence(), ""), latex=True)]


@pytest.mark.parametrize("form", FORMS)
def test_a_claim_in_any_caption_is_found(form: str) -> None:
    """The same false number in each form; and the same form with the value by reference passes."""
    assert found(form % CLAIM) == ["0.8971"]
    assert found(form % "Explained variance of run 3 is [[run_3.explained_variance]].") == []


@pytest.mark.parametrize("form", FORMS)
def test_a_comparison_in_any_caption_is_found(form: str) -> None:
    """A word of gain that no verdict bears."""
    assert found(form % "Run 3 improves explained variance.")


def test_a_short_caption_does_not_bear_the_long_one() -> None:
    """They are two sentences: a citation or a reference in one frees nothing in the other."""
    assert found("\\caption[As \\citet{gao2024} found]{Explained variance reaches 0.8971 in run 3.}") == ["0.8971"]
