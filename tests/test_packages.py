"""Nothing hangs on a package that `make setup` does not bring, whatever else this machine holds."""

from __future__ import annotations

import ast
import functools
import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from agent.session.paths import REPOSITORY
from setup.system import listed
from tests.guards.packages import Packages, installed, opened, strangers
from tests.guards.source import sources
from tests.world import papers
from tests.world.stage import Writer, make_session

LISTED = listed(REPOSITORY / "requirements" / "system.txt")
OF_SLURM = listed(REPOSITORY / "requirements" / "slurm.txt")
OURS = [REPOSITORY, (REPOSITORY / ".venv").resolve(), Path(sys.base_prefix)]
BY_HAND = {
    "git": "whoever cloned the repository has it",
    "make": "whoever types `make` has it",
    "nvidia-smi": "comes with a driver, and is asked only where there is one",
    "pdfinfo": "a test looks closer where it is there",
    "ps": "asked where there is no /proc",
}
"""Programs that are asked for and not listed, each with the reason."""

needs_dpkg = pytest.mark.skipif(
    not shutil.which("dpkg-query"), reason="packages are dpkg's here, which is not installed"
)
needs_tex = pytest.mark.skipif(not shutil.which("pdflatex"), reason="TeX is not installed")


@functools.cache
def machine() -> Packages:
    return installed()


def foreign(paths: Sequence[Path] | set[Path], folder: Path) -> list[str]:
    return strangers(paths, LISTED, machine(), [*OURS, folder])


def tex_of(folder: Path, source: str) -> set[Path]:
    """What TeX opens for a document."""
    (folder / "paper.tex").write_text(source, encoding="utf-8")
    return opened(["pdflatex", "-recorder", "-interaction=nonstopmode", "paper.tex"], folder)


def programs_asked_for(root: Path) -> dict[str, str]:
    """Program → where the source asks for it by name: shutil.which("x"), or the first word of a command."""
    found = {}
    for source in sources(root, ["agent", "harness", "setup", "benchmarks", "tests"]):
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Call) and node.args:
                called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                for name in _first_words(called, node.args):
                    found[name] = f"{source.path}:{node.lineno}"
    return found


def _first_words(called: str, args: Sequence[ast.expr]) -> Iterator[str]:
    for argument in args[:2]:
        word = argument.elts[0] if isinstance(argument, (ast.List, ast.Tuple)) and argument.elts else argument
        runs = called in ("run", "Popen", "call", "run_tex") and word is not argument
        if isinstance(word, ast.Constant) and isinstance(word.value, str) and (runs or called == "which"):
            yield word.value


@pytest.mark.tex
@needs_dpkg
@needs_tex
def test_a_paper_opens_only_what_the_list_brings(tmp_path: Path) -> None:
    """Formats, styles, metrics, fonts, libraries: every file that TeX reads for a whole paper is of a listed package."""
    session = make_session(tmp_path)
    papers.add_runs_on_disk(session)
    papers.add_notes(session, writer := Writer(otherwise=papers.answer))
    papers.press_of(session, writer).make_it_compile()
    files = opened(["pdflatex", "-recorder", "-interaction=nonstopmode", "paper.tex"], session.paths.latex)
    files |= opened(["bibtex", "paper"], session.paths.latex)
    assert {".pfb", ".tfm", ".fmt", ".sty"} <= {path.suffix for path in files}
    assert foreign(files, tmp_path) == []


@pytest.mark.process
@needs_dpkg
@pytest.mark.skipif(not shutil.which("bwrap"), reason="bubblewrap is not installed")
def test_the_sandbox_loads_only_what_the_list_brings(tmp_path: Path) -> None:
    """bubblewrap and its libraries."""
    files = opened(["bwrap", "--ro-bind", "/", "/", "--dev", "/dev", "true"], tmp_path)
    assert any(path.name.startswith("libc.so") for path in files) and Path(shutil.which("bwrap") or "") in files
    assert foreign(files, tmp_path) == []


@pytest.mark.process
@needs_dpkg
def test_the_set_up_loads_only_what_the_list_brings(tmp_path: Path) -> None:
    """What looks for missing packages hangs on nothing that it does not bring, kpsewhich's libraries included."""
    look = "from pathlib import Path; from setup.system import *; missing(listed(Path('requirements/system.txt')))"
    (tmp_path / "requirements").symlink_to(REPOSITORY / "requirements")
    (tmp_path / "setup").symlink_to(REPOSITORY / "setup")
    files = opened([sys.executable, "-c", look], tmp_path)
    assert foreign(files, tmp_path) == []


@pytest.mark.process
@needs_dpkg
def test_every_program_asked_for_is_on_the_list() -> None:
    """A program that the source names is brought by a listed package, or a line says why it need not be."""
    asked = programs_asked_for(REPOSITORY)
    assert {"bwrap", "kpsewhich", *BY_HAND} <= asked.keys()
    found = [path for name in asked if name not in BY_HAND and (path := shutil.which(name))]
    programs = [Path(path) for path in found]
    assert strangers(programs, [*LISTED, *OF_SLURM], machine(), [*OURS, REPOSITORY]) == []


@pytest.mark.tex
@needs_dpkg
@needs_tex
def test_a_font_of_no_listed_package_trips(tmp_path: Path) -> None:
    """The fault that this file is about: a font family that is not installed ends in a bitmap that no package holds."""
    font = "\\documentclass{article}\\usepackage[T1]{fontenc}\\renewcommand*{\\ttdefault}{nosuchfont}"
    files = tex_of(tmp_path, font + "\\begin{document}\\texttt{run\\_3}\\end{document}")
    assert any("ecrm1000" in line and "no package" in line for line in foreign(files, tmp_path))


PLANTED = Packages(
    depends={
        "tex": [["tex-base", "tex-other"], ["paper-size"]],
        "tex-base": [],
        "letter": [],
        "by-hand": [["tex"]],
        "libc": [],
    },
    provided={"paper-size": ["letter"]},
    base=frozenset({"libc"}),
    owners={
        "/usr/bin/tex": "tex",
        "/usr/lib/base.so": "tex-base",
        "/lib/libc.so": "libc",
        "/usr/lm.pfb": "by-hand",
        "/usr/a4": "letter",
    },
)


def test_a_file_of_another_package_trips() -> None:
    """Dependencies, what stands for a virtual package and what every machine has are brought; other packages are told."""
    paths = [
        Path(name)
        for name in (
            "/usr/bin/tex",
            "/lib/base.so",
            "/usr/lib/libc.so",
            "/usr/a4",
            "/usr/lm.pfb",
            "/home/x.pk",
            "/srv/a",
        )
    ]
    assert strangers(paths, ["tex"], PLANTED, [Path("/srv")]) == [
        "/home/x.pk belongs to no package",
        "/usr/lm.pfb belongs to by-hand",
    ]


def test_programs_are_found_in_the_source(tmp_path: Path) -> None:
    """Named to which(), or as the first word of a command; other words are not programs."""
    (tmp_path / "agent").mkdir()
    (tmp_path / "agent" / "x.py").write_text(
        'which("a")\nsubprocess.run(["b", "-c"], x)\nrun_tex(("c", "d"), y)\nsay("e")\nrun("f")\n'
    )
    assert list(programs_asked_for(tmp_path)) == ["a", "b", "c"]
