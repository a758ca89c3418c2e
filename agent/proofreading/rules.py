"""Why a number that was typed cannot stand: rules in order, of which the first that has a say decides.

A typed number stands where the setting that its sentence names has that value, or where it is part of the text's
structure (a section, a year, a small count) or of the idea's own formulas. It is never looked up among all values:
some value among hundreds always fits.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from agent.evidence.reference import REPORTED
from agent.proofreading.meant import another_meant, anywhere, reference_to, shown
from agent.proofreading.occurrence import Occurrence
from agent.proofreading.sentences.cited import of_a_cited_work
from agent.proofreading.sentences.names import named_runs
from agent.proofreading.sentences.numbers import equals, find_numbers, is_structure, rounds_to
from agent.session.steps import RunName

STANDS = ""
"""What a rule says of a number that may stand."""
_SCALE = re.compile(
    r"\b(?:chance|perfect\w*|random|bounds?|bounded|range|between|at most|at least|maxim\w+|minim\w+)\b", re.I
)
_ANOTHERS = re.compile(r"\b(?:from|instead|rather|against|than|baseline)\b")
_CONSTANTS = frozenset({0.0, 0.5, 1.0, 2.0})
_BOUNDS = frozenset({0.0, 0.5, 1.0, 100.0})


Rule = Callable[[Occurrence], str | None]
"""STANDS, or why the number cannot stand; None where the rule has no say."""


def why_not(occurrence: Occurrence) -> str:
    """Why a typed number cannot stand; STANDS where it can."""
    said = (rule(occurrence) for rule in RULES)
    why = next((why for why in said if why is not None), None)
    return _nameless(occurrence) if why is None else why


def _counts_the_metrics(on: Occurrence) -> str | None:
    """All 5 metrics."""
    counted = re.match(r"\s*metrics\b", on.text[on.number.end :]) is not None
    return STANDS if counted and on.number.value == len(on.grounds.evidence.results.metrics) else None


def _is_structure(on: Occurrence) -> str | None:
    """Section 4, 2013, the 95% of an interval."""
    return STANDS if is_structure(on.number, on.text) else None


def _is_anothers(on: Occurrence) -> str | None:
    """A number that a cited work says; a whole one in a sentence that cites somebody."""
    theirs = of_a_cited_work(on.text, on.number.start, on.number.end)
    whole = on.sentence.cites and on.number.is_integer and not on.number.suffix
    return STANDS if theirs or whole else None


def _is_a_named_setting(on: Occurrence) -> str | None:
    """lambda_max = 0.02, of the run that the sentence speaks of, or of any where it compares."""
    meant = {named.run for named in named_runs(on.text)}
    bound = len(meant) == 1 and not _ANOTHERS.search(on.text)
    evidence = on.grounds.evidence
    for run in evidence.results.runs:
        if bound and run.name not in meant:
            continue
        counts = {f"training.{k}": v for k, v in evidence.training(run).items() if isinstance(v, int)}
        used = {**evidence.settings(run), **counts}
        if any(equals(used.get(name), on.number) for name in on.settings):
            return STANDS
    return None


def _is_on_the_metrics_scale(on: Occurrence) -> str | None:
    """As the template describes the metric: 0.5 is chance."""
    kinds = on.grounds.evidence.results.metrics
    described = {known.value for name in on.metrics for known in find_numbers(kinds[name].description)}
    described |= {target for name in on.metrics if (target := kinds[name].target) is not None}
    return STANDS if on.number.value in described else None


def _is_a_bound(on: Occurrence) -> str | None:
    """Perfect reconstruction is an explained variance of 1."""
    bound = on.metrics and abs(on.number.value) in _BOUNDS and _SCALE.search(on.text)
    return STANDS if bound else None


def _is_a_result(on: Occurrence) -> str | None:
    """The value of a metric and a run that the sentence names."""
    reference = reference_to(on.number, on.metrics, on.runs)
    if not reference:
        return None
    return f"a typed result; write {reference}" if on.grounds.strict else STANDS


def _is_a_named_controls(on: Occurrence) -> str | None:
    """The value of a control that the sentence names."""
    reference = reference_to(on.number, on.metrics, on.grounds.names.controls(on.text))
    if not reference:
        return None
    return f"the typed value of a control; write {reference}" if on.grounds.strict else STANDS


def _is_a_controls(on: Occurrence) -> str | None:
    """The value of a control, in a sentence that does not say so."""
    reference = reference_to(on.number, on.metrics, on.grounds.evidence.results.controls)
    return (
        f"the value of a control, no run's; write {reference}, and say whose it is, if you mean it"
        if reference
        else None
    )


def _is_reported(on: Occurrence) -> str | None:
    """What others reported of a metric that the sentence names, typed as if it were a result."""
    reported, number = on.grounds.evidence.reported, on.number
    for name, baseline in reported.baselines.items() if reported else ():
        for metric in on.metrics:
            value = baseline.metrics.get(metric)
            if value is not None and (rounds_to(value, number) or value == number.value):
                return (
                    f"a value that others reported; write [[{REPORTED}.{name}.{metric}]] and say that it was reported, "
                    "it is no result of this study"
                )
    return None


def _is_no_result(on: Occurrence) -> str | None:
    """A metric is spoken of, and no run that is meant has this value."""
    if not on.metrics:
        return None
    runs, all_runs = on.runs, on.grounds.evidence.results.runs
    named = ", ".join(on.metrics)
    others = [name for name in on.grounds.evidence.results.metrics if name not in on.metrics]
    if on.number.decimals >= 2 and (elsewhere := reference_to(on.number, others, runs)):
        return (
            f"a typed number where {named} is spoken of, and it is the value of {elsewhere}; if you mean that, write it"
        )
    whose = ", ".join(run.name for run in runs) if len(runs) < len(all_runs) else "any run"
    why = f"a typed number where {named} is spoken of, and it is not the value of {whose}"
    return f"{why}; {_instead(on)}"


def _is_known_beforehand(on: Occurrence) -> str | None:
    """A number of the idea's own, or a constant such as the 0.5 of a loss."""
    known = abs(on.number.value) in on.grounds.free or on.number.value in _CONSTANTS
    return STANDS if known and not on.number.is_factor else None


