"""Which fields of records tell runs apart: words and settings in which they differ, and not their seeds, dates or random names."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

REPEAT = re.compile(
    r"(?:random_?)?(?:seed|fold|rep|repeat|replicate|trial|split_?(?:id|idx|index))s?(?:_?(?:id|idx|index|nr|no))?",
    re.I,
)
IDLE = re.compile(
    r"date|time_?stamp|path|file|host|commit|hash|note|comment|(?:^|_)id$|uuid|device|status|unit|(?:^|_)dir$|created|_time$|user|uri|git|version"
    r"|duration|lifecycle|state$|^tags?$|run_?name|experiment_?(?:name|id)|desc|gpu|^number$|^index$|unnamed|^group$|^entity$|^project$|^run_?time$",
    re.IGNORECASE,
)
_SPLIT = re.compile(r"split|phase|stage|subset", re.IGNORECASE)
_RANDOM = re.compile(r"[a-z]+-[a-z]+-\d+|(?=[0-9a-z]*\d+[a-z]+\d)[0-9a-z]{8}")
"""Names that a tracker gives: `crimson-sky-12`, `3k9x01ab`."""
OFF = "no_"
"""How a name begins that says a switch to be off."""
_SWITCH = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
_USED = re.compile(r"^(?:use|with|is|enable|add|has)_", re.IGNORECASE)
LONGEST = 60
"""Characters of a word that can name a run."""

Record = Mapping[str, Any]


def columns(rows: Sequence[Record]) -> list[str]:
    """The fields that every row has, in order."""
    return [str(name) for name in rows[0] if all(name in row for row in rows)]


def repeats(rows: Sequence[Record]) -> list[str]:
    """The fields that number repeats of a run."""
    return [name for name in columns(rows) if REPEAT.fullmatch(name)]


def telling_words(rows: Sequence[Record]) -> list[str]:
    """Fields of words in which rows differ, without those that say no more than another."""
    return _without_doubles(rows, _without_random_names(rows, _words(rows)))


def telling_settings(
    rows: Sequence[Record], words: list[str], whole: bool = True, known: Collection[str] = ()
) -> Iterator[str]:
    """Fields of numbers that still tell rows apart (`bits`, `k`), from the left, until none is twice there; with `whole`, few whole
    numbers, what is crossed with all others, and whatever is `known` to be a setting: two of these are not repeats of one run though a number tells each row from all others."""
    told, numbered = list(words), repeats(rows)
    numbers_all = [name for name in numbered if are_apart(rows, [name])]
    for name in columns(rows):
        own = name in known
        before = [*told, *(each for each in numbered if not (own and each in numbers_all))]
        if are_apart(rows, before):
            continue
        values = [row[name] for row in rows]
        given = [one for one in values if one is not None]  # a method may lack the setting of another
        few = whole and not own
        crossed = _is_crossed(rows, before, name)
        fit = bool(given) and (all(map(_is_number if crossed or not few else _is_whole, given)) or _is_switch(given))
        if name in (*told, *numbered) or IDLE.search(name) or not fit or len(set(values)) < 2:
            continue
        if (few and not crossed and len(set(given)) > len(rows) // 2) or _follows(rows, before, name):
            continue
        told.append(name)
        yield name


def are_apart(rows: Sequence[Record], fields: Sequence[str]) -> bool:
    """Whether no two rows have the same in these fields."""
    return len({tuple(str(row[name]) for name in fields) for row in rows}) == len(rows)


def said(field: str, value: Any) -> str:
    """A field's value as a part of a run's name: of a switch, `distill` or `no_distill`."""
    if (on := switched(value)) is not None:
        return f"{'' if on else OFF}{_USED.sub('', field)}"
    if isinstance(value, str):
        return value.replace("/", "-")
    return f"{field}={value:g}" if _is_number(value) else f"{field}={value}"


def switched(value: Any) -> bool | None:
    """Whether a switch is on; None for what is no switch."""
    return value if isinstance(value, bool) else _SWITCH.get(value.lower()) if isinstance(value, str) else None


def _words(rows: Sequence[Record]) -> list[str]:
    found = []
    for name in columns(rows):
        values = [row[name] for row in rows]
        if IDLE.search(name) or _SPLIT.fullmatch(name) or REPEAT.fullmatch(name):
            continue
        if not all(isinstance(one, str) and 0 < len(one) <= LONGEST for one in values) or len(set(values)) < 2:
            continue
        if not all(_RANDOM.fullmatch(one) for one in values):
            found.append(name)
    return found


def _without_doubles(rows: Sequence[Record], words: list[str]) -> list[str]:
    """Those fields of words that say more than another: the metric of a task is no name where each task has but one."""
    kept = list(words)
    for name in reversed(words):
        for other in kept:
            if other != name and _follows(rows, [other], name):
                kept.remove(name)
                break
    return kept


def _without_random_names(rows: Sequence[Record], words: list[str]) -> list[str]:
    """Without a field that has another word in each row, where the others and the seed tell the rows apart."""
    kept = list(words)
    for name in words:
        rest = [each for each in kept if each != name]
        unique = are_apart(rows, [name])
        if (
            unique
            and rest
            and not any(are_apart(rows, [each]) for each in rest)
            and are_apart(rows, [*rest, *repeats(rows), *_numbers(rows)])
        ):
            kept = rest
    return kept


def _numbers(rows: Sequence[Record]) -> list[str]:
    """Fields of few numbers, which may be settings."""
    found = []
    for name in columns(rows):
        values = [row[name] for row in rows]
        if all(_is_number(one) for one in values) and len(set(values)) <= len(rows) // 2 and not IDLE.search(name):
            found.append(name)
    return found


def _follows(rows: Sequence[Record], fields: Sequence[str], name: str) -> bool:
    """Whether a field has but one value for each choice of others."""
    if not fields:
        return False
    pairs = {(tuple(str(row[each]) for each in fields), str(row[name])) for row in rows}
    return len(pairs) == len({one for one, _ in pairs})


def _is_crossed(rows: Sequence[Record], fields: Sequence[str], name: str) -> bool:
    """Whether each choice of others has the same few values of a field, as in a grid: nothing that is measured comes out so."""
    held: dict[tuple[str, ...], list[Any]] = {}
    for row in rows:
        held.setdefault(tuple(str(row[each]) for each in fields), []).append(row[name])
    sets = [frozenset(values) for values in held.values()]
    return len(sets) > 1 and len(sets[0]) > 1 and all(each == sets[0] for each in sets)


def _is_switch(values: Sequence[Any]) -> bool:
    return all(isinstance(one, bool) for one in values)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_whole(value: Any) -> bool:
    return _is_number(value) and float(value).is_integer()
