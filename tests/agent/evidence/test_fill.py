"""References in a text are filled in, and a filled text leads back to them."""

from __future__ import annotations

import dataclasses

from agent.evidence.evidence import Evidence
from agent.evidence.fill import fill, filled_values, unfill
from agent.results.results import Results
from agent.results.values import Value
from tests.world.study import evidence, results


def test_the_same_text_stays_true_where_other_values_were_measured() -> None:
    """A recorded text filled with a study in which nothing beat the baseline says so."""
    study = results()
    worse = dataclasses.replace(study.runs[3], values={**study.runs[3].values, "explained_variance": Value(0.88)})
    other = Evidence(Results(study.metrics, study.primary, (*study.runs[:3], worse)))
    text = "[[conclusion]] Run 3 is [[run_3.explained_variance.verdict]]; the best is [[best.name]]."
    assert fill(text, other, "text").text == (
        "No comparable run beat the baseline beyond noise on explained variance, and runs 1 and 3 did worse beyond noise. "
        "Run 3 is worse than the baseline, beyond noise; the best is the baseline."
    )


def test_latex_is_escaped_and_bound_to_its_evidence() -> None:
    """Underscores, percent signs, ampersands and Greek letters of titles are safe, and each value names its reference."""
    filled = fill("[[run_2.title]]: [[run_1.mse.percent]] and [[run_0.mse]]", evidence(), "latex")
    assert filled.text == (
        "\\evidwords{run_2.title}{Weight \\ensuremath{\\lambda}\\ensuremath{_2} \\& 50\\% warm\\_up}: "
        "\\evid{run_1.mse.percent}{+14.9\\%} and \\evid{run_0.mse}{0.1088 \\ensuremath{\\pm} 0.0004}"
    )
    assert ("run_1.mse.percent", "+14.9\\%") in filled_values(filled.text)


def test_a_filled_text_leads_back_to_its_references() -> None:
    """Unfilling LaTeX restores every reference, tables and nested braces included."""
    source = "A [[run_2.title]] B [[compare run_1 run_2 mse]] C\n[[table mse l0 | run_0 run_1]]\nD [[run_9.mse]]"
    filled = fill(source, evidence(), "latex")
    back = unfill(filled.text)
    assert [line.strip() for line in back.splitlines() if line.strip()] == source.splitlines()
    assert filled.problems and "run_9" in filled.problems[0]


def test_what_cannot_be_filled_is_told_and_shown() -> None:
    """The text goes on around an unknown reference; brackets that do not close are a problem too."""
    filled = fill("A [[run_9.mse]] B [[run_3.mse]] C [[run_3.mse", evidence(), "text")
    assert filled.text == "A [unknown: run_9.mse] B 0.1029 C [[run_3.mse"
    assert [problem[:14] for problem in filled.problems] == ["[[run_9.mse]]:", "brackets that "]
    assert filled.written == ("[unknown: run_9.mse]", "0.1029") and filled.references == ("run_3.mse",)


def test_each_reference_is_named_once() -> None:
    """What a text stands on is listed in its order, by canonical names."""
    filled = fill("[[run 3 . mse]] [[baseline.mse]] [[run_3.mse]]", evidence(), "text")
    assert filled.references == ("run_3.mse", "run_0.mse") and len(filled.filled) == 3
