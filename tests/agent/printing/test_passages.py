"""Passages in print: TeX takes them wherever a text may stand, and a section in plain words shows what is stale."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from agent.evidence.fill import fill
from agent.printing.assemble import assemble
from agent.printing.latex import compile_paper
from agent.printing.pdf_text import text_of
from agent.session.paths import REPOSITORY
from agent.writing.draft import Draft
from tests.world.papers import run_tex
from tests.world.study import evidence

HOLDS, FAILS = "[[if run_3.explained_variance better]]", "[[if run_1.mse better]]"
PLACES = rf"""\section{{S {HOLDS}one[[end]]}}
Text {HOLDS}two [[run_3.mse]][[else]]not[[end]], and {FAILS}three[[end]].

{HOLDS}
A paragraph of its own.
[[end]]
$x {HOLDS}+ 1[[else]]+ 2[[end]]$ \emph{{{HOLDS}four[[end]]}}
\begin{{itemize}}{HOLDS}\item five[[end]] \item six {FAILS}not[[else]]seven[[end]]\end{{itemize}}
\begin{{table}}\caption{{C {HOLDS}eight[[end]]. {FAILS}nine[[end]]}}
\begin{{tabular}}{{ll}}\toprule a & b \\ {HOLDS}\midrule c & [[run_3.mse.short]] \\[[end]] {FAILS}d & e \\[[else]][[end]] \bottomrule\end{{tabular}}\end{{table}}
[[verdicts mse l0 | run_1 run_2]], [[is run_3.explained_variance better]], [[share better mse]].
"""


@pytest.mark.tex
@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="TeX is not installed")
def test_tex_takes_a_passage_wherever_text_may_stand(tmp_path: Path) -> None:
    """In headings, captions, mathematics, lists and between the rows of a table; the mark of a stale one is set too."""
    filled = fill(PLACES, evidence(), "latex")
    assert filled.problems == () and len(filled.stale) == 2
    text = f"\\documentclass{{article}}\\usepackage{{labloop,booktabs}}\\begin{{document}}\\tableofcontents\n{filled.text}\\end{{document}}\n"
    (tmp_path / "paper.tex").write_text(text, encoding="utf-8")
    for style in (REPOSITORY / "latex").glob("*.sty"):
        shutil.copyfile(style, tmp_path / style.name)
    compiled = compile_paper(tmp_path, run_tex)
    assert compiled.errors == () and compiled.pdf is not None
    printed = text_of(compiled.pdf)
    for word in (
        "one",
        "two 0.1029",
        "A paragraph of its own",
        "four",
        "five",
        "seven",
        "eight",
        "better by one look",
        "1/3",
    ):
        assert word.replace(" ", "") in "".join(printed.split()), word
    assert "evid" not in printed and "stale:apassageforthecase" in "".join(printed.split())


def test_a_section_in_plain_words_shows_what_is_stale() -> None:
    """Where TeX would not take the section, its passages are chosen as anywhere, with their numbers linked."""
    text = f"A $broken {HOLDS}because of [[run_3.mse]][[else]]not[[end]] and {FAILS}[[run_1.mse]] untrue[[end]] end."
    draft = Draft("T", {"Results": text}, plain=frozenset({"Results"}))
    tex = assemble("@@SECTIONS@@", draft, evidence(), "a_session").tex
    assert "because of \\evid{run_3.mse}{0.1029} and [stale: a passage for the case" in tex
    assert "untrue" not in tex and "not and" not in tex
