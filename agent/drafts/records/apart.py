"""Folders in which each file is a run of its own, and not one part of a run: all say the same things of different things."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from agent.drafts.records.columns import is_one_scalar
from agent.drafts.records.formats import parsed
from agent.drafts.records.path_names import without_form, without_repeat

_A_PART = re.compile(
    r"(?:^|[_-])(?:train(?:ing)?|val(?:id(?:ation)?)?|dev|test|eval(?:uation)?|final|best|last|seed|fold|rep|run|metrics?|scores?|results?|config|args|settings?)(?:$|[_\d-])"
    r"|^\d+$",
    re.IGNORECASE,
)
"""Names of files that are parts of one run: its splits, seeds, stages."""
OF_SETTINGS = re.compile(r"config|cfg|args|hparam|setting|param", re.IGNORECASE)
_WHOLE = frozenset({".json", ".yaml", ".yml", ".txt"})
_LARGEST = 2**20
_MOST = 0.7
"""Of the keys of two files, those that both have, where they are records of one form."""


def folders_of_runs(root: Path, data: Iterable[Path]) -> Iterator[Path]:
    """Folders below the root with several files that have the same keys, and names that say no part of a run."""
    held: dict[tuple[Path, str], list[Path]] = {}
    for path in data:
        if path.parent != root:
            held.setdefault((path.parent, path.suffix), []).append(path)
    for (folder, _), paths in held.items():
        stems = [without_repeat(without_form(path.stem)) for path in paths]
        if len(paths) > 1 and all(stems) and not any(map(_A_PART.search, stems)):
            keys = [_keys(path) for path in paths]
            if keys[0] and all(each == keys[0] for each in keys):
                yield folder


def runs_of_root(root: Path, data: Iterable[Path]) -> Iterator[Path]:
    """Files of the root of which at least three say much the same: `mlp.json` beside `xgboost.json`, each a run."""
    keys = {path: _keys(path) for path in data if path.suffix in _WHOLE and path.parent == root}
    for path, own in keys.items():
        alike = sum(len(own & other) >= _MOST * len(own | other) for other in keys.values())
        if own and alike > 2 and not _A_PART.search(path.stem):
            yield path


def folders_within(root: Path, data: Iterable[Path]) -> dict[Path, Path]:
    """Folder → the one above it that holds results of a run: `topk/evals` beside `topk/eval_results.json`; no folder that repeats others."""
    held: dict[Path, set[str]] = {}
    for path in data:
        held.setdefault(path.parent, set()).add(path.name)
    found: dict[Path, Path] = {}
    for folder, names in sorted(held.items()):
        above = next((each for each in folder.parents if each in held and root in each.parents), None)
        if above is None or not any(_says_results(name) for name in held[above]):
            continue
        beside = [each for each in held if each != folder and each.parent == folder.parent]
        if not any(held[each] & names for each in beside) and without_repeat(folder.name):
            found[folder] = found.get(above, above)
    return found


def _says_results(name: str) -> bool:
    return name.endswith((".json", ".yaml", ".yml")) and not OF_SETTINGS.search(name)


def _keys(path: Path) -> frozenset[str]:
    """The keys of an object, or of the first of its records; empty for what cannot be read, which is told where it is read."""
    try:
        payload = parsed(path, path.read_text(encoding="utf-8")) if path.stat().st_size <= _LARGEST else None
    except (OSError, ValueError, RecursionError):
        return frozenset()
    if path.suffix != ".json" and isinstance(payload, list) and payload and isinstance(payload[0], dict):
        return frozenset() if is_one_scalar(payload[0]) else frozenset(payload[0])
    return frozenset(payload) if isinstance(payload, dict) else frozenset()
