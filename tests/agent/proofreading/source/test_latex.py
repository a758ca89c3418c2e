"""A section's LaTeX is taken out of its wrapping and checked before TeX sees it."""

from __future__ import annotations

import pytest

from agent.proofreading.source.floats import unspoken_floats
from agent.proofreading.source.latex import Surroundings, structure_problems, unwrap

AROUND = Surroundings({"gao2024scaling"}, {"mse.pdf"}, {"sec:method", "tab:other"})

FINE = [
    r"Plain text, $x_1^2$ and \emph{more} by \citet{gao2024scaling}, see \ref{sec:method} and 50\%.",
    r"\begin{table}[t]\centering\caption{[[table l0 mse | run_0]]}\label{tab:a}\begin{tabular}{lr}a & b \\ \end{tabular}\end{table} \ref{tab:a}",
    "\\begin{figure}[t]\\includegraphics[width=0.5\\textwidth]{mse.pdf}\\caption{A}\\label{fig:a}\\end{figure} See \\ref{fig:a}.",
    r"\begin{align} a_1 &= b^2 \\ c &\leftarrow d \end{align} and \[ x_i \] and \(y_j\)",
    r"\paragraph{Parts} \begin{itemize}\item \texttt{lambda\_max} is [[run_1.config.lambda_max]]\end{itemize}",
    r"\begin{tabular}{>{$}l<{$}r@{\hspace{1em}}p{0.3\linewidth}} a & b & c \\ \multicolumn{2}{>{\bfseries}c}{x} & y \\ \end{tabular}",
    r"\begin{array}{c|c} a_1 & b \end{array}",
    r"Two lines\\",
    r"{\small a \\} \begin{center}a\\\end{center}",
    r"The tokens <bos>, <pad>, \texttt{<EOS>} and <endoftext> are left out.",
    r"\begin{description}\item[Value] what is measured \item[Number] how often\end{description} (see Figure)",
    r"\footnote{See \url{https://example.org/a\%20b_TODO#x} and \href{https://example.org/a_b}{the \emph{page}}.}",
    r"\cref{sec:method}, \Cref{tab:other,sec:method}, \autoref{tab:other} and \hyperref[sec:method]{there}",
    r"\begin{longtable}{ll} a & b \end{longtable} \begin{flushright}x\end{flushright} \begin{alignat}{2} a &= b \end{alignat}",
    "After Nguyễn, Łukasz and Žižek: λ ≤ 1, x\u0302.",
    r"\url{https://example.org/a_b} and $\begin{cases} a & b \\ c & d \end{cases}$",
]

WRONG = [
    (r"\emph{open", "does not parse"),
    (r"\begin{itemize}\item a", "was expecting"),
    (r"\begin{figure} \end{table}", "mismatching"),
    (r"costs $5", "does not parse"),
    (r"between $5 and $6 an hour", "before a price must be written \\$"),
    (r"\begin{nosuch} \emph{open", "nosuch is not available"),
    (r"the setting lambda_max", "'_' in text"),
    (r"\caption{a_b}", "'_' in text"),
    (r"this & that", "'&' outside a table"),
    (r"\input{/etc/passwd}", "\\input is not allowed"),
    (r"\write18{rm -rf .}", "\\write is not allowed"),
    (r"\immediate\openout5=x", "\\openout is not allowed"),
    (r"\usepackage{tikz}", "\\usepackage is not allowed"),
    (r"The rest. \end{document}", "environment document is not available"),
    (r"Here it ends. \stop", "\\stop is not allowed"),
    (r"\iffalse words \fi", "\\iffalse is not allowed"),
    (r"\phantom{words}", "\\phantom is not allowed"),
    (r"\def\a{b}", "\\a is defined in a section, which is not allowed"),
    (r"^^5cinput{x}", "^^ is not allowed"),
    (r"\evid{run_1.mse}{0.1}", "\\evid is not allowed"),
    (r"\section{Another}", "\\section is not allowed"),
    (r"\begin{algorithm2e}x\end{algorithm2e}", "use the environments algorithm and algorithmic"),
    (r"\begin{tikzpicture}x\end{tikzpicture}", "tikzpicture is not available; describe it in words"),
    (r"\begin{lstlisting}x\end{lstlisting}", "put short code into \\texttt"),
    (r"\begin{tabu}{lX}a\end{tabu}", "tabu is not available; use tabular"),
    (r"\subfloat[a]{x}", "use the environment subfigure"),
    (r"\diagbox{a}{b}", "\\diagbox is not available; leave the corner cell empty"),
    (r"\SI{3}{ms}", "\\SI is not available; type number and unit"),
    (r"\begin{nosuch}x\end{nosuch}", "use one of the standard ones"),
    (r"\cref{fig:none}", "no such label"),
    ("平均", "'平' (U+5E73), '均' (U+5747)"),
    ("A sentence. % of words", "unescaped % in mid-line"),
    ("<your result> stands here", "placeholder"),
    ("<value>", "placeholder"),
    (r"\citep{nobody2020}", "not in the bibliography"),
    (r"\citep[see][p. 3]{gao2024scaling, nobody2020}", "nobody2020"),
    (r"\ref{fig:none}", "no such label"),
    (r"\label{a}\label{a}", "defined twice"),
    (r"\label{tab:other}", "already defined elsewhere"),
    (r"\includegraphics{loss.pdf}", "does not exist; the figures are mse.pdf"),
    ("RESULTS HERE", "placeholder"),
    ("As shown [insert figure].", "placeholder"),
    ("TODO: write", "placeholder"),
    ("As is known [CITATION], it holds.", "placeholder text '[CITATION]'"),
    ("As (ref) shows, see [?] and Figure ??.", "placeholder text '??'"),
    ("The loss is X.XX there.", "placeholder text 'X.XX'"),
    (r"Nobody says so \cite{}.", "not in the bibliography"),
    (
        r"\begin{figure}\includegraphics{mse.pdf}\caption{A loss.}\end{figure}",
        "has no \\label: give it one behind its \\caption",
    ),
    (r"\begin{figure}\includegraphics{mse.pdf}\label{fig:a}\end{figure} \cref{fig:a}", "'fig:a' has no \\caption"),
    (
        r"\begin{figure}\includegraphics{mse.pdf}\label{fig:a}\caption{A.}\end{figure} \cref{fig:a}",
        "before the \\caption",
    ),
    (r"\begin{table}\caption{A.}\label{tab:a}\end{table} \cref{tab:a}", "the table 'tab:a' shows nothing"),
]


