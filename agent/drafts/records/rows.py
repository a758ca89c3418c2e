"""Rows of a table of results in long form: which words and settings tell the runs apart, which rows repeat one run.

`task,model,fold,auc` holds a run for each task and model, and its folds are repeats; so does a list of records in JSON.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_REPEAT = re.compile(
    r"(?:random_?)?(?:seed|fold|rep|repeat|repetition|replicate|trial|split_?(?:id|idx|index))s?(?:_?(?:id|idx|index|nr|no))?",
    re.I,
)
_CURVE = re.compile(r"(?:global_?|training_?)?(?:epoch|step|iteration|iter|time_?step)s?", re.IGNORECASE)
"""What numbers the rows of a training curve, which is no table of runs."""
_IDLE = re.compile(
    r"date|time_?stamp|path|file|host|commit|hash|note|comment|(?:^|_)id$|uuid|device|status|unit", re.IGNORECASE
)
_SPLIT = re.compile(r"split|phase|stage|subset", re.IGNORECASE)
_FEWEST = 2
_LONGEST = 60
"""Characters of a word that can name a run."""


@dataclass(frozen=True)
class Told:
    """The rows of one run: its name, and what they hold, once or once a repeat."""

    name: str
    payload: dict[str, Any]


def runs_of_rows(payload: Any) -> tuple[Told, ...]:
    """The runs of a table in long form, also where it is the one list of an object; empty for anything else."""
    rows = _rows(payload)
    if rows is None:
        return ()
    words = _telling(rows, _words(rows))
    if not words:
        return ()
    repeat = [name for name in _columns(rows) if _REPEAT.fullmatch(name)]
    told = [*words, *_settings_that_tell(rows, words, repeat)]
    held: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
    for row in rows:
        held.setdefault(tuple(_name(name, row[name]) for name in told), []).append(row)
    if len(held) < _FEWEST:
        return ()
    idle = {*told, *repeat}
    return tuple(Told("/".join(name), _merged(group, told, idle)) for name, group in held.items())


def beside_rows(payload: Any) -> dict[str, Any]:
    """What an object says besides its list of records: settings of all of them."""
    if not isinstance(payload, Mapping):
        return {}
    return {str(name): value for name, value in payload.items() if not isinstance(value, list)}


def _rows(payload: Any) -> list[Mapping[str, Any]] | None:
    """Records with the same fields, two at least; None where there are none, or where they are a training curve."""
    if isinstance(payload, Mapping):
        lists = [value for value in payload.values() if isinstance(value, list) and _are_records(value)]
        payload = (
            lists[0] if len(lists) == 1 and not any(isinstance(value, Mapping) for value in payload.values()) else None
        )
    if not isinstance(payload, list) or len(payload) < _FEWEST or not _are_records(payload):
        return None
    fields = [frozenset(row) for row in payload]
    if len(frozenset.intersection(*fields)) < 0.5 * max(map(len, fields)):
        return None
    if any(_CURVE.fullmatch(name) for name in _columns(payload)):
        return None
    return payload


def _are_records(items: Sequence[Any]) -> bool:
    return bool(items) and all(isinstance(item, Mapping) for item in items)


def _columns(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """The fields that every row has, in order."""
    return [str(name) for name in rows[0] if all(name in row for row in rows)]


def _words(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Fields of words in which rows differ."""
    found = []
    for name in _columns(rows):
        values = [row[name] for row in rows]
        if _IDLE.search(name) or _SPLIT.fullmatch(name):
            continue
        if all(isinstance(one, str) and 0 < len(one) <= _LONGEST for one in values) and len(set(values)) > 1:
            found.append(name)
    return found


def _telling(rows: Sequence[Mapping[str, Any]], words: list[str]) -> list[str]:
    """Those fields of words that say more than another: the metric of a task is no name where each task has but one."""
    kept = list(words)
    for name in reversed(words):
        for other in kept:
            pairs = {(row[other], row[name]) for row in rows}
            if other != name and len(pairs) == len({one for one, _ in pairs}):
                kept.remove(name)
                break
    return kept


def _settings_that_tell(rows: Sequence[Mapping[str, Any]], words: list[str], repeat: list[str]) -> Iterator[str]:
    """Fields of whole numbers that still tell rows apart (`bits`, `k`), from the left, until none is twice there."""
    told = [*words, *repeat]
    for name in _columns(rows):
        if _are_apart(rows, told):
            return
        values = [row[name] for row in rows]
        whole = all(_is_whole(one) for one in values)
        if name in told or not whole or not 1 < len(set(values)) <= len(rows) // 2:
            continue
        told.append(name)
        yield name


def _are_apart(rows: Sequence[Mapping[str, Any]], fields: list[str]) -> bool:
    return len({tuple(str(row[name]) for name in fields) for row in rows}) == len(rows)


def _is_whole(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and float(value).is_integer()


def _name(field: str, value: Any) -> str:
    return value.replace("/", "-") if isinstance(value, str) else f"{field}={value:g}"


def _merged(rows: Sequence[Mapping[str, Any]], told: list[str], idle: set[str]) -> dict[str, Any]:
    """One record of the rows of a run: a value where there is one row, else the list of its repeats."""
    merged: dict[str, Any] = {str(name): rows[0][name] for name in told if isinstance(rows[0][name], str)}
    merged["config"] = {name: rows[0][name] for name in told if not isinstance(rows[0][name], str)}
    for name in rows[0]:
        if name not in idle:
            values = [row.get(name) for row in rows]
            merged[str(name)] = values[0] if len(rows) == 1 else values
    return merged
