"""Papers at random, full of values and tables, as TeX sets them: of none is it said that the PDF prints something else."""

from __future__ import annotations

import random
import re
import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from agent.packing.checks.printed_order import printed_order
from agent.packing.checks.printed_words import printed_words
from agent.printing.assemble import assemble
from agent.printing.latex import compile_paper, tex_in
from agent.sandbox.plain import Plain
from agent.session.paths import REPOSITORY
from agent.writing.draft import Draft
from agent.writing.draft.sections import SECTIONS
from tests.world.random_studies import random_evidence, random_text

pytestmark = pytest.mark.tex

LATEX = REPOSITORY / "latex"
PAGES = ("packing", "references", "guarantees")
"""Pages of docs/ whose words stand between the values."""


@pytest.mark.parametrize("seed", [0, 1, 100])
def test_an_honest_print_is_what_the_paper_says(seed: int, tmp_path: Path) -> None:
    """Sentences that a page's end breaks, tables with legends between their parts, words that stand by themselves elsewhere."""
    folder = tmp_path / "latex"
    folder.mkdir()
    for style in LATEX.glob("*.sty"):
        shutil.copy(style, folder / style.name)
    evidence, rng = random_evidence(seed), random.Random(seed)
    told = "\n".join((REPOSITORY / "docs" / f"{name}.md").read_text(encoding="utf-8") for name in PAGES)
    words = [" ".join(re.sub(r"[^A-Za-z ,'-]", " ", each).split()) for each in re.split(r"[.|:;\n]", told)]

    def section() -> str:
        said = random_text(evidence, rng.randrange(10**6), count=18).replace("% ", "\\% ").replace("\\\\%", "\\%")
        parts = said.split("It is ")
        table = "\\begin{table}[t]\\caption{All runs.}\n[[table]]\n\\end{table}"
        return f"{' '.join(f'{rng.choice(words)} {each}' for each in parts)}\n\n{table}"

    sections = {each.name: section() for each in SECTIONS}
    template = (LATEX / "paper.tex").read_text(encoding="utf-8")
    (folder / "paper.tex").write_text(assemble(template, Draft("A title", sections), evidence, "a_session").tex)
    (folder / "references.bib").write_text("\n")
    compiled = compile_paper(folder, tex_in(Plain(), tmp_path / "scratch"))
    assert compiled.pdf is not None and (compiled.log.pages or 0) > 3, compiled.log.errors
    session = SimpleNamespace(paths=SimpleNamespace(latex=folder, paper=compiled.pdf), name="a_session")
    opened = cast(Any, SimpleNamespace(session=session))
    assert [str(each) for check in (printed_words, printed_order) for each in check(opened)] == []
