"""Whether TeX is there with all that a paper asks for, as TeX itself finds it."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

from agent.checks.environments import SETUP
from agent.checks.result import CheckResult, failed, passed
from agent.session.paths import REPOSITORY

_LIMIT_S = 30
_OURS = REPOSITORY / "latex"
_REMEDY = (
    f"{SETUP} as root, or `sudo apt-get install texlive-latex-base texlive-latex-recommended "
    "texlive-fonts-recommended`; or go without a paper: --no-paper"
)
_PACKAGE = re.compile(r"\\(?:usepackage|RequirePackage)\s*(?:\[[^\]]*\])?\s*\{([^}]*)\}")
_CLASS = re.compile(r"\\(?:documentclass|LoadClass)\s*(?:\[[^\]]*\])?\s*\{([^}]*)\}")
_STYLE = re.compile(r"\\bibliographystyle\s*\{([^}]*)\}")


def tex_check(folder: Path) -> CheckResult:
    """pdflatex, bibtex, and every package that the sources in `folder` name. Without any TeX a session goes on to an HTML draft."""
    absent = [program for program in ("pdflatex", "bibtex", "kpsewhich") if not shutil.which(program)]
    if "pdflatex" in absent:
        return failed("TeX", "no pdflatex on PATH: the paper will be a draft in HTML", _REMEDY, fatal=False)
    if absent:
        return failed("TeX", f"{', '.join(absent)} not found on PATH", _REMEDY)
    wanted = [name for name in tex_files(folder) if not (folder / name).is_file()]
    try:
        done = subprocess.run(
            ["kpsewhich", *wanted],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_LIMIT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return failed("TeX", f"kpsewhich: {error}", _REMEDY)
    missing = sorted(set(wanted) - {Path(line).name for line in done.stdout.splitlines()})
    if ours := [name for name in missing if (_OURS / name).is_file()]:
        remedy = f"copy {', '.join(str(_OURS / name) for name in ours)} to {folder}, beside the source that asks for it"
        return failed("TeX", f"{folder} lacks {', '.join(ours)}, which labloop's paper.tex loads", remedy)
    if missing:
        return failed("TeX", f"lacks {', '.join(missing)}", _REMEDY)
    return passed("TeX", f"pdflatex and {len(wanted)} packages")


def tex_files(folder: Path) -> list[str]:
    """The .sty, .cls and .bst files that the .tex files in `folder` ask for, and those files beside them that they load, comments left out.

    A style of another venue that only lies there asks for nothing.
    """
    names: set[str] = set()
    queue = sorted(folder.glob("*.tex"))
    while queue:
        text = re.sub(r"(?<!\\)%.*", "", queue.pop().read_text(encoding="utf-8", errors="replace"))
        asked = {
            name.strip() + ending
            for pattern, ending in ((_PACKAGE, ".sty"), (_CLASS, ".cls"), (_STYLE, ".bst"))
            for group in pattern.findall(text)
            for name in group.split(",")
            if name.strip()
        }
        queue += [folder / name for name in asked - names if not name.endswith(".bst") and (folder / name).is_file()]
        names |= asked
    return sorted(names)
