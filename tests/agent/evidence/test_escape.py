"""Any text can be set by LaTeX, and shows what it says."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from agent.evidence.escape import ascii_latex, escape_latex, number_latex, unset_characters
from agent.printing.latex import compile_paper
from agent.session.paths import REPOSITORY
from tests.world.papers import run_tex


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("50% of a_b & #1", "50\\% of a\\_b \\& \\#1"),
        ("λ ± 1", "\\ensuremath{\\lambda} \\ensuremath{\\pm} 1"),
        ("2 × 3 → 4", "2 \\ensuremath{\\times} 3 \\ensuremath{\\to} 4"),
        ("\\input{x}", "{\\textbackslash}input\\{x\\}"),
        ("a\x00b\nc", "a b c"),
        ("中", "[U+4E2D]"),
        ("Nguyễn, Việt, Đặng", "Nguy\\~{\\^{e}}n, Vi\\d{\\^{e}}t, {\\DJ}\\d{\\u{a}}ng"),
        ("Nguye\u0302\u0303n cafe\u0301", "Nguy\\~{\\^{e}}n caf\\'e"),
        ("x\u0302 and λ\u0304", "\\ensuremath{\\hat{x}} and \\ensuremath{\\bar{\\ensuremath{\\lambda}}}"),
        ("soft\u00adly\u200b a\u00a0b", "softly a b"),
        (
            "⅓ ℒ ε ♯",
            "\\ensuremath{\\tfrac{1}{3}} \\ensuremath{\\mathcal{L}} \\ensuremath{\\varepsilon} \\ensuremath{\\sharp}",
        ),
    ],
)
def test_text_is_shown_as_it_is(text: str, latex: str) -> None:
    """Special characters, symbols, commands, control characters, accents in either form; what no font has by its code point."""
    assert escape_latex(text) == latex


def test_a_negative_number_has_a_true_minus() -> None:
    """Before a number, in words and brackets too; not in a name, an exponent, a range or a hash."""
    assert number_latex("-0.5") == "\\ensuremath{-}0.5"
    assert number_latex("on f1 (-0.09 x 1) and -.5, [-1, 1]") == (
        "on f1 (\\ensuremath{-}0.09 x 1) and \\ensuremath{-}.5, [\\ensuremath{-}1, 1]"
    )
    for name in ("top-1", "1e-5", "3-5", "a -- b", "-k 3", "gemma-2-2b"):
        assert "ensuremath" not in number_latex(name)


def test_a_number_with_an_exponent_is_set_as_a_power_of_ten() -> None:
    """As Python writes one, alone or in words, its sign before it; a name that holds one stays as it is."""
    assert number_latex("1e-05") == "\\ensuremath{10^{-5}}"
    assert number_latex("a rate of 2.5e-04, or 3e+10.") == (
        "a rate of \\ensuremath{2.5\\times 10^{-4}}, or \\ensuremath{3\\times 10^{10}}."
    )
    assert number_latex("-1e-05") == "\\ensuremath{-}\\ensuremath{10^{-5}}"
    for name in ("lr_1e-05", "1e-05x", "0x1e-05"):
        assert "ensuremath" not in number_latex(name)


def test_latex_keeps_its_commands() -> None:
    """A writer's LaTeX is left alone but for its characters beyond ASCII, and ASCII is left alone altogether."""
    source = "\\emph{50\\%} of $x_1$\n\\evid{run_1.mse}{\\ensuremath{-}0.5}"
    assert ascii_latex(source) == source
    assert ascii_latex("$é$") == "$\\'e$"


def test_names_of_files_labels_and_keys_are_never_encoded() -> None:
    """They are no prose: a file is found by its own name, and an address is written as addresses are."""
    named = "\\includegraphics[width=2cm]{λ.pdf} \\label{fig:é} \\cref{fig:é} \\citep[see][]{žižek2020}"
    assert ascii_latex(named) == named
    assert ascii_latex("\\url{https://example.org/é} é") == "\\url{https://example.org/\\%C3\\%A9} \\'e"


@pytest.mark.parametrize("text", ["平均", "Привет", "ə", "ѝ", "😀", "\ue001", "𝟙", "שלום"])
def test_a_character_without_a_glyph_is_named(text: str) -> None:
    """Nothing becomes a question mark in silence: the sentence names each character with its code point."""
    (told,) = unset_characters(f"Before {text} after")
    assert all(f"U+{ord(char):04X}" in told for char in text)
    assert all(f"[U+{ord(char):04X}]" in ascii_latex(text) for char in text)


@pytest.mark.parametrize(
    "text",
    [
        "Trường Phương Bảo Thử Đỗ Ợ",
        "Șerban Țepeș",
        "Ħamrun Ŧ ŧ ħ",
        "Ű ű ẞ Ŀ",
        "λόγος Άλφα",
        "Nguyễn",
        "naïve — “x” ≤ λ̂",
        "\\label{平均}",
        "\\includegraphics{平.pdf}",
        "Łódź, Åse, İstanbul",
    ],
)
def test_what_can_be_set_is_not_complained_of(text: str) -> None:
    """Accents in either form, symbols, and arguments that are no prose."""
    assert unset_characters(text) == []


@pytest.mark.parametrize(
    ("text", "latex"), [("ű", "\\H{u}"), ("ș", "\\textcommabelow{s}"), ("ł", "{\\l}"), ("ẞ", "\\SS{}")]
)
def test_a_letter_is_never_taken_for_another(text: str, latex: str) -> None:
    """The encoder's acute for a double acute, a macron for a stroke: such letters have their own."""
    assert ascii_latex(text) == latex and "\\=" not in ascii_latex("ħĦŧŦ")


@pytest.mark.tex
@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="TeX is not installed")
def test_built_letters_stand_in_titles_and_captions(tmp_path: Path) -> None:
    """What LaTeX writes to its own files and reads again must survive it."""
    word = ascii_latex("Trường Bảo Ửng Șț Ħħ")
    text = (
        "\\documentclass{article}\\usepackage{labloop}\\title{@}\\begin{document}\\maketitle\\tableofcontents\\listoffigures\n"
        "\\section{@}\\begin{figure}x\\caption{@}\\end{figure}\\paragraph{@} \\textbf{@} $x_{\\text{@}}$\\end{document}\n"
    ).replace("@", word)
    (tmp_path / "paper.tex").write_text(text, encoding="utf-8")
    for style in (REPOSITORY / "latex").glob("*.sty"):
        shutil.copyfile(style, tmp_path / style.name)
    assert compile_paper(tmp_path, run_tex).errors == ()


@pytest.mark.tex
@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="TeX is not installed")
def test_what_is_written_for_a_character_is_known_to_tex(tmp_path: Path) -> None:
    """Each character below U+3000 that is not named as without a glyph goes through TeX with the paper's style and fonts."""
    chars = [chr(code) for code in [*range(0xA0, 0x3000), *range(0x1D400, 0x1D800), *range(0xFB00, 0xFB10)]]
    lines = [f"x{ascii_latex(char)}x\n" for char in chars if char.isprintable() and not unset_characters(char)]
    text = "\\documentclass{article}\\usepackage{labloop}\\begin{document}\n" + "\n".join(lines) + "\\end{document}\n"
    (tmp_path / "paper.tex").write_text(text, encoding="utf-8")
    for style in (REPOSITORY / "latex").glob("*.sty"):
        shutil.copyfile(style, tmp_path / style.name)
    compiled = compile_paper(tmp_path, run_tex)
    assert len(lines) > 1000 and compiled.errors == ()
    assert "Missing character" not in (tmp_path / "paper.log").read_text(errors="replace")
