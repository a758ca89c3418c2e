"""A draft is read as its author sees it: over all its files, tables as tables, without what claims nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.drafts.text.latex import document_of_latex
from agent.drafts.text.markdown import document_of_markdown
from agent.drafts.text.numerals import numerals, written_out
from agent.drafts.text.source import read_source
from agent.drafts.text.units import unit_after, unit_of
from agent.errors import UsageError


def told(text: str) -> list[str]:
    return [passage.text for passage in document_of_latex(text).passages]


def test_inputs_are_read_with_their_own_lines(tmp_path: Path) -> None:
    """A line knows its file, inputs within inputs too; a missing file is told, one in a comment is not read."""
    (tmp_path / "a.tex").write_text("one\n\\input{parts/b}\nthree % \\input{no}\n\\input{gone}\n")
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "b.tex").write_text("first\n\\input{c.tex}")
    (tmp_path / "c.tex").write_text("deep")
    source = read_source(tmp_path / "a.tex")
    lines = source.text.split("\n")
    assert source.place(lines.index("deep") + 1) == ("c.tex", 1)
    assert source.place(lines.index("first") + 1) == ("parts/b.tex", 1)
    assert source.place(next(at for at, line in enumerate(lines, 1) if line.startswith("three"))) == ("a.tex", 3)
    assert len(source.unread) == 1 and "gone.tex" in source.unread[0]


def test_a_file_that_inputs_itself_ends(tmp_path: Path) -> None:
    """It is read a few times, and said."""
    (tmp_path / "a.tex").write_text("x\n\\input{a}")
    assert "nested deeper" in read_source(tmp_path / "a.tex").unread[0]


def test_a_draft_of_another_kind_is_refused(tmp_path: Path) -> None:
    """A PDF is no draft; the message says what is."""
    with pytest.raises(UsageError, match=r"\.tex, \.md"):
        read_source(tmp_path / "a.pdf")


def test_what_claims_nothing_is_left_out_of_latex() -> None:
    """Preambles, equations, code, bibliographies, comments and formulas in the line; a named value stays."""
    text = (
        "\\usepackage[margin=2.5cm]{geometry}\\begin{document}\n"
        "A % 0.1\n$x \\in \\mathbb{R}^{512}$ and $y = 3x + 4$ but $\\alpha = 0.98$.\n"
        "\\begin{equation}a = 0.2\\end{equation}\n\\begin{lstlisting}\nb = 0.3\n\\end{lstlisting}\n"
        "\\[ c = 0.4 \\]\n\\begin{thebibliography}{9}\\bibitem{x} 30, 5998.\\end{thebibliography}\n\\end{document}"
    )
    found = [number.value for line in told(text) for number in numerals(line)]
    assert found == [0.98]
    assert document_of_latex(text).left_out >= 4


def test_macros_are_read_where_they_are_used() -> None:
    """A number in a macro stands in the sentence; macros in macros too."""
    text = "\\newcommand{\\best}{0.91}\\newcommand{\\ours}{\\textsc{Tied} (\\best)}\n\\begin{document}\\ours{} wins.\\end{document}"
    assert told(text) == ["textsc Tied (0.91) wins."] or told(text) == ["Tied (0.91) wins."]


def test_a_latex_table_is_read_with_its_headers() -> None:
    """multirow, multicolumn, booktabs and bold; each cell knows what stands over it, before it and on which line."""
    text = r"""\begin{table}\caption{Losses.}
\begin{tabular}{l@{}cc|c}
\toprule
\multirow{2}{*}{Method} & \multicolumn{2}{c}{Loss} & Time \\
\cmidrule(lr){2-3}
 & Train & Test & (s) \\
