"""Files of a session as links, pictures, log tails and diffs on the page; never anything from outside the session."""

from __future__ import annotations

import base64
import difflib
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from agent.page.pieces import DiffLine, Image, Link, Log
from agent.page.text import log_tail
from agent.session.paths import AttemptPaths
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

    def link(self, path: Path, text: str) -> Link | None:
        """A link to a file of the session, or None where it does not exist."""
        found = self.reading.folder.inside(path)
        return None if found is None else Link(text=text, href=self._href(found))

    def links(self, files: Mapping[Path, str]) -> tuple[Link, ...]:
        """Links to those of the files that exist, each with its text."""
        return tuple(link for path, text in files.items() if (link := self.link(path, text)) is not None)

    def code(self, launch: AttemptPaths) -> tuple[Link, ...]:
        """The code that a launch ran."""
        names = [name for name in self.reading.folder.names(launch.code) if name.endswith(".py")]
        return self.links({launch.code / name: self._name(launch.code / name) for name in names})

    def logs(self, launch: AttemptPaths) -> tuple[Log, ...]:
        """The ends of a launch's logs; the evaluator's where there is one."""
        logs = [self._log("stderr", launch.stderr), self._log("stdout", launch.stdout)]
        evaluator = self._log("the evaluator's stderr", launch.scores / launch.stderr.name)
        return (*logs, *([evaluator] if evaluator.text else []))

    def _log(self, name: str, path: Path) -> Log:
        found = self.reading.folder.inside(path)
        if found is None:
            return Log(name=name, note=f"{self._name(path)} is missing")
        try:
            return Log(name=name, text=log_tail(found), href=self._href(found))
        except OSError as error:
            return Log(name=name, note=f"{self._name(path)} cannot be read: {error.strerror}")

    def images(self, folder: Path, names: Iterable[str]) -> tuple[Image, ...]:
        """Figures by name, a PDF beside its picture as a link; one that is missing says so."""
        stems: dict[str, list[str]] = {}
        for name in names:
            stems.setdefault(str(Path(name).with_suffix("")), []).append(name)
        return tuple(self._image(folder, stem, files) for stem, files in stems.items())

    def _image(self, folder: Path, stem: str, names: list[str]) -> Image:
        links = self.links({folder / name: Path(name).suffix.removeprefix(".").upper() for name in sorted(names)})
        missing = [name for name in names if self.reading.folder.inside(folder, name) is None]
        note = f"{', '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing" if missing else ""
        for name in names:
            path, kind = self.reading.folder.inside(folder, name), _PICTURES.get(Path(name).suffix.lower())
            if path is not None and kind:
                return Image(name=stem, src=self._picture(path, kind), links=links, note=note)
        return Image(name=stem, links=links, note=note or "no picture that a browser can show; open the file instead")

    def _picture(self, path: Path, kind: str) -> str:
        size = path.stat().st_size
        if size > _LARGEST_PICTURE or size > self.room:
            return self._href(path)
        self.room -= size
        return f"data:{kind};base64,{base64.b64encode(path.read_bytes()).decode()}"

    def _href(self, path: Path) -> str:
        return quote(os.path.relpath(path, self.page.parent.resolve()).encode("utf-8", "surrogateescape"))

    def _name(self, path: Path) -> str:
        """As the session calls one of its own files."""
        return str(path.relative_to(self.reading.paths.root))


def diff_lines(diff: str) -> tuple[DiffLine, ...]:
    """A unified diff line by line, each with its kind; a very long one is cut, and says so."""
    lines = diff.splitlines()
    shown = tuple(DiffLine(kind=_kind(line), text=line) for line in lines[:_LONGEST_DIFF])
    if len(lines) > _LONGEST_DIFF:
        return (*shown, DiffLine(kind="hunk", text=f"… {len(lines) - _LONGEST_DIFF} more lines"))
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
    remark = f"A recorded version of {', '.join(lost)} is missing from blobs/, so the change cannot be shown."
    return "\n".join(parts), remark if lost else ""
