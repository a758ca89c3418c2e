"""What a style of a venue loads and this TeX lacks: the files named, and a stand-in of labloop's own for those that have one."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Collection
from pathlib import Path

from agent.proofreading.source.preamble import LOADED
from agent.session.paths import REPOSITORY

STANDINS = REPOSITORY / "latex" / "standins"
_LIMIT_S = 30
_CLASS = re.compile(r"\\(?:documentclass|LoadClass)\s*(?:\[[^\]]*\])?\s*\{([^}]*)\}")
_STYLE = re.compile(r"\\bibliographystyle\s*\{([^}]*)\}")
_BEHIND_ITS_END = re.compile(r"^\s*\\endinput\b.*", re.MULTILINE | re.DOTALL)
"""What TeX never reads, such as a manual."""


def source_of(path: Path) -> str:
    """A file of LaTeX as TeX reads it: without comments, and without what stands behind its end."""
    text = re.sub(r"(?<!\\)%.*", "", path.read_text(encoding="utf-8", errors="replace"))
    return _BEHIND_ITS_END.sub("", text)


def tex_files(folder: Path) -> list[str]:
    """The .sty, .cls and .bst files that the .tex files in `folder` ask for, and those files beside them that they load.

    A style of another venue that only lies there asks for nothing; a condition of TeX's is not looked into.
    """
    names: set[str] = set()
    queue = sorted(folder.glob("*.tex"))
    while queue:
        text = source_of(queue.pop())
        asked = {
            name.strip() + ending
            for pattern, ending in ((LOADED, ".sty"), (_CLASS, ".cls"), (_STYLE, ".bst"))
            for group in pattern.findall(text)
            for name in group.split(",")
            if name.strip() and "#" not in name and "\\" not in name
        }
        queue += [folder / name for name in asked - names if not name.endswith(".bst") and (folder / name).is_file()]
        names |= asked
    return sorted(names)


def not_in_tex(names: Collection[str]) -> list[str]:
    """Those of these files that TeX does not find; none where it has no kpsewhich to ask. Raises OSError, TimeoutExpired."""
    if not names or not shutil.which("kpsewhich"):
        return []
    done = subprocess.run(
        ["kpsewhich", *names], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_LIMIT_S, check=False
    )
    return sorted(set(names) - {Path(line).name for line in done.stdout.splitlines()})


def lay_standins(folder: Path) -> list[str]:
    """Copy into `folder` a stand-in for each package that its paper.tex asks for and TeX lacks; the names of those copied."""
    try:
        missing = not_in_tex([name for name in tex_files(folder) if not (folder / name).is_file()])
    except (OSError, subprocess.TimeoutExpired):
        return []  # the check that follows asks TeX itself, and says what is wrong
    copied = [name for name in missing if (STANDINS / name).is_file()]
    for name in copied:
        shutil.copyfile(STANDINS / name, folder / name)
    return copied
