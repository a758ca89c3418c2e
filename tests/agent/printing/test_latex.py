"""TeX is run where it can do no harm, until its references settle."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from agent.printing.latex import compile_paper, tex_in
from agent.printing.pdf_text import text_of
from agent.sandbox import choose
from agent.session.paths import REPOSITORY
from tests.world.papers import run_tex


@pytest.mark.tex
@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="TeX is not installed")
@pytest.mark.parametrize(
    "attack",
    [
        "\\input{/etc/hostname}",
        "\\input{../journal.jsonl}",
        "\\immediate\\write18{touch /tmp/labloop-was-here}",
        "\\newwrite\\f\\immediate\\openout\\f=../stolen.tex",
    ],
)
def test_tex_itself_reads_and_writes_only_its_folder(tmp_path: Path, attack: str) -> None:
    """Were a forbidden command ever to reach TeX, it could neither read outside, nor write outside, nor run a program."""
    folder = tmp_path / "latex"
    folder.mkdir()
    (tmp_path / "journal.jsonl").write_text("secret words")
    (folder / "paper.tex").write_text(f"\\documentclass{{article}}\\begin{{document}}{attack} x\\end{{document}}")
    compile_paper(folder, tex_in(choose("plain"), tmp_path / "scratch"))
    assert not (tmp_path / "stolen.tex").exists() and not Path("/tmp/labloop-was-here").exists()
    if (folder / "paper.pdf").is_file():
        assert "secret" not in text_of(folder / "paper.pdf")


@pytest.mark.tex
@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="TeX is not installed")
def test_cref_names_what_it_refers_to(tmp_path: Path) -> None:
    """What every model writes works in the shipped style: sections, equations, tables, figures, lists of them."""
    shutil.copyfile(REPOSITORY / "latex" / "labloop.sty", tmp_path / "labloop.sty")
    (tmp_path / "paper.tex").write_text(
        "\\documentclass{article}\\usepackage{labloop}\\begin{document}\\section{A}\\label{sec:a_b}\n"
        "\\begin{equation}x\\label{eq:x}\\end{equation}\\begin{table}x\\caption{See \\cref{eq:x}.}\\label{tab:t}\\end{table}\n"
        "In \\cref{sec:a_b} and \\Cref{eq:x, tab:t}.\\end{document}"
    )
    compilation = compile_paper(tmp_path, run_tex)
    assert compilation.errors == () and compilation.log.warnings == ()
    assert "In Section 1 and Equation 1, Table 1." in text_of(tmp_path / "paper.pdf")


def test_runs_again_until_references_settle(tmp_path: Path) -> None:
    """bibtex once where something is cited, pdflatex again while its log asks for it, at most three times."""
    asked: list[str] = []

    def scripted(argv: Sequence[str], folder: Path) -> tuple[int, str]:
        asked.append(argv[0])
        (folder / "paper.aux").write_text("\\citation{a}")
        (folder / "paper.log").write_text("Rerun to get cross-references right." if len(asked) < 3 else "")
        (folder / "paper.pdf").write_bytes(b"%PDF")
        return 0, ""

    assert compile_paper(tmp_path, scripted).pdf == tmp_path / "paper.pdf"
    assert asked == ["pdflatex", "bibtex", "pdflatex"]


def test_a_failure_without_a_log_is_told_in_its_last_words(tmp_path: Path) -> None:
    """Where TeX could not even start, the last line that it printed is the error, and `started` says so."""
    compilation = compile_paper(tmp_path, lambda argv, folder: (127, "a\ncannot execute\n"))
    assert compilation.pdf is None and not compilation.started
    assert [str(error) for error in compilation.errors] == ["cannot execute"]
    event = compilation.event()
    assert not event.ok and event.errors == ["cannot execute"]
