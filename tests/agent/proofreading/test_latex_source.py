"""A section's LaTeX is taken out of its wrapping and checked before TeX sees it."""

from __future__ import annotations

import pytest

from agent.proofreading.latex_source import Surroundings, structure_problems, unwrap

AROUND = Surroundings({"gao2024scaling"}, {"mse.pdf"}, {"sec:method", "tab:other"})

FINE = [
    r"Plain text, $x_1^2$ and \emph{more} by \citet{gao2024scaling}, see \ref{sec:method} and 50\%.",
    r"\begin{table}[t]\centering\caption{[[table l0 mse | run_0]]}\label{tab:a}\begin{tabular}{lr}a & b \\ \end{tabular}\end{table}",
    "\\begin{figure}[t]\\includegraphics[width=0.5\\textwidth]{mse.pdf}\\caption{A}\\label{fig:a}\\end{figure} See \\ref{fig:a}.",
    r"\begin{align} a_1 &= b^2 \\ c &\leftarrow d \end{align} and \[ x_i \] and \(y_j\)",
    r"\paragraph{Parts} \begin{itemize}\item \texttt{lambda\_max} is [[run_1.config.lambda_max]]\end{itemize}",
    r"\url{https://example.org/a_b} and $\begin{cases} a & b \\ c & d \end{cases}$",
]

WRONG = [
    (r"\emph{open", "does not parse"),
    (r"\begin{itemize}\item a", "was expecting"),
    (r"\begin{figure} \end{table}", "mismatching"),
    (r"costs $5", "does not parse"),
    (r"the setting lambda_max", "'_' in text"),
    (r"\caption{a_b}", "'_' in text"),
    (r"this & that", "'&' outside a table"),
    (r"\input{/etc/passwd}", "\\input is not allowed"),
    (r"\write18{rm -rf .}", "\\write18 is not allowed"),
    (r"\immediate\openout5=x", "\\openout is not allowed"),
    (r"\usepackage{tikz}", "\\usepackage is not allowed"),
    (r"\def\a{b}", "\\def is not allowed"),
    (r"^^5cinput{x}", "^^ is not allowed"),
    (r"\evid{run_1.mse}{0.1}", "\\evid is not allowed"),
    (r"\section{Another}", "\\section is not allowed"),
    (r"\begin{algorithm}x\end{algorithm}", "algorithm is not available"),
    (r"\citep{nobody2020}", "not in the bibliography"),
    (r"\citep[see][p. 3]{gao2024scaling, nobody2020}", "nobody2020"),
    (r"\ref{fig:none}", "no such label"),
    (r"\label{a}\label{a}", "defined twice"),
    (r"\label{tab:other}", "already defined elsewhere"),
    (r"\includegraphics{loss.pdf}", "does not exist; the figures are mse.pdf"),
    ("RESULTS HERE", "placeholder"),
    ("As shown [insert figure].", "placeholder"),
    ("TODO: write", "placeholder"),
]


@pytest.mark.parametrize("text", FINE)
def test_takes_sound_sections(text: str) -> None:
    """Math, tables, figures, citations and references of the usual kind raise nothing."""
    assert structure_problems(text, AROUND) == []


@pytest.mark.parametrize(("text", "told"), WRONG)
def test_names_what_is_wrong(text: str, told: str) -> None:
    """Each fault is told in a sentence that a model can act on."""
    assert any(told in problem for problem in structure_problems(text, AROUND)), structure_problems(text, AROUND)


def test_unwraps_what_models_put_around_a_section() -> None:
    """Chatter, fences, a preamble, the section's own heading, comments and folders of figures are taken away."""
    answer = (
        "Here it is:\n```latex\n\\documentclass{article}\\begin{document}\n\\section{Results}\n\\label{sec:res}\n"
        "% what I plan\nSeen in \\includegraphics[width=3cm]{figures/mse.png}. % aside\nAbout 50% of it, 10\\% more.\n"
        "\\end{document}\n```\nHope this helps!"
    )
    assert unwrap(answer, ["mse.pdf"]) == (
        "Seen in \\includegraphics[width=3cm]{mse.pdf}. \nAbout 50\\% of it, 10\\% more."
    )


def test_unwraps_a_fence_that_the_end_of_the_reply_cut_off() -> None:
    """A reply that ran out of tokens still gives its text."""
    assert unwrap("```latex\nHalf a section") == "Half a section"
