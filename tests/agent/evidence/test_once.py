"""A text says once what a control scores, in no brackets within brackets, and a unit that the writer wrote only once."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from agent.evidence.evidence import Evidence
from agent.evidence.fill import fill, filled_values, unfill
from agent.evidence.once import Once, is_inside, is_read_in, reads
from agent.results.results import Results
from agent.session.steps import RunName
from tests.agent.results.test_compute import compute
from tests.world.random_studies import random_evidence, random_text
from tests.world.study import METRICS, controlled

RESULTS = controlled()
BESIDE = Evidence(RESULTS)
HERE = "an untrained model scores 0.592 here"
VERDICT = "[[run_3.absorption_fraction.verdict]]"
UNITS = Evidence(replace(RESULTS, metrics={**METRICS, "l0": METRICS["l0"].model_copy(update={"unit": "latents"})}))


def test_what_a_control_scores_stands_at_the_first_mention_alone() -> None:
    """Every claim behind it rests on the same sentence of the same section; another text says it again."""
    text = f"Run 3 is {VERDICT}. Run 2 is {VERDICT.replace('3', '2')}, and run 3 is {VERDICT}."
    for _ in range(2):
        told = fill(text, BESIDE, "text").text
        assert told.count(HERE) == 1 and told.startswith(f"Run 3 is within noise of the baseline ({HERE}). Run 2")


def test_what_a_run_cost_stands_at_the_first_claim_on_it_alone() -> None:
    """A second verdict, a comparison and a list on the run rest on the same sentence; another run's, and another pair's, have their own."""
    results = dear(run_1=1.0, run_2=2.0, run_3=3.0)
    known, metric = Evidence(results), RESULTS.primary
    text = f"It is [[run_3.{metric}.verdict]], and [[run_3.mse.verdict]]. Run 2 is [[run_2.{metric}.verdict]]. Again [[run_3.{metric}.verdict]]."
    told = fill(text, known, "text").text
    assert told.count("at 3.0 times the baseline's compute") == told.count("at 2.0 times the baseline's compute") == 1
    assert told.startswith("It is ") and told.index("3.0 times") < told.index(", and ")
    pair = fill(
        f"[[run_3.{metric}.verdict]]; [[compare run_3 run_2 {metric}]]; [[compare run_3 run_2 mse]]", known, "text"
    )
    assert pair.text.count("at 1.5 times the compute of run 2") == 1 == pair.text.count("times the baseline's")
    assert fill(text, known, "text").text == told, "each text begins anew"
    said = known.resolve(f"run_3.{metric}.verdict")
    for form in (said.text, said.text.replace(", at 3.0 times the baseline's compute", "")):
        assert reads(form, said, results) and is_read_in(f"Run 3 is {form}.", said, results)


def dear(**ratios: float) -> Results:
    """The study with runs at so many times the baseline's compute."""
    times = {"run_0": 1.0, **ratios}
    return replace(
        RESULTS, runs=tuple(replace(run, compute=compute(10.0 * times.get(run.name, 1.0))) for run in RESULTS.runs)
    )


@pytest.mark.parametrize("first", ["run_1", "run_2", "run_3"])
def test_a_list_leaves_out_the_cost_of_those_alone_of_which_it_was_told(first: str) -> None:
    """Of several dear runs in a list one was named before: the others' costs stand, and the audit knows that form."""
    results = dear(run_1=1.7, run_2=1.6, run_3=3.4)
    known, metric = Evidence(results), RESULTS.primary
    text = f"[[{first}.{metric}.verdict]]; [[verdicts {metric}]]"
    told = fill(text, known, "text").text
    assert all(told.count(f"at {times} times the baseline's compute") == 1 for times in (1.7, 1.6, 3.4))
    for reference, value in filled_values(fill(text, known, "latex").text):
        assert reads(value, known.resolve(reference), results, "latex")


