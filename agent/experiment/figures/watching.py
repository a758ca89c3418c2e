"""What a figures' script drew, told by the tool: it watches the script, and looks each number up in the files it was given."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from agent.launching.place import Place
from agent.proofreading.python_source import typed_and_drawn
from agent.results.traced import Files, Traced, traced
from agent.session.files import write_json

WATCHED = Path(__file__).with_name("watched")
"""A folder whose one module Python imports before any script, where the folder is on its path."""
_BLANK = (
    "shows nothing: there is no mark in any of its axes; a script finds run_*/final_info.json and the files that it is told of "
    "beside them, and no other file of a run"
)
"""What is said of a figure that a script saved though it had nothing to draw."""


def watched(place: Place, root: Path) -> Place:
    """The place in which a script of the template at `root` is run, with its figures watched."""
    path = os.pathsep.join(map(str, (WATCHED, root)))
    return replace(place, env={**place.env, "PYTHONPATH": path}, readable=(*place.readable, WATCHED))


def trace(
    folder: Path, names: Sequence[str], sources: Mapping[str, str], contents: Mapping[str, Any]
) -> tuple[list[str], str]:
    """The files NAME.json in `folder` that tell where the numbers of the figures `names` stand, and what is wrong with them.

    Each was told as its figure was saved, or written by a script that draws without matplotlib; here it gets its sources.
    A figure of which nothing is told has none. `sources`: the script's own text, in which no drawn number may stand;
    `contents`: what it was given, by name of the file.
    """
    files, found = Files.of(contents), list[str]()
    for name in (name for name in names if name.endswith(".pdf")):
        path = (folder / name).with_suffix(".json")
        told = read_trace(path, files)
        if told is None:
            continue
        if _is_blank(path):
            return found, f"figures/{name} {_BLANK}"
        write_json(path, told.written)
        found.append(path.name)
        for script, text in sources.items():
            if typed := typed_and_drawn(text, told.series):
                return (
                    found,
                    f"figures/{name} shows numbers that {script} holds typed in: {typed}; read them from the files",
                )
    return found, ""


def _is_blank(path: Path) -> bool:
    """Whether the watched script saved a figure with nothing in it; one that draws otherwise says nothing of that."""
    return json.loads(path.read_text(encoding="utf-8")).get("blank") is True


def read_trace(path: Path, files: Files) -> Traced | None:
    """What a file tells of its figure, held against `files`; None where there is none, or one of another form."""
    try:
        found = None if path.is_symlink() else json.loads(path.read_text(encoding="utf-8"))
        return traced(found, files) if isinstance(found, dict) else None
    except (OSError, ValueError, RecursionError):
        return None
