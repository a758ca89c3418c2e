"""The printed pages are looked at: each fault of a real PDF is told to the section that can mend it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from agent.printing.assemble import Paper
from agent.printing.latex import Compilation, compile_paper
from agent.printing.looks import _in_margin, _Places, looks_of
from agent.printing.pdf_text import Glyph, Page
from agent.printing.tex_log import TexLog, read_log
from agent.session.events.look import Look
from agent.session.paths import REPOSITORY
from agent.writing.draft import Draft
from tests.world.files import bars_pdf
from tests.world.papers import run_tex

WORDS = (
    "Plain words about what was measured, none of them special, fill the lines of this page from edge to edge. " * 12
)
FIGURE = (
    "\\begin{figure}[t]\\centering\\includegraphics[width=%s]{mse.pdf}\\caption{A loss.}\\label{fig:%s}\\end{figure}\n"
)


def printed(folder: Path, method: str, results: str = WORDS, packages: str = "labloop") -> list[Look]:
    """What is told of a paper with these sections."""
    for style in (REPOSITORY / "latex").glob("*.sty"):
        shutil.copyfile(style, folder / style.name)
    (folder / "figures").mkdir()
    (folder / "figures" / "mse.pdf").write_bytes(bars_pdf())
    sections = {"Method": method, "Results": results}
    labels = {"Method": "sec:method", "Results": "sec:results"}
    body = "\n".join(
        f"%% section: {name}\n\\section{{{name}}}\\label{{{labels[name]}}}\n{text}\n%% section: "
        for name, text in sections.items()
    )
    tex = (
        f"\\documentclass{{article}}\n\\usepackage{{{packages}}}\\graphicspath{{{{figures/}}}}\n\\begin{{document}}\n{body}\n"
        "\\clearpage\n\\section*{Evidence}\\label{sec:evidence}\nRows.\n\\end{document}\n"
    )
    (folder / "paper.tex").write_text(tex)
    compilation = compile_paper(folder, run_tex)
    assert compilation.pdf is not None, compilation.errors
    return looks_of(compilation, folder, Paper(tex, {}, ()), Draft("A title", sections))


def one(looks: list[Look]) -> tuple[str, bool, str]:
    assert len(looks) == 1, looks
    return looks[0].section, looks[0].spoils, looks[0].told


@pytest.mark.tex
@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="TeX is not installed")
class TestPages:
    """Each with a real PDF."""

    def test_sound_pages_are_not_told(self, tmp_path: Path) -> None:
        """Text, a figure, a table wider than the line, a long address and a footnote: all come out right."""
        wide = (
            "\\begin{table}\\caption{Wide.}\\label{tab:w}\\begin{tabular}{"
            + "l" * 12
            + "}"
            + " & ".join(["some cell"] * 12)
        )
        address = "https://example.org/" + "averylongpathwithoutanyplacetobreakit" * 5
        figure = FIGURE % ("0.8\\linewidth", "a")
        text = f"{WORDS}\n\n{WORDS} \\footnote{{See \\url{{{address}}}.}} {figure}{wide}\\end{{tabular}}\\end{{table}}"
        assert printed(tmp_path, text, WORDS * 6) == []

    def test_a_formula_in_the_margin_is_told(self, tmp_path: Path) -> None:
        """By its section and the source beside it."""
        formula = (
            "\\begin{equation} " + " + ".join(f"\\alpha_{{{n}}} x_{{{n}}}" for n in range(15)) + " \\end{equation}"
        )
        section, spoils, told = one(printed(tmp_path, WORDS, WORDS + formula))
        assert (
            section == "Results" and not spoils and "stands out of the line by" in told and "break the formula" in told
        )

    def test_a_table_too_small_to_read_is_told(self, tmp_path: Path) -> None:
        """It fits the line, but at less than six tenths of its size."""
        table = (
            "\\begin{table}\\caption{W.}\\begin{tabular}{"
            + "l" * 30
            + "}"
            + " & ".join(["some cell"] * 30)
            + "\\end{tabular}\\end{table}"
        )
        section, _, told = one(printed(tmp_path, WORDS + table))
        assert section == "Method" and "of its size, too small to read: leave out columns" in told

    def test_a_reference_to_nothing_is_told(self, tmp_path: Path) -> None:
        """Two question marks in print spoil the page."""
        section, spoils, told = one(printed(tmp_path, WORDS + "See \\ref{fig:none}."))
        assert (section, spoils) == ("Method", True) and "'fig:none' is printed as '??'" in told

    def test_text_off_the_page_is_told(self, tmp_path: Path) -> None:
        """A table higher than the page runs over its lower edge, where nobody reads it."""
        table = "\\begin{table}\\caption{High.}\\begin{tabular}{l}" + "row \\\\ " * 90 + "\\end{tabular}\\end{table}"
        looks = printed(tmp_path, WORDS, WORDS + table)
        assert any(
            look.spoils and "off the page" in look.told and look.section in ("Method", "Results") for look in looks
        )

    def test_a_figure_cut_by_the_page_is_told(self, tmp_path: Path) -> None:
        """It is wider than the paper; the section that shows it hears of it."""
        looks = printed(tmp_path, WORDS + FIGURE % ("1.8\\textwidth", "a"), WORDS)
        assert any(look.section == "Method" and look.spoils and "cut by the edge" in look.told for look in looks)

    def test_words_moved_into_the_margin_are_told(self, tmp_path: Path) -> None:
        """TeX itself says nothing of a box without width; the PDF does."""
        section, _, told = one(printed(tmp_path, WORDS + "\n\n\\noindent\\hfill\\makebox[0pt][l]{moved words}"))
        assert section == "Method" and "stands out of the page's text: 'edwords' on page 1" in told

    def test_a_hole_in_a_page_is_told(self, tmp_path: Path) -> None:
        """A figure that does not fit leaves most of a page blank; the last page before the evidence may end where it likes."""
        box = "\\noindent\\fbox{\\rule{0pt}{22cm}x}\n\n"
        looks = printed(tmp_path, "Few words.\n\n" + box + WORDS)
        assert [look.section for look in looks if "is blank, since what comes next" in look.told] == ["Method"]

    def test_a_float_behind_its_section_is_told(self, tmp_path: Path) -> None:
        """In a preamble that lets floats wander, the section that shows a late one hears of it; in the shipped one none is late."""
        figures = "".join(FIGURE % ("\\linewidth,height=12cm", name) for name in "abcd")
        late = printed(tmp_path, WORDS + figures, WORDS * 8, packages="graphicx")
        assert any("'fig:d' is printed on page" in look.told and look.section == "Method" for look in late)
        again = tmp_path / "again"
        again.mkdir()
        assert not any("behind the section" in look.told for look in printed(again, WORDS + figures, WORDS * 8))


def test_a_character_without_a_glyph_is_told_from_the_log() -> None:
    """TeX leaves it out and only its log says so."""
    log = read_log(
        "Missing character: There is no ^^e4 in font cmr10!\nOverfull \\hbox (31.2pt too wide) in paragraph at lines 7--9\n"
    )
    assert log.missing == ("^^e4",) and log.wide == ((7, 31.2),)


def test_the_margin_of_two_columns_is_right_of_both() -> None:
    """Columns whose lines do not stand at one height end at two edges, the right one of which counts; what is beyond it is told."""

    def line(left: float, y: float, words: str = "x" * 45) -> tuple[Glyph, ...]:
        return tuple(Glyph(char, left + 5 * place, y, left + 5 * place + 5, 10) for place, char in enumerate(words))

    columns = tuple(
        glyph for row in range(40) for left, up in ((50, 0), (290, 6)) for glyph in line(left, 100 + 12 * row + up)
    )
    at = _Places(Draft("", {}), {})
    assert list(_in_margin([Page(612, 792, columns, ())], at)) == []
    moved = [*columns, *line(545, 90, "moved here")]
    assert [look.told[:10] for look in _in_margin([Page(612, 792, tuple(moved), ())], at)] == ["stands out"]


def test_a_blank_page_is_told(tmp_path: Path) -> None:
    """Nothing but a head on it: the page is a finding, whoever's fault it is."""
    head = b"BT /F1 10 Tf 50 800 Td (head)Tj ET"
    pages = b"".join(
        b"%d 0 obj\n<< /Type /Page /MediaBox [0 0 595 842] /Contents %d 0 R /Resources 3 0 R >>\nendobj\n" % (n, 10 + n)
        for n in (1, 2)
    )
    text = b"BT /F1 10 Tf 50 400 Td (words)Tj ET"
    streams = b"".join(
        b"%d 0 obj\n<< /Length %d >>\nstream\n%s\nendstream\nendobj\n" % (10 + n, len(content), content)
        for n, content in ((1, head), (2, text))
    )
    fonts = b"3 0 obj\n<< /Font << /F1 4 0 R >> >>\nendobj\n4 0 obj\n<< /Type /Font >>\nendobj\n"
    (tmp_path / "paper.pdf").write_bytes(pages + fonts + streams)
    (tmp_path / "paper.aux").write_text("")
    looks = looks_of(
        Compilation(tmp_path / "paper.pdf", TexLog(errors=(), warnings=(), pages=2)),
        tmp_path,
        Paper("", {}, ()),
        Draft("", {}),
    )
    assert [(look.told, look.spoils) for look in looks] == [("page 1 is blank", True)]
