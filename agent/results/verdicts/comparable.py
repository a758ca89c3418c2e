"""Is a run comparable with the baseline: same budget, model, data, sizes and seed policy?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

_MISSING = object()
_LARGE = 10_000
"""A whole number from here on is written with separators, as settings are in texts."""


def look_up(info: Mapping[str, Any], path: str, default: Any = None) -> Any:
    """The value at a dotted path such as `config.k`; `default` where there is none."""
    value: Any = info
    for key in path.split("."):
        if not isinstance(value, Mapping) or key not in value:
            return default
        value = value[key]
    return value


def differences(keys: Iterable[str], info: Mapping[str, Any], baseline: Mapping[str, Any]) -> list[str]:
    """Each key that differs, as `config.k: 16 → 32`; a missing key is a difference too. Empty: comparable."""
    found = []
    for key in keys:
        mine, base = look_up(info, key, _MISSING), look_up(baseline, key, _MISSING)
        if mine is _MISSING or base is _MISSING or not _same(mine, base):
            found.append(f"{key}: {_shown(base)} → {_shown(mine)}")
    return found


def _same(mine: Any, base: Any) -> bool:
    """Equal, where 1 and 1.0 are the same number but True and 1 are not."""
    return mine == base and isinstance(mine, bool) == isinstance(base, bool)


def _shown(value: Any) -> str:
    whole = isinstance(value, int) and not isinstance(value, bool)
    text = "missing" if value is _MISSING else f"{value:,}" if whole and abs(value) >= _LARGE else str(value)
    return text if len(text) <= 60 else f"{text[:57]}…"
