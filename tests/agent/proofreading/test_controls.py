"""A control's value that was typed: answered with its reference, whoever the sentence gives it to."""

from __future__ import annotations

import pytest

from agent.evidence.evidence import Evidence
from agent.proofreading.occurrence import Grounds
from agent.proofreading.typed_numbers import typed_findings
from tests.world.study import controlled, evidence

BESIDE = Evidence(controlled())


@pytest.mark.parametrize(
    "sentence",
    [
        "An untrained model has an absorption fraction of 0.592.",
        "The untrained model has an absorption fraction of 0.592.",
        "Run 3 has an absorption fraction of 0.592.",
        "On absorption fraction 0.592 was measured.",
    ],
)
def test_a_typed_value_of_a_control_is_answered_with_its_reference(sentence: str) -> None:
    """The control's reference is named, be the control named or not."""
    [finding] = typed_findings(sentence, Grounds(BESIDE), latex=False)
    assert "[[untrained.absorption_fraction]]" in finding.why and "control" in finding.why


def test_the_control_that_is_named_goes_before_a_run_of_the_same_value() -> None:
    """`raw dimension` and 0.8032: its own reference, though runs have feature separations too."""
    [finding] = typed_findings(
        "The best raw dimension has a feature separation of 0.8032.", Grounds(BESIDE), latex=False
    )
    assert "[[raw_dimension.feature_separation]]" in finding.why


def test_the_audit_lets_a_control_have_its_own_value() -> None:
    """Typed right beside the control's name it is true; given to a run it is not."""
    lenient = Grounds(BESIDE, strict=False)
    assert typed_findings("An untrained model has an absorption fraction of 0.592.", lenient, latex=False) == []
    assert typed_findings("Run 3 has an absorption fraction of 0.592.", lenient, latex=False)


def test_a_comparison_with_a_control_is_borne_by_its_verdict() -> None:
    """`[[untrained.mse.verdict]]` says a comparison, so words of comparison may stand beside it."""
    text = "On mse an untrained model is [[untrained.mse.verdict]], so training improves mse."
    assert typed_findings(text, Grounds(BESIDE), latex=False) == []
    assert typed_findings("Training improves mse over an untrained model.", Grounds(BESIDE), latex=False)


def test_without_controls_the_rules_say_what_they_said() -> None:
    """The number is no run's, and that is all there is to say."""
    [finding] = typed_findings("Run 3 has an absorption fraction of 0.592.", Grounds(evidence()), latex=False)
    assert "control" not in finding.why
