"""A template's own latex/ goes through TeX before a session is spent on it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from agent.checks.paper import paper_check, paper_check_once
from agent.session.paths import REPOSITORY

pytestmark = [pytest.mark.tex, pytest.mark.skipif(shutil.which("pdflatex") is None, reason="TeX is not installed")]

FINE = "@article{fine2020one, title={One}, author={A B}, journal={Signals & Systems}, year={2020}}\n"


@pytest.fixture
def latex(tmp_path: Path) -> Path:
    shutil.copytree(REPOSITORY / "latex", tmp_path / "latex")
    (tmp_path / "latex" / "references.bib").write_text(FINE)
    return tmp_path / "latex"


def test_a_sound_folder_passes(latex: Path) -> None:
    """Entries that are mended as they are printed are no problem."""
    result = paper_check(latex)
    assert result.ok and "1 works to cite" in result.detail


def test_what_passed_is_not_tried_again(latex: Path, tmp_path: Path) -> None:
    """A start costs TeX once; a style that changes, or that failed, is tried."""
    cache = tmp_path / "cache"
    assert "1 works" in paper_check_once(latex, cache).detail
    assert "passed before" in paper_check_once(latex, cache).detail
    style = latex / "labloop.sty"
    style.write_text(style.read_text().replace("\\endinput", "\\nosuchmacro\n\\endinput"))
    for _ in range(2):
        result = paper_check_once(latex, cache)
        assert not result.ok and result.fatal and "labloop.sty, line" in result.detail


def test_an_entry_at_fault_is_named(latex: Path) -> None:
    """What TeX refuses, what does not close, what no font has: each with its key, and a session can start all the same."""
    more = "@misc{bad2020two, title={\\nosuch{x}}, author={A B}, year={2020}}\n@misc{han2020three, title={平}, author={C D}, year={2020}}\n"
    (latex / "references.bib").write_text(FINE + more + "@misc{open2020four, title={x")
    result = paper_check(latex)
    assert not result.ok and not result.fatal and "references.bib" in result.remedy
    for told in ("bad2020two", "han2020three", "U+5E73", "open2020four does not close"):
        assert told in result.detail
    assert "fine2020one" not in result.detail


def test_a_preamble_at_fault_is_fatal(latex: Path) -> None:
    """File and line are named; without references.bib no paper can be written either."""
    style = latex / "labloop.sty"
    style.write_text(style.read_text().replace("\\endinput", "\\nosuchmacro\n\\endinput"))
    result = paper_check(latex)
    assert not result.ok and result.fatal and "labloop.sty, line" in result.detail
    (latex / "references.bib").unlink()
    assert "no references.bib" in paper_check(latex).detail
