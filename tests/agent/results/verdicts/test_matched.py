"""At what comparisons are made: a run that leaves it is said to with every claim, marked in every table, and chosen last."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent.evidence.evidence import Evidence
from agent.evidence.fill import fill
from agent.printing.appendix import evidence_appendix
from agent.results.choosing.candidate import choose
from agent.results.choosing.parents import choose_parent
from agent.results.choosing.patience import runs_without_gain
from agent.results.confirmation import Confirmation
from agent.results.registered.outcomes import registration_of
from agent.results.results import Results
from agent.results.story import Story
from agent.results.story.plan import is_prior_art
from agent.results.tables.grid import grid_of
from agent.results.tables.markdown import results_table
from agent.results.tables.plain import plain_table
from agent.results.values import Value
from agent.results.verdicts.matched import wanted_text
from agent.results.words import phrases
from agent.results.words.conclusion import best_text, conclusion_text
from agent.results.words.confirmed import confirmed_text, outcome_text
from agent.results.words.phrases import left_text, matched_text
from agent.results.words.short import joined_text
from agent.session.cost import Cost
from agent.session.events import Registered
from agent.session.events.hypothesis import Hypothesis
from agent.session.steps import RunName
from agent.terminal import told
from tests.world.study import results as study

THERE = "at l0 26.1 against the baseline's 16.0"


def at(**l0: float) -> Results:
    """The study, compared at the baseline's l0 of 16 within 5%; `run_3=26.1` puts a run elsewhere."""
    found = study()
    metrics = {**found.metrics, "l0": found.metrics["l0"].model_copy(update={"matched_within": 0.05})}
    runs = [
        replace(
            run,
            values={
                **run.values,
                "l0": Value(l0.get(run.name, run.values["l0"].mean), run.values["l0"].spread, run.values["l0"].n),
            },
        )
        for run in found.runs
    ]
    return replace(found, metrics=metrics, runs=tuple(runs))


def better(results: Results, name: str, value: float) -> Results:
    """The same, this run at another explained variance."""
    runs = [
        replace(run, values={**run.values, "explained_variance": Value(value)}) if run.name == name else run
        for run in results.runs
    ]
    return replace(results, runs=tuple(runs))


@pytest.mark.parametrize(("l0", "apart"), [(16.7, False), (15.3, False), (16.9, True), (15.1, True), (26.1, True)])
def test_a_run_is_apart_beyond_the_tolerance_on_either_side(l0: float, apart: bool) -> None:
    """5% of 16 is 0.8."""
    results = at(run_3=l0)
    assert bool(results.left(results.runs[3])) is apart


def test_noise_may_be_wider_than_the_tolerance() -> None:
    """What the baseline's own seeds do not hold, no run has to: with a spread of 1 a run 2 away is where it is."""
    results = at(run_3=18.0)
    base = replace(results.baseline, values={**results.baseline.values, "l0": Value(16.0, 1.0, 3)})
    results = replace(results, runs=(base, *results.runs[1:]))
    assert not results.left(results.runs[3])


def test_patience_counts_a_sessions_own_runs_by_what_is_matched() -> None:
    """A run away from the baseline's l0 gains nothing and is no bar for later ones; others' methods neither end the runs nor are one."""
    ours = at()
    assert runs_without_gain(ours) == 1, "run_3 is better, run_4 is not comparable"
    assert runs_without_gain(at(run_3=26.1)) == 4
    higher = better(better(at(run_1=26.1), "run_1", 0.95), "run_3", 0.93)
    assert runs_without_gain(higher) == 1, "run_3 beats the baseline, which is what it has to"
    names = {run.name for run in ours.runs[1:]}
    assert runs_without_gain(replace(ours, prior_art=frozenset(names))) == 0
    assert runs_without_gain(replace(ours, prior_art=frozenset(names - {"run_2"}))) == 1
    rivals = better(replace(ours, prior_art=frozenset({RunName("run_1")})), "run_1", 0.95)
    assert runs_without_gain(rivals) == 1


def test_it_stands_behind_every_claim() -> None:
    """Verdict, comparison from both sides, joined verdicts, list and conclusion all say it, so the page's line behind that does not; of another run, none."""
    results = at(run_3=26.1)
    evidence, metric, run = Evidence(results), results.primary, results.runs[3]
    assert phrases.verdict_text(results, run, metric) == f"better than the baseline, beyond noise, {THERE}"
    assert "l0" not in phrases.verdict_text(results, results.runs[1], metric)
    assert "at l0 26.1 against run 1's 16.0" in evidence.resolve(f"compare run_3 run_1 {metric}").text
    assert "at l0 16.0 against run 3's 26.1" in evidence.resolve(f"compare run_1 run_3 {metric}").text
    assert joined_text(results, [run], ["explained_variance", "mse"]).endswith(THERE)
    assert f"run 3 {THERE}" in evidence.resolve(f"list better {metric}").text
    assert f"run 3 {THERE}" in conclusion_text(results) and THERE not in best_text(results)
    assert evidence.resolve("run_3.matched").text == THERE
    assert evidence.resolve("run_1.matched").text == "at the baseline's l0"


