"""Counts of runs: `3 of 5 runs lie below the baseline`, `8 runs`."""

from __future__ import annotations

import re
from collections.abc import Iterable

from agent.drafts.judging.case import Case, Ruling
from agent.drafts.judging.movement import DOWN, UP
from agent.drafts.records.pool import Values
from agent.drafts.records.runs import Key

_PAIRS = re.compile(r"\s+(?:\w+\s+)?pairs\s+of\s+(?:runs|configurations|models|settings)\b")
_MODELS = re.compile(
    r"\s+(?:\w+\s+){0,2}?(?:models|settings|combinations|agents|networks)\s+(?:in total|altogether|in all)\b"
)
_OF_RUNS = re.compile(
    r"\s*(?:of|out of|/)\s*(?:the\s+)?(\d+)\s+(?:\w+\s+)?(?:runs|variants|configurations|settings|experiments|models)\b"
)
_ALL_OF = re.compile(
    r"\b(?:all|total of|conduct\w*|perform\w*|made|ran|launch\w*|over|across|\d\s+of|out of|after)\s+(?:the\s+|all\s+)?\Z",
    re.IGNORECASE,
)
"""What says that these are all runs there are."""
_TOTAL = re.compile(r"\b(?:in total|altogether|in all|overall)\b", re.IGNORECASE)
_RUNS = re.compile(
    r"\s+(?!(?:in|for|of|on|across|over|by|with|at|under)\b)(?:\w+\s+){0,2}?(?:runs|experiments|variants|configurations)\b"
)

_THINGS = re.compile(
    r"\s+(?:[\w-]+\s+){0,2}?(?!\w*(?:steps|epochs|seeds|times|points|hours|minutes|seconds|layers)\b)[A-Za-z]{3,}s\b(?!\s+(?:per|each|of)\b)"
)
"""What else runs may be called: `we evaluate 24 models`."""
_A_FEW = 5


def count_of_runs(case: Case) -> Ruling | None:
    """`3 of 5 runs`, `8 runs`."""
    number, after = case.number, case.text[case.number.end :]
    runs, baseline = len(case.names.records.runs), case.names.runs.baseline
    if not number.whole or number.percent or case.in_table:
        return None
    if match := _OF_RUNS.match(after):
        total = int(match[1])
        if total not in (runs, runs - len(baseline)):
            return Ruling("unsupported", reason=f"the folder holds {runs} runs, not {total}")
        count = _counted(case.text, total, case.context.metrics, case.values, baseline)
        if count is None or count == number.value:
            return Ruling("derived", f"count over {total} runs", "a count of runs")
        return Ruling("unsupported", reason=f"counted over {total} runs it is {count}")
    total = _TOTAL.search(case.text) is not None
    if _PAIRS.match(after) and number.value == runs / 2:
        return Ruling("derived", f"half of {runs} runs", "a count of runs")
    noun = _RUNS.match(after) or _MODELS.match(after)
    if not noun and runs > _A_FEW and number.value == runs and (things := _THINGS.match(after)):
        of_another = case.names.metrics.named(things[0]) or case.names.settings.named(things[0]) or case.is_measured
        return None if of_another else Ruling("derived", f"{runs} runs in the folder", "a count of runs")
    if not noun or not (total or _ALL_OF.search(case.text[: number.start])):
        return None
    if number.value in (runs, runs - len(baseline)):
        return Ruling("derived", f"{runs} runs in the folder", "a count of runs")
    if number.value == sum(max(counts) for counts in case.values.counts.values()):
        return Ruling("derived", f"{runs} runs with their repeats", "a count of runs")
    return Ruling("unsupported", reason=f"the folder holds {runs} runs")


def _counted(words: str, of: int, metrics: Iterable[Key], values: Values, baseline: frozenset[str]) -> int | None:
    """How many runs lie on the side of the baseline that the words say; None where the words do not say."""
    side = DOWN.search(words), UP.search(words)
    keys = list(metrics)
    if bool(side[0]) == bool(side[1]) or len(keys) != 1 or len(baseline) != 1:
        return None
    known = values.central.get(keys[0], {})
    base = known.get(next(iter(baseline)))
    others = [one.value for run, one in known.items() if run not in baseline]
    if base is None or len(others) != of:
        return None
    return sum((value > base.value) if side[1] else (value < base.value) for value in others)
