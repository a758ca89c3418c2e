"""The numbers of a text's sentences on trial: each with what its sentence, its paragraph and its heading name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from agent.drafts.judging.against import with_whom_against
from agent.drafts.judging.case import Case
from agent.drafts.judging.movement import speaks_of_change
from agent.drafts.judging.shares import is_no_share
from agent.drafts.judging.spreads import goes_on, is_spread
from agent.drafts.judging.tied import in_pairs
from agent.drafts.naming.at_hand import at_hand
from agent.drafts.naming.context import Context, Names
from agent.drafts.naming.in_percent import is_in_percent
from agent.drafts.naming.pieces import without_losses, without_numbers
from agent.drafts.naming.reader import Reader
from agent.drafts.naming.swept import in_step_with_values
from agent.drafts.records.pool import Found, Values
from agent.drafts.records.runs import Key
from agent.drafts.text.numerals import Numeral, points_after
from agent.drafts.text.passages import Document, Passage
from agent.drafts.text.sentences import CITED
from agent.drafts.text.units import Unit, is_a_unit, unit_after, unit_of_path
from agent.proofreading.sentences.cited import of_a_cited_work

_THEY = re.compile(r"(?:They|Their|The authors|He|She)\b")
"""Who goes on speaking after a sentence with a citation."""
_CITED_SUBJECT = re.compile(
    rf"{CITED}\W*(?:reach|report|us(?:e|es|ed)\b|train|evaluat|compar|achiev|obtain|attain|get|scor|show|has\b|have\b|had\b|gives?\b|give\b|found\b|finds?\b)(?:[^.;]|\.\d)*\Z"
)
_OWN = re.compile(r"\b(?:we|our|ours|us)\b", re.IGNORECASE)


def cases_of(document: Document, names: Names, values: Values, main: frozenset[Key]) -> Iterator[tuple[Passage, Case]]:
    """Each number of each sentence, in order; `main` is the metric that the draft's tables are mostly about."""
    before, paragraph, under, place, cited = Context(), 0, frozenset[str](), frozenset[str](), False
    depth = 0
    tops = [each for each in document.passages if each.heading == 1]
    title = tops[0] if len(tops) == 1 else None  # it names what all is about, not whose a section is
    for passage in document.passages:
        if passage.heading:
            named = frozenset[str]() if passage is title else _headed(passage.text, names)
            if named or passage.heading <= depth:
                under, depth = (named if len(named) == 1 else frozenset()), passage.heading
                place = named - under if len(named) < len(names.runs.all) else frozenset()
            before = Context()  # what a section is about, its own heading says
        if passage.paragraph != paragraph:  # what was spoken of goes on, who it was does not
            before, paragraph = (
                Context(before.metrics, leading=main, headed=under, placed=place, main=main, stale=True),
                passage.paragraph,
            )
        reader = Reader(names, without_losses(passage.text), before)
        yield from ((passage, case) for case in _sentence(passage, reader, values, cited))
        before, cited = reader.whole(), CITED in passage.text


def _headed(heading: str, names: Names) -> frozenset[str]:
    """The one run that a heading names, or all of the one place."""
    told = {each.runs for each in names.runs.mentions(heading) if not each.ours}
    return next(iter(told)) if len(told) == 1 else frozenset()


def _sentence(passage: Passage, reader: Reader, values: Values, after_cited: bool) -> Iterator[Case]:
    text = reader.text
    placed = {number.start: _placed(reader, number, values) for number in reader.numbers}
    theirs = after_cited and _THEY.match(text) is not None and not reader.mentions
    cases = [
        Case(
            number=number,
            text=text,
            context=placed[number.start],
            names=reader.names,
            values=values,
            percents=reader.percents(number)
            or points_after(text, number.end)
            or (is_in_percent(number, placed[number.start], values) and unit_after(text, number.end) is None),
            cited=theirs
            or (CITED in text and (of_a_cited_work(text, number.start, number.end) or _is_theirs(reader, number))),
        )
        for number in reader.numbers
    ]
    cases = in_pairs(_spreads_in_a_row(cases))
    if any(each.number.percent or points_after(text, each.number.end) for each in cases):
        cases = [replace(each, percents=True) if is_spread(each) else each for each in cases]
    nearby = _nearby(cases)
    for case in cases:
        case.nearby.extend(nearby)
        yield case


def _is_theirs(reader: Reader, number: Numeral) -> bool:
    """`A random forest on fingerprints [cited] reaches 0.71`: a work that is cited right before the verb, and no run of the folder."""
    before = reader.text[: number.start]
    named = any(each.start < number.start and not each.plain for each in reader.mentions)
    return _CITED_SUBJECT.search(before) is not None and not named and not _OWN.search(before)


def _placed(reader: Reader, number: Numeral, values: Values) -> Context:
    """What a number must be of, and what else it may be of."""
    context = _by_unit(reader, number, values)
    context = _goes_on_with_time(context, reader, number)
    context = _by_share(context, number, values)
    if points_after(reader.text, number.end):
        context = _by_points(context, values)
    context = _without_unmeasured(context, reader, number, values)
    context = with_whom_against(reader, number, context)
    placed = in_step_with_values(reader, number, context)
    placed = replace(placed, parts=_parts(reader)) if placed.runs or placed.others else placed
    hand = at_hand(reader, number, placed)
    return replace(placed, hand=replace(hand, sure_run=True) if placed.runs != context.runs else hand)


