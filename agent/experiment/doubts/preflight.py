"""What can be said of an edit without running it: is it whole and new, does it compile, does it take its arguments?"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from agent.results.english import counted
from agent.session.events import AttemptEnded, Edited
from agent.session.files import code_sha

_UNEDITED = {
    "no_edit": "no file was changed",
    "unmatched": "no edit could be applied: the text to be replaced was not found",
    "outside": "only files that may not be edited were changed, which was undone",
    "unchanged": "the edit changes nothing: what it puts in is what stands there already",
    "applied": "the files are as they were before",
}


@dataclass(frozen=True)
class InVain:
    """Why an edit is not launched, in the fields of the attempt that says so."""

    outcome: Literal["no_edit", "crashed", "not_proven"]
    reason: str
    cause: str
    signature: str


def in_vain(
    edited: Edited,
    files: Mapping[str, bytes],
    command: Sequence[str],
    accepted: Mapping[str, str],
    failed: Mapping[str, AttemptEnded],
) -> InVain | None:
    """Why launching what a turn left would be in vain; None where it may be launched.

    `files` are the experiment's as the turn left them; `accepted` maps the `code_sha` of accepted code to its run,
    `failed` that of code which failed by its own fault to the attempt.
    """
    if not edited.changed and not edited.launch:
        why = why_no_edit(edited)
        return InVain("no_edit", why, why, "no_edit")
    if edited.left:
        return InVain("no_edit", partly(edited), partly(edited), "partly applied")
    code = code_sha(files)
    if code in accepted:
        reason = f"the code is, byte for byte, that of {accepted[code]}, whose result is known"
        return InVain("no_edit", reason, reason, "no_edit")
    if code in failed:
        before = failed[code]
        same = f"the code is, byte for byte, that of attempt {before.number}, so it was not launched again"
        cause = f"{same}. It had ended so:\n{before.cause}"
        return InVain("crashed", f"{same}: {before.reason}", cause, before.signature)
    if problem := preflight(files, command):
        return InVain("crashed", problem, f"It was not launched: {problem}", f"preflight|{problem[:80]}")
    return None


def why_no_edit(edited: Edited) -> str:
    """Why a turn that was to edit changed nothing: what the reply held, or what came of its edits."""
    return edited.unread or _UNEDITED[edited.outcome]


def partly(edited: Edited) -> str:
    """Why code is not launched that is not what its author meant."""
    blocks = f"{counted(edited.left, 'block')} did"
    return f"only a part of the edit was applied: {blocks} not match the file, so the code is not what was meant"


def preflight(files: Mapping[str, bytes], command: Sequence[str]) -> str | None:
    """Why this code cannot work, told without running it, in a line for the coder; None where it may."""
    for name, content in files.items():
        if name.endswith(".py") and (problem := _does_not_compile(name, content)):
            return problem
    return _loses_an_argument(files, command)


def _does_not_compile(name: str, content: bytes) -> str | None:
    try:
        with warnings.catch_warnings():  # an invalid escape in a string is the coder's, not ours to print
            warnings.simplefilter("ignore")
            ast.parse(content)
    except SyntaxError as error:
        lines = content.decode("utf-8", "replace").splitlines()
        line = lines[error.lineno - 1].strip() if error.lineno and error.lineno <= len(lines) else ""
        return f"{type(error).__name__}: {error.msg} ({name}, line {error.lineno})" + (
            f": {line[:120]}" if line else ""
        )
    except (ValueError, RecursionError, MemoryError) as error:  # NUL bytes; brackets without end
        return f"{name} cannot be compiled: {error}"
    return None


def _loses_an_argument(files: Mapping[str, bytes], command: Sequence[str]) -> str | None:
    """A text check is enough: the flag's name must still stand in the script that gets it."""
    script = next((word for word in command if word in files), None)
    if script is None:
        return None
    for word in command:
        flag = re.match(r"--?([A-Za-z][\w-]*)=?", word)
        if flag is None:
            continue
        name = flag.group(1).encode()
        if name not in files[script] and name.replace(b"-", b"_") not in files[script]:
            return f"{script} no longer takes --{flag.group(1)}, which the tool gives it; put the argument back"
    return None