\midrule
\multicolumn{4}{l}{\emph{Small}} \\
Ours & \textbf{0.10} & 0.20 $\pm$ 0.01 & 1{,}000 \\[2pt]
\bottomrule
\end{tabular}\end{table}"""
    (table,) = document_of_latex(text).tables
    assert table.caption == "Losses."
    assert [(cell.text, cell.column, cell.line) for cell in table.cells] == [
        ("0.10", ("Loss", "Train"), 9),
        ("0.20 ± 0.01", ("Loss", "Test"), 9),
        ("1,000", ("Time", "(s)"), 9),
    ]
    assert all(cell.row == ("Small", "Ours") for cell in table.cells)


def test_a_cell_over_several_rows_heads_each() -> None:
    """The rows below a \\multirow have it before them as well."""
    text = r"\begin{tabular}{llc} Set & Run & A \\ \hline \multirow{2}{*}{news} & x & 0.1 \\ & y & 0.2 \\ \end{tabular}"
    (table,) = document_of_latex(text).tables
    assert [(cell.text, cell.row) for cell in table.cells] == [("0.1", ("news", "x")), ("0.2", ("news", "y"))]


def test_a_markdown_table_is_read_with_its_headers() -> None:
    """Pipes with and without edges; a row that a number heads says of what."""
    text = "Table 1: Sweep.\n\n| k | acc |\n|---|:-:|\n| 8 | **0.5** |\n\na | b\n--|--\nx | 0.7\n"
    first, second = document_of_markdown(text).tables
    assert (first.cells[0].text, first.cells[0].row, first.cells[0].column) == ("0.5", ("k = 8",), ("acc",))
    assert first.caption == "Table 1: Sweep." and first.cells[0].line == 5
    assert (second.cells[0].text, second.cells[0].row, second.cells[0].line) == ("0.7", ("x",), 9)


def test_what_claims_nothing_is_left_out_of_markdown() -> None:
    """Code, comments, front matter, links and references."""
    text = "---\nversion: 0.3\n---\n```\nlr = 0.1\n```\n<!-- 0.2 -->\nSee [1] and [this](http://x.y/0.4).\n\n## References\n[1] 2017, 30.\n"
    found = [number.value for passage in document_of_markdown(text).passages for number in numerals(passage.text)]
    assert found == []


@pytest.mark.parametrize(
    ("text", "value", "half"),
    [
        ("$3 \\times 10^{-4}$", 3e-4, 5e-5),
        ("$10^{-3}$", 1e-3, 5e-4),
        ("2.5·10⁻³", 2.5e-3, 5e-5),
        ("\\num{1e-5}", 1e-5, 5e-6),
        ("16{,}384", 16384, 0.5),
        ("1.66M", 1.66e6, 5e3),
        ("5 million", 5e6, 5e5),
        ("0.1429", 0.1429, 5e-5),
        ("about 30", 30, 1.5),
    ],
)
def test_numbers_stand_for_what_rounds_to_them(text: str, value: float, half: float) -> None:
    """Powers of ten, thousands, words of size; half a unit of the last digit, more after "about"."""
    (number,) = numerals(written_out(text))
    assert number.value == pytest.approx(value) and number.half == pytest.approx(half)


def test_a_range_is_two_numbers() -> None:
    """A double dash is no minus."""
    assert [number.value for number in numerals(written_out("0.85--0.91"))] == [0.85, 0.91]


def test_units_are_read_behind_numbers_and_in_names() -> None:
    """Minutes of a metric in seconds, gigabytes of one in megabytes; a word that begins like a unit is none."""
    minutes, seconds = unit_after("took 2 minutes", 6), unit_of("runtime_s")
    assert minutes is not None and seconds is not None and minutes.size / seconds.size == 60
    memory = unit_after("2.6 GB", 3), unit_of("index_mb")
    assert memory[0] is not None and memory[1] is not None and memory[0].size / memory[1].size == 1000
    assert unit_after("5 samples", 1) is None and unit_of("loss") is None
    assert unit_of("encode_ms_per_batch") == unit_of("encode_ms") and unit_of("gb_per_s") is None, (
        "a rate has no such unit"
    )


def test_a_minus_sign_at_the_beginning_is_no_bullet() -> None:
    """`-218.4` in a cell is below zero; `- item` is an item."""
    table = "\\begin{tabular}{lc}\nrun & return \\\\\n\\midrule\na & $-218.4$ \\\\\n\\end{tabular}"
    (cell,) = document_of_latex(table).tables[0].cells
    assert next(iter(numerals(cell.text))).value == -218.4
    assert [passage.text for passage in document_of_markdown("- one\n- two\n").passages] == ["one", "two"]
    assert [each.text for each in document_of_markdown("* `a`: 1.5\n* `b`: **2.5** s\n").passages] == [
        "a: 1.5",
        "b: 2.5 s",
    ]


def test_headings_of_markdown_know_their_depth() -> None:
    """A title stands above its sections."""
    passages = document_of_markdown("# tinycodec\n\nIt runs.\n\n## Results\n").passages
    assert [(passage.text, passage.heading) for passage in passages] == [
        ("tinycodec", 1),
        ("It runs.", 0),
        ("Results", 2),
    ]
