"""All that is wrong with a text is told at once, each in a sentence that a model can act on."""

from __future__ import annotations

import pytest

from agent.proofreading.problems import free_text, problems_of, section_problems, title_problems
from agent.proofreading.source.latex import Surroundings
from tests.world import stage
from tests.world.study import evidence

AROUND = Surroundings({"gao2024scaling"}, {"mse.pdf"}, {"sec:method"})


def test_references_numbers_and_claims_are_told_together() -> None:
    """An unknown reference, a typed result and an unborne comparison in one text are three problems."""
    told = problems_of("[[run_9.mse]] The mse is 0.1029. It improves mse.", evidence())
    assert [any(word in problem for problem in told) for word in ("run_9", "a typed result", "a comparison")] == [
        True
    ] * 3


def test_a_proposal_may_name_what_does_not_exist_yet() -> None:
    """A run and a setting that nobody has tried, but no result."""
    assert problems_of("Next, run 7 with 640 steps.", evidence(), proposing=True) == []
    assert problems_of("The mse was 0.93.", evidence(), proposing=True)


def test_what_was_known_beforehand_may_be_repeated() -> None:
    """The idea's own numbers stand, in the idea's own words."""
    free = free_text(stage.IDEA, "A study for tests")
    assert "base 0.9" in free and free.endswith("A study for tests")
    assert problems_of("It starts at 0.87.", evidence(), free.replace("0.9", "0.87")) == []
    assert problems_of("It starts at 0.87.", evidence(), free)


def test_a_section_is_checked_as_latex_too() -> None:
    """Empty, badly formed, and badly borne."""
    assert section_problems(" ", evidence(), "", AROUND) == ["the section is empty"]
    told = section_problems("\\emph{open \\citep{nobody}. Run 3: 0.1029 mse", evidence(), "", AROUND)
    assert [any(word in problem for problem in told) for word in ("parse", "nobody", "typed result")] == [True] * 3


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("", "the title is missing"),
        ("A Nested Loss Eliminates Absorption", "'Eliminates'"),
        ("The Penalty Increases Separation", "'Increases'"),
        ("Absorption: A Solved Problem", "'Solved'"),
        ("Reaching [[best.mse]]", "must not hold a result"),
        ("A Gain of 12\\%", "must not hold a result"),
        ("Improving Features", "claims a result"),
        ("Features_of", "must be written"),
    ],
)
def test_a_title_promises_nothing(title: str, said: str) -> None:
    """It stands whatever was measured: no result, no claim, and LaTeX that holds."""
    assert any(said in problem for problem in title_problems(title, stage.IDEA))


def test_a_title_may_repeat_the_words_of_the_idea() -> None:
    """What the idea itself is called is no claim of the paper's."""
    idea = stage.IDEA.model_copy(update={"Title": "Improving Nothing"})
    assert title_problems("Improving Nothing at All", idea) == []


BROKEN = (
    "run_9.mse.verdict",
    "run_3.nothing.verdict",
    "run_3.mse.parent_verdict",
    "H9.outcome",
    "compare run_3 run_9 mse",
    "compare run_3 run_2 nothing",
    "compare run_3",
    "conclusion nothing",
    "confirmed.nothing",
    "frontier run_3 mse",
    "count better nothing",
    "verdicts mse nothing | run_3",
    "share",
    "best.nothing",
    "is run_9.mse better",
)


@pytest.mark.parametrize("broken", BROKEN)
@pytest.mark.parametrize(
    "text",
    [
        "Run 3 is better on mse than run 2 ([[BROKEN]]).",
        "It doubles [[BROKEN]], since the mask caused it, which confirms that all runs improve; H1 held.",
        "[[if BROKEN better]]Run 3 is better on mse.[[else]]It is not ([[BROKEN]]).[[end]]",
    ],
)
def test_a_reference_to_nothing_is_a_problem_and_no_crash(text: str, broken: str) -> None:
    """Beside words that compare, whatever is wrong with it: it is named, and the other sentences are judged all the same."""
    told = problems_of(f"{text.replace('BROKEN', broken)} Run 3 improves mse.", evidence(), latex=True)
    assert any(broken.split(".")[-1].split()[0] in problem for problem in told)
    assert any("Run 3 improves mse." in problem for problem in told)