def _parts(reader: Reader) -> frozenset[str]:
    """The parts that all runs of a mention share."""
    named = [*(each.runs for each in reader.mentions), reader.before.runs, reader.before.others]
    shared = (frozenset[str].intersection(*(frozenset(run.split("/")) for run in runs)) for runs in named if runs)
    return frozenset[str]().union(*shared)


def _without_unmeasured(context: Context, reader: Reader, number: Numeral, values: Values) -> Context:
    """`95.1% on SST-2 and a correlation of 66.3 on CoLA`: what is named behind a number is not its metric, where its run has no such."""
    if (
        context.near
        or not context.runs
        or any(context.runs & values.central.get(key, {}).keys() for key in context.metrics)
    ):
        return context
    before = reader.names.metrics.named(without_numbers(reader.text[: number.start]))
    return context if context.metrics & before else replace(context, metrics=frozenset())


def _unit(number: Numeral, reader: Reader) -> Unit | None:
    """The unit behind a number; of a factor that of the number before it: `10.6 ms, 3.4 times as much`."""
    before = [one for one in reader.numbers if one.end <= number.start] if number.factor else []
    beside = [number, *before[-1:]]
    also = [origin for one in beside if (origin := reader.goes_on_from(one)) is not None]
    return next((unit for one in (*beside, *also) if (unit := unit_after(reader.text, one.end))), None)


def _by_unit(reader: Reader, number: Numeral, values: Values) -> Context:
    """`accuracy 88.9%, 61 min`: a unit of time or memory says of which metrics a number is, whatever was spoken of before."""
    context, unit = reader.context(number), _unit(number, reader)
    if number.factor and context.near:
        return context
    named = context.near or reader.names.metrics.named(without_numbers(reader.text))
    value = number.percent and not context.near and not speaks_of_change(number, context.words)
    if value and context.metrics and all(unit_of_path(key.path) for key in context.metrics):
        return replace(context, metrics=context.main)  # the seconds of the sentence before are no 94.4%
    if unit is None:
        return context
    kept = frozenset(key for key in values.central if (own := unit_of_path(key.path)) and own.kind == unit.kind)
    same = frozenset(key for key in kept if unit_of_path(key.path) == unit)
    exact = frozenset(key for key in context.metrics if unit_of_path(key.path) == unit)
    if context.metrics and kept and all(is_a_unit(key.path[-1]) for key in context.metrics):
        return replace(context, metrics=same or kept)  # what is counted in hours, not what is called so alone
    if exact and named:
        return replace(context, metrics=exact)
    if kept & context.metrics and not exact and not context.near:  # hours were spoken of, milliseconds are printed
        return replace(context, metrics=context.metrics | same)
    if not kept or (kept & context.metrics and not exact):
        return context
    return replace(context, metrics=kept)


def _by_share(context: Context, number: Numeral, values: Values) -> Context:
    """`fewer units die: 13.0%` where a metric counts units: a percentage is of what may be one, and not surely of what was called so."""
    plain = number.percent and not speaks_of_change(number, context.words)
    counted = frozenset(key for key in context.metrics if is_no_share(key, values)) if plain else frozenset[Key]()
    if not counted:
        return context
    return replace(context, metrics=context.metrics - counted, near=context.near and counted < context.metrics)


def _by_points(context: Context, values: Values) -> Context:
    """`it costs 12 minutes and brings 2.4 points`: points are of no time and no memory, but of what was or is mostly spoken of."""
    if not context.metrics or not all(unit_of_path(key.path) for key in context.metrics):
        return context
    return replace(context, metrics=context.main or values.accuracies, near=False)


_TIME = re.compile(
    r"\b(?:time|times|latency|runtime|wall-clock|duration|speed|hours?|minutes?|min|seconds?|ms|s|h)\b", re.IGNORECASE
)
"""What says of which time a sentence is."""


def _goes_on_with_time(context: Context, reader: Reader, number: Numeral) -> Context:
    """`It takes 1.94` behind a sentence of GPU hours: of these, though other metrics are times too."""
    times = frozenset(key for key in reader.before.metrics if (unit := unit_of_path(key.path)) and unit.kind == "time")
    own = context.metrics
    if not times or times & own or reader.before.stale or not own or _TIME.search(reader.text):
        return context
    lasting = all((unit := unit_of_path(key.path)) and unit.kind == "time" for key in own)
    return replace(context, metrics=times) if lasting else context


def _spreads_in_a_row(cases: list[Case]) -> list[Case]:
    """`standard deviations of 0.1 for A, 0.2 for B and 0.3 for C`: what goes on after a spread is one."""
    done: list[Case] = []
    for case in cases:
        last = done[-1] if done else None
        behind = last is not None and is_spread(last) and goes_on(last, case)
        done.append(replace(case, spread=True) if behind else case)
    return done


_SOME_RUNS = 3


def _nearby(cases: list[Case]) -> list[Found]:
    """The measured values that a sentence prints, one for each number that is plainly one."""
    found: list[Found] = []
    named = frozenset(run for case in cases for run in case.context.runs)
    for case in cases:
        if case.number.percent or case.number.factor or not case.context.metrics:
            continue
        fitting = [one for one in case.hits if case.fits(one) and one.role != "spread" and "[" not in one.shown]
        if len({one.run for one in fitting}) > _SOME_RUNS:  # what all have alike is that of whom the sentence names
            fitting = [one for one in fitting if one.run in named]
        if fitting and len({one.run for one in fitting}) <= _SOME_RUNS:
            found += [replace(one, printed=case.number.value) for one in fitting]
    return found
