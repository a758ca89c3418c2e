"""Numbers and verdicts in words: true whatever was measured, and the same wherever they are read."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

import pytest

from agent.evidence.evidence import Evidence
from agent.results.collect import collect, collect_readable
from agent.results.results import Results
from agent.results.values import Value
from agent.results.words import conclusion, phrases
from agent.results.words.compared import compare_text
from agent.session.events import RunAccepted
from agent.session.template.contract import Metric
from tests.world.sessions import final_info
from tests.world.study import METRICS as STUDY
from tests.world.study import results as study

METRICS = {
    "explained_variance": Metric(direction="higher", description="", primary=True),
    "absorption": Metric(direction="lower", description="", digits=3),
    "l0": Metric(direction="lower", description="", unit="latents", digits=1),
}
CASES: list[tuple[list[float], int, tuple[int, ...], str]] = [
    ([0.881], 3, (), "No run besides the baseline was accepted, so nothing can be said about explained variance."),
    ([0.881, 0.882], 3, (), "No comparable run beat the baseline beyond noise on explained variance."),
    (
        [0.881, 0.86, 0.87],
        3,
        (),
        "No comparable run beat the baseline beyond noise on explained variance, and run 1 did worse beyond noise, run 2 by one look only.",
    ),
    ([0.881, 0.9], 3, (), "On explained variance, run 1 beat the baseline beyond noise."),
    (
        [0.881, 0.9, 0.95],
        3,
        (),
        "On explained variance, runs 1 and 2 beat the baseline beyond noise; the best of them was run 2.",
    ),
    ([0.881, 0.9, 0.95], 3, (2,), "On explained variance, run 1 beat the baseline beyond noise."),
    ([0.881, 0.881], 3, (), "No comparable run beat the baseline beyond noise on explained variance."),
    ([0.881, 0.9], 1, (), "The baseline's noise on explained variance is unknown, so no run can be said to beat it."),
    ([math.nan, 0.9], 3, (), "The baseline has no value of explained variance, so no run can be said to beat it."),
    ([0.881, math.nan], 3, (), "No comparable run beat the baseline beyond noise on explained variance."),
]


def events(values: Sequence[float], seeds: int, apart: Sequence[int]) -> list[RunAccepted]:
    """A baseline and runs with these explained variances; those in `apart` cannot be compared."""
    return [
        RunAccepted(
            run=f"run_{n}",
            title=f"try {n}",
            results=final_info(value, 0.15, seeds=1 if n else seeds),
            comparable=["config.k: 16 → 32"] if n in apart else [],
        )
        for n, value in enumerate(values)
    ]


@pytest.mark.parametrize(("values", "seeds", "apart", "says"), CASES)
def test_paper_and_page_draw_the_same_conclusion(
    values: list[float], seeds: int, apart: tuple[int, ...], says: str
) -> None:
    """What [[conclusion]] writes into notes and paper is, word for word, what the page says of the same journal."""
    told = events(values, seeds, apart)
    paper = Evidence(collect(METRICS, "explained_variance", told)).resolve("conclusion").text
    page = conclusion.conclusion_text(collect_readable(METRICS, "explained_variance", told).results)
    assert paper == page == says


def test_a_conclusion_without_a_baseline_or_a_direction_claims_nothing() -> None:
    """What only a page can meet is said in the same place."""
    assert conclusion.conclusion_text(None).startswith("No baseline has been measured yet")
    unknown = collect_readable({}, "explained_variance", events([0.881, 0.99], 3, ())).results
    assert "Which direction of explained variance is better is unknown" in conclusion.conclusion_text(unknown)


def test_what_stands_behind_the_conclusion_names_best_noise_and_what_is_left_aside() -> None:
    """The page's second sentence: the best run's value, and the runs that cannot be compared; none where there is neither."""
    found = collect(METRICS, "explained_variance", events([0.881, 0.9, 0.95], 3, (2,)))
    assert conclusion.best_text(found) == (
        "Run 1: 0.9000, +0.0190 against the baseline, whose noise is ±0.0099; run 2 cannot be compared with it."
    )
    single = collect(METRICS, "explained_variance", events([0.881, 0.9], 1, ()))
    assert conclusion.best_text(single) == "Run 1: 0.9000, +0.0190 against the baseline, whose noise is unknown."
    assert conclusion.best_text(collect(METRICS, "explained_variance", events([0.881, 0.5], 3, ()))) == ""


def test_an_unknown_direction_is_said_in_every_form_of_words() -> None:
    """Verdict, comparison, direction and conclusion: nothing is called better, and the size is still told."""
    found = collect_readable({}, "explained_variance", events([0.881, 0.99, 0.9], 3, ())).results
    assert found is not None
    _, first, second = found.runs
    metric = "explained_variance"
    assert phrases.verdict_text(found, first, metric) == (
        "not judged against the baseline, since which direction is better is unknown"
    )
    assert compare_text(found, first, second, metric) == ("above run 2 by 0.0900; which direction is better is unknown")
    assert phrases.direction_text(found.metrics[metric]) == "direction unknown"
    assert phrases.direction_text(METRICS["l0"]) == "lower is better"


def test_a_comparison_of_two_runs_uses_the_noise_between_two_single_seeds() -> None:
    """0.0022 apart is within t·s·√2 = 0.0024, though beyond the 0.0020 that tell a run from the baseline."""
    results = study()
    twin = dataclasses.replace(results.runs[2], values={"explained_variance": Value(0.8949)})
    found = Results(results.metrics, results.primary, (*results.runs[:2], twin, results.runs[3]))
    text = compare_text(found, found.runs[3], twin, "explained_variance")
    assert text == "within noise of run 2 (better by 0.0022)"


@pytest.mark.parametrize(
    ("numbers", "says"), [([], "no run"), ([2], "run 2"), ([2, 3], "runs 2 and 3"), ([1, 2, 4], "runs 1, 2 and 4")]
)
def test_runs_are_listed_as_prose_lists_them(numbers: list[int], says: str) -> None:
    """None, one, two, more."""
    assert phrases.runs_text([study().runs[number] for number in numbers]) == says


def test_numbers_carry_their_unit() -> None:
    """A percent sign close to the number, any other unit after a space, and no negative zero."""
    percent = Metric(direction="higher", description="", unit="%", digits=1)
    assert phrases.number(12.34, percent, signed=True) == "+12.3%" and phrases.bare_number(-0.01, percent) == "0.0%"
    assert phrases.number(16.0, METRICS["l0"]) == "16.0 latents" and phrases.bare_number(16.0, METRICS["l0"]) == "16.0"
    assert phrases.reported_number(0.25, None) == "0.25" and phrases.reported_number(25, percent) == "25%"


def test_a_baseline_of_one_seed_has_no_spread_to_show() -> None:
    """± stands only where the tool ran several seeds."""
    base, kind = study().baseline, STUDY["explained_variance"]
    assert phrases.value_text(base, Value(0.5, 0.1, 3), kind) == "0.5000 ± 0.1000"
    assert phrases.value_text(base, Value(0.5), kind) == "0.5000"
    assert phrases.value_text(study().runs[1], Value(0.5, 0.1, 3), kind) == "0.5000"


def test_a_spread_that_is_not_nothing_is_not_shown_as_nothing() -> None:
    """A spread gets another decimal, or two, where the metric's are too few for it; none at all stays none."""
    base, kind = study().baseline, Metric(direction="lower", description="", unit="latents", digits=2)
    assert phrases.value_text(base, Value(4.7821, 0.0042, 5), kind) == "4.78 ± 0.004 latents"
    assert phrases.value_text(base, Value(4.7821, 0.0004, 5), kind) == "4.78 ± 0.0004 latents"
    assert phrases.value_text(base, Value(4.7821, 0.0, 5), kind) == "4.78 ± 0.00 latents"
    assert phrases.value_text(base, Value(4.7821, 1e-9, 5), kind) == "4.78 ± 0.00 latents"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "yes"),
        (None, "none"),
        (16, "16"),
        (819200, "819,200"),
        (0.002, "0.002"),
        (2.0, "2.0"),
        (64.0, "64"),
        ([32, 64], "32, 64"),
        ("cosine", "cosine"),
    ],
)
def test_a_setting_is_told_as_it_was_recorded(value: object, text: str) -> None:
    """Large whole numbers with separators, floats as they are typed."""
    assert phrases.setting_text(value) == text


def test_a_conclusion_on_prior_art_says_what_came_of_the_session_s_own_runs() -> None:
    """Where others' method alone is better, a reader is told that the idea is not; where a run of its own is better, nothing is added."""
    ours = study()
    better = ours.group("better", ours.primary)
    assert better and "own runs" not in conclusion.conclusion_text(ours)
    theirs = dataclasses.replace(ours, prior_art=frozenset(run.name for run in better))
    assert conclusion.conclusion_text(theirs).endswith("; of the session's own runs none was seen better beyond noise.")
    alone = dataclasses.replace(theirs, prior_art=frozenset(run.name for run in ours.runs[1:]))
    assert "own runs" not in conclusion.conclusion_text(alone)
