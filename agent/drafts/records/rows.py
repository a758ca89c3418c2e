"""Rows of a table of results: which words and settings tell the runs apart, which rows repeat one run.

`task,model,fold,auc` holds a run for each task and model, and its folds are repeats; so does a list of records in JSON. A sweep
without a word (`rank,error`) holds a run for each of its settings.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from agent.drafts.records.columns import laid_open
from agent.drafts.records.path_names import short_repeats, without_repeat, without_short_repeat
from agent.drafts.records.telling import IDLE, are_apart, columns, repeats, said, telling_settings, telling_words

_CURVE = re.compile(
    r"_?(?:global_?|training_?|env_?|total_?|num_?)*(?:epoch|step|iteration|iter|time_?step|round|update)s?(?:_?(?:nr|no|num|total))?",
    re.IGNORECASE,
)
"""What numbers the rows of a training curve, which is no table of runs."""
_BESIDE = re.compile(
    r"config|cfg|arg|param|setting|option|meta|info|env|hardware|system|version|setup|defaults|data_?sets?$",
    re.IGNORECASE,
)
"""Groups of an object beside its list of records that hold no results."""
_NUMBERS_TRIALS = re.compile(r"(?:trial|run|number|idx|index)(?:_?(?:id|number|no|idx|index))?", re.IGNORECASE)
_TRIAL = "trial"
_FEWEST = 2
_OF_A_SWEEP = 3
_FEW = 6
_ROUND = 2
"""Digits of a setting; what was measured mostly has more."""


@dataclass(frozen=True)
class Told:
    """The rows of one run: its name, and what they hold, once or once a repeat."""

    name: str
    payload: dict[str, Any]


def runs_of_rows(payload: Any, swept: bool = True) -> tuple[Told, ...]:
    """The runs of a table in long form, also where it is the one list of an object; empty for anything else.

    `swept`: rows may be told apart by settings alone.
    """
    kept = records_in(payload)
    if kept is None or goes_on(kept):
        return ()
    laid = laid_open(kept)
    rows = _without_seeds(laid.rows)
    words = telling_words(rows)
    told = (
        [*words, *telling_settings(rows, words, known=laid.settings)]
        if words
        else (_swept(rows, laid.settings) if swept else [])
    )
    if number := _trial(rows, words, told):
        rows = [
            {_TRIAL: f"trial_{row[number]:g}", **{name: row[name] for name in row if name != number}} for row in rows
        ]
        told = [_TRIAL]
    if not told or len(rows) < _FEWEST:
        return ()
    held: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
    for row in rows:
        held.setdefault(tuple(said(name, row[name]) for name in told if row[name] is not None), []).append(row)
    if len(held) < _FEWEST:
        return ()
    idle = {*told, *repeats(rows)}
    return tuple(Told("/".join(name), _merged(group, told, idle, laid.settings)) for name, group in held.items())


def _without_seeds(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows with words that say no seed: `adam-seed0` and `adam-seed1` are both `adam`."""
    short = short_repeats(value for row in rows for value in row.values() if isinstance(value, str))

    def bare(value: Any) -> Any:
        if not isinstance(value, str):
            return value
        return (without_short_repeat(value) if value in short else without_repeat(value)) or value

    return [{name: bare(value) for name, value in row.items()} for row in rows]


def _trial(rows: Sequence[Mapping[str, Any]], words: Sequence[str], told: Sequence[str]) -> str:
    """The field that numbers the trials of a search, whose settings are too many to be called by; empty where there is none."""
    if words or not any(not _is_round(row[name]) for row in rows for name in told):
        return ""
    numbered = (name for name in columns(rows) if _NUMBERS_TRIALS.fullmatch(name) and are_apart(rows, [name]))
    return next((name for name in numbered if all(_is_round(row[name]) for row in rows)), "")


def goes_on(rows: Sequence[Mapping[str, Any]]) -> bool:
    """Whether rows are a curve: epochs, steps."""
    return any(_numbers_a_curve(rows, name) for name in columns(rows))


