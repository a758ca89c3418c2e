"""Hypotheses of a plan: read in whatever marks, strict in what they name, and each refusal says what to write."""

from __future__ import annotations

import pytest

from agent.results.registered.hypotheses import read_hypotheses
from agent.results.story.plan import planned_runs, runs_planned
from agent.session.events.hypothesis import Hypothesis, registered_sha256

METRICS = ("coactive_cosine", "explained_variance", "l0")
RUNS = "1. Plain: the penalty alone.\n2. **Late**: the same from half on.\n3. Control: no weight.\n"


def read(text: str) -> list[str]:
    """The hypotheses of a plan with these lines, none of which is a problem."""
    found = read_hypotheses(RUNS + text, METRICS)
    assert found.problems == ()
    return [str(each) for each in found.hypotheses]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("H1: coactive_cosine of run_1 better than baseline", "H1: coactive_cosine of run_1 better than baseline"),
        (
            "- **H2:** `explained_variance` of run 1 is not worse than the baseline.",
            "H2: explained_variance of run_1 not worse than baseline",
        ),
        (
            "4. H3: coactive cosine of Run_2 better than run 1 (the point of it)",
            "H3: coactive_cosine of run_2 better than run_1",
        ),
        ("* H4 – L0 of run-3 within the noise of baseline", "H4: l0 of run_3 within noise of baseline"),
        ("| H5: l0 of run_3 no worse than run_0", "H5: l0 of run_3 not worse than baseline"),
        (
            "**H6**: explained\\_variance of run_3 worse than run_2; since it lacks the weight",
            "H6: explained_variance of run_3 worse than run_2",
        ),
        ("Hypothesis 5: l0 of run_2 better than run_1", "H5: l0 of run_2 better than run_1"),
        ("h7 (the main one): l0 of run_2 is better than that of the baseline", "H7: l0 of run_2 better than baseline"),
        ("| H8 | l0 of run_2 within noise of run_3 |", "H8: l0 of run_2 within noise of run_3"),
        ("(H1) l0 of run_2 better than run_1", "H1: l0 of run_2 better than run_1"),
        ("- [ ] H1: l0 of run_2 better than run_1", "H1: l0 of run_2 better than run_1"),
        ("H1：l0 of run_2 better than run_1", "H1: l0 of run_2 better than run_1"),
        ("H 1: the l0 of run_2 should be better than that of run_1", "H1: l0 of run_2 better than run_1"),
        ("H1, l0 of run_2 is expected to be better than the baseline's", "H1: l0 of run_2 better than baseline"),
        ("### H1\n\nl0 of run_2 is not worse than that of the baseline run", "H1: l0 of run_2 not worse than baseline"),
        ("| H1 | l0 | run_2 | better than | baseline |", "H1: l0 of run_2 better than baseline"),
        ("H9 l0 of run_1 not worse than baseline", "H9: l0 of run_1 not worse than baseline"),
        (
            "H1: l0 of run_1 is no worse than the baseline by more than 0.50.",
            "H1: l0 of run_1 not worse than baseline by more than 0.5",
        ),
        (
            "H2: l0 of run_2 not worse than run_1, by more than 1e-3 (small)",
            "H2: l0 of run_2 not worse than run_1 by more than 0.001",
        ),
        ("H3: l0 of run 2 within .5 of the baseline", "H3: l0 of run_2 within 0.5 of baseline"),
        ("| H4 | l0 | run_2 | within 0.5 of | baseline |", "H4: l0 of run_2 within 0.5 of baseline"),
    ],
)
def test_a_hypothesis_is_read_in_whatever_marks(line: str, told: str) -> None:
    """Markdown, numbers before it, spaces in names, a reason behind it: what is registered is the plain form."""
    assert read(line) == [told]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("H1: the method works", "is not of the form"),
        ("H1: coactive_cosine of run_1 better than baseline by 0.02", "goes beyond the form"),
        ("H1: coactive_cosine of run_1 better than baseline and run_2", "goes beyond the form"),
        ("H1: coactive_cosin of run_1 better than baseline", "nearest: coactive_cosine"),
        ("H1a: l0 of run_1 better than run_2\nH1b: l0 of run_2 better than run_3", "two hypotheses have this name"),
        ("H1: l0 of run_1 not better than baseline", "is not of the form"),
        ("H1: speed of run_1 better than baseline", "coactive_cosine, explained_variance, l0"),
        ("H1: l0 of run_7 better than baseline", "the plan has no run_7; it has run_1, run_2, run_3"),
        ("H1: l0 of run_1 better than run_9", "the plan has no run_9"),
        ("H1: l0 of baseline worse than run_1", "must speak of a run"),
        ("H1: l0 of run_2 better than run_2", "compared with itself"),
        ("H1: l0 of run_2 better than run_1\nH1: l0 of run_3 better than run_1", "two hypotheses have this name"),
        ("H1: l0 of run_2 as good as run_1", "is not of the form"),
        ("H1: l0 of run_2 better than run_1 by more than 0.5", "goes beyond the form"),
        ("H1: l0 of run_2 not worse than run_1 by more than 5%", "goes beyond the form"),
        ("H1: l0 of run_2 not worse than run_1 by more than 0.5 or run_3", "goes beyond the form"),
        ("H1: l0 of run_2 not worse than run_1 by more than 0", "a size is above 0"),
    ],
)
def test_what_is_none_is_refused_with_its_remedy(line: str, why: str) -> None:
    """An unknown metric or run, more than one claim, a size, a name twice: a sentence says what to write."""
    (problem,) = read_hypotheses(RUNS + line, METRICS).problems
    assert problem.startswith("H1: ") and why in problem


