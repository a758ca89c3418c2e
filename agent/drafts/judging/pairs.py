"""Which two values a printed change may be of: those that its sentence prints, else those of the runs that it names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from agent.drafts.judging.averages import family_mean, means_of
from agent.drafts.judging.movement import FROM_TO
from agent.drafts.naming.context import Context
from agent.drafts.records.pool import Found, Values, whole_of
from agent.drafts.records.runs import Key


@dataclass(frozen=True)
class Pair:
    """A value and what it is compared with."""

    subject: Found
    base: Found


def pairs_of(context: Context, values: Values, baseline: frozenset[str], nearby: list[Found]) -> Iterator[Pair]:
    """Subject and base: what stands in the sentence, else the run that is named against the one it is compared with."""
    printed = [one for one in nearby if not context.metrics or one.key in context.metrics]
    bases = (context.others - context.runs) or (baseline - context.runs)
    beside: list[Pair] = []
    if len({(one.run, one.key) for one in printed}) >= 2:
        told = beside = list(_of_printed(printed, (bases & baseline) or bases, context))
        if (
            context.targets and context.runs
        ):  # with whom it is compared is said: what else is printed is beside the point
            told = [pair for pair in told if {pair.subject.run, pair.base.run} & context.targets]
        if told:
            yield from told
            return
    for key in sorted(context.metrics, key=lambda each: each.path)[:40]:
        one, two = family_mean(key, context.runs, values), family_mean(key, bases - context.runs, values)
        if one and two and one.run != two.run:
            yield Pair(one, two)
    for key in sorted(context.metrics, key=lambda each: each.path)[:40]:
        known = values.central.get(key, {})
        subjects = context.runs or (frozenset(known) - bases)
        for run in sorted(subjects & known.keys()):
            for other in sorted(_kin(run, (bases or (frozenset(known) - {run})) & known.keys())):
                if run != other:
                    yield Pair(known[run], known[other])
    yield from beside


def of_means(context: Context, values: Values, baseline: frozenset[str]) -> Iterator[Pair]:
    """`On average it is 21% shorter`: the means over all data sets, of whom is spoken against whom it is compared with."""
    bases = (context.others - context.runs) or (baseline - context.runs)
    for known in means_of(context, values):
        for run in sorted((context.runs or frozenset(known) - bases) & known.keys()):
            yield from (Pair(known[run], known[base]) for base in sorted(bases & known.keys()) if base != run)


def of_families(context: Context, values: Values) -> Iterator[Pair]:
    """`LoRA averages 84.4, 0.9 points above full fine-tuning`: two methods' means over their data sets, of a metric that is not named."""
    others = context.others - context.runs
    for key in sorted(values.central, key=lambda each: each.path)[:_OTHERS] if others and not context.near else ():
        one, two = family_mean(key, context.runs, values), family_mean(key, others, values)
        if one and two:
            yield Pair(one, two)


_OTHERS = 12
"""Metrics of which a change of means is looked for where none is named."""


def of_two(context: Context, values: Values) -> Iterator[Pair]:
    """`Adding warmup to tied heads gives a further 0.01`: two runs are named, and which is the base is not said."""
    if len(context.runs) != 2 or context.others:
        return
    first, second = sorted(context.runs)
    for key in sorted(context.metrics, key=lambda each: each.path)[:40]:
        known = values.central.get(key, {})
        if first in known and second in known:
            yield Pair(known[second], known[first])
            yield Pair(known[first], known[second])


def across_sets(context: Context, values: Values) -> Iterator[Pair]:
    """`loses 12.7 points from IID to non-IID data`: a run on two data sets, be they parts of its name or of the metric's."""
    parts = [frozenset(run.split("/")) for run in context.runs]
    method = frozenset.intersection(*parts) if len(parts) > 1 else frozenset[str]()
    for key in sorted(context.metrics, key=lambda each: each.path)[:40]:
        known = values.central.get(key, {})
        for run in sorted(context.runs & known.keys()):
            for other in (each for each in sorted(known) if _is_elsewhere(run, each, method)):
                yield from (Pair(known[other], known[run]), Pair(known[run], known[other]))
            for other_key in sorted(values.central, key=lambda each: each.path) if key.qualifiers else ():
                one = values.central[other_key].get(run)
                if one and other_key != key and other_key.kind == key.kind and _one_differs(key.path, other_key.path):
                    yield from (Pair(one, known[run]), Pair(known[run], one))


def _is_elsewhere(run: str, other: str, method: frozenset[str]) -> bool:
    """Whether two runs are one method in two places: `fedavg/iid` and `fedavg/noniid`; the method by its parts, else by what comes first."""
    one, two = run.split("/"), other.split("/")
    same = method <= set(two) if method else one[0] == two[0]
    return run != other and len(one) > 1 and same and _one_differs(one, two)


def _one_differs(one: Sequence[str], two: Sequence[str]) -> bool:
    return len(one) == len(two) and sum(a != b for a, b in zip(one, two, strict=True)) == 1


def between_metrics(context: Context, metrics: Sequence[frozenset[Key]], values: Values) -> Iterator[Pair]:
    """`the gap between PGD-20 and AutoAttack`: two metrics of the same run."""
    for first in sorted(metrics[0] - metrics[1], key=lambda each: each.path)[:8]:
        for second in sorted(metrics[1] - metrics[0], key=lambda each: each.path)[:8]:
            one, two = values.central.get(first, {}), values.central.get(second, {})
            yield from (Pair(one[run], two[run]) for run in sorted(context.runs & one.keys() & two.keys()))


def _kin(run: str, others: frozenset[str]) -> frozenset[str]:
    """Of the others those of the same data set, where the folder tells: `cifar10/mixup` is compared with `cifar10/erm`."""
    parts = set(run.split("/"))
    return frozenset(one for one in others if parts & set(one.split("/"))) or others


def turned(context: Context, values: Values) -> Iterator[Pair]:
    """`adding warmup to run 1 gives`: the run that is named is the base, and who adds is not named."""
    if len(context.runs) != 1 or context.others:
        return
    for key in sorted(context.metrics, key=lambda each: each.path)[:40]:
        known = values.central.get(key, {})
        for run in sorted(context.runs & known.keys()):
            yield from (Pair(known[other], known[run]) for other in sorted(known) if other != run)


def _of_printed(printed: list[Found], bases: frozenset[str], context: Context) -> Iterator[Pair]:
    """Pairs of the values of a sentence; the base is the run that is compared with, else the one that stands first."""
    for place, first in enumerate(printed):
        for second in printed[place + 1 :]:
            if first.key != second.key or first.run == second.run:
                continue
            if first.run in bases and second.run not in bases:
                yield Pair(second, first)
            elif second.run in bases and first.run not in bases:
                yield Pair(first, second)
            elif FROM_TO.search(context.sentence):
                yield Pair(second, first)
            else:
                yield Pair(first, second)
                yield Pair(second, first)


def as_printed(pairs: list[Pair]) -> Iterator[Pair]:
    """The pairs of a sentence with the rounded values that it prints."""
    for pair in pairs:
        if pair.subject.printed is not None and pair.base.printed is not None:
            subject = replace(pair.subject, value=pair.subject.printed)
            yield Pair(subject, replace(pair.base, value=pair.base.printed))


def left_over(pairs: list[Pair]) -> Iterator[Pair]:
    """The pairs of what shares leave over: `27% fewer mistakes` of an accuracy."""
    for pair in pairs:
        one, two = pair.subject.value, pair.base.value
        if whole := whole_of((one, two)):
            yield Pair(replace(pair.subject, value=whole - one), replace(pair.base, value=whole - two))
