"""What is said behind a verdict, of no run, by a pronoun or in the next sentence, must be what that verdict says now."""

from __future__ import annotations

import pytest

from agent.evidence.evidence import Evidence
from agent.proofreading.problems import problems_of
from tests.world.fresh_seeds import HOLDS, LUCKY, confirmation, tried

FLAT = "Run 3 is [[run_3.absorption_fraction.verdict]] on absorption"
"""Within noise of the baseline; on explained variance run 3 is better, run 1 worse."""
EV = "[[run_3.explained_variance.verdict]] on explained variance"


def said(text: str, mine: tuple[float, ...] = HOLDS) -> list[str]:
    return problems_of(text, Evidence(tried(confirmation(mine))), latex=True)


@pytest.mark.parametrize(
    "text",
    [
        f"{FLAT}, yet the decay lowers it all the same.",
        f"{FLAT}. It lowers it all the same.",
        f"{FLAT}, and the decay has an effect.",
        f"{FLAT}; there is a gain.",
        "[[conclusion absorption_fraction]] A decaying penalty lowers absorption nonetheless.",
        "[[conclusion absorption_fraction]] A decaying penalty makes it fall.",
        "[[conclusion absorption_fraction]] So the penalty helps.",
        f"{FLAT}; under the decay it goes down.",
        "[[conclusion absorption_fraction]] Absorption, however, is lowered by the decay.",
        "[[conclusion absorption_fraction]] The improvement is small but there.",
        "On absorption the two are [[compare run_3 run_1 absorption_fraction]]; the decay lowers it.",
        "Run 1 is [[run_1.explained_variance.verdict]] on explained variance; the penalty raises it.",
        f"Run 3 is {EV}; the decay lowers it.",
        "Run 4 is [[run_4.mse.verdict]] on mse, and the penalty lowers it.",
        "On mse the two are [[verdicts mse | run_2 run_4]]; the penalty lowers it.",
    ],
)
def test_what_no_verdict_beside_it_says_goes_back(text: str) -> None:
    """Within noise, not comparable and the opposite bear no direction, whoever is said to bring it about."""
    assert any("say no more than it does" in one for one in said(text)), said(text)


@pytest.mark.parametrize(
    "text",
    [
        f"Run 3 is {EV}; the decay raises it.",
        "Run 1 is [[run_1.explained_variance.verdict]] on explained variance; the penalty lowers it.",
        "[[conclusion explained_variance]] The decay raises explained variance.",
        f"{FLAT}; whether the decay lowers it is open.",
        f"{FLAT}. The plan says that the decay lowers it.",
        f"{FLAT}. There is a difference of one setting between the two.",
        "The weight starts at that of run 1, and the schedule lowers it; on absorption run 3 is [[run_3.absorption_fraction.verdict]].",
        f"{FLAT}. Its weight is that of run 2 at the start; the schedule then lowers it.",
        f"{FLAT}. The weight of run 1 stays; that of run 3 is lowered by the schedule, step by step.",
        f"{FLAT}. Training lowers it in every run.",
        "Run 4 is [[run_4.explained_variance.verdict]] on explained variance; k alone raises it, so nothing follows.",
        "[[conclusion absorption_fraction]] Only with more seeds could an effect be seen.",
        "[[conclusion absorption_fraction]] That the penalty helps is not shown.",
    ],
)
def test_what_a_verdict_says_is_open_or_is_of_something_else_stands(text: str) -> None:
    """`it` may be a weight; training moves every metric, and the setting by which a run is not comparable its own."""
    assert said(text) == []


def test_an_effect_is_there_where_fresh_seeds_said_so() -> None:
    """The same words behind the same reference, by what it says."""
    text = "[[confirmed]] The gain is there."
    assert said(text) == []
    assert any("not confirmed" in one for one in said(text, LUCKY))


def test_a_metric_that_a_verb_costs_is_one_by_any_name() -> None:
    """`Reconstruction` is what training leaves; what it costs in that is asked, and memory is none."""
    assert said("Run 2 is [[run_2.explained_variance.verdict]]; the penalty does cost reconstruction.")
    assert said("What the penalty costs in reconstruction is [[run_2.explained_variance.verdict]].") == []
    assert said("The average costs memory for one more matrix.") == []


@pytest.mark.parametrize(
    "broken", ["run_9.mse.verdict", "compare run_3 run_9 mse", "conclusion nothing", "confirmed.x"]
)
def test_a_verdict_that_cannot_be_filled_in_says_nothing(broken: str) -> None:
    """It is named itself, and the sentence after is judged without it."""
    told = said(f"So it is on mse: [[{broken}]]. The decay lowers it.")
    assert told and not any("say no more" in one for one in told)