def test_what_is_registered_is_read_back_as_it_was() -> None:
    """The plain form of each relation, with a size and without, is read as the hypothesis that wrote it."""
    lines = [
        "l0 of run_1 better than baseline",
        "l0 of run_1 not worse than run_2 by more than 0.0000125",
        "l0 of run_3 within 0.25 of run_2",
    ]
    first = read_hypotheses(RUNS + "".join(f"H{n}: {line}\n" for n, line in enumerate(lines, 1)), METRICS).hypotheses
    again = read_hypotheses(RUNS + "".join(f"{each}\n" for each in first), METRICS).hypotheses
    assert first == again and [each.margin for each in first] == [None, 0.0000125, 0.25]


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ("H1: l0 of run_1 better than baseline\nH2: l0 of run_1 worse than baseline", "H2 and H1 cannot both hold"),
        ("H1: l0 of run_1 better than run_2\nH2: l0 of run_2 better than run_1", "H2 and H1 cannot both hold"),
        ("H1: l0 of run_1 not worse than baseline\nH2: l0 of run_1 worse than baseline", "cannot both hold"),
        ("H1: l0 of run_2 within noise of run_1\nH2: l0 of run_1 better than run_2", "cannot both hold"),
        ("H1: l0 of run_1 better than run_2\nH2: l0 of run_2 worse than run_1", "H2 says what H1 says"),
        ("H1: l0 of run_1 better than baseline\nH2: L0 of run 1 is better than the baseline", "H2 says what H1 says"),
        ("H1: l0 of run_1 within noise of run_2\nH2: l0 of run_2 within noise of run_1", "H2 says what H1 says"),
    ],
)
def test_a_claim_that_is_said_twice_is_told(lines: str, why: str) -> None:
    """The same in other words, or with its opposite, so that one of the two may hold whatever comes; both stay registered."""
    found = read_hypotheses(RUNS + lines, METRICS)
    (hedge,) = found.hedges
    assert why in hedge and len(found.hypotheses) == 2 and found.problems == ()


@pytest.mark.parametrize(
    "lines",
    [
        "H1: l0 of run_1 not worse than baseline\nH2: l0 of run_1 better than baseline",
        "H1: l0 of run_1 better than baseline\nH2: l0 of run_2 worse than baseline",
        "H1: l0 of run_1 better than baseline\nH2: explained_variance of run_1 worse than baseline",
        "H1: l0 of run_1 better than baseline\nH2: l0 of run_1 within 0.5 of baseline",
        "H1: l0 of run_1 not worse than run_2\nH2: l0 of run_2 not worse than run_1",
    ],
)
def test_claims_that_may_both_hold_are_two(lines: str) -> None:
    """One that follows from another, other runs, other metrics, a small gain: none is said twice."""
    assert read_hypotheses(RUNS + lines, METRICS).hedges == ()


def test_a_plan_without_hypotheses_has_none_and_no_problem() -> None:
    """Plans of before, and headings that begin with an H, register nothing."""
    found = read_hypotheses(RUNS + "## How to judge\nHalf of the gain counts. H1 below 0.1 would be good.", METRICS)
    assert found.hypotheses == () and found.problems == ()


def test_hypotheses_are_no_runs() -> None:
    """A numbered hypothesis is not counted as a planned run; the runs keep their titles."""
    plan = RUNS + "4. H1: l0 of run_1 better than baseline\n5. H2: l0 of run_2 better than baseline"
    assert runs_planned(plan) == 3
    assert planned_runs(plan) == {
        1: "Plain: the penalty alone",
        2: "Late: the same from half on",
        3: "Control: no weight",
    }


def test_a_planned_run_has_its_title_without_its_marks() -> None:
    """Neither number nor parent is part of it; a heading or a row of a table is a line too."""
    plan = "### Run 1: One.\n2 (from run_1): Two\n| 3 | Three |\n**4.** Four"
    assert planned_runs(plan) == {1: "One", 2: "Two", 3: "Three", 4: "Four"}


def test_the_hash_is_of_every_word() -> None:
    """Another metric, relation, order or one hypothesis less is another hash."""
    first = Hypothesis(name="H1", metric="l0", run="run_1", relation="better than", against="run_0")
    second = Hypothesis(name="H2", metric="l0", run="run_2", relation="worse than", against="run_1")
    others = [[first], [second, first], [first.model_copy(update={"relation": "not worse than"}), second]]
    whole = registered_sha256([first, second])
    assert len(whole) == 64 and all(registered_sha256(other) != whole for other in others)
