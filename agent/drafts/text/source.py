"""The text of a draft over all its files, each line with the file and the number under which it stands there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from agent.errors import UsageError

_INPUT = re.compile(r"(?<!\\)\\(?:input|include|subfile)\s*\{\s*([^{}]+?)\s*\}|(?<!\\)\\input\s+([^\s{}\\]+)")
_COMMENT = re.compile(r"(?<!\\)%")
_DEEPEST = 8
KINDS = (".tex", ".md", ".markdown", ".txt")


@dataclass(frozen=True)
class Source:
    """`text` is the whole draft; `places` has (file, line from 1) for each of its lines."""

    text: str
    places: tuple[tuple[str, int], ...]
    latex: bool
    unread: tuple[str, ...] = ()

    def place(self, line: int) -> tuple[str, int]:
        """File and line of a line of `text`, from 1."""
        return self.places[min(max(line, 1), len(self.places)) - 1]


def read_source(path: Path) -> Source:
    """The draft with what it inputs. Raises UsageError where it is no file of a known kind or cannot be read."""
    if path.suffix.lower() not in KINDS:
        raise UsageError(f"{path}: a draft is one of {', '.join(KINDS)}")
    latex = path.suffix.lower() == ".tex"
    lines: list[tuple[str, str, int]] = []
    unread: list[str] = []
    _read(path, path.parent, latex, lines, unread, 0)
    return Source(
        "\n".join(line for line, _, _ in lines), tuple((file, at) for _, file, at in lines), latex, tuple(unread)
    )


def _read(
    path: Path, root: Path, latex: bool, lines: list[tuple[str, str, int]], unread: list[str], depth: int
) -> None:
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        if depth == 0:
            raise UsageError(f"{path}: cannot be read ({error.strerror})") from error
        unread.append(f"{path.name}: an \\input that cannot be read ({error.strerror})")
        return
    name = str(path.relative_to(root)) if path.is_relative_to(root) else str(path)
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
        bare = line[: match.start()] if latex and (match := _COMMENT.search(line)) else line
        inputs = list(_INPUT.finditer(bare)) if latex else []
        end = 0
        for match in inputs:
            lines.append((bare[end : match.start()], name, number))
            end = match.end()
            if depth < _DEEPEST:
                _read(_named(root, path.parent, match[1] or match[2]), root, latex, lines, unread, depth + 1)
            else:
                unread.append(f"{name}:{number}: \\input nested deeper than {_DEEPEST}")
        lines.append((line[end:] if inputs else line, name, number))


def _named(root: Path, beside: Path, name: str) -> Path:
    """The file that an \\input names, looked for beside the draft and beside the file that inputs it."""
    names = [name] if name.endswith(".tex") else [f"{name}.tex", name]
    tried = [folder / one for folder in (root, beside) for one in names]
    return next((path for path in tried if path.is_file()), tried[0])
