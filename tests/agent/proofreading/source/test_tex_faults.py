"""What TeX refuses in words that help nobody is told before it, by name and with what to write; what TeX takes is not told."""

from __future__ import annotations

import pytest

from agent.proofreading.source.latex import DOUBTS, Surroundings, structure_problems, unwrap
from agent.proofreading.source.tex_faults import columns_of

AROUND = Surroundings((), {"a.pdf"}, {"sec:method"})
ROWS = (
    "\\begin{{table}}\\caption{{A}}\\label{{tab:a}}\\begin{{tabular}}{{{spec}}} {body} \\end{{tabular}}\\end{{table}}"
)


def told(text: str) -> list[str]:
    return structure_problems(unwrap(text, ("a.pdf",)), AROUND)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "It costs $5 to train.",
            "begins with '$5 to train.' (line 1) is never closed, was expecting '$'; a dollar sign is written \\$",
        ),
        ("First.\nThis is \\textbf{bold and more.", "begins with '\\\\textbf{bold and more.' (line 2) is never closed"),
        ("\\begin{itemize}\\item one", "begins with '\\\\begin{itemize}\\\\item one' (line 1) is never closed"),
        ("5\\times faster", "outside of math stands \\times: write $\\times$"),
        ("the weight \\lambda is set", "outside of math stands \\lambda: write $\\lambda$"),
        ("the vector \\mathbf{x} is", "outside of math stands \\mathbf: write $\\mathbf{x}$"),
        ("\\begin{equation}\\begin{align} a &= b \\end{align}\\end{equation}", "align stands within \\begin{equation}"),
        ("$$\\begin{align} a &= b \\end{align}$$", "align stands within $$"),
        ("$\\left( a + b)$", "1 \\left and 0 \\right in one formula"),
        (
            ROWS.format(spec="ll", body="a & b \\\\ a & b & c \\\\"),
            "a row has 3 cells, and the table 2 columns ('a & b & c')",
        ),
        (ROWS.format(spec="ll", body="\\multicolumn{2}{c}{x} & y"), "a row has 3 cells"),
        (ROWS.format(spec="lS[table-format=1.2]", body="a & b"), "'S' is no type of column here"),
        (
            "\\begin{enumerate}[label=H\\arabic*:]\\item a\\end{enumerate}",
            "the option [label=H\\arabic*:] of a list is not taken",
        ),
        ("\\begin{enumerate}[Step 1:]\\item a\\end{enumerate}", "give a label of words at its item"),
        ("$\\E[x]$ in $\\R^d$", "it is a macro of another paper: write it out, such as \\mathbb{E}"),
        (
            "\\begin{table}\\caption{A}\\caption{B}\\label{tab:a}\\begin{tabular}{l}a\\end{tabular}\\end{table}",
            "has more than one \\caption",
        ),
        ("\\subfigure[One]{a}", "use the environment subfigure"),
        ("\\crefrange{sec:method}{sec:method}", "use \\cref{LABEL,LABEL}"),
        ("\\colorbox{yellow}{a}", "leave it out: the look is the paper's"),
        ("\\ac{sae} and \\acp{sae}", "write the words out"),
        ("\\begin{ack}We thank all.\\end{ack}", "who wrote is told in an appendix"),
    ],
)
def test_each_fault_is_told_with_what_to_write(text: str, words: str) -> None:
    """The command, the row or the place where something begins, never TeX's `Missing $ inserted`."""
    assert any(words in problem for problem in told(text)), told(text)


@pytest.mark.parametrize(
    "text",
    [
        "$\\left( a \\right. + \\left\\{ b \\right\\}$ and \\ensuremath{\\lambda}, $\\text{a}\\times b$",
        "\\begin{equation}\\begin{aligned} a &= b \\\\ &= c \\end{aligned}\\end{equation}",
        ROWS.format(
            spec="@{}l|*{2}{c}p{2cm}>{\\bfseries}r@{}",
            body="\\toprule a & b & c & d & e \\\\ \\multicolumn{3}{c}{x} & y & z",
        ),
        ROWS.format(spec="ll", body="a \\& b & \\makecell{c \\\\ d} \\\\ g & {h & i}"),
        "\\begin{tabularx}{\\linewidth}{lX} a & b \\\\ \\end{tabularx}",
        "\\begin{itemize}[leftmargin=*,noitemsep]\\item a\\end{itemize}",
        "\\begin{enumerate}[label=(\\roman*), topsep=2pt]\\item a\\end{enumerate}",
        "\\begin{enumerate}[(a)]\\item a\\end{enumerate} \\begin{enumerate}[label=\\textbf{\\arabic*.}]\\item a\\end{enumerate}",
        "\\begin{equation}\na = b\n\n+ c\n\n\\end{equation}",
        "\\begin{figure}\\begin{subfigure}{1cm}\\includegraphics{a.pdf}\\subcaption{x}\\end{subfigure}\\caption{A}\\label{fig:x}\\end{figure}",
    ],
)
def test_what_tex_takes_is_not_told(text: str) -> None:
    """Options of a list that are only its look and blank lines in a formula go without a word; the rest stands as it is."""
    assert told(text) == []


def test_what_goes_without_a_word_holds_none() -> None:
    """The list and the formula stay; options of the look and blank lines do not."""
    assert unwrap("\\begin{itemize}[nosep]\n\\item a\n\\end{itemize}") == "\\begin{itemize}\n\\item a\n\\end{itemize}"
    assert unwrap("\\[\na\n\n\n= b\n\\]\n\nWords.") == "\\[\na\n= b\n\\]\n\nWords."


def test_about_a_number_is_said() -> None:
    """`~50` is no space before a number; one between words and numbers stays what it is."""
    assert unwrap("after ~50 steps (~[[run_1.mse]]), Table~\\ref{a}, 5~ms") == (
        "after $\\sim$50 steps ($\\sim$[[run_1.mse]]), Table~\\ref{a}, 5~ms"
    )


def test_a_command_outside_of_math_is_a_doubt() -> None:
    """TeX itself is asked: a macro of a template's preamble may well set its argument in math."""
    (problem,) = told("the weight \\lambda is set")
    assert problem.startswith(DOUBTS)


@pytest.mark.parametrize(
    ("spec", "known"),
    [
        ("lcr", (3, "")),
        ("l*{3}{cp{1cm}}", (7, "")),
        ("|l|w{c}{2cm}|", (2, "")),
        ("lY", (1, "Y")),
        ("*{2}{S}", (0, "S")),
    ],
)
def test_columns_are_counted(spec: str, known: tuple[int, str]) -> None:
    """Repeated ones, ones with a width, and the first that there is not."""
    assert columns_of(spec) == known