def _is_a_nameless_setting(on: Occurrence) -> str | None:
    """The value of a setting that the sentence does not name: a suggestion, never a reason to let it stand."""
    where = [
        f"[[{run.name}.config.{name}]]"
        for run in on.grounds.evidence.results.runs
        for name, value in on.grounds.evidence.settings(run).items()
        if equals(value, on.number)
    ]
    if not where:
        return None
    return f"no setting named in this sentence has this value; if you mean a setting write {' or '.join(where[:2])}"


RULES: tuple[Rule, ...] = (
    _counts_the_metrics,
    _is_structure,
    _is_anothers,
    _is_a_named_setting,
    _is_on_the_metrics_scale,
    _is_a_bound,
    _is_a_named_controls,
    _is_a_result,
    _is_a_controls,
    _is_reported,
    _is_no_result,
    _is_known_beforehand,
    _is_a_nameless_setting,
)
_NAMELESS = "a typed number that no setting named in this sentence has"


def _nameless(on: Occurrence) -> str:
    meant = anywhere(on.number, on.grounds.evidence)
    return (
        f"{_NAMELESS}; it is {meant}: write that, if you mean it"
        if meant
        else f"{_NAMELESS}; refer to it or leave it out"
    )


def _instead(on: Occurrence) -> str:
    """What to write: the value that was typed where it is that of another run or metric; never one of several by guess."""
    evidence = on.grounds.evidence
    if meant := another_meant(on.number, on.metrics, on.runs, evidence):
        return f"it is {meant}: write that, and whose it is, if you mean it"
    run = on.runs[-1].name if on.runs else RunName.of(1)
    if on.number.is_factor or on.number.is_percent:
        return f"write [[{run}.{on.metrics[0] if len(on.metrics) == 1 else 'METRIC'}.percent]]"
    if len(on.metrics) > 1:
        return f"write [[{run}.METRIC]]"
    reference = f"[[{run}.{on.metrics[0]}]]"
    return f"write {shown(reference, evidence) if len(on.runs) == 1 else reference}"
