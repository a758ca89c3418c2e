"""Numbered folders below several methods (`unet/version_0`, `segformer/version_0`): which run each is, since its number alone is no name."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from agent.drafts.records.path_names import NUMBERED, OPAQUE, says_nothing, without_repeat

_FEWEST = 2


def below_methods(root: Path, data: Iterable[Path]) -> dict[Path, str]:
    """Folder → its run, of numbered folders that lie below more than one method: the method, of which they are repeats where
    all methods have the same numbers, else the method with the number."""
    held: dict[str, dict[str, Path]] = {}
    for path in data:
        parts = path.relative_to(root).parts[:-1]
        place = next((number for number, part in enumerate(parts) if NUMBERED.fullmatch(part)), None)
        if place is not None:
            held.setdefault(_method(parts[:place]), {})[parts[place]] = root.joinpath(*parts[: place + 1])
    if len(held) < _FEWEST or "" in held:
        return {}
    alike = len({frozenset(folders) for folders in held.values()}) == 1
    single = all(len(folders) == 1 for folders in held.values())
    coded = any(
        (folder.parent / f"{folder.name}.py").is_file() for folders in held.values() for folder in folders.values()
    )
    repeats = single or (alike and not coded)
    return {
        folder: method if repeats else f"{method}/{number}"
        for method, folders in held.items()
        for number, folder in folders.items()
    }


def _method(above: Iterable[str]) -> str:
    """What the folders above say; empty where they say nothing."""
    parts = (without_repeat(part) for part in above if not says_nothing(part) and not OPAQUE.fullmatch(part))
    return "/".join(part for part in parts if part)
