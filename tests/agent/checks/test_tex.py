"""What TeX lacks for the paper's own sources is named before a session."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from agent.checks.tex import tex_check
from agent.printing.standins import tex_files
from agent.session.paths import REPOSITORY
from agent.session.template.contract import Template


@pytest.mark.skipif(not shutil.which("kpsewhich"), reason="TeX is not installed")
def test_a_package_that_tex_lacks_is_named(template: Template) -> None:
    """Packages are those that the template's own sources ask for; one beside the sources needs no TeX to have it."""
    source = template.root / "latex" / "paper.tex"
    source.write_text(source.read_text() + "\\usepackage{own,nosuchpackage}\n% \\usepackage{notasked}\n")
    (template.root / "latex" / "own.sty").touch()
    result = tex_check(template.latex)
    assert not result.ok
    assert result.detail == "lacks nosuchpackage.sty"
    assert "make setup" in result.remedy


@pytest.mark.skipif(not shutil.which("kpsewhich"), reason="TeX is not installed")
def test_a_file_of_labloop_s_own_is_to_be_copied(tmp_path: Path) -> None:
    """paper.tex taken over without labloop.sty: no package of any system has it."""
    shutil.copy(REPOSITORY / "latex" / "paper.tex", tmp_path)
    result = tex_check(tmp_path)
    assert not result.ok and "labloop.sty" in result.detail
    assert "copy" in result.remedy and "apt-get" not in result.remedy
    shutil.copy(REPOSITORY / "latex" / "labloop.sty", tmp_path)
    assert "labloop.sty" not in tex_check(tmp_path).detail


def test_without_tex_the_programs_are_named(
    template: Template, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No TeX at all: what to install, or how to go without; the session goes on to a draft in HTML."""
    monkeypatch.setenv("PATH", str(tmp_path))
    result = tex_check(template.latex)
    assert not result.ok and not result.fatal
    assert "pdflatex" in result.detail and "draft in HTML" in result.detail
    assert "--no-paper" in result.remedy


def test_the_shipped_papers_packages_are_read() -> None:
    """Class, bibliography style and every package of the shipped paper are among what is looked for."""
    assert {"article.cls", "plainnat.bst", "natbib.sty", "booktabs.sty", "hyperref.sty", "graphicx.sty"} <= set(
        tex_files(REPOSITORY / "latex")
    )


def test_what_tex_never_reads_asks_for_nothing(tmp_path: Path) -> None:
    """A comment, a manual behind \\endinput (natbib has one), a name that a macro is given."""
    (tmp_path / "paper.tex").write_text("\\usepackage{own}\n% \\usepackage{remarked}\n")
    own = (
        "\\newcommand{\\wants}[1]{\\RequirePackage{#1}}\n\\RequirePackage{natbib}\n\\endinput\n\\usepackage{citeref}\n"
    )
    (tmp_path / "own.sty").write_text(own)
    assert tex_files(tmp_path) == ["natbib.sty", "own.sty"]
