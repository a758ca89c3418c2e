"""Files of a session as links, pictures, log tails and diffs on the page; never anything from outside the session."""

from __future__ import annotations

import base64
import difflib
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from agent.page.text import log_tail
from agent.page.view import DiffLine, Image, Link, Log
from agent.session.reading import Reading

_PICTURES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".svg": "image/svg+xml",
}
_LARGEST_PICTURE = 1_500_000
_ROOM_FOR_PICTURES = 12_000_000
_LONGEST_DIFF = 1500


@dataclass
class Files:
    """Makes links relative to the page that is written to `page`."""

    reading: Reading
    page: Path
    room: int = field(default=_ROOM_FOR_PICTURES)

    def link(self, *parts: str, text: str = "") -> Link | None:
        """A link to a file of the session, or None where it does not exist."""
        path = self.reading.folder.inside(*parts)
        return None if path is None else Link(text or "/".join(parts), self._href(path))

    def links(self, *files: tuple[str, ...]) -> tuple[Link, ...]:
        """Links to those of the files that exist."""
        return tuple(link for parts in files if (link := self.link(*parts)) is not None)

    def code(self, folder: str) -> tuple[Link, ...]:
        """The code that a launch ran, in `attempts/folder`."""
        names = [name for name in self.reading.folder.names("attempts", folder, "code") if name.endswith(".py")]
        return self.links(*(("attempts", folder, "code", name) for name in names))

    def logs(self, folder: str) -> tuple[Log, ...]:
        """The ends of the logs of a launch, in `attempts/folder`; the evaluator's where there is one."""
        logs = [self._log("stderr", folder, "stderr.log"), self._log("stdout", folder, "stdout.log")]
        evaluator = self._log("the evaluator's stderr", folder, "scores", "stderr.log")
        return (*logs, *([evaluator] if evaluator.text else []))

    def _log(self, name: str, *parts: str) -> Log:
        path = self.reading.folder.inside("attempts", *parts)
        if path is None:
            return Log(name, "", "", f"attempts/{'/'.join(parts)} is missing")
        try:
            return Log(name, log_tail(path), self._href(path))
        except OSError as error:
            return Log(name, "", "", f"attempts/{'/'.join(parts)} cannot be read: {error.strerror}")

    def images(self, folder: str, names: Iterable[str]) -> tuple[Image, ...]:
        """Figures by name, a PDF beside its picture as a link; one that is missing says so."""
        stems: dict[str, list[str]] = {}
        for name in names:
            stems.setdefault(str(Path(name).with_suffix("")), []).append(name)
        return tuple(self._image(folder, stem, files) for stem, files in stems.items())

    def _image(self, folder: str, stem: str, names: list[str]) -> Image:
        made = (self.link(folder, name, text=Path(name).suffix.removeprefix(".").upper()) for name in sorted(names))
        links = tuple(link for link in made if link is not None)
        missing = [name for name in names if self.reading.folder.inside(folder, name) is None]
        note = f"{', '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing" if missing else ""
        for name in names:
            path, kind = self.reading.folder.inside(folder, name), _PICTURES.get(Path(name).suffix.lower())
            if path is not None and kind:
                return Image(stem, self._picture(path, kind), links, note)
        return Image(stem, "", links, note or "no picture that a browser can show; open the file instead")

    def _picture(self, path: Path, kind: str) -> str:
        size = path.stat().st_size
        if size > _LARGEST_PICTURE or size > self.room:
            return self._href(path)
        self.room -= size
        return f"data:{kind};base64,{base64.b64encode(path.read_bytes()).decode()}"

    def _href(self, path: Path) -> str:
        return quote(os.path.relpath(path, self.page.parent.resolve()).encode("utf-8", "surrogateescape"))


def diff_lines(diff: str) -> tuple[DiffLine, ...]:
    """A unified diff line by line, each with its kind; a very long one is cut, and says so."""
    lines = diff.splitlines()
    shown = tuple(DiffLine(_kind(line), line) for line in lines[:_LONGEST_DIFF])
    if len(lines) > _LONGEST_DIFF:
        return (*shown, DiffLine("hunk", f"… {len(lines) - _LONGEST_DIFF} more lines"))
    return shown


def _kind(line: str) -> str:
    if line.startswith(("+++", "---")):
        return "file"
    return {"+": "add", "-": "del", "@": "hunk"}.get(line[:1], "same")


def code_diff(reading: Reading, before: Mapping[str, str], after: Mapping[str, str]) -> tuple[str, str]:
    """Unified diff between two recorded versions of the code, and what could not be read of them."""
    parts: list[str] = []
    lost: list[str] = []
    for name in sorted(set(before) | set(after)):
        if before.get(name) == after.get(name):
            continue
        old = reading.blob(before[name]) if name in before else ""
        new = reading.blob(after[name]) if name in after else ""
        if old is None or new is None:
            lost.append(name)
            continue
        parts += difflib.unified_diff(old.splitlines(), new.splitlines(), f"a/{name}", f"b/{name}", lineterm="")
    return (
        "\n".join(parts),
        f"A recorded version of {', '.join(lost)} is missing from blobs/, so the change cannot be shown."
        if lost
        else "",
    )