def test_two_runs_that_left_it_together_are_matched() -> None:
    """Both at 26.1: compared with each other there is nothing to say."""
    results = at(run_2=26.1, run_3=26.1)
    assert left_text(results, results.runs[3], results.runs[2]) == ""


def test_a_value_that_is_missing_is_not_at_the_baselines() -> None:
    """Not measured is not matched."""
    results = at()
    bare = replace(results.runs[3], values={k: v for k, v in results.runs[3].values.items() if k != "l0"})
    assert left_text(replace(results, runs=(*results.runs[:3], bare)), bare) == (
        "at l0 that was not measured against the baseline's 16.0"
    )


def test_a_passage_that_claims_something_of_it_says_so() -> None:
    """By its own condition, by one that compares it with another run, and by one on any run."""
    evidence = Evidence(at(run_3=26.1))
    for condition in (
        "run_3.explained_variance better",
        "compare run_3 run_1 explained_variance better",
        "compare run_1 run_3 explained_variance worse",
        "any better explained_variance",
    ):
        text = fill(f"[[if {condition}]]It helps.[[else]]No.[[end]]", evidence, "text").text
        assert text == f"It helps (run 3 {THERE}).", condition
    assert fill("[[if run_1.mse worse]]It costs.[[end]]", evidence, "text").text == "It costs."


def test_a_hypothesis_on_it_says_so() -> None:
    """Its outcome, and a passage that rests on it, whichever of the two runs it is."""
    results = at(run_3=26.1)
    told = [
        Hypothesis(name="H1", metric="mse", run=RunName("run_3"), relation="better than", against=RunName("run_0")),
        Hypothesis(name="H2", metric="mse", run=RunName("run_1"), relation="worse than", against=RunName("run_3")),
        Hypothesis(name="H3", metric="mse", run=RunName("run_1"), relation="worse than", against=RunName("run_0")),
    ]
    known = registration_of(Story([Registered(hypotheses=told)]), results)
    assert [each.outcome for each in known.tested] == ["held"] * 3
    assert known.tested[0].words.endswith(f", {THERE})") and "against run 3's 26.1" in known.tested[1].words
    assert "l0" not in known.tested[2].words
    evidence = Evidence(results, registration=known)
    assert fill("[[if H1 held]]It helps.[[end]]", evidence, "text").text == f"It helps (run 3 {THERE})."
    assert fill("[[if H3 held]]It costs.[[end]]", evidence, "text").text == "It costs."


def test_every_table_marks_it() -> None:
    """The brief's, that of notes, the paper's, the terminal's: each of its values, and why; without such a run nothing."""
    results = at(run_3=26.1)
    grid = grid_of(results)
    assert "(‡ not at the baseline's" in plain_table(grid) and "0.8971+‡" in plain_table(grid)
    table = results_table(results)
    assert "0.8971+‡" in table and f"Cosine decay ({THERE})" in table and "‡ not at" in table
    latex = Evidence(results).resolve("table").latex
    assert latex.count("\\evidunmatched") == len(results.metrics) + 1 and "\\evidunmatchedlegend" in latex
    row = grid.row("run_3")
    assert row is not None and told(row)[2].endswith("‡")
    assert THERE in evidence_appendix(
        Evidence(results), {"run_3.explained_variance": (("run_3", "explained_variance"),)}
    )
    assert "‡" not in plain_table(grid_of(at())) + results_table(at()) + Evidence(at()).resolve("table").latex


def test_what_no_template_asks_for_is_not_said() -> None:
    """Without `matched_within` a run at another l0 reads as it did; a run that is not comparable has its own words."""
    results = replace(at(run_3=26.1), metrics=study().metrics)
    assert left_text(results, results.runs[3]) == "" and matched_text(results, results.runs[3]) == (
        "at nothing that has to be matched"
    )
    assert left_text(at(), at().runs[4]) == "", "at l0 32, and not comparable"


def test_a_plan_is_told_of_it() -> None:
    """With the tolerance; of other metrics nothing."""
    assert wanted_text(at().metrics["l0"]) == "; comparisons are made at the baseline's value, within 5% or the noise"
    assert wanted_text(at().metrics["mse"]) == ""


def test_a_matched_run_is_the_candidate_before_a_better_one_that_is_not() -> None:
    """And the reason names who was passed over; alone it may be confirmed, with the words."""
    results = better(at(run_3=26.1), "run_2", 0.8950)
    found = choose(results, ("explained_variance",))
    assert found.run is not None and found.run.name == "run_2"
    assert found.reason == f"the best by explained variance of 2 seen better; passed over: run_3 ({THERE})"
    alone = choose(at(run_3=26.1), ("explained_variance",))
    assert alone.run is not None and alone.run.name == "run_3"
    assert alone.reason == f"the best by explained variance of 1 seen better, {THERE}"


