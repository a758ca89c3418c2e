"""The PDF's words against paper.tex's, in their order: what TeX may do to a text is honest, what a forger does is not."""

from __future__ import annotations

import pytest

from agent.packing.checks.printed_order import not_printed
from agent.packing.checks.prose import algorithms, stretches, with_legends
from agent.session.paths import REPOSITORY

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
    return [" ".join(words) for words in not_printed(pages, stretches(_TEXT))]


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


def test_an_algorithm_within_a_sentence_is_let_pass() -> None:
    """Its words are in no stretch; a page's end with one is honest, and a word that it does not have is told."""
    words = algorithms(
        "\\begin{algorithm}[t]\\caption{The loop}\\begin{algorithmic}\\For{each run $r$}\\State see what is worse"
        "\\EndFor\\end{algorithmic}\\end{algorithm}"
    )
    printed = "Algorithm 1 The loop 1: for each run r do 2: see what is worse 3: end for"
    found = [
        not_printed([_PRINT.replace("run 2 is not", f"run 2 {there} is not")], stretches(_TEXT), words)
        for there in (printed, f"{printed} never")
    ]
    assert not found[0] and found[1] and not algorithms(_TEXT)


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


_TWICE = r"""\begin{document}
On loss the first run is worse than the baseline and the second run is within noise of it on every seed.

Both \citep{one} within noise \citep{two} and worse than the baseline \citep{three} were seen.
\end{document}"""
_TWICE_PRINTED = (
    "Head of it 3 On loss the first run is worse than",
    "Head of it 4 the baseline and the second run is within noise of it on every seed. Both (One, 2020) within noise (Two, 2021) and worse than "
    "the baseline (Three, 2022) were seen.",
)


def test_a_few_words_that_stand_by_themselves_take_no_place_in_a_broken_sentence() -> None:
    """They come again where they stand; the sentence, which a page's end breaks, is read round them all the same."""
    held = stretches(_TWICE)
    assert ["within", "noise"] in held and list(not_printed(_TWICE_PRINTED, held)) == []


@pytest.mark.parametrize(
    ("old", "new"), [("second run is within", "second run is not within"), ("(One, 2020) within", "(One, 2020) beyond")]
)
def test_what_is_read_in_several_ways_is_told_where_it_fits_none(old: str, new: str) -> None:
    """A "not" in the broken sentence, other words by themselves."""
    assert list(not_printed([page.replace(old, new) for page in _TWICE_PRINTED], stretches(_TWICE)))


_WITH_TABLE = r"""\begin{document}
\begin{table}[t]\begin{tabular}{lr} Run & loss \\ Run 1 & 0.12 \end{tabular}
\evidlegend
\evidlookslegend{30 at the 5 metrics (Bonferroni)}
\end{table}
The first run is worse than the baseline and the second is within noise of it on every seed.
\end{document}"""
_LEGENDS = (
    "+ better, − worse than the baseline, beyond noise; * not comparable; ? noise unknown; unmarked: within noise noise: of one look; all "
    "looks: 30 at the 5 metrics (Bonferroni); in brackets: beyond the noise of one look only"
)
_WITH_TABLE_PRINTED = (
    "Head of it 3 The first run is worse than the baseline and",
    f"Head of it 4 Run loss Run 1 0.12 {_LEGENDS} the second is within noise of it on every seed.",
)


@pytest.mark.parametrize(
    ("old", "new", "honest"),
    [
        ("", "", True),
        ("unmarked: within noise", "unmarked: better", False),
        ("30 at the 5", "3 at the 5", False),
        ("the second is within", "the second is not within", False),
    ],
)
def test_a_table_s_legend_is_of_the_paper_too(old: str, new: str, honest: bool) -> None:
    """The style words it, and paper.tex only names it: between the parts of a sentence it is a float's, and another one is told."""
    styles = (REPOSITORY / "latex" / "labwords.sty").read_text(encoding="utf-8")
    pages = [page.replace(old, new) if old else page for page in _WITH_TABLE_PRINTED]
    assert (list(not_printed(pages, stretches(with_legends(_WITH_TABLE, styles)))) == []) is honest
