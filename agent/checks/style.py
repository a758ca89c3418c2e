"""Whether the style that was asked for is there, with all that it needs, and prints a paper."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from agent.checks.paper import laid_out
from agent.checks.result import CheckResult, failed, passed
from agent.checks.tex import tex_check
from agent.errors import CheckFailed, UsageError
from agent.printing.blame import where
from agent.printing.latex import Compilation, compile_paper, tex_in
from agent.printing.pdf_text import text_of
from agent.printing.styles import Style, find_style, lay_style
from agent.printing.tex_log import TexError
from agent.sandbox import choose
from agent.session.paths import REPOSITORY
from agent.session.settings.groups import PaperSettings
from agent.writing.bibliography import Entry, read_entries

_OR_WITHOUT = "or leave --style out"
_TRIAL = REPOSITORY / "latex" / "trial"
"""A little of what a paper of labloop holds."""
_UNTRUE = re.compile(
    r"[^.\n]{0,40}\b(?:under (?:double.blind )?review|submitted to|published (?:as|in|at)|proceedings of|accepted (?:to|at|as)|anonymous)\b[^.\n]{0,40}",
    re.IGNORECASE,
)
"""What no draft says of itself."""


def style_check(settings: PaperSettings, latex: Path) -> CheckResult:
    """The style found, laid out, and a trial paper printed in it, with what every paper of labloop holds; where TeX lacks something, what."""
    try:
        style = find_style(settings.style, settings.styles)
        if style is None:
            return passed("style", "plain")
        with tempfile.TemporaryDirectory(prefix="labloop-style-") as place:
            folder = Path(place) / "style"
            standing_in = lay_style(style, latex, folder)
            return _tried(style, folder, standing_in)
    except (CheckFailed, UsageError) as error:
        return failed("style", str(error), _OR_WITHOUT)


def _tried(style: Style, folder: Path, standing_in: Sequence[str]) -> CheckResult:
    name, lacks = style.path.name, tex_check(folder)
    if not shutil.which("pdflatex"):
        return failed("style", f"{name}: {lacks.detail}", lacks.remedy, fatal=lacks.fatal)
    text = (folder / "references.bib").read_text(encoding="utf-8", errors="replace")
    compilation = trial_printed(folder, read_entries(text)[:1])
    if compilation.pdf is None and not lacks.ok:
        return failed("style", f"{name}: {lacks.detail}", _brought(style))
    if compilation.pdf is None:
        why = _why(compilation.errors)
        return failed(
            "style", f"{name}: TeX does not take a trial paper: {why}", f"use another version of it, {_OR_WITHOUT}"
        )
    if untrue := _UNTRUE.search(text_of(compilation.pdf)):
        told = " ".join(untrue.group().split())
        return failed(
            "style",
            f"{name} prints {told!r}, which no draft of labloop says of itself",
            "give a copy of it that does not, or take care before you hand the paper on",
            fatal=False,
        )
    instead = f"; labloop's own stand in for {', '.join(standing_in)}, which this TeX lacks" if standing_in else ""
    return passed("style", f"{name} prints a trial paper{instead}")


def trial_printed(folder: Path, entries: Sequence[Entry]) -> Compilation:
    """The trial in the style that lies in `folder`, printed in a folder beside it."""
    key = entries[0].key if entries else "none"
    texts = {name: (_TRIAL / f"{name}.tex").read_text(encoding="utf-8") for name in ("sections", "evidence")}
    parts = {"TITLE": "Trial", "SESSION": "trial", "ABSTRACT": "Words.", "EVIDENCE": texts["evidence"]}
    parts["SECTIONS"] = texts["sections"].replace("KEY", key)
    laid = laid_out(folder, folder.with_name("trial"), entries, parts)
    return compile_paper(laid, tex_in(choose("plain"), folder.with_name("scratch")))


def _why(errors: Sequence[TexError]) -> str:
    """TeX's first error with its place, and the text at which it stopped: of a command that it does not know, the name."""
    if not errors:
        return "no PDF came out"
    return where(errors[0]) + (f" (at {errors[0].context!r})" if errors[0].context else "")


def _brought(style: Style) -> str:
    packages = "texlive-latex-extra, texlive-science, texlive-fonts-extra, texlive-publishers and lmodern"
    return (
        "the TeX that labloop asks for has them not: "
        f"put them beside {style.path}, or install them (`tlmgr install NAME`; of Debian's packages {packages} hold most), {_OR_WITHOUT}"
    )