def test_prior_art_is_the_candidate_after_a_sessions_own_run() -> None:
    """Also after one that is not matched; where it is the only better one, the words say whose method it is."""
    results = replace(better(at(run_2=26.1), "run_2", 0.8950), prior_art=frozenset({RunName("run_3")}))
    found = choose(results, ("explained_variance",))
    assert found.run is not None and found.run.name == "run_2"
    assert found.reason.endswith(f", {THERE}; passed over: run_3 (prior art by the plan)")
    alone = replace(at(), prior_art=frozenset({RunName("run_3")}))
    assert choose(alone, ("explained_variance",)).reason.endswith("of 1 seen better, prior art by the plan")
    assert best_text(alone).startswith("Run 3 (prior art, by the plan): 0.8971")


FRESH = Confirmation(
    run=RunName("run_3"),
    metric="explained_variance",
    metrics=("explained_variance",),
    seeds=(101, 102, 103),
    candidate={"explained_variance": (0.8970, 0.8972, 0.8971)},
    baseline={"explained_variance": (0.8911, 0.8913, 0.8912)},
)
"""Better than the baseline on fresh seeds."""


def test_what_is_confirmed_says_both() -> None:
    """The sentence on fresh seeds, the conclusion, the page's first line, the outcome on a metric."""
    results = replace(at(run_3=26.1), confirmation=FRESH, prior_art=frozenset({RunName("run_3")}))
    for text in (confirmed_text(results), conclusion_text(results)):
        assert "run 3 (prior art, by the plan) is confirmed better than the baseline" in text and THERE in text
    assert outcome_text(results, "explained_variance").endswith(THERE)


def test_fresh_seeds_say_whether_the_candidate_is_matched_there() -> None:
    """A run that was at the baseline's l0 in the search and leaves it on fresh seeds says so; one that does not any more is silent."""
    left = {RunName("run_3"): {"l0": (20.0, 21.0, 22.0)}, RunName("run_0"): {"l0": (16.0, 16.0, 16.0)}}
    fresh = replace(FRESH, matched=left)
    assert confirmed_text(replace(at(), confirmation=fresh)).endswith(", at l0 21.0 against the baseline's 16.0.")
    there = replace(fresh, matched={**fresh.matched, RunName("run_3"): {"l0": (16.0, 16.1, 16.0)}})
    assert "l0" not in confirmed_text(replace(at(run_3=26.1), confirmation=there))


def test_compute_on_fresh_seeds_is_looked_at_too() -> None:
    """A run that works twice as long on the seeds of the confirmation alone says so; in the search it was not far."""

    def costs(cpu_s: float) -> tuple[Cost, ...]:
        return tuple(Cost(wall_s=1.0, cpu_s=cpu_s + seed) for seed in range(3))

    fresh = replace(FRESH, costs={RunName("run_3"): costs(200.0), RunName("run_0"): costs(100.0)})
    told = ", at 2.0 times the baseline's compute on fresh seeds"
    assert confirmed_text(replace(at(), confirmation=fresh)).endswith(f"{told}.")
    same = replace(fresh, costs={**fresh.costs, RunName("run_3"): costs(101.0)})
    assert "compute" not in confirmed_text(replace(at(), confirmation=same))


def test_a_run_begins_from_a_matched_run_of_the_sessions_own() -> None:
    """Where nobody names a parent: neither from one that left it, nor from prior art, though it is the best."""
    story = Story([])
    assert choose_parent(story, at(), RunName("run_5")).run == "run_3"
    assert choose_parent(story, at(run_3=26.1), RunName("run_5")).run == "run_0"
    prior = replace(better(at(), "run_2", 0.8950), prior_art=frozenset({RunName("run_3")}))
    assert choose_parent(story, prior, RunName("run_5")).run == "run_2"


@pytest.mark.parametrize(
    ("line", "prior"),
    [
        ("7. OrtSAE (from baseline): the built-in penalty of prior art, on all latents alike.", True),
        ("7. OrtSAE (prior art): at its own weight.", True),
        ("3. A known schedule (rival) (from run_1): …", True),
        ("Prior art: OrtSAE as published", True),
        ("OrtSAE, the orthogonality penalty of prior art, as built in", True),
        ("1. Plain: the penalty does what no prior art does.", False),
        ("2. Weight: ten times, to close the gap to prior art.", False),
        ("3. A constant weight, as in prior art.", False),
        ("4. Our penalty without prior art's threshold.", False),
        ("5. Schedule: is it better than prior art?", False),
        ("6. The part that prior art lacks.", False),
    ],
)
def test_a_line_says_whose_method_it_is(line: str, prior: bool) -> None:
    """Marked, or in words; a line that sets its own method apart from prior art is no rival."""
    assert is_prior_art(line) is prior
