"""Sessions of pure noise: what nobody did is confirmed in at most one of twenty, however many runs and metrics are looked at."""

from __future__ import annotations

import random
import statistics
from dataclasses import dataclass, replace

import pytest

from agent.results.choosing.candidate import choose, claimable
from agent.results.confirmation import Confirmation
from agent.results.registered.outcomes import registration_of
from agent.results.results import Results, RunResult
from agent.results.story import Story
from agent.results.values import Value
from agent.results.verdicts.outcome import outcome
from agent.session.events import Registered
from agent.session.events.hypothesis import Hypothesis
from agent.session.steps import RunName
from agent.session.template.contract import Metric

SESSIONS = 500
METRICS = ("first", "second", "third")
KIND = Metric(direction="higher", description="", digits=6)


@dataclass(frozen=True)
class Claims:
    """Of how many sessions: some run seen better by one look, by all looks, confirmed on fresh seeds."""

    one_look: int
    all_looks: int
    confirmed: int


def run(number: int, values: dict[str, Value]) -> RunResult:
    return RunResult(RunName.of(number), "", values, {}, {})


def baseline(draw: random.Random, seeds: int) -> RunResult:
    values = {name: [draw.gauss(0, 1) for _ in range(seeds)] for name in METRICS}
    return run(0, {name: Value(statistics.fmean(each), statistics.stdev(each), seeds) for name, each in values.items()})


def tried(draw: random.Random, results: Results, seeds: int) -> Results:
    """The results with the candidate launched on fresh seeds, as a session does it; as they are where there is none."""
    names = claimable(results.primary, results.named)
    choice = choose(results, names)
    if choice.run is None:
        return results
    mine, theirs = ({name: tuple(draw.gauss(0, 1) for _ in range(seeds)) for name in names} for _ in range(2))
    known = Confirmation(run=choice.run.name, metric=choice.metric, metrics=names, seeds=tuple(range(101, 101 + seeds)))
    return replace(results, confirmation=replace(known, candidate=mine, baseline=theirs))


def claims(runs: int, seeds: int, fresh: int) -> Claims:
    """What so many sessions claim in which neither run nor seed changes anything."""
    draw = random.Random(runs * 100 + seeds)
    one_look = all_looks = confirmed = 0
    for _ in range(SESSIONS):
        made = (run(number, {name: Value(draw.gauss(0, 1)) for name in METRICS}) for number in range(1, runs + 1))
        known = dict.fromkeys(METRICS, KIND)
        found = tried(draw, Results(known, METRICS[0], (baseline(draw, seeds), *made), named=METRICS), fresh)
        better = [found.verdict(each, name) for name in METRICS for each in found.group("better", name)]
        one_look += bool(better)
        all_looks += any(not verdict.one_look for verdict in better)
        confirmed += any(outcome(found.confirmation, name, KIND).is_confirmed for name in METRICS)
    return Claims(one_look, all_looks, confirmed)


def apart(draw: random.Random, results: Results) -> Results:
    """The results with an L0 at which comparisons are made, which half of the runs leave, and half of them others' methods."""
    kind = Metric(direction="lower", description="", digits=2, matched_within=0.1)
    runs = [
        replace(each, values={**each.values, "l0": Value(16.0 + 10 * draw.randrange(2))}) for each in results.runs[1:]
    ]
    base = replace(results.baseline, values={**results.baseline.values, "l0": Value(16.0, 0.1, 3)})
    rivals = frozenset(each.name for each in runs if draw.randrange(2))
    return replace(results, metrics={**results.metrics, "l0": kind}, runs=(base, *runs), prior_art=rivals)


def test_whose_turn_it_is_to_be_confirmed_confirms_no_more_noise() -> None:
    """Matched runs of a session's own first, rivals last: noise is confirmed no more often for it, and each class is chosen sometimes."""
    draw, confirmed, kinds = random.Random(11), 0, set()
    for _ in range(SESSIONS):
        made = (run(number, {name: Value(draw.gauss(0, 1)) for name in METRICS}) for number in range(1, 11))
        known = dict.fromkeys(METRICS, KIND)
        found = tried(draw, apart(draw, Results(known, METRICS[0], (baseline(draw, 3), *made), named=METRICS)), 3)
        if found.confirmation is not None and (chosen := found.get(found.confirmation.run or "")) is not None:
            kinds.add((chosen.name in found.prior_art, bool(found.left(chosen))))
        confirmed += any(outcome(found.confirmation, name, KIND).is_confirmed for name in METRICS)
    assert confirmed <= 0.05 * SESSIONS and len(kinds) == 4


def test_hypotheses_on_noise_hold_in_at_most_one_session_of_twenty() -> None:
    """Ten runs, a claim on each that it is better: in most sessions nothing holds, on the search's seed or on fresh ones."""
    claims = [
        Hypothesis(
            name=f"H{number}", metric="first", run=RunName.of(number), relation="better than", against=RunName("run_0")
        )
        for number in range(1, 11)
    ]
    draw, story, held = random.Random(12), Story([Registered(hypotheses=claims)]), 0
    for _ in range(SESSIONS):
        made = (run(number, {name: Value(draw.gauss(0, 1)) for name in METRICS}) for number in range(1, 11))
        found = tried(draw, Results(dict.fromkeys(METRICS, KIND), "first", (baseline(draw, 3), *made)), 3)
        held += any(each.outcome == "held" for each in registration_of(story, found).tested)
    assert 0 < held <= 0.05 * SESSIONS


@pytest.mark.parametrize(("runs", "seeds"), [(1, 3), (10, 3), (10, 10)])
def test_pure_noise_is_confirmed_in_at_most_one_session_of_twenty(runs: int, seeds: int) -> None:
    """Three metrics, chosen and launched by the session's own functions: many sessions see a run better by one look, few by all
    looks, few confirm one."""
    found = claims(runs, seeds, fresh=3)
    assert found.confirmed <= 0.05 * SESSIONS and found.all_looks <= 0.05 * SESSIONS
    assert found.one_look > found.all_looks and (runs == 1 or found.one_look > 0.2 * SESSIONS)


def test_a_real_difference_is_confirmed() -> None:
    """The simulation can say yes: six standard deviations on the first metric are confirmed in most sessions."""
    draw, confirmed = random.Random(5), 0
    for _ in range(100):
        better = run(1, {name: Value(draw.gauss(8.0 * (name == "first"), 1)) for name in METRICS})
        found = Results(dict.fromkeys(METRICS, KIND), "first", (baseline(draw, 3), better), named=METRICS)
        shifted = tried(draw, found, 3)
        if shifted.confirmation is None:
            continue
        samples = {
            name: tuple(value + 8.0 * (name == "first") for value in each)
            for name, each in shifted.confirmation.candidate.items()
        }
        confirmed += outcome(replace(shifted.confirmation, candidate=samples), "first", KIND).is_confirmed
    assert confirmed > 50
