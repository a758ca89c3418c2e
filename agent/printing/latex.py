"""paper.tex compiled: the folder laid out, pdflatex and bibtex run where they can do no harm, the PDF that came out."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from agent.errors import CheckFailed
from agent.printing.assemble import Paper
from agent.printing.signing import write_signatures
from agent.printing.tex_log import TexError, TexLog, read_log
from agent.results.words.phrases import WORDS
from agent.sandbox import Command, Sandbox, clean_environment
from agent.session.events import Compiled
from agent.session.files import write_bytes, write_text
from agent.session.session import Session
from agent.session.trouble import check_room
from agent.writing.bibliography import Entry

RunTex = Callable[[Sequence[str], Path], tuple[int, str]]
"""Runs one program of TeX in a folder: its exit status and what it printed."""

TEX_ENVIRONMENT = {
    "openin_any": "p",
    "openout_any": "p",
    "shell_escape": "f",
    "max_print_line": "1000",
    "TEXMFOUTPUT": ".",
    "SOURCE_DATE_EPOCH": "0",
    "FORCE_SOURCE_DATE": "1",
}
"""Reading and writing only below the working folder; nothing is ever run from TeX; equal sources give equal PDFs."""
_PDFLATEX = (
    "pdflatex",
    "-no-shell-escape",
    "-interaction=nonstopmode",
    "-file-line-error",
    "-halt-on-error",
    "paper.tex",
)
_TIMEOUT_S = 120.0


@dataclass(frozen=True)
class Compilation:
    """What one compilation gave. `pdf` is None where none came out."""

    pdf: Path | None
    log: TexLog
    started: bool = True
    """TeX wrote a log of its own."""

    @property
    def errors(self) -> tuple[TexError, ...]:
        return self.log.errors

    def event(self, marked: bool = False) -> Compiled:
        """As the journal records it."""
        return Compiled(
            ok=self.pdf is not None and not self.errors,
            pages=self.log.pages,
            marked=marked,
            errors=[str(error) for error in self.errors][:20],
            warnings=list(self.log.warnings)[:40],
            words=WORDS,
        )


def lay_out(session: Session, paper: Paper, bibliography: Sequence[Entry], findings: str) -> Path:
    """Write paper.tex and all that it needs into the session's latex folder; that folder."""
    folder = session.paths.latex
    folder.mkdir(exist_ok=True)
    for source in sorted(session.latex_source.iterdir()):
        if source.suffix in (".sty", ".cls", ".bst"):
            write_bytes(folder / source.name, source.read_bytes())
    figures = folder / "figures"
    if figures.is_dir():
        shutil.rmtree(figures)
    figures.mkdir()
    for figure in sorted(session.paths.figures.glob("*.pdf")) if session.paths.figures.is_dir() else []:
        write_bytes(figures / figure.name, figure.read_bytes())
    write_text(folder / "references.bib", "\n".join(entry.text for entry in bibliography) + "\n")
    write_text(folder / "findings.tex", findings)
    write_text(folder / "paper.tex", paper.tex)
    write_signatures(session)
    return folder


def compile_paper(folder: Path, run_tex: RunTex) -> Compilation:
    """Run pdflatex, bibtex and pdflatex until references settle; the PDF lies in `folder` where one came out."""
    for left in ("paper.pdf", "paper.aux", "paper.bbl", "paper.out", "paper.log"):
        (folder / left).unlink(missing_ok=True)
    log = TexLog(errors=(), warnings=(), pages=0)
    for turn in range(3):
        exit_code, printed = run_tex(_PDFLATEX, folder)
        log = read_log(_log_file(folder) or printed)
        if exit_code != 0 or log.errors:
            errors = _all_errors(folder, run_tex, log.errors) or (
                TexError("", 0, _last_line(printed) or f"pdflatex ended with status {exit_code}"),
            )
            return Compilation(
                None, TexLog(errors=errors, warnings=(), pages=0), started=(folder / "paper.log").is_file()
            )
        if turn == 0 and "\\citation" in (folder / "paper.aux").read_text(encoding="utf-8", errors="replace"):
            run_tex(("bibtex", "paper"), folder)
        elif turn and "Rerun to get" not in _log_file(folder):
            break
    pdf = folder / "paper.pdf"
    return Compilation(pdf if pdf.is_file() else None, log)


def _all_errors(folder: Path, run_tex: RunTex, first: tuple[TexError, ...]) -> tuple[TexError, ...]:
    """The errors that TeX finds when it goes on after the first, which stays in front; none where there was none."""
    if not first:
        return ()
    run_tex([word for word in _PDFLATEX if word != "-halt-on-error"], folder)
    more = read_log(_log_file(folder)).errors
    return first + tuple(error for error in more if str(error) not in {str(known) for known in first})


def tex_in(sandbox: Sandbox, scratch: Path) -> RunTex:
    """TeX's programs in a sandbox: no network, no keys, writing only the paper's folder. OSError where it failed on a full disk."""

    def run(argv: Sequence[str], folder: Path) -> tuple[int, str]:
        program = shutil.which(argv[0])
        if program is None:
            raise CheckFailed(f"{argv[0]} is not installed; type `make setup`, or see requirements/system.txt")
        stdout, stderr = scratch / "tex.out", scratch / "tex.err"
        scratch.mkdir(parents=True, exist_ok=True)
        finished = sandbox.run(
            Command(
                argv=(program, *argv[1:]),
                cwd=folder,
                env=clean_environment(scratch, _tex_environment()),
                writable=(folder,),
                stdout=stdout,
                stderr=stderr,
                scratch=scratch,
                timeout_s=_TIMEOUT_S,
                gpu=False,
            )
        )
        printed = stdout.read_text(encoding="utf-8", errors="replace") if stdout.is_file() else ""
        shutil.rmtree(scratch, ignore_errors=True)
        if finished.exit_code != 0:
            check_room(folder)
        if finished.timed_out:
            return 124, f"{printed}\nTeX was ended after {_TIMEOUT_S:.0f} s"
        return (1 if finished.exit_code is None else finished.exit_code), printed

    return run


def _tex_environment() -> Mapping[str, str]:
    return TEX_ENVIRONMENT


def _log_file(folder: Path) -> str:
    path = folder / "paper.log"
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:300] if lines else ""
