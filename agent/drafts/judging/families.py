"""Runs that are a method on several data sets (`mlp/adult`, `mlp/bank`): averages over them, and on how many of them one is best."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.drafts.judging.case import Case, Ruling

_SETS = (
    r"(?:data ?sets?|tasks?|benchmarks?|domains?|environments?|games|languages?|(?:language )?pairs?|corpora|problems)"
)
_ON = re.compile(rf"\s*(?:of|out of|/)\s*(?:the\s+|all\s+)?(\d+)\s+(?:\w+\s+)?{_SETS}\b")
_COUNTED = re.compile(rf"\s+(?:\w+\s+)?{_SETS}\b")
_OF = re.compile(r"(\d+)\s*(?:of|out of|/)\s*(?:the\s+|all\s+)?\Z")
_BEST = re.compile(r"\b(?:best|highest|lowest|wins?|leads?|first|strongest|top)\b", re.IGNORECASE)
_BEATS = re.compile(
    r"\b(?:beats?|outperforms?|exceeds?|better|above|below|ahead|surpass\w*|improves?)\b", re.IGNORECASE
)


def on_sets(case: Case) -> Ruling | None:
    """`best on 3 of 6 data sets`, `6 data sets`: counted in the folder, where its runs are methods on data sets."""
    number, text = case.number, case.text
    if case.in_table or not number.whole or number.percent:
        return None
    after, before = text[number.end :], text[: number.start]
    sizes = _sizes(case)
    if match := _ON.match(after):
        if int(match[1]) not in sizes:
            return Ruling("unsupported", reason=f"the folder holds no {match[1]} of these") if sizes else None
        counts = set(_counts(case))
        if not counts:
            return None
        if int(number.value) in counts:
            return Ruling("derived", f"count over {match[1]}", "counted in the folder")
        return Ruling("unsupported", reason=f"counted in the folder it is {' or '.join(map(str, sorted(counts)))}")
    if _COUNTED.match(after) and int(number.value) in sizes and (_OF.search(before) or number.value > 1):
        return Ruling("supported", f"{int(number.value)} in the folder", "a count of what the folder holds")
    return None


def _sizes(case: Case) -> set[int]:
    """How many different parts the names of the runs have in each place, where they have several; data sets in the files too."""
    parts = [run.name.split("/") for run in case.names.records.runs]
    widths = {len(each) for each in parts}
    found = (
        {len({each[place] for each in parts}) for place in range(max(widths))}
        if widths and widths != {1} and len(widths) == 1
        else set()
    )
    sets = {part for key in case.values.central for part in key.qualifiers}
    return (found | {len(sets)}) - {0, 1}


def _counts(case: Case) -> Iterator[int]:
    """On how many data sets who is spoken of has the highest, or the lowest, or is above or below whom it is held against."""
    own = case.context.runs
    others = case.context.others - own
    best, beats = _BEST.search(case.text), _BEATS.search(case.text)
    for key in sorted(case.context.metrics or case.context.main, key=lambda each: each.path)[:8]:
        known = {run: one.value for run, one in case.values.central.get(key, {}).items()}
        rows = [(known[run], [known[one] for one in _rivals(run, own, others, known)]) for run in own if run in known]
        rows = [(value, rivals) for value, rivals in rows if rivals]
        if len(rows) == len(own) and (best or beats):
            yield sum(value > max(rivals) for value, rivals in rows)
            yield sum(value < min(rivals) for value, rivals in rows)


def _rivals(run: str, own: frozenset[str], others: frozenset[str], known: dict[str, float]) -> list[str]:
    """The runs on the same data set: of those that it is held against, else all others."""
    shared = set(run.split("/")) - frozenset[str].intersection(*(frozenset(each.split("/")) for each in own))
    return [one for one in known if one not in own and shared & set(one.split("/")) and (not others or one in others)]
