"""A reference gives the right value; that it stands in another run's row, or under another metric, is found by reading the text."""

from __future__ import annotations

import random
import re
from dataclasses import replace

import pytest

from agent.drafts.placed import misplaced
from agent.evidence.evidence import Evidence
from agent.proofreading.problems import problems_of
from agent.results.words.phrases import metric_label
from agent.writing.notes.note import Note, note_problems
from tests.world.random_studies import random_evidence
from tests.world.study import controlled, evidence

TABLE = r"""
\begin{table}
\caption{All runs.}
\begin{tabular}{lcc}
\toprule
Run & mse & explained variance \\
\midrule
Baseline & [[baseline.mse]] & [[baseline.explained_variance]] \\
Run 1 & [[run_1.mse]] & [[run_1.explained_variance]] \\
ROW \\
\bottomrule
\end{tabular}
\end{table}
"""


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (r"Run 3 & [[run_3.explained_variance]] & [[run_3.mse]]", "0.8971 is explained_variance of run_3, not its mse"),
        (r"Run 3 & [[run_1.mse]] & [[run_3.explained_variance]]", "0.1250 is mse of run_1, not of run_3"),
        (r"[[run_3.title]] & [[run_2.mse]] & [[run_3.explained_variance]]", "0.1095 is mse of run_2, not of run_3"),
    ],
)
def test_a_value_under_the_wrong_head_is_found(row: str, said: str) -> None:
    """Columns swapped, another run's row, a row that is called by its run's title."""
    assert any(said in found for found in misplaced(TABLE.replace("ROW", row), evidence(), latex=True))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Run 3 has an explained variance of [[run_3.mse]].", "0.1029 is mse of run_3"),
        ("Runs 1 and 3 have an mse of [[run_3.mse]] and [[run_1.mse]].", "0.1029 is mse of run_3, not of run_1"),
        ("Our mse is [[baseline.mse]] in run 3.", "0.1088 is mse of run_0, not of"),
        (
            "Run 3 reaches [[run_0.explained_variance]] explained variance.",
            "0.8912 is explained_variance of run_0, not of run_3",
        ),
        (
            "Our method reaches [[baseline.feature_separation]] in separation.",
            "is feature_separation of run_0, not of run_1",
        ),
    ],
)
def test_a_value_of_another_in_a_sentence_is_found(text: str, said: str) -> None:
    """Another metric, two runs the other way round, the baseline's as the run's."""
    assert any(said in found for found in misplaced(text, evidence(), latex=True))
    assert any(said in found for found in misplaced(text, evidence(), latex=False))


@pytest.mark.parametrize(
    "text",
    [
        TABLE.replace("ROW", r"[[run_3.title]] & [[run_3.mse]] & [[run_3.explained_variance]]"),
        TABLE.replace("ROW", r"Run 3 & [[run_3.mse.verdict]] & [[run_3.explained_variance.delta]]"),
        "The mse falls from [[baseline.mse]] to [[run_3.mse]] in run 3.",
        "With an mse of [[run_3.mse]] against [[baseline.mse]], run 3 is [[run_3.mse.verdict]].",
        "The baseline's mse is [[baseline.mse]], that of run 3 [[run_3.mse]].",
        "On mse run 3 ([[run_3.mse]]) and on absorption run 2 ([[run_2.absorption_fraction]]) were seen.",
        "[[table mse | run_1 run_3]]",
        "Run 9 reaches [[run_9.mse]].",
    ],
)
def test_what_stands_where_it_belongs_is_left_alone(text: str) -> None:
    """Values in their place, words of the tool's own; a reference to nothing is told where it is filled in."""
    assert misplaced(text, evidence(), latex=True) == []


@pytest.mark.parametrize(
    "text",
    [
        "Run 3 reaches an mse of [[run_1.mse]].",
        "Run 3 ends at [[run_1.mse]].",
        "The mse ([[run_1.mse]]) is that of run 3.",
        "Our method reaches an mse of [[baseline.mse]].",
        "Our method reaches [[baseline.mse]].",
    ],
)
@pytest.mark.parametrize("latex", [True, False])
def test_a_value_of_another_run_is_told_once(text: str, latex: bool) -> None:
    """With its metric named or not, one sentence says so, and the rules on words say nothing of it."""
    (told,) = misplaced(text, evidence(), latex)
    assert "run_1" in told or "baseline" in told or "run_0" in told
    assert [problem for problem in problems_of(text, evidence(), latex=latex) if "run_1.mse" in problem] == []