def test_a_cost_that_two_runs_share_stands_until_both_were_told() -> None:
    """A list says it behind both, so that it is no repetition while one of them is new; then it is."""
    known, metric = Evidence(dear(run_2=1.6, run_3=1.6)), RESULTS.primary
    first, both, again = fill(
        f"[[run_2.{metric}.verdict]]@[[verdicts {metric}]]@[[verdicts mse]]", known, "text"
    ).text.split("@")
    cost = ", at 1.6 times the baseline's compute"
    assert cost in first and f"run 3 is better beyond noise{cost}" in both and "compute" not in again


def test_runs_that_share_a_verdict_are_one_clause_whatever_each_cost() -> None:
    """Behind it stands what each cost, by its name; where that was told before the clause alone stands."""
    known, metric = Evidence(dear(run_1=1.7, run_3=3.4)), "absorption_fraction"
    first, again = fill(f"[[verdicts {metric}]]@[[verdicts {metric} | run_1 run_2 run_3]]", known, "text").text.split(
        "@"
    )
    assert first.startswith(
        "runs 1, 2 and 3 are within noise, run 1 at 1.7 times the baseline's compute, run 3 at 3.4 times the baseline's "
        "compute; run 4 is not comparable"
    )
    assert again == "runs 1, 2 and 3 are all within noise"
    for reference, value in filled_values(fill(f"[[run_1.mse.short]], [[verdicts {metric}]]", known, "latex").text):
        assert reads(value, known.resolve(reference), known.results, "latex")


def test_a_cost_that_begins_another_is_left_whole() -> None:
    """What is said of a run that is not matched either begins with the words of one that is dear alone."""
    results = dear(run_1=1.6, run_2=1.6, run_3=1.6)
    unmatched = {**RESULTS.runs[3].values, "l0": replace(RESULTS.runs[3].values["l0"], mean=40.0)}
    matched = {**METRICS, "l0": METRICS["l0"].model_copy(update={"matched_within": 0.1})}
    results = replace(results, metrics=matched, runs=(*results.runs[:3], replace(results.runs[3], values=unmatched)))
    both = results.left(results.runs[3])
    told = fill("[[run_1.mse.verdict]]; [[run_2.mse.verdict]]; [[verdicts mse]]", Evidence(results), "text").text
    assert both and told.count("at 1.6 times the baseline's compute, at l0") == 1


def test_each_metric_has_a_mention_of_its_own() -> None:
    """A control that does as well on two metrics is named for both."""
    marked = [name for name in RESULTS.metrics if name != "absorption_fraction" and RESULTS.unbeaten(name)]
    text = " ".join(f"[[run_3.{name}.verdict]]." for name in ("absorption_fraction", *marked) * 2)
    assert marked and fill(text, BESIDE, "text").text.count(" here)") == 1 + len(marked)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (f"Absorption (it is {VERDICT}) stays.", f"(it is within noise of the baseline; {HERE}) stays"),
        (f"A (closed) bracket: {VERDICT}.", f"baseline ({HERE})."),
        (f"a) {VERDICT}", f"baseline ({HERE})"),
        (f"An open ( one\n\n{VERDICT}", f"baseline ({HERE})"),
        (f"([[if run_3.absorption_fraction within noise]]it is {VERDICT}[[end]])", f"baseline; {HERE})"),
    ],
)
def test_brackets_never_stand_within_brackets(text: str, says: str) -> None:
    """Where the writer's own are open, the words stand behind a semicolon."""
    assert says in fill(text, BESIDE, "text").text


