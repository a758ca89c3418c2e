"""Whether TeX is there with all that a paper asks for, as TeX itself finds it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from agent.checks.environments import SETUP
from agent.checks.result import CheckResult, failed, passed
from agent.printing.standins import not_in_tex, tex_files
from agent.session.paths import REPOSITORY

_OURS = REPOSITORY / "latex"
_REMEDY = (
    f"{SETUP} as root, or `sudo apt-get install texlive-latex-base texlive-latex-recommended "
    "texlive-fonts-recommended`; or go without a paper: --no-paper"
)


def tex_check(folder: Path) -> CheckResult:
    """pdflatex, bibtex, and every package that the sources in `folder` name. Without any TeX a session goes on to an HTML draft."""
    absent = [program for program in ("pdflatex", "bibtex", "kpsewhich") if not shutil.which(program)]
    if "pdflatex" in absent:
        return failed("TeX", "no pdflatex on PATH: the paper will be a draft in HTML", _REMEDY, fatal=False)
    if absent:
        return failed("TeX", f"{', '.join(absent)} not found on PATH", _REMEDY)
    wanted = [name for name in tex_files(folder) if not (folder / name).is_file()]
    try:
        missing = not_in_tex(wanted)
    except (OSError, subprocess.TimeoutExpired) as error:
        return failed("TeX", f"kpsewhich: {error}", _REMEDY)
    if ours := [name for name in missing if (_OURS / name).is_file()]:
        remedy = f"copy {', '.join(str(_OURS / name) for name in ours)} to {folder}, beside the source that asks for it"
        return failed("TeX", f"{folder} lacks {', '.join(ours)}, which labloop's paper.tex loads", remedy)
    if missing:
        return failed("TeX", f"lacks {', '.join(missing)}", _REMEDY)
    return passed("TeX", f"pdflatex and {len(wanted)} packages")