@pytest.mark.parametrize("text", FINE)
def test_takes_sound_sections(text: str) -> None:
    """Math, tables, figures, citations and references of the usual kind raise nothing."""
    assert structure_problems(text, AROUND) == []


@pytest.mark.parametrize(("text", "told"), WRONG)
def test_names_what_is_wrong(text: str, told: str) -> None:
    """Each fault is told in a sentence that a model can act on."""
    assert any(told in problem for problem in structure_problems(text, AROUND)), structure_problems(text, AROUND)


def test_a_float_that_nothing_speaks_of_is_told() -> None:
    """A reference from anywhere in the paper is enough; without one the refinement of the section hears of it."""
    text = r"\begin{figure}\includegraphics{mse.pdf}\caption{A.}\label{fig:a}\end{figure}"
    (told,) = unspoken_floats(text)
    assert "nothing speaks of the figure 'fig:a': refer to it by \\cref{fig:a}" in told
    assert list(unspoken_floats(text, {"fig:a"})) == [] == list(unspoken_floats(f"{text} See \\cref{{eq:b, fig:a}}."))
    assert list(unspoken_floats(f"{text} \\hyperref[fig:a]{{there}}")) == []


def test_all_problems_are_told_at_once() -> None:
    """Two commands, a placeholder, a bare sign, a lost reference, citation and figure, a float without caption: one look names all."""
    text = r"\input{x} TODO \ref{fig:none} \citep{nobody} a_b \begin{figure}\includegraphics{no.pdf}\label{fig:a}\end{figure} \SI{3}{s}"
    assert len(structure_problems(text, AROUND)) == 8


def test_unwraps_what_models_put_around_a_section() -> None:
    """Chatter, fences, a preamble, the section's own heading, comments and folders of figures are taken away."""
    answer = (
        "Here it is:\n```latex\n\\documentclass{article}\\begin{document}\n\\section{Results}\n\\label{sec:res}\n"
        "% what I plan\nSeen in \\includegraphics[width=3cm]{figures/mse.png}.%\nAbout 50% of it, 10\\% more.\n"
        "\\end{document}\n```\nHope this helps!"
    )
    assert unwrap(answer, ["mse.pdf"]) == (
        "Seen in \\includegraphics[width=3cm]{mse.pdf}.\nAbout 50\\% of it, 10\\% more."
    )


def test_unwraps_a_fence_that_the_end_of_the_reply_cut_off() -> None:
    """A reply that ran out of tokens still gives its text."""
    assert unwrap("```latex\nHalf a section") == "Half a section"


