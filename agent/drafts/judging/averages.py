"""What came of computing a number from values of the folder, and its simplest kind: a mean over runs or over data sets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from agent.drafts.naming.context import Context
from agent.drafts.records.pool import Found, Values
from agent.drafts.records.runs import Key
from agent.drafts.text.numerals import Numeral


@dataclass(frozen=True)
class Derived:
    """What came of looking for a change: `formula` where one fits, else `against` where one fits only the wrong way."""

    formula: str = ""
    against: str = ""
    runs: tuple[str, ...] = ()


def mean_over_sets(number: Numeral, context: Context, values: Values) -> Derived | None:
    """The mean of a run's metric over all data sets."""
    for name, known in _over_sets(context, values):
        for run in sorted(known.keys() & context.runs or known.keys()):
            for scale in (1.0, 100.0) if number.percent else (1.0,):
                if abs(scale * known[run].value - number.value) <= number.half * (1 + 1e-6):
                    return Derived(formula=f"{name} of {run}", runs=(run,))
    return None


def mean_over_family(number: Numeral, context: Context, values: Values) -> Derived | None:
    """`LoRA averages 84.4`: the mean of one method over its data sets, be they parts of runs' names; of a metric that is not named, too."""
    if number.digits < _TELLING:
        return None
    own = sorted(context.metrics, key=lambda each: each.path)
    others = [] if context.near else sorted(values.central.keys() - context.metrics, key=lambda each: each.path)
    for key in (*own, *others[:_OTHERS]):
        over = family_mean(key, context.runs, values)
        scales = (1.0, 100.0) if number.percent else (1.0,)
        if over and any(abs(scale * over.value - number.value) <= number.half * (1 + 1e-6) for scale in scales):
            return Derived(formula=over.formula, runs=tuple(sorted(context.runs & values.central[key].keys())))
    return None


_TELLING = 3
"""Digits of a mean that is hardly one by chance."""
_OTHERS = 12


def _over_sets(context: Context, values: Values) -> Iterator[tuple[str, dict[str, Found]]]:
    """The means over data sets of each metric that is meant; then of whatever each data set has as its one metric."""
    for kind in sorted({key.kind for key in context.metrics}):
        keys = [key for key in values.central if key.kind == kind and key.qualifiers]
        if len(keys) > 1:
            name = f"mean of {'.'.join(kind)} over {len(keys)} data sets"
            yield name, _means(keys, values, name)
    sets: dict[frozenset[str], list[Key]] = {}
    for key in values.central:
        if key.qualifiers:
            sets.setdefault(key.qualifiers, []).append(key)
    alone = [keys[0] for keys in sets.values() if len(keys) == 1]
    if len(alone) == len(sets) > 1 and len({key.kind for key in alone}) > 1:
        name = f"mean over {len(alone)} data sets"
        yield name, _means(alone, values, name)


def _means(keys: Sequence[Key], values: Values, name: str) -> dict[str, Found]:
    """Run → its mean over these metrics, of the runs that have them all."""
    runs = frozenset.intersection(*(frozenset(values.central[key]) for key in keys))
    return {
        run: Found(
            run=run,
            key=Key(keys[0].kind),
            role="value",
            value=sum(values.central[key][run].value for key in keys) / len(keys),
            shown=f"{name} of {run}",
            formula=name,
        )
        for run in runs
    }


def means_of(context: Context, values: Values) -> Iterator[dict[str, Found]]:
    """Run → mean over data sets, for each metric that is meant: what `on average 21% shorter` compares."""
    yield from (known for _, known in _over_sets(context, values))


def mean(
    number: Numeral,
    context: Context,
    values: Values,
    baseline: frozenset[str] = frozenset(),
    but: frozenset[str] = frozenset(),
) -> Derived | None:
    """The mean of a metric over the runs that are named, over all, or over all but the baseline; over these but for some."""
    named = context.runs | (context.others if len(context.runs) == 1 else frozenset())
    for key in sorted(context.metrics, key=lambda each: each.path)[:40]:
        known = values.central.get(key, {})
        for runs in _circles(context.runs, named, frozenset(known), baseline, but):
            chosen = [known[run].value for run in sorted(runs & known.keys())]
            for scale in (1.0, 100.0) if number.percent else (1.0,):
                if len(chosen) > 1 and abs(scale * sum(chosen) / len(chosen) - number.value) <= number.half * (
                    1 + 1e-6
                ):
                    formula = f"mean of {key.name} over {len(chosen)} runs"
                    return Derived(formula=formula, runs=tuple(sorted(runs & known.keys())))
    return None


def _circles(
    runs: frozenset[str], named: frozenset[str], known: frozenset[str], baseline: frozenset[str], but: frozenset[str]
) -> tuple[frozenset[str], ...]:
    """Over which runs a mean may be."""
    if but:
        return known - baseline - but, known - but
    return runs or known, named, known - baseline, known


def family_mean(key: Key, runs: frozenset[str], values: Values) -> Found | None:
    """The mean of a metric over runs that are one method on several data sets; None where one of them lacks it."""
    known = values.central.get(key, {})
    runs &= known.keys()  # what lies beside them under the method's name has other metrics
    if len(runs) < 2 or not _one_place_differs(runs):
        return None
    mean = sum(known[run].value for run in runs) / len(runs)
    formula = f"mean of {key.name} over {len(runs)} runs"
    return Found(run=min(runs), key=key, role="value", value=mean, shown=formula, formula=formula)


def _one_place_differs(runs: frozenset[str]) -> bool:
    """Whether the names share all parts but one."""
    parts = [run.split("/") for run in runs]
    if len({len(each) for each in parts}) != 1 or len(parts[0]) < 2:
        return False
    return sum(len({each[place] for each in parts}) > 1 for place in range(len(parts[0]))) == 1
