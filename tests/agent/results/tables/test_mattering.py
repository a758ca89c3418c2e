"""Which metrics a prompt's table holds, and what it says of the others."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from agent.results.collect import collect
from agent.results.results import Results
from agent.results.story import story_of
from agent.results.tables.asked import asked_for
from agent.results.tables.markdown import results_table
from agent.results.tables.mattering import mattering
from agent.session.events import Advised, PersonSaid, Registered, RunAccepted
from agent.session.events.hypothesis import Hypothesis
from agent.session.session import Session
from agent.session.steps import BASELINE, RunName, Step
from agent.session.template.contract import Metric
from tests.world.stage import make_session

NAMES = [f"m{number}" for number in range(12)]
METRICS = {name: Metric(direction="higher", description=name, primary=name == "m0") for name in NAMES}


@pytest.fixture
def session(tmp_path: Path) -> Session:
    return make_session(tmp_path)


def measured(*runs: dict[str, float], named: tuple[str, ...] = ()) -> Results:
    """A baseline at 1 ± 0.01 over three seeds on every metric, and runs that differ from it where they say so."""
    base = {name: {"mean": 1.0, "spread": 0.01, "n": 3} for name in NAMES}
    events = [RunAccepted(run="run_0", title="", results={"metrics": base})] + [
        RunAccepted(run=f"run_{place}", title="", results={"metrics": {n: {"mean": run.get(n, 1.0)} for n in NAMES}})
        for place, run in enumerate(runs, start=1)
    ]
    return collect(METRICS, "m0", events, (), named)


def test_a_table_holds_what_the_idea_names_and_where_a_run_says_something() -> None:
    """The primary metric, the idea's, those beyond noise; the rest is a line with their names."""
    found = mattering(measured({"m5": 2.0}, named=("m3",)))
    assert found.shown == ("m0", "m3", "m5") and found.beyond == ()
    assert found.within == tuple(name for name in NAMES if name not in ("m0", "m3", "m5"))
    table = results_table(measured({"m5": 2.0}, named=("m3",)))
    rows = [line.split("|")[1].strip(" *") for line in table.splitlines() if line.startswith("| ")]
    assert rows == ["metric", "---", "m0", "m3", "m5"]
    assert "not shown: no run beyond noise: m1, m2, m4, m6" in table


def test_where_many_are_beyond_noise_those_farthest_from_it_stand() -> None:
    """At most four that nobody named; the others are said to be beyond noise, never passed off as within it."""
    found = mattering(measured({name: 1.2 + place / 10 for place, name in enumerate(NAMES[1:9])}))
    assert found.shown == ("m0", "m5", "m6", "m7", "m8") and found.beyond == ("m1", "m2", "m3", "m4")
    assert found.within == ("m9", "m10", "m11")
    assert "beyond noise, less far than those shown: m1, m2, m3, m4" in found.told


def test_a_run_that_cannot_be_compared_brings_no_metric_in() -> None:
    """What it measured is no verdict, however far it lies."""
    results = measured(dict.fromkeys(NAMES, 9.0))
    unlike = replace(results.runs[1], differences=("config.k: 16 → 32",))
    assert mattering(replace(results, runs=(results.runs[0], unlike))).shown == ("m0",)


def test_an_unknown_noise_folds_nothing_as_within_it() -> None:
    """A baseline of one seed: a metric that a run differs on stands, or is said to be no metric within noise."""
    results = measured(dict.fromkeys(NAMES, 1.5))
    one = replace(
        results.runs[0], values={name: replace(v, n=1, spread=None) for name, v in results.runs[0].values.items()}
    )
    found = mattering(replace(results, runs=(one, *results.runs[1:])))
    assert found.within == () and len(found.shown) == 5 and len(found.beyond) == 7


@pytest.mark.parametrize("results", [measured(), measured(dict.fromkeys(NAMES[3:7], 3.0), named=tuple(NAMES[7:]))])
def test_nothing_is_folded_before_a_run_and_for_a_line_that_saves_nothing(results: Results) -> None:
    """The plan's table is whole; two metrics left over are shown with the rest."""
    assert mattering(results).shown == tuple(NAMES) and mattering(results).told == ""


def test_a_name_in_advice_hypothesis_word_or_proof_brings_a_metric_back(session: Session) -> None:
    """What was asked for is shown in the next message; a name within another word is none, and an older advice counts no more."""
    known = asked_for(session)
    assert set(known) <= set(session.metrics)
    name = next(name for name in session.metrics if name not in known)
    session.journal.append(Advised(run=RunName("run_1"), text=f"look at {name}, please"))
    assert name in asked_for(session)
    session.journal.append(Advised(run=RunName("run_2"), text=f"look at x{name}x"))
    assert name not in asked_for(session) and name in asked_for(session, f"[[run_1.{name}.verdict]]")
    session.journal.append(PersonSaid(text=f"what of {name}?", before=Step("run_2/turn_1")))
    assert name in asked_for(session)


def test_a_hypothesis_keeps_its_metric_in_the_table(session: Session) -> None:
    """It was registered, so every message shows it."""
    name = next(name for name in session.metrics if name not in asked_for(session))
    claim = Hypothesis(name="H1", metric=name, run=RunName("run_1"), relation="better than", against=BASELINE)
    session.journal.append(Registered(hypotheses=[claim]))
    assert name in asked_for(session) and story_of(session).last(Registered) is not None
