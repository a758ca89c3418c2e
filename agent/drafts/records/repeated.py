"""Repeats of a measurement within a file, brought into one form, a list a metric: records with a seed each, or groups by seed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from agent.drafts.records.chosen import holds_settings
from agent.drafts.records.rows import together
from agent.drafts.records.telling import REPEAT

_BY_SEED = re.compile(r"(?:random_?)?(?:seed|fold|rep|repeat|replicate|run|trial|split)[_ -]?\d+", re.IGNORECASE)
_OF_SEEDS = re.compile(r"(?:by_?|per_?|all_?)?(?:seed|fold|rep|repeat|replicate|trial|split)s?", re.IGNORECASE)
_FEWEST = 2


def gathered(payload: Any, above: str = "") -> Any:
    """The payload with lists instead of repeats: `[{"seed": 0, "acc": 0.5}, …]`, `{"seed_0": {"acc": 0.5}, …}`."""
    if isinstance(payload, list):
        return gathered(_of_records(payload)) if _are_repeats(payload) else [gathered(item) for item in payload]
    if not isinstance(payload, Mapping):
        return payload
    by_seed = all(_BY_SEED.fullmatch(str(name)) for name in payload)
    numbered = bool(_OF_SEEDS.fullmatch(above)) and all(str(name).isdigit() for name in payload)
    if above and (by_seed or numbered) and len(payload) >= _FEWEST and _are_alike(list(payload.values())):
        return gathered(together(list(payload.values())))
    return {name: gathered(part, str(name)) for name, part in payload.items()}


def _are_repeats(items: Sequence[Any]) -> bool:
    """Whether records differ in their seed alone, each with another."""
    if len(items) < _FEWEST or not _are_alike(items) or not isinstance(items[0], Mapping):
        return False
    seeds = [name for name in items[0] if REPEAT.fullmatch(str(name))]
    words = [name for name in items[0] if isinstance(items[0][name], str) and name not in seeds]
    apart = any(len({str(item[name]) for item in items}) == len(items) for name in seeds)
    settings = [_settings(item) for item in items]
    return (
        apart
        and all(each == settings[0] for each in settings)
        and all(len({item.get(name) for item in items if isinstance(item.get(name), str)}) <= 1 for name in words)
    )


def _settings(item: Mapping[str, Any]) -> list[Any]:
    """What a record's groups of settings say, but for seeds."""
    groups = (part for name, part in item.items() if isinstance(part, Mapping) and holds_settings(str(name)))
    return [{name: value for name, value in part.items() if not REPEAT.fullmatch(str(name))} for part in groups]


def _of_records(items: Sequence[Any]) -> dict[str, Any]:
    """One record; of rows such as `mean` under the seeds there are none."""
    seeds = [name for name in items[0] if REPEAT.fullmatch(str(name))]
    numbered = [
        item for item in items if any(not isinstance(item[name], str) or item[name].isdigit() for name in seeds)
    ]
    rows = numbered if len(numbered) >= _FEWEST else list(items)
    whole = {str(name): [row.get(name) for row in rows] for name in rows[0] if name not in seeds}
    return {name: values[0] if isinstance(values[0], str) else together(values) for name, values in whole.items()}


def _are_alike(items: Sequence[Any]) -> bool:
    """Whether all are records with the same fields, or all numbers."""
    if all(isinstance(item, (int, float)) and not isinstance(item, bool) for item in items):
        return True
    return all(isinstance(item, Mapping) and item.keys() == items[0].keys() for item in items)
