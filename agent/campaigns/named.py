"""What is named for a campaign, as files of ideas: files, folders of them, and lists in which both are written down."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Iterator, Sequence
from glob import glob
from pathlib import Path

from agent.errors import LabloopError, UsageError
from agent.session.idea.file import read_ideas

log = logging.getLogger(__name__)
_RECORDING = ".recording.jsonl"
_LARGEST = 1_000_000


def idea_files(named: Sequence[Path]) -> list[Path]:
    """The files of ideas: those that are named, those directly in a folder that is, by name, and those that a list names; each once.

    A file that a list names and that is not there is among them: it is said where it is read. Raises UsageError for what is named
    and is not there, and for what holds no idea.
    """
    recordings = [path for path in named if path.name.endswith(_RECORDING)]
    if recordings and len(recordings) < len(named):  # a shell's ideas/* names them too
        log.warning("%s: no idea, but recordings of answers; left out", ", ".join(map(str, recordings)))
        named = [path for path in named if path not in recordings]
    found: list[Path] = []
    lists: set[Path] = set()
    for path in named:
        if path.name.endswith(_RECORDING):
            raise UsageError(f"{path}: is a recording of a model's answers; name the idea that it is of")
        if path.is_dir():
            found += _in_folder(path, lists)
        elif path.is_file() or path.is_symlink():
            found += _in_file(path, lists)
        else:
            raise UsageError(f"{path}: there is no such file or folder; ideas/ holds examples")
    return list(dict.fromkeys(path.resolve() if path.is_file() else path.absolute() for path in found))


def _in_folder(folder: Path, lists: set[Path]) -> list[Path]:
    """The files of ideas in a folder, lists among them read."""
    inside = _ideas_among(folder.iterdir())
    if not inside:
        raise UsageError(f"{folder}: holds no idea (a .json file); name ideas, a folder of them, or a list")
    return [each for path in inside for each in _in_file(path, lists)]


def _ideas_among(paths: Iterable[Path]) -> list[Path]:
    return sorted(filter(_is_idea_file, paths))


def _is_idea_file(path: Path) -> bool:
    plain = path.suffix.lower() in (".json", ".jsonl") and not path.name.endswith(_RECORDING)
    there = path.is_file() or (
        path.is_symlink() and not path.is_dir()
    )  # one that leads nowhere is told, not passed over
    return there and plain and not path.name.startswith(".")


def _in_file(path: Path, lists: set[Path]) -> list[Path]:
    """The file itself, or what it names where it is a list of files; each list once (`lists` are those that were read), so that one whose
    patterns match itself holds what else they match."""
    named = _listed(path)
    if named is None:
        return [path]
    if path.resolve() in lists:
        return []
    lists.add(path.resolve())
    return [each for inside in _of_list(path.parent, named) for each in _in_file(inside, lists)]


def _of_list(folder: Path, named: Sequence[str]) -> Iterator[Path]:
    """What a list that lies in `folder` names: files, folders, patterns such as `night/*.json`; what is not there, as it is."""
    for each in named:
        path = folder / os.path.expanduser(each)
        if path.is_dir():
            yield from _ideas_among(path.iterdir()) or [path]
        elif path.is_file():
            yield path
        else:
            yield from _ideas_among(map(Path, glob(str(path)))) or [path]


def _listed(path: Path) -> list[str] | None:
    """The names of files that a list holds: `["one.json", "night/*.json"]`, alone or as `{"ideas": […]}`; None for any other file."""
    try:
        if path.stat().st_size > _LARGEST:
            return None
        value = read_ideas(path)
    except (LabloopError, OSError):  # it is said where the idea is read
        return None
    if isinstance(value, dict) and len(value) == 1:
        (value,) = value.values()
    if isinstance(value, list) and value and all(isinstance(each, str) and each.strip() for each in value):
        return [each.strip() for each in value]
    return None