@pytest.mark.parametrize(
    ("given", "set_as"),
    [
        ("The top $k$% of the latents, and more.", "The top $k$\\% of the latents, and more."),
        ("About 50 % of them, 60% and 70\\,% more.", "About 50 \\% of them, 60\\% and 70\\,\\% more."),
        ("[[run_1.mse]]% and [[run_1.mse]] % of it", "[[run_1.mse]]\\% and [[run_1.mse]] \\% of it"),
        ("in % of all (% of $x$) & % dead", "in \\% of all (\\% of $x$) & \\% dead"),
        ("\\textbf{% dead} words, k% more", "\\textbf{\\% dead} words, k\\% more"),
        ("the top 50\n% of them\nand more", "the top 50\n\\% of them\nand more"),
        ("the top $k$%\nof them", "the top $k$\\%\nof them"),
        ("one\n  % a comment\ntwo {%\nthree", "one\ntwo {\nthree"),
        ("a & b \\\\ % the first row\n\\hline % below\nc", "a & b \\\\ \n\\hline \nc"),
        ("a \\\\ % dead & 3", "a \\\\ \\% dead & 3"),
        ("\\url{https://example.org/a%20b}% x y", "\\url{https://example.org/a\\%20b}% x y"),
        ("\\verb|50% of| all", "\\verb|50% of| all"),
        ("50\\% and a\\\\%\nb", "50\\% and a\\\\\nb"),
    ],
)
def test_a_percent_sign_takes_no_words_with_it(given: str, set_as: str) -> None:
    """It is text where it follows a quantity, a comment where a line begins or ends with it; else it stays, to be told."""
    assert unwrap(given) == set_as


@pytest.mark.parametrize("text", ["A sentence. % of words", "\\url{https://example.org}% x y", "$$x$$% so"])
def test_a_percent_sign_that_may_be_either_is_told(text: str) -> None:
    """Words behind it are never dropped without a sentence that says so."""
    given = unwrap(text)
    assert given == text and any("swallow the rest of the line" in told for told in structure_problems(given, AROUND))


def test_a_key_that_the_bibliography_lacks_is_told_with_those_like_it() -> None:
    """A year or a word more is what models get wrong; of a work that is not there at all the list is named."""
    around = Surroundings({"bricken2023monosemanticity", "gao2024scaling"}, (), ())
    (told,) = structure_problems("\\citep{bricken2023towards}", around)
    assert told.endswith("not in the bibliography; it has bricken2023monosemanticity")
    (told,) = structure_problems("\\citep{polyak1992}", around)
    assert told.endswith("only the works listed can be cited: name one of them, or none")


def test_what_the_preamble_has_may_be_used() -> None:
    """A template's own preamble may load and define more; what it has is not refused."""
    preamble = "\\usepackage[x]{booktabs, siunitx}\\newtheorem{fact}{Fact}\\usepackage{tikz}\\newcommand{\\hl}[1]{}\\newcommand{\\draw}{}"
    text = r"\SI{3}{ms} \begin{fact}x\end{fact} \begin{tikzpicture}\draw x;\end{tikzpicture} \hl{x}"
    assert structure_problems(text, Surroundings((), (), (), preamble)) == []
    assert len(structure_problems(text, Surroundings((), (), ()))) == 5


def test_what_a_comment_of_the_preamble_loads_is_not_there() -> None:
    """A style's remark on how to load siunitx brings no \\SI."""
    around = Surroundings((), (), (), "% \\usepackage{siunitx}\n\\usepackage{amsmath} % and \\usepackage{tikz}\n")
    (told,) = structure_problems("It took \\SI{3}{s}.", around)
    assert told.startswith("\\SI is not available")


@pytest.mark.parametrize("environment", ["algorithm", "theorem", "proof"])
def test_what_our_preamble_brings_is_told_where_a_template_s_own_lacks_it(environment: str) -> None:
    """Pseudocode and theorems are of the shipped preamble: another one has to bring them."""
    text = f"\\begin{{{environment}}}x\\caption{{y}}\\label{{z}}\\end{{{environment}}}"
    assert structure_problems(text, Surroundings((), (), ())) == []
    (told,) = structure_problems(text, Surroundings((), (), (), "\\usepackage{amsmath}"))
    assert f"the environment {environment} is not available" in told


def test_cref_is_told_where_a_template_s_own_preamble_lacks_it() -> None:
    """The shipped style defines it; another one may not, and then the writer hears what to use."""
    (told,) = structure_problems(r"\cref{sec:method}", Surroundings((), (), {"sec:method"}, "\\usepackage{amsmath}"))
    assert told.startswith("\\cref is not available; use \\ref")
    assert (
        structure_problems(r"\cref{sec:method}", Surroundings((), (), {"sec:method"}, "\\usepackage{cleveref}")) == []
    )
