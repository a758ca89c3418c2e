"""What can be said of changed code without running it: does it compile, does it take its arguments, is it new?"""

from __future__ import annotations

import ast
import hashlib
import re
import warnings
from collections.abc import Mapping, Sequence


def code_sha(files: Mapping[str, bytes]) -> str:
    """One hash of several files, names and contents."""
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(f"{name}\0{len(files[name])}\0".encode())
        digest.update(files[name])
    return digest.hexdigest()


def preflight(files: Mapping[str, bytes], command: Sequence[str], known: Mapping[str, str] | None = None) -> str | None:
    """Why launching this code would be in vain, in a line for the coder; None where it may be launched.

    `known` maps hashes of code that was run already to what became of it.
    """
    became = (known or {}).get(code_sha(files))
    if became is not None:
        return f"this code is, byte for byte, one that was run before: {became}"
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
