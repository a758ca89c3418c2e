"""Launches whose folders or files say nothing (numbers, hashes, dates): which run each is of, by the settings that lie with it.

Those that differ in the seed alone are repeats of one run. Folders that a person numbered (`run_3`) keep their names unless
some of them repeat others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agent.drafts.records.formats import DATA, YAML, flat, parsed, typed
from agent.drafts.records.path_names import OPAQUE, is_of_a_launch, says_nothing, unstamped, without_repeat
from agent.drafts.records.telling import REPEAT, repeats, said, telling_settings, telling_words

_SETTINGS_FILE = re.compile(r"config|cfg|args|hparam|setting|hyperparam|param|overrides|flags", re.IGNORECASE)
_SETTINGS_GROUP = re.compile(
    r"(?:config|params?|hparams?|hyper_?params?|args|arguments|cfg|settings?)s?", re.IGNORECASE
)
_OF_A_TOOL = re.compile(r"hydra|mlflow|requirements|environment|meta", re.IGNORECASE)
"""Settings of a tool, not of a run: `hydra.yaml`."""
_CALLED = ("method", "model", "algorithm", "name", "variant", "experiment")
_LARGEST = 2**18
_FEWEST = 2


@dataclass(frozen=True)
class _Launch:
    """A folder or a file of one launch, with its settings."""

    place: Path
    above: tuple[str, ...]
    settings: Mapping[str, Any]


def jobs_of(root: Path, files: Iterable[Path]) -> dict[Path, str]:
    """Folder or file → its run, for those that settings name."""
    held: dict[Path, list[Path]] = {}
    for path in files:
        if (place := _place(root, path)) is not None:
            held.setdefault(place, []).append(path)
    for place in [place for place, own in held.items() if _is_a_date(place.name) and not _is_one(place, own, held)]:
        del held[place]
    groups: dict[tuple[str, ...], list[_Launch]] = {}
    for place, own in held.items():
        settings = _settings(own, place.suffix != "" and place in own)
        if settings:
            launch = _Launch(place, _above(root, place), settings)
            groups.setdefault(launch.above, []).append(launch)
    return {place: name for launches in groups.values() for place, name in _named(launches).items()}


def _place(root: Path, path: Path) -> Path | None:
    """The innermost folder above a file, or the file, whose name says nothing, is a number or says which launch it is."""
    for folder in path.parents:
        if folder == root or root not in folder.parents:
            break
        if is_of_a_launch(folder.name):
            return folder
    return path if path.suffix in DATA and OPAQUE.fullmatch(path.stem) else None


def _is_a_date(name: str) -> bool:
    return says_nothing(name) and not name.isdigit()


def _is_one(place: Path, own: Iterable[Path], places: Iterable[Path]) -> bool:
    """Whether a folder with a date for a name is one launch: with a file of settings of its own, and no launch below it."""
    set_ = any(_SETTINGS_FILE.search(path.stem) and not _OF_A_TOOL.search(path.stem) for path in own)
    return set_ and not any(place in other.parents for other in places)


def _above(root: Path, place: Path) -> tuple[str, ...]:
    """What the folders above say of the run, and its own name besides its date."""
    parts = [without_repeat(part) for part in place.relative_to(root).parts[:-1] if not says_nothing(part)]
    parts += [own] if (own := unstamped(place.name)) != place.name else []
    return tuple(part for part in parts if part and not OPAQUE.fullmatch(part))


def _settings(files: Iterable[Path], whole: bool) -> dict[str, Any]:
    """All settings that lie in these files; with `whole`, also the words and seeds of a file of results."""
    found: dict[str, Any] = {}
    for path in sorted(files, key=lambda each: (len(each.parts), each.name)):
        of_settings = bool(_SETTINGS_FILE.search(path.stem))
        if path.parent.name == "params" and not path.suffix:
            found.setdefault(path.name, typed(_text(path)))
            continue
        if path.suffix not in DATA | YAML or _OF_A_TOOL.search(path.stem):
            continue
        try:
            payload = parsed(path, _text(path))
        except (ValueError, RecursionError):
            continue  # it is told where it is read
        told = flat(payload) if of_settings else _within(payload, whole)
        found |= {name: value for name, value in told.items() if name not in found}
    return {name: value for name, value in found.items() if isinstance(value, (str, int, float))}


def _within(payload: Any, whole: bool) -> dict[str, Any]:
    """The settings of a file of results: its groups of settings, its seed, with `whole` its words."""
    if not isinstance(payload, Mapping):
        return {}
    found: dict[str, Any] = {}
    for name, value in payload.items():
        if isinstance(value, Mapping) and _SETTINGS_GROUP.fullmatch(str(name)):
            found |= flat(value)
        elif REPEAT.fullmatch(str(name)) or (whole and isinstance(value, str)):
            found[str(name)] = value
    return found


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip() if path.stat().st_size <= _LARGEST else ""
    except (OSError, UnicodeDecodeError):
        return ""


def _named(launches: list[_Launch]) -> dict[Path, str]:
    """Each launch's run, where the settings say it."""
    rows = [dict(launch.settings) for launch in launches]
    if not rows or len(rows) < _FEWEST:
        return {}
    words = telling_words(rows)
    told = [*words, *telling_settings(rows, words, whole=False)]
    names = [
        "/".join([*launch.above, *(said(name, row[name]) for name in told)])
        for launch, row in zip(launches, rows, strict=True)
    ]
    if not told:
        shared = next((str(rows[0][name]) for name in _CALLED if name in rows[0]), "")
        names = ["/".join(launch.above) or shared for launch in launches]
        if not repeats(rows) or not names[0]:
            return {}
    called = (launch.place.stem if launch.place.suffix in DATA else launch.place.name for launch in launches)
    opaque = all(OPAQUE.fullmatch(name) or unstamped(name) != name for name in called)
    if not opaque and (len(set(names)) == len(names) or not repeats(rows)):
        return {}  # a person numbered them, and may speak of them by their numbers
    return {launch.place: name for launch, name in zip(launches, names, strict=True)}
