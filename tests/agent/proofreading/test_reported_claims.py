"""What others reported is shown as that and as nothing else: planted attempts to pass it off as measured are caught."""

from __future__ import annotations

import dataclasses

import pytest

from agent.errors import BadAnswer
from agent.evidence.fill import fill, filled_values, unfill
from agent.printing.assemble import assemble
from agent.proofreading.rules import Grounds
from agent.proofreading.typed_numbers import typed_findings
from agent.results.table import results_table
from agent.writing.draft import Draft
from tests.world.study import REPORTED
from tests.world.study import evidence as measured

EVIDENCE = dataclasses.replace(measured(), reported=REPORTED)
VALUE = "[[reported.topk.absorption_fraction]]"


def test_a_reported_value_carries_its_mark() -> None:
    """In text it says that it was not measured here; in LaTeX its macro adds the dagger; its digits are those published."""
    assert EVIDENCE.resolve("reported.topk.absorption_fraction").text == "0.1429 (reported, not measured here)"
    assert EVIDENCE.resolve("reported . topk . l0").text == "40 (reported, not measured here)"
    assert EVIDENCE.resolve("reported.topk.unlearning").reported == "0.0262"
    assert EVIDENCE.resolve("reported.source").text == "Table 2 of a paper"
    latex = fill(f"Others reported {VALUE}.", EVIDENCE, "latex").text
    assert latex == "Others reported \\evidreported{reported.topk.absorption_fraction}{0.1429}."
    assert filled_values(latex) == [("reported.topk.absorption_fraction", "0.1429")]
    assert unfill(latex) == f"Others reported {VALUE}."


@pytest.mark.parametrize(
    "reference",
    [
        "compare run_3 reported.topk.absorption_fraction absorption_fraction",
        "compare run_3 vs reported.topk.absorption_fraction",
        "compare run_3 reported absorption_fraction",
        "table absorption_fraction | run_0 reported.topk",
        "count better reported.topk.absorption_fraction",
        "conclusion reported.topk",
        "best reported.topk",
    ],
)
def test_nothing_is_computed_with_a_reported_value(reference: str) -> None:
    """Comparisons, tables, counts and conclusions refuse it, and say why."""
    with pytest.raises(BadAnswer, match="not measured here, under the same conditions"):
        EVIDENCE.resolve(reference)


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ("reported.topk.absorption_fraction.delta", "no delta, verdict or noise"),
        ("reported.topk.mse", "nearest"),
        ("reported.topc.l0", "topk.l0"),
        ("reported.topk", "reported.NAME.METRIC"),
        ("reported", "reported.NAME.METRIC"),
    ],
)
def test_only_published_values_can_be_referred_to(reference: str, said: str) -> None:
    """A reported value has no delta, no verdict and no noise, and one that was not published does not exist."""
    with pytest.raises(BadAnswer, match=said):
        EVIDENCE.resolve(reference)


def test_without_published_results_there_is_nothing_to_refer_to() -> None:
    """At a scale that names none, the reference is refused."""
    with pytest.raises(BadAnswer, match="no published results"):
        measured().resolve("reported.topk.l0")


def findings(text: str, latex: bool = True) -> list[str]:
    return [str(finding) for finding in typed_findings(text, Grounds(EVIDENCE), latex)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"Our method has an absorption fraction of {VALUE}.", "does not say so"),
        (f"The baseline has {VALUE}.", "does not say so"),
        (f"Run 3 & {VALUE} \\\\", "does not say so"),
        (f"Run 3 reaches {VALUE}, as was reported.", "the sentence speaks of run 3"),
        (
            f"Run 3 is [[run_3.absorption_fraction.verdict]] and lower than the reported {VALUE}.",
            "a comparison in a sentence",
        ),
        (f"It improves on the published {VALUE} ([[run_3.absorption_fraction]]).", "a comparison in a sentence"),
        ("The baseline has an absorption fraction of 0.1429.", "write [[reported.topk.absorption_fraction]]"),
        ("Others reported an absorption fraction of 0.143.", "write [[reported.topk.absorption_fraction]]"),
        ("A standard SAE has an absorption fraction of 0.0161.", "write [[reported.standard.absorption_fraction]]"),
    ],
)
def test_a_reported_value_used_as_a_measured_one_is_found(text: str, said: str) -> None:
    """Typed, unnamed, attributed to a run or compared with: each is a finding."""
    assert any(said in finding for finding in findings(text)), findings(text)


@pytest.mark.parametrize(
    "text",
    [
        f"For a model a thousand times the size, others reported an absorption fraction of {VALUE} ([[reported.source]]).",
        f"The published value is {VALUE}; run 3 has [[run_3.absorption_fraction]].",
        f"Reported TopK & {VALUE} \\\\",
    ],
)
def test_a_reported_value_called_so_stands(text: str) -> None:
    """Said to be reported, beside a measured value and without a comparison, it is no finding."""
    assert findings(text) == []


def test_measured_tables_hold_no_reported_value() -> None:
    """Neither the brief's table nor a table of the paper nor `best` nor the noise knows of them."""
    results = EVIDENCE.results
    assert "0.1429" not in results_table(results) + EVIDENCE.resolve("table").text
    assert "unlearning" not in EVIDENCE.resolve("table").text
    assert EVIDENCE.resolve("best absorption_fraction").text == measured().resolve("best absorption_fraction").text


def test_the_papers_appendix_lists_them_apart() -> None:
    """A table of its own with the source; the rows of measured values have no line of it."""
    source = f"Others reported {VALUE} ([[reported.source]]). Run 3 has [[run_3.absorption_fraction]]."
    paper = assemble("@@SECTIONS@@\n%%%\n@@EVIDENCE@@", Draft("T", {"Results": source}), EVIDENCE, "s")
    appendix = paper.tex.split("%%%")[1]
    ours, theirs = appendix.split("\\paragraph{Reported by others, not measured here")
    assert paper.problems == {}
    assert "0.1429" not in ours and "run\\_3/final\\_info.json" in ours
    assert "Table 2 of a paper" in theirs and "\\evidrow{reported.topk.absorption_fraction}" in theirs
    assert "topk & absorption fraction & 0.1429" in theirs
