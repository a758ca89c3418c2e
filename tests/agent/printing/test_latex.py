"""TeX is run where it can do no harm, until its references settle."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest

from agent.evidence.escape import ascii_latex
from agent.printing.latex import compile_paper, tex_in
from agent.printing.pdf_text import text_of, texts_of
from agent.proofreading.source.allowed import COMMANDS, OURS
from agent.sandbox import choose
from agent.session.paths import REPOSITORY
from tests.world.files import bars_pdf
from tests.world.latex_pieces import HONEST
from tests.world.papers import run_tex

LABEL = re.compile(r"(?<=[{,])((?:fig|tab|alg|eq|thm):\w+|sec:parts)(?=[},])")


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
    for style in (REPOSITORY / "latex").glob("*.sty"):
        shutil.copyfile(style, tmp_path / style.name)
    (tmp_path / "paper.tex").write_text(
        "\\documentclass{article}\\usepackage{labloop}\\begin{document}\\section{A}\\label{sec:a_b}\n"
        "\\begin{equation}x\\label{eq:x}\\end{equation}\\begin{table}x\\caption{See \\cref{eq:x}.}\\label{tab:t}\\end{table}\n"
        "In \\cref{sec:a_b} and \\Cref{eq:x, tab:t}.\\end{document}"
    )
    compilation = compile_paper(tmp_path, run_tex)
    assert compilation.errors == () and compilation.log.warnings == ()
    assert "In Section 1 and Equation 1, Table 1." in text_of(tmp_path / "paper.pdf")


@pytest.mark.tex
@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="TeX is not installed")
def test_tex_takes_what_the_list_takes(tmp_path: Path) -> None:
    """All that the checks let through as honest LaTeX is set in the shipped preamble without an error, in one document."""
    for style in (REPOSITORY / "latex").glob("*.sty"):
        shutil.copyfile(style, tmp_path / style.name)
    shutil.copyfile(REPOSITORY / "latex" / "references.bib", tmp_path / "references.bib")
    (tmp_path / "figures").mkdir()
    (tmp_path / "figures" / "mse.pdf").write_bytes(bars_pdf())
    pieces = [
        LABEL.sub(rf"\g<1>{place}", ascii_latex(piece)) + f"\n\nThat was piece {place}."
        for place, piece in enumerate(HONEST)
    ]
    (tmp_path / "paper.tex").write_text(
        "\\documentclass{article}\\usepackage{labloop}\\begin{document}\\section{A}\\label{sec:method}\\section{B}\\label{sec:results}\n"
        + "\n\n".join(pieces)
        + "\\bibliographystyle{plainnat}\\bibliography{references}\\end{document}"
    )
    compilation = compile_paper(tmp_path, run_tex)
    assert compilation.errors == ()
    printed = text_of(tmp_path / "paper.pdf")
    assert f"That was piece {len(HONEST) - 1}." in printed
    for words in (
        "2: x ← NEXT(D) ▷ a batch",
        "if t > τ then",
        "end for",
        "Both",
        "Theorem 1 (Bound)",
        "of Figure 3, Figure 3a",
    ):
        assert words in " ".join(printed.split()), words


@pytest.mark.tex
@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="TeX is not installed")
def test_each_command_of_the_list_is_one_of_the_preamble(tmp_path: Path) -> None:
    """The list promises nothing that the shipped preamble lacks; commands that live inside an environment are asked for there."""
    for style in (REPOSITORY / "latex").glob("*.sty"):
        shutil.copyfile(style, tmp_path / style.name)

    def asked(names: Iterable[str]) -> str:
        return "".join(f"\\ifcsname {name}\\endcsname\\else\\typeout{{LACKS {name}}}\\fi\n" for name in sorted(names))

    inside = {"width", "height", "depth", "columncolor"}
    (tmp_path / "paper.tex").write_text(
        "\\documentclass{article}\\usepackage{labloop}\\begin{document}x\n"
        + asked(COMMANDS - OURS - inside)
        + "\\begin{algorithmic}\\item x "
        + asked(OURS)
        + "\\end{algorithmic}\\ifcsname nosuch\\endcsname\\else\\typeout{LACKS nosuch}\\fi\\end{document}"
    )
    _, printed = run_tex(["pdflatex", "-interaction=nonstopmode", "paper.tex"], tmp_path)
    assert [line for line in printed.splitlines() if line.startswith("LACKS")] == ["LACKS nosuch"]


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


@pytest.mark.tex
@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="TeX is not installed")
def test_no_heading_is_left_alone_at_the_end_of_a_page(tmp_path: Path) -> None:
    """However far down it stands, a heading is on the page of the one right below it, and of the text below that."""
    for style in (REPOSITORY / "latex").glob("*.sty"):
        shutil.copyfile(style, tmp_path / style.name)
    pages = "".join(
        "\\clearpage\n"
        + "line\\\\\n" * lines
        + f"\\section{{Upper}}\\label{{upper:{lines}}}\n\\subsection{{Lower}}\\label{{lower:{lines}}}\nWords follow.\\\\ more\n"
        for lines in range(36, 56)
    )
    (tmp_path / "paper.tex").write_text(
        f"\\documentclass[10pt]{{article}}\n\\usepackage{{labloop}}\n\\begin{{document}}\n{pages}\\end{{document}}\n"
    )
    assert compile_paper(tmp_path, run_tex).pdf is not None
    texts = texts_of(tmp_path / "paper.pdf")
    headed = [text for text in texts if "Upper" in text]
    assert len(headed) == 20
    assert all("Lower" in text and "Words follow" in text for text in headed), texts
