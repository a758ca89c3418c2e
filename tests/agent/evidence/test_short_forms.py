"""Short verdicts and joined ones: each line of docs/references.md is what the study says, and what stands behind a claim stays."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from agent.evidence.evidence import Evidence
from agent.evidence.fill import fill
from agent.evidence.reference import parse_reference
from agent.results.results import Results
from agent.results.values import percent_digits
from agent.results.words.phrases import setting_text
from agent.results.words.rational import rational_text
from agent.session.paths import REPOSITORY
from tests.world.study import baseline, controlled, evidence, results, run

_LINE = re.compile(r"^\| `(\[\[.*?\]\])` \| `(.*?)`", re.MULTILINE)
DOCS = (REPOSITORY / "docs" / "references.md").read_text(encoding="utf-8")
EXAMPLES = _LINE.findall(DOCS.split("### Short forms", 1)[1].split("\n## ", 1)[0])


@pytest.mark.parametrize(("reference", "said"), EXAMPLES)
def test_each_example_of_the_docs_is_what_the_study_says(reference: str, said: str) -> None:
    """The table of short forms is derived, line by line."""
    found = fill(reference, evidence(), "text")
    assert (found.text, found.problems) == (said, ())


def test_the_docs_show_examples() -> None:
    """Of each short form at least one, so that the test above has something to derive."""
    heads = {parse_reference(reference[2:-2]).head for reference, _ in EXAMPLES}
    assert {"verdicts", "share", "is", "run_3"} <= heads and len(EXAMPLES) >= 12


@pytest.mark.parametrize(
    ("typed", "canonical"),
    [
        ("runs 1,2.explained_variance verdict", "verdicts explained_variance | run_1 run_2"),
        ("run 1, run 2 and run_3.mse.verdict", "verdicts mse | run_1 run_2 run_3"),
        ("Runs 1 and 2 . mse . short", "verdicts mse | run_1 run_2"),
        ("verdict mse l0 \\| run 3", "verdicts mse l0 | run_3"),
        ("run_1.mse.verdict", "run_1.mse.verdict"),
    ],
)
def test_several_runs_have_one_form(typed: str, canonical: str) -> None:
    """However they are named, the reference is the same."""
    assert parse_reference(typed).text == canonical


def test_a_joined_verdict_links_to_its_rows_and_bears_a_comparison() -> None:
    """It stands on each run's row, is a comparison of its metric, and names all runs where none is named."""
    filled = evidence().resolve("verdicts mse")
    assert filled.rows == tuple((f"run_{index}", "mse") for index in range(1, 5))
    assert filled.reference.judged_metric("l0") == "mse" and filled.latex.startswith("\\evidwords{verdicts mse}{")


def test_what_stands_behind_a_claim_stays_behind_a_short_one() -> None:
    """A control that does as well is named behind the short verdict and behind the joined one, once."""
    known = Evidence(controlled())
    short, joined = (
        known.resolve("run_1.feature_separation.short").text,
        known.resolve("verdicts feature_separation").text,
    )
    told = "(the best raw dimension scores 0.8032 here)"
    assert short == f"better beyond noise {told}" and joined.endswith(told) and joined.count(told) == 1


def test_runs_of_an_exact_template_and_unknown_noise_are_said_so() -> None:
    """Exact differences are called exact; where no noise is known nothing is judged."""
    first = replace(baseline(), deterministic=True, values={"mse": replace(baseline().values["mse"], spread=0.0)})
    exact = Evidence(Results(results().metrics, "mse", (first, run(1, {"mse": 0.05}), run(2, {"mse": 0.06}))))
    assert exact.resolve("verdicts mse").text == "runs 1 and 2 are both better (exact)"
    once = replace(baseline(), values={"mse": replace(baseline().values["mse"], spread=None, n=1)})
    unknown = Evidence(Results(results().metrics, "mse", (once, run(1, {"mse": 0.05}))))
    assert unknown.resolve("run_1.mse.short").text == "not judged, its noise unknown"


@pytest.mark.parametrize(
    ("reference", "why"),
    [
        ("verdicts", "write [[verdicts METRIC | RUN RUN]]"),
        ("verdicts mse | baseline", "write [[verdicts METRIC | RUN RUN]]"),
        ("verdicts mze", "nearest: mse"),
        ("verdicts mse | run_9", "'run_9' is neither an accepted run"),
        ("share grand mse", "write [[share better|worse|within METRIC]]"),
        ("is run_1.mse grand", "[[is run_1.mse grand]]: behind run_1.mse stands 'grand'"),
    ],
)
def test_what_they_cannot_say_is_refused(reference: str, why: str) -> None:
    """Without a metric, of the baseline itself, of what does not exist: the answer says what to write."""
    assert why in fill(f"[[{reference}]]", evidence(), "text").problems[0]


def test_a_session_without_runs_has_no_verdicts() -> None:
    """It says so, in place of a sentence about nobody."""
    alone = Evidence(Results(results().metrics, "mse", (baseline(),)))
    assert fill("[[verdicts mse]], [[share better mse]]", alone, "text").text == "no run was made, no run"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1 / 3, "1/3"),
        (2 / 31, "2/31"),
        (-1 / 7, "-1/7"),
        (0.333, ""),
        (0.1, ""),
        (3.141592653589793, ""),
        (1 / 67, ""),
        (0.5, ""),
        (1e-300, ""),
    ],
)
def test_a_fraction_is_told_as_one(value: float, text: str) -> None:
    """Only where the float is exactly that fraction, which no short decimal is."""
    assert rational_text(value) == text


def test_settings_are_said_in_words() -> None:
    """`yes` and `no`, and each of several fractions."""
    assert [setting_text(value) for value in (True, False, None, [1 / 3, 2 / 3])] == ["yes", "no", "none", "1/3, 2/3"]


@pytest.mark.parametrize(
    ("percent", "digits"), [(7.34, 1), (120.4, 0), (-100.0, 0), (0.04, 2), (0.004, 3), (0.0, 1), (1e-9, 1)]
)
def test_a_percentage_shows_what_there_is(percent: float, digits: int) -> None:
    """One decimal, none from a hundred on, more where one would show nothing."""
    assert percent_digits(percent) == digits
