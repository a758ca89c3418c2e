"""The confirmation's rows in the evidence appendix."""

from __future__ import annotations

from agent.evidence.evidence import Evidence
from agent.evidence.fill import fill, unfill
from agent.printing.appendix import evidence_appendix
from tests.world.fresh_seeds import EV, HOLDS, LUCKY, confirmation, nobody, tried


def appendix(text: str, evidence: Evidence) -> str:
    filled = fill(text, evidence, "latex").filled
    return evidence_appendix(evidence, {one.reference.text: one.rows for one in filled})


def test_a_row_has_both_means_the_difference_and_the_word() -> None:
    """Below the runs, with seeds and file; its anchors are those of the references that stand on it."""
    text = appendix(f"[[confirmed.{EV}.delta]] [[run_3.{EV}]]", Evidence(tried(confirmation(HOLDS))))
    assert (
        "\\textbf{Confirmation on fresh seeds}: run 3 and the baseline (seeds 101, 102, 103, \\texttt{confirmation.json})"
        in text
    )
    [row] = [line for line in text.splitlines() if f"\\evidrow{{confirmed.{EV}.delta}}" in line]
    assert "0.8971" in row and "+0.0059" in row and "0.0009" in row
    assert "confirmed better than the baseline; the baseline 0.8912" in row
    assert text.index("Run 3}") < text.index("Confirmation on fresh seeds")


def test_a_lucky_run_s_row_says_so() -> None:
    """The word of the row is no better than that of the text."""
    text = appendix("[[confirmed]]", Evidence(tried(confirmation(LUCKY))))
    assert "seen in one run, not confirmed; the baseline 0.8912" in text and "confirmed better" not in text


def test_nobody_tried_is_a_row_without_numbers() -> None:
    """The reference has its target, and nothing is made up beside it."""
    text = appendix("[[confirmed]]", Evidence(tried(nobody())))
    assert "nothing was tried" in text and "confirmation.json" not in text
    assert "not tried on fresh seeds" in text and "\\evidrow{confirmed}" in text


def test_what_was_filled_in_goes_back_to_its_reference() -> None:
    """The audit reads the paper so: the macro holds the reference, signs and spaces of the text do not disturb it."""
    source = f"So [[confirmed.{EV}]]. [[confirmed]]"
    assert unfill(fill(source, Evidence(tried(confirmation(LUCKY))), "latex").text) == source