def _numbers_a_curve(rows: Sequence[Mapping[str, Any]], name: str) -> bool:
    """Whether rows go on along this field; how long all were trained numbers nothing, nor do a few numbers of steps of each
    method, nor the iterations that each needed, which no two have alike."""
    if _CURVE.fullmatch(name.rpartition("/")[2]) is None or len({str(row[name]) for row in rows}) < _FEWEST:
        return False
    words = telling_words(rows)
    if name.lower().endswith("s") and len({str(row[name]) for row in rows}) <= _FEW and words:
        return False
    held: dict[tuple[str, ...], list[Any]] = {}
    for row in rows:
        held.setdefault(tuple(str(row[each]) for each in words), []).append(row[name])
    told = list(held.values())
    return len(told) < _FEWEST or any(map(_is_even, told)) or any(set(one) == set(told[0]) for one in told[1:])


def _is_even(values: Sequence[Any]) -> bool:
    """Whether numbers go up in equal steps."""
    if len(values) <= _FEWEST or not all(isinstance(one, (int, float)) for one in values):
        return False
    steps = {round(two - one, 9) for one, two in pairwise(values)}
    return len(steps) == 1 and min(steps) > 0


def beside_rows(payload: Any) -> dict[str, Any]:
    """What an object says besides its list of records: settings of all of them."""
    if not isinstance(payload, Mapping):
        return {}
    return {str(name): value for name, value in payload.items() if not isinstance(value, list)}


def records_in(payload: Any) -> list[Mapping[str, Any]] | None:
    """Records with much the same fields, two at least, also where they are the one list of an object; None where there are none."""
    if isinstance(payload, Mapping):
        lists = [value for value in payload.values() if isinstance(value, list) and _are_records(value)]
        groups = [str(name) for name, value in payload.items() if isinstance(value, Mapping)]
        payload = lists[0] if len(lists) == 1 and all(map(_BESIDE.search, groups)) else None
    if not isinstance(payload, list) or len(payload) < _FEWEST or not _are_records(payload):
        return None
    fields = [frozenset(row) for row in payload]
    shared = frozenset.intersection(*fields)
    return payload if shared and len(shared) >= 0.5 * max(map(len, fields)) else None


def _are_records(items: Sequence[Any]) -> bool:
    return bool(items) and all(isinstance(item, Mapping) for item in items)


def _swept(rows: Sequence[Mapping[str, Any]], settings: frozenset[str]) -> list[str]:
    """The settings of a sweep without words: what is called a setting, or the round numbers of its first columns before longer ones."""
    names = [name for name in columns(rows) if name in settings]
    told = (
        list(telling_settings([{name: row[name] for name in names} for row in rows], [], whole=False)) if names else []
    )
    if told or len(rows) < _OF_A_SWEEP:
        return told
    first: list[str] = []
    measured = [name for name in columns(rows) if isinstance(rows[0][name], (int, float)) and not IDLE.search(name)]
    for name in measured:
        if not all(_is_round(row[name]) for row in rows):
            break
        first.append(name)
    if len(first) == len(measured):
        return []
    return (
        list(telling_settings([{name: row[name] for name in first} for row in rows], [], whole=False)) if first else []
    )


def _is_round(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return len(f"{abs(value):e}".split("e")[0].replace(".", "").rstrip("0")) <= _ROUND or float(value).is_integer()


def _merged(
    rows: Sequence[Mapping[str, Any]], told: list[str], idle: set[str], settings: frozenset[str]
) -> dict[str, Any]:
    """One record of the rows of a run: a value where there is one row, else the list of its repeats."""
    merged: dict[str, Any] = {str(name): rows[0][name] for name in told if isinstance(rows[0][name], str)}
    merged["config"] = {name: rows[0][name] for name in told if not isinstance(rows[0][name], str)}
    for name in rows[0]:
        if name in idle:
            continue
        if name in settings:
            merged["config"][name] = rows[0][name]
        else:
            merged[str(name)] = together([row.get(name) for row in rows])
    return merged


def together(values: list[Any]) -> Any:
    """One value as it is, several as a list; groups of several as a group of lists."""
    if len(values) == 1:
        return values[0]
    if values and all(isinstance(value, Mapping) for value in values):
        return {name: together([value.get(name) for value in values]) for name in values[0]}
    return values