def test_brackets_of_formulas_are_none() -> None:
    r"""`\(` and `\)` begin and end a formula."""
    assert not is_inside(r"With \( x") and is_inside(r"With (\(x\)")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("uses [[run_0.l0]] latents a token", "16.0 ± 0.0 latents a token"),
        ("uses [[run_0.l0]]~latents", "16.0 ± 0.0~latents"),
        ("uses [[run_0.l0]]. Latents", "16.0 ± 0.0 latents. Latents"),
        ("by [[run_3.l0.delta]] latentsome", "latents latentsome"),
        (r"by [[run_3.explained_variance.percent]]\%", r"+0.7\%"),
        ("by [[run_3.explained_variance.percent]] of", "+0.7% of"),
    ],
)
def test_a_unit_is_said_once(text: str, says: str) -> None:
    """A unit that stands behind the reference is not printed with the value too; another word is left alone."""
    assert says in fill(text, UNITS, "text").text


BOTH = "[[verdicts absorption_fraction feature_separation | run_3]]"


@pytest.mark.parametrize(
    "text",
    [
        f"It is {VERDICT}, {VERDICT} ({VERDICT})",
        f"({VERDICT})",
        "[[run_0.l0]] latents",
        f"{VERDICT}, and {BOTH}",  # of two controls one was named before
        f"[[run_3.feature_separation.verdict]] ({BOTH})",
    ],
)
def test_the_audit_knows_every_form(text: str) -> None:
    """What stands in print is one of the forms that its reference may have."""
    for reference, value in filled_values(fill(text, UNITS, "latex").text):
        assert reads(value, UNITS.resolve(reference), UNITS.results, "latex")


@pytest.mark.parametrize("seed", range(12))
def test_whatever_an_honest_text_prints_is_taken(seed: int) -> None:
    """Studies at random with texts at random, in LaTeX and in notes, some of it told before: each value is read as its reference's."""
    known = random_evidence(seed)
    text, told = random_text(known, seed), random_text(known, seed + 1)
    once = [Once(known.results, told_before=frozenset(fill(told, known, "text").references)) for _ in range(2)]
    latex, note = fill(text, known, "latex", once[0]), fill(text, known, "text", once[1])
    assert not latex.problems and len(latex.filled) > 10
    values = filled_values(latex.text)
    assert {each.reference.text for each in latex.filled if each.table is None} <= {
        reference for reference, _ in values
    }
    for reference, value in values:
        assert reads(value, known.resolve(reference), known.results, "latex"), (reference, value)
    for each in note.filled:
        assert is_read_in(note.text, known.resolve(each.reference), known.results), (each.reference.text, each.text)
    assert unfill(latex.text).count("[[") == text.count("[[")


@pytest.mark.parametrize("seed", range(4))
def test_another_value_is_not_taken(seed: int) -> None:
    """The last digit, the direction, or what another run cost in its place: what is told once excuses nothing else."""
    known = random_evidence(seed)
    for reference, value in filled_values(fill(random_text(known, seed), known, "latex").text):
        for other in _others(value):
            assert not reads(other, known.resolve(reference), known.results, "latex"), (reference, other)


def _others(value: str) -> set[str]:
    """The value with its first digit, or its direction, another."""
    digits = re.sub(r"\d", lambda match: str((int(match[0]) + 1) % 10), value, count=1)
    turned = value.replace("better", "w0rse").replace("worse", "better").replace("w0rse", "worse")
    return {digits, turned} - {value}


def test_many_dear_runs_are_read_at_once() -> None:
    """Of a list of forty runs, each with a cost of its own, any may have been told before."""
    few = results_of_many(40)
    known = Evidence(few)
    told = fill("[[run_7.mse.verdict]]; [[verdicts mse]]", known, "latex").text
    for reference, value in filled_values(told):
        assert reads(value, known.resolve(reference), few, "latex")


def results_of_many(count: int) -> Results:
    """The study with so many runs, the next always dearer than the last."""
    base, third = RESULTS.runs[0], RESULTS.runs[3]
    runs = (
        replace(third, name=RunName.of(index), compute=compute(10.0 * (index + 1))) for index in range(1, count + 1)
    )
    return replace(RESULTS, runs=(replace(base, compute=compute(10.0)), *runs))
