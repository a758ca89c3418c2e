"""What may be said of a run without a reference: how it was made, set and shown, and that it ended; never what came of it."""

from __future__ import annotations

import pytest

from agent.evidence.evidence import Evidence
from agent.proofreading.problems import problems_of
from tests.world.fresh_seeds import confirmation, tried

EVIDENCE = Evidence(tried(confirmation()))


def told(text: str) -> list[str]:
    return problems_of(text, EVIDENCE, latex=True)


@pytest.mark.parametrize(
    "text",
    [
        "Run 3 learns features of one meaning each.",
        "Run 2, unlike the others, is spared this.",
        "Runs 1 and 3 disappoint.",
        "Run 3 also finds directions that the baseline misses.",
        "While \\citet{one} report many duplicates, run 3 has none to speak of.",
    ],
)
def test_a_verb_that_no_list_has_still_says_what_came_of_a_run(text: str) -> None:
    """The list is of what may be said, so words that nobody thought of are stopped too."""
    assert any("what came of run" in why for why in told(text))


@pytest.mark.parametrize(
    "text",
    [
        "Run 3 uses a cosine.",
        "Run 2 adds the penalty to the loss, and run 3 lets its weight decay.",
        "Run 3 differs from run 2 in the schedule alone.",
        "Runs 1 and 2 are two points of one curve of weights, one seed each.",
        "Run 3, the candidate, was chosen before any fresh seed was drawn.",
        "Run 4 is drawn hollow and is not compared.",
        "Run 3 is \\textsc{Cosine} with its own settings.",
        "The penalty of run 2 still acts in the last steps, that of run 1 has faded by then.",
        "It is not known whether run 3 learns features of one meaning each.",
        "Run 3 has the larger lambda_max.",
    ],
)
def test_how_a_run_was_made_set_and_shown_may_be_said(text: str) -> None:
    """None of it is an outcome."""
    assert told(text) == []


def test_it_is_told_once() -> None:
    """A sentence that another rule stops for the same words has one reason, not two."""
    assert len(told("Run 3 improves mse.")) == 1


@pytest.mark.parametrize(
    "text",
    [
        "Run 7 failed in every attempt and has no results.",
        "Run 7 ended with an out-of-memory error and was given up.",
        "We gave up run 7 after four launches.",
        "The plan names run 7, which was dropped: it was not run.",
        "Run 7 never started.",
    ],
)
def test_that_a_run_has_no_results_may_be_said(text: str) -> None:
    """A run that failed, was given up or never made is part of an honest report."""
    assert told(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Run 7 showed the same trend before it was stopped.",
        "Run 7 failed, but looked promising until then.",
        "Run 7 was given up once its mse was clearly lower.",
        "Run 7 beats the baseline.",
    ],
)
def test_nothing_more_may_be_said_of_it(text: str) -> None:
    """Its failure is no way to bring its results in."""
    assert any("no accepted run 7" in why for why in told(text))


@pytest.mark.parametrize(
    "text",
    [
        "\\caption{Confirmation on fresh seeds: circles are the baseline, squares the candidate.}",
        "The candidate and the baseline are launched on fresh seeds.",
        "For the confirmation of a result each is trained on three fresh seeds.",
    ],
)
def test_fresh_seeds_may_be_named_in_a_caption_and_in_the_set_up(text: str) -> None:
    """Where and how it was confirmed is no word on what came of it."""
    assert told(text) == []


@pytest.mark.parametrize("text", ["On fresh seeds the gain stands.", "Fresh seeds show the same result."])
def test_what_came_of_fresh_seeds_needs_its_reference(text: str) -> None:
    """The same words with an outcome beside them."""
    assert told(text)