def test_two_sentences_are_told_by_whichever_reading_finds_them() -> None:
    """One names its metric, one no metric, one names a run that has no results: both faults are told, and nothing raises."""
    text = "Run 3 reaches an mse of [[run_1.mse]]. Run 2 ends at [[run_3.mse]]. Run 9 reaches [[run_9.mse]]."
    first, second = misplaced(text, evidence(), latex=True)
    assert "not of run_3" in first and "speaks of run_2" in second


def test_a_control_s_value_given_to_a_run_is_found() -> None:
    """A reference to a control in a sentence on a run."""
    beside = Evidence(controlled())
    (told,) = misplaced("Run 3 reaches an mse of [[untrained.mse]].", beside, latex=False)
    assert "the value is that of untrained" in told


def test_a_proposal_gives_no_value_to_another_run() -> None:
    """What a note would try next is held to the runs of which it speaks, and its problem is told once."""
    proposal = Note("T", (("Reading", "r"), ("Next", "Halve the rate: run 3 reaches [[run_1.mse]].")), "")
    assert [problem for problem in note_problems(proposal, evidence()) if "speaks of run_3" in problem]
    assert len([problem for problem in note_problems(proposal, evidence()) if "run_1" in problem]) == 1


SAID = (
    "Run I has a M of [[run_I.K]], and the baseline has [[baseline.K]].",
    "Run I reaches [[run_I.K]] on M, run J [[run_J.K]].",
    "Run I has [[run_I.K]] on M and [[run_I.L]] on N.",
    "On M, runs I and J have [[run_I.K]] and [[run_J.K]].",
    "With a M of [[run_I.K]] against [[baseline.K]], run I is [[run_I.K.verdict]].",
    "Run I keeps M at [[run_I.K]] ([[run_I.K.verdict]]), where the baseline has [[baseline.K]].",
    "The M of the baseline is [[baseline.K]], that of run I [[run_I.K]], that of run J [[run_J.K]].",
    "| run | M |\n|---|---|\n| baseline | [[baseline.K]] |\n| run I | [[run_I.K]] |\n| [[run_J.title]] | [[run_J.K]] |",
    "| metric | run I | run J |\n|---|---|---|\n| M | [[run_I.K]] | [[run_J.K]] |\n| N | [[run_I.L]] | [[run_J.L]] |",
    "\\begin{tabular}{lrr} Metric & Baseline & Run I \\\\ M & [[baseline.K]] & [[run_I.K]] \\\\ N & [[baseline.L]] & [[run_I.L]] \\\\ \\end{tabular}",
)
"""What an honest text may say of runs I and J on the metrics K and L, which it calls M and N."""


@pytest.mark.parametrize("seed", range(16))
def test_an_honest_text_stays_right_whatever_was_measured(seed: int) -> None:
    """The same sentences and tables in studies at random: equal values, spreads of several seeds, units, titles with a metric's word."""
    known, rng = random_evidence(seed), random.Random(seed)
    for said in SAID:
        runs, metrics = known.results.runs[1:], [*known.results.metrics]
        if len(runs) < 2:
            continue
        one, other = (str(run.index) for run in rng.sample(runs, 2))
        first, second = rng.choice(metrics), rng.choice(metrics)
        named = {"I": one, "J": other, "K": first, "L": second, "M": metric_label(first), "N": metric_label(second)}
        text = re.sub(r"(?<![A-Za-z])[IJKLMN](?![A-Za-z])", lambda match, named=named: named[match[0]], said)  # type: ignore[misc]
        assert misplaced(text, known, latex="tabular" in said) == [], text


def test_a_row_that_a_run_s_title_has_a_word_of_is_its_metric_s() -> None:
    """Metrics in rows, runs in columns, one of them "Separation penalty": the row is no run; and two values exchanged there are found."""
    base, *others = evidence().results.runs
    runs = (base, replace(others[0], title="Feature penalty"), *others[1:])
    known = Evidence(replace(evidence().results, runs=runs))
    table = "| metric | run 2 | run 3 |\n|---|---|---|\n| feature separation | [[run_A.feature_separation]] | [[run_B.feature_separation]] |"
    assert misplaced(table.replace("A", "2").replace("B", "3"), known, latex=False) == []
    assert misplaced(table.replace("A", "3").replace("B", "2"), known, latex=False)
