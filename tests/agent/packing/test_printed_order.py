"""The PDF's words against paper.tex's, in their order: what TeX may do to a text is honest, what a forger does is not."""

from __future__ import annotations

import pytest

from agent.packing.checks.printed_order import not_printed
from agent.packing.checks.prose import stretches

_TEXT = r"""
\\documentclass{article}\\newcommand{\\no}[1]{never #1}
\\begin{document}
\\section{What was seen}\\label{sec:seen}
On loss run 1 is \\evidwords{run_1.loss.verdict}{within noise}, and run 2 is not worse. % a plan
See \\cref{sec:seen} \\citep{someone}: the half-width is \\evid{run_1.loss}{0.12} \\ensuremath{\\pm} 0.03 of $x^2$ units\\footnote{By hand.} here.

\\begin{tabular}{lr}\\toprule Run & loss \\\\[2pt] Run 1 & 0.12 \\\\ Run 2 & \\ensuremath{-}0.30 \\\\\\bottomrule\\end{tabular}
\\end{document}""".replace("\\\\", "\\")
_PRINT = (
    "1 What was seen On loss run 1 is within noise, and run 2 is not worse. See Section 1 (Someone, 2020): the half-width is 0.12 ± 0.03 of "
    "x2 units1 here. Run loss Run 1 0.12 Run 2 −0.30 1By hand."
)


def told(*pages: str) -> list[str]:
    """What is told of a print with these pages."""
    return [" ".join(words) for words in not_printed(pages, _TEXT)]


def test_only_what_is_certain_is_held() -> None:
    """Formulas, citations, labels, definitions and notes end a stretch, and stand in none; a sign goes with its number."""
    assert stretches(_TEXT) == [
        ["what", "was", "seen"],
        ["on", "loss", "run", "1", "is", "within", "noise", "and", "run", "2", "is", "not", "worse", "see"],
        ["the", "half", "width", "is", "0.12", "0.03", "of"],
        ["units"],
        ["by", "hand"],
        ["here"],
        ["run", "loss"],
        ["run", "1", "0.12"],
        ["run", "2", "-0.30"],
    ]


@pytest.mark.parametrize(
    "pages",
    [
        (_PRINT,),
        (_PRINT.replace("not worse", "not wor- se"),),
        (_PRINT.replace("half-width", "half- width"),),
        (_PRINT.replace("run 2 is", "run 7 head 2 is"),),
        tuple(f"Head of it {page} 7" for page in _PRINT.replace("within", "within|").split("|")),
        tuple(f"Head of it {page} 7" for page in _PRINT.replace("On loss", "On|loss").split("|")),
        (_PRINT.replace("within noise", "within Figure 3 x what was seen noise").replace("1 What was seen", ""),),
    ],
)
def test_what_tex_does_to_a_text_is_let_pass(pages: tuple[str, ...]) -> None:
    """A broken word, a page's end with its head and foot, a float in the midst of a sentence."""
    assert told(*pages) == []


def test_what_the_style_prints_below_a_table_is_let_pass_within_a_sentence() -> None:
    """A table at the head of a page stands between two halves of a sentence with its legend, whose words only the style has; other
    words there are told, and so is a legend that the paper does not have."""
    source = _TEXT.replace(
        "\\end{tabular}", "\\end{tabular}\n\\evidlegend\n\\evidlookslegend{2 (1 run, 2 metrics); Bonferroni}"
    )
    legend = (
        "+ better, − worse than the baseline, beyond noise; * not comparable; ? noise unknown; unmarked: within noise noise: of one look; "
        "all looks: 2 (1 run, 2 metrics); Bonferroni; in brackets: beyond the noise of one look only"
    )
    table = "Run loss Run 1 0.12 Run 2 −0.30"

    def found(below: str, written: str = source) -> list[str]:
        printed = _PRINT.replace(f" {table}", "").replace("run 2 is not", f"run 2 {table} {below} is not")
        return [" ".join(words) for words in not_printed([printed], written)]

    assert found(legend) == []
    assert found(f"{legend} never") and found(legend, _TEXT)


def test_an_algorithm_within_a_sentence_is_let_pass() -> None:
    """Its words are in no stretch; a page's end with one is honest, and a word that it does not have is told."""
    float_ = (
        "\\begin{algorithm}[t]\\caption{The loop}\\begin{algorithmic}\\For{each run $r$}\\State see what is worse"
        "\\EndFor\\end{algorithmic}\\end{algorithm}"
    )
    source = _TEXT.replace("\\begin{tabular}", f"{float_}\n\\begin{{tabular}}")
    printed = "Algorithm 1 The loop 1: for each run r do 2: see what is worse 3: end for"
    found = [
        list(not_printed([_PRINT.replace("run 2 is not", f"run 2 {there} is not")], source))
        for there in (printed, f"{printed} never")
    ]
    assert not found[0] and found[1]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("is not worse", "is worse"),
        ("is within noise", "is not within noise"),
        ("run 1 is", "run 2 is"),
        ("0.12 ± 0.03", "0.12 ± 0.01"),
        ("−0.30", "+0.30"),
        ("−0.30", "0.30"),
        ("Run 1 0.12 Run 2 −0.30", "Run 1 −0.30 Run 2 0.12"),
        ("run 1 is within noise, and run 2 is not worse", "run 2 is within noise, and run 1 is not worse"),
        ("See Section", "Never see Section"),
    ],
)
def test_what_a_forger_does_to_a_print_is_told(old: str, new: str) -> None:
    """A short word more or less, another number, another sign, two rows or runs exchanged."""
    assert old in _PRINT and told(_PRINT.replace(old, new))
