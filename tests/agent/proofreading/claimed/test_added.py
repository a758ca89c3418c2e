"""What stands behind a verdict and says more than it."""

from __future__ import annotations

import pytest

from agent.evidence.evidence import Evidence
from agent.proofreading.claimed.added import check
from agent.proofreading.sentences.argued import argued_sentences
from agent.proofreading.sentences.names import Names
from tests.world.study import REPORTED, results

EVIDENCE = Evidence(results(), REPORTED)


def found(text: str) -> list[str]:
    """What the rule says of a text."""
    return [said for sentence in argued_sentences(text, True, EVIDENCE) for said, _ in check(sentence, Names(EVIDENCE))]


@pytest.mark.parametrize(
    "text",
    [
        "Run 1 is [[run_1.mse.verdict]] on mse, a small price for what it brings.",
        "Run 3 is [[run_3.mse.verdict]], proof enough that the pairs carry the signal.",
        "Run 1 is [[run_1.mse.verdict]] on mse, just as it had to be.",
        "Run 2 is [[run_2.mse.verdict]] on mse; in practice that costs a user very little.",
        "Run 2 is [[run_2.mse.verdict]] on mse, so we can have the separation and keep the error.",
        "Run 2 is [[run_2.mse.verdict]], which means that the two are one.",
    ],
)
def test_what_goes_beyond_a_verdict_is_a_claim(text: str) -> None:
    """Judged in passing, foretold, or concluded."""
    assert found(text)


@pytest.mark.parametrize(
    "text",
    [
        "Run 3 is [[run_3.mse.verdict]] on mse, the primary metric.",
        "Run 3 is [[run_3.mse.verdict]], a difference of [[run_3.mse.delta]].",
        "Run 2 is [[run_2.mse.verdict]], so we cannot say that it helps or hurts.",
        "Run 4 is [[run_4.mse.verdict]], so it is listed apart.",
        "Run 3 is [[run_3.mse.verdict]] and run 1, the control, is [[run_1.mse.verdict]].",
        "Run 3 is [[run_3.mse.verdict]], so perhaps the decay matters.",
        "So we report the mean; run 3 is [[run_3.mse.verdict]].",
        "Run 3 is a small price for what it brings.",
    ],
)
def test_what_says_no_more_stands(text: str) -> None:
    """The metric or run named again, its reference, what was done because of it, a guess; without a verdict other rules judge."""
    assert found(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "On mse run 2 is [[run_2.mse.verdict]], which is the direction that we hoped for.",
        "On mse run 2 is [[run_2.mse.verdict]], where the sign is right.",
        "On mse run 2 is [[run_2.mse.verdict]], but in the direction of the hypothesis.",
    ],
)
def test_no_direction_is_read_into_a_verdict_that_decides_nothing(text: str) -> None:
    """Within noise has no sign."""
    assert found(text)


@pytest.mark.parametrize(
    "text",
    [
        "On mse run 2 is [[run_2.mse.verdict]], so no direction is read into it.",
        "On mse run 2 is [[run_2.mse.verdict]]; its direction is not discussed.",
        "On explained variance run 3 is [[run_3.explained_variance.verdict]], in the direction of the hypothesis.",
        "[[if run_2.mse better]]On mse run 2 is [[run_2.mse.verdict]], in the direction of the hypothesis.[[end]]",
    ],
)
def test_a_direction_is_told_of_what_was_decided_or_denied(text: str) -> None:
    """Also where a condition says that it was."""
    assert not found(text)


def test_within_noise_concludes_no_absence() -> None:
    """That noise hides a difference does not say that there is none."""
    assert found("On mse run 2 is [[run_2.mse.verdict]], so the warm-up has no effect on it.")
    assert not found("On mse run 2 is [[run_2.mse.verdict]], so the two need not be equal.")
    assert not found("On mse run 2 is [[run_2.mse.verdict]], so the candidate does not change.")
