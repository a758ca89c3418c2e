"""A whole file that stands in a reply without a fence: under its name, in an environment of LaTeX, indented, in a shell's heredoc. Standard library only."""

from __future__ import annotations

import ast
import re
import textwrap
import warnings
from collections.abc import Sequence

from agent.coding.as_meant import unnumbered
from agent.coding.listings import defined, why_not_whole

_BEGINS = re.compile(
    r'^\s*(?:\d+\s*[|:│→]?\s*|>>> )?(?:#!|[rR]?"""|[rR]?\'\'\'(?!\w+\s*$)|from \w+(?:\.\w+)* import |import \w)'
)
_CODE = re.compile(r"^(?:def |class |@\w|import |from \w+ import |    \S)", re.MULTILINE)
_MAIN = re.compile(r"^if __name__ ?==", re.MULTILINE)
_ENDS = re.compile(r"^\s*#\+end_src\b", re.IGNORECASE)
_LEAST_HELD = 16
"""Characters from which on a line of the file that stands in a reply is known for one."""
_STARTS, _CUTS, _TAIL = 3, 12, 14


def whole_in(text: str, name: str, now: str, flags: Sequence[str]) -> str:
    """The whole new text of the file `name`, which reads `now`, as it stands in the reply; empty where none does.

    Nothing says where such a listing ends, so it must hold the file's own end, and no code may follow it.
    """
    lines = text.splitlines()
    starts = [at for at, line in enumerate(lines) if _BEGINS.match(line)][:_STARTS]
    held = {line.strip() for line in now.splitlines() if len(line.strip()) >= _LEAST_HELD}
    for at in starts:
        if any(known in line for line in lines[:at] for known in held):
            break  # what stands above is the file's own beginning, and would be left behind
        end = next((place for place in range(at, len(lines)) if _ENDS.match(lines[place])), len(lines))
        body = _parsing(unnumbered(lines[at:end]))
        if body and _holds_its_end(body, now) and not why_not_whole(name, body, now, flags, False):
            return body
    return ""


def _parsing(lines: Sequence[str]) -> str:
    """The lines up to where they are no Python any more, without a margin; empty where code would be left behind."""
    margin = len(lines[0]) - len(lines[0].lstrip())
    kept = [line[margin:] if not line[:margin].strip() else line for line in lines]
    left: list[str] = []
    for _ in range(_CUTS):
        error_at = _error_line(kept)
        if error_at is None:
            break
        left = [*kept[error_at:], *left]
        kept = kept[:error_at]
        if len([line for line in left if line.strip()]) > _TAIL or _CODE.search("\n".join(left)):
            return ""
    return _without_words("\n".join(kept).strip("\n") + "\n") if kept and _error_line(kept) is None else ""


def _error_line(lines: Sequence[str]) -> int | None:
    """The place of the first line that is no Python; None where all of them are."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(textwrap.dedent("\n".join(lines)))
    except SyntaxError as error:
        return max(0, min((error.lineno or 1) - 1, len(lines) - 1))
    except (ValueError, RecursionError, MemoryError):
        return 0
    return None


def _without_words(code: str) -> str:
    """The code without a last line that is a word of the reply, such as "Done" or the end of a heredoc."""
    tree = ast.parse(code)
    while tree.body and isinstance(last := tree.body[-1], ast.Expr) and isinstance(last.value, ast.Name):
        code = "\n".join(code.splitlines()[: last.lineno - 1]).rstrip("\n") + "\n"
        tree.body.pop()
    return code


def _holds_its_end(body: str, now: str) -> bool:
    """Whether the body ends as the file does: with its call of main, else with all that the file defines."""
    if _MAIN.search(now):
        return _MAIN.search(body) is not None
    return bool(defined(now)) and defined(now) <= defined(body)
