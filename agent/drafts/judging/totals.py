"""Times that add up: seconds an epoch times epochs, and what all runs took together."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.drafts.judging.case import Case, Ruling, computed
from agent.drafts.records.runs import Key
from agent.drafts.text.numerals import numerals
from agent.drafts.text.units import Unit, unit_after, unit_of

_STAGE = re.compile(r"(epoch|step|iteration|round)s?", re.IGNORECASE)
_WHOLE = re.compile(
    r"\b(?:in total|total|altogether|in all|together|overall|all runs|sum\w*|GPU[- ]hours)\b", re.IGNORECASE
)


def total_time(case: Case) -> Ruling | None:
    """`a full training takes about 36 minutes` of 14.2 seconds an epoch; the sum over all runs where it is said of all."""
    unit = unit_after(case.text, case.number.end) or (_hours(case) if _WHOLE.search(case.text) else None)
    if case.in_table or unit is None or unit.kind != "time":
        return None
    low, high = (unit.size * (case.number.value + sign * case.number.half * (1 + 1e-6)) for sign in (-1, 1))
    summed = _of_all(case) if _WHOLE.search(case.text) else ()
    for formula, seconds, runs in (*_of_stages(case), *_of_one_stage(case), *summed):
        if low <= seconds <= high:
            return computed(f"{formula} = {seconds:.6g} s", runs)
    return None


def rate_of_latency(case: Case) -> Ruling | None:
    """`18.1 ms per image, or 55 images per second`: as many as fit into a second."""
    number = case.number
    if case.in_table or number.percent or number.factor or not _PER_SECOND.match(case.text, number.end):
        return None
    for key, known in sorted(case.values.central.items(), key=lambda each: each[0].path):
        unit = _unit_of(key)
        for run in sorted(case.context.runs & known.keys()) if unit and "latency" in key.name.lower() else ():
            seconds = known[run].value * unit.size if unit else 0.0
            if seconds > 0 and abs(1 / seconds - number.value) <= number.half * (1 + 1e-6):
                formula = f"1 s / {key.name} of {run}"
                return computed(formula, (run,))
    return None


def product_of_settings(case: Case) -> Ruling | None:
    """`12,207 steps of 2,048 tokens, about 25 million tokens`: the product of two settings that the sentence gives."""
    number = case.number
    if case.in_table or number.value < _LARGE or number.percent or number.factor:
        return None
    given = [one.value for one in numerals(case.text) if one.whole and one.start < number.start and one.value > 1]
    set_so = [value for value in given if case.values.settings.between(value - 1e-9 * value, value + 1e-9 * value)]
    for at, one in enumerate(set_so):
        for two in set_so[at + 1 :]:
            if abs(one * two - number.value) <= number.half * (1 + 1e-6):
                return Ruling("derived", f"{one:g} × {two:g}", "the product of two settings")
    return None


_LARGE = 1000
_PER_SECOND = re.compile(r"\s+(?:\w+\s+){1,2}?(?:per second|a second|each second)\b|\s*\w+/s\b")
_OF_ONE = re.compile(r"\b(?:per|an?|each|every|one)\s+(epoch|step|iteration|round)\b", re.IGNORECASE)


def _hours(case: Case) -> Unit | None:
    return Unit("time", 3600.0) if re.match(r"\s*GPU[- ]?hours", case.text[case.number.end :]) else None


def _unit_of(key: Key) -> Unit | None:
    """`epoch_seconds`, `seconds_per_epoch`, `train_time_s`."""
    name = re.sub(r"_?per_?\w+$", "", key.path[-1])
    told = unit_of(name) or (Unit("time", 1.0) if name.lower().endswith(("second", "seconds")) else None)
    return told if told and told.kind == "time" else None


def _of_stages(case: Case) -> Iterator[tuple[str, float, tuple[str, ...]]]:
    """The time of an epoch times the epochs that a setting gives."""
    for key, known in sorted(case.values.central.items(), key=lambda each: each[0].path):
        stage, unit = _STAGE.search(key.path[-1]), _unit_of(key)
        if stage is None or unit is None:
            continue
        counts = _counts_of(case, stage[1])
        for run in sorted(case.context.runs & known.keys() or known.keys()):
            for owner, count in sorted(counts):
                if owner in ("", run):
                    yield f"{key.name} of {run} × {count:g}", known[run].value * unit.size * count, (run,)


def _of_one_stage(case: Case) -> Iterator[tuple[str, float, tuple[str, ...]]]:
    """`an epoch takes 12.3 seconds` of a training that takes 41 minutes: its time divided by the epochs that a setting gives."""
    stage = _OF_ONE.search(case.text)
    for key, known in sorted(case.values.central.items(), key=lambda each: each[0].path) if stage else ():
        unit = _unit_of(key)
        if stage is None or unit is None or _STAGE.search(key.path[-1]):
            continue
        counts = _counts_of(case, stage[1])
        for run in sorted(case.context.runs & known.keys()):
            for owner, count in sorted(counts):
                if owner in ("", run) and count:
                    yield f"{key.name} of {run} / {count:g}", known[run].value * unit.size / count, (run,)


def _counts_of(case: Case, stage: str) -> set[tuple[str, float]]:
    """How many epochs or steps there are, as settings say: (run, count)."""
    return {
        (one.run, one.value)
        for one in case.names.records.configured
        if re.fullmatch(rf"(?:n_|num_|max_|total_|train_)?{stage}s", one.key.path[-1], re.IGNORECASE)
    }


def _of_all(case: Case) -> Iterator[tuple[str, float, tuple[str, ...]]]:
    """The sum of a time over all runs, and over all their repeats."""
    for key, known in sorted(case.values.central.items(), key=lambda each: each[0].path):
        unit = _unit_of(key)
        if unit and len(known) > 1:
            repeats = sum(sum(case.values.repeats.get((run, key), [one.value])) for run, one in known.items())
            yield f"sum of {key.name} over {len(known)} runs", unit.size * sum(one.value for one in known.values()), ()
            yield f"sum of {key.name} over all repeats", unit.size * repeats, ()
