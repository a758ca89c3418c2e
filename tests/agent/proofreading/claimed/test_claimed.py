"""Claims in words by kind: each has its planted case, and an honest neighbour in nearly the same words that stands."""

from __future__ import annotations

import pytest

from agent.evidence.evidence import Evidence
from agent.proofreading.claimed.kinds.kind import Kind
from agent.proofreading.claimed.table import KINDS, check
from agent.proofreading.problems import problems_of
from agent.proofreading.sentences.names import Names
from agent.proofreading.sentences.prose import sentences
from tests.world.fresh_seeds import HOLDS, LUCKY, confirmation, tried

PLANTED = {
    "a procedure that was not followed": "The coefficient was chosen by a grid search on held-out validation data.",
    "novelty": "To the best of our knowledge, this is the first study to let a penalty decay.",
    "no harm": "No adverse effect of the penalty was observed.",
    "a limit played down": "The use of a single seed is unlikely to affect the ranking.",
    "a selection": "Once the outlier among the seeds is set aside, absorption is on our side.",
    "a lesson of a run without results": "The dropped run told us what we needed to know about size.",
    "an excuse": "Whatever absorption remains, the metric is to blame.",
    "praise by denial": "It is hard to see how one would return to a constant weight.",
    "an image": "Run 3 makes short work of the baseline.",
    "a weighing": "The early steps matter more than the late ones.",
    "finality": "These results vindicate the idea of a penalty.",
    "praise": "On every count run 3 excels.",
    "certainty": "Run 3 unquestionably lies above the baseline.",
    "quality": "Training with the decay is smoother.",
    "manner": "Run 2 is [[run_2.explained_variance.verdict]] on explained variance but fits better.",
    "success": "The decay pays off.",
    "cause": "The gain of run 3 stems from the moving average.",
    "law": "The larger the penalty, the worse the mse.",
    "generality": "The effect of the decay carries over to other layers.",
    "no chance": "The gain of run 3 cannot be explained by luck.",
    "advice": "Practitioners ought to decay.",
    "another draw": "The advantage of run 3 is reproducible.",
    "statistics": "Run 3 differs from the baseline by more than five standard deviations.",
    "sameness": "The penalty comes at no cost in reconstruction.",
    "many runs": "Most variants beat the baseline.",
    "the first of all": "Run 3 is the front-runner.",
    "a finding": "Our experiments show that decay is what a penalty needs.",
}
HONEST = {
    "a procedure that was not followed": "No grid search was run; each value is the one that the plan names.",
    "novelty": "The first layer is frozen, and the decay begins with the first step.",
    "no harm": "On mse run 2 is [[run_2.mse.verdict]], with no adverse effect on feature separation: [[run_2.feature_separation.verdict]].",
    "a limit played down": "Whether more seeds would change the ranking is not known.",
    "a selection": "Run 4 is left out of every count, and no seed was dropped.",
    "a lesson of a run without results": "The run that failed gave no results, so nothing is known of it.",
    "an excuse": "Whether the metric is what the remaining absorption comes from is open.",
    "praise by denial": "It is hard to tell why run 1 is [[run_1.mse.verdict]].",
    "an image": "The penalty is held at its maximum for a tenth of the steps.",
    "a weighing": "Perhaps the early steps matter more than the late ones; we did not test it.",
    "finality": "These results do not vindicate the idea of a penalty.",
    "praise": "On every seed, run 3 has the same budget.",
    "certainty": "Run 3 clearly is [[run_3.mse.verdict]].",
    "quality": "Whether training with the decay is smoother was not looked at.",
    "manner": "Run 3 is [[run_3.explained_variance.verdict]] on explained variance: it fits better.",
    "success": "We do not know whether the decay pays off.",
    "cause": "Perhaps the gain of run 3 stems from the moving average.",
    "law": "The mse of the penalised runs is [[verdicts mse | run_1 run_2]].",
    "generality": "It is open whether the effect of the decay carries over to other layers.",
    "no chance": "That the gain of run 3 is luck cannot be excluded.",
    "advice": "Which schedule to use cannot be told from this.",
    "another draw": "Run 3 is [[confirmed.explained_variance]], so the gain is reproducible.",
    "statistics": "The noise is a multiple of the standard deviation over seeds.",
    "sameness": "On mse run 2 is [[run_2.mse.verdict]], so it comes at no cost in reconstruction.",
    "many runs": "[[count better mse]] variants beat the baseline on mse.",
    "the first of all": "Run 3 is no front-runner that we would name without [[best mse]].",
    "a finding": "Our experiments show that run 3 is [[run_3.mse.verdict]] on mse.",
}


def told(text: str, mine: tuple[float, ...] = HOLDS) -> list[str]:
    """What the table says of a text; run 3 is the candidate."""
    names = Names(Evidence(tried(confirmation(mine))))
    return [why for sentence in sentences(text, latex=True) for _, why in check(sentence, names)]


def test_every_kind_has_its_planted_case() -> None:
    """A kind without a sentence in which it trips is not done."""
    assert set(PLANTED) == set(HONEST) == {kind.name for kind in KINDS}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_planted_claim_is_told_by_its_kind(kind: Kind) -> None:
    """It is this kind that has a say, with its own reason."""
    assert told(PLANTED[kind.name]) == [kind.why]


@pytest.mark.parametrize("name", HONEST)
def test_its_honest_neighbour_stands(name: str) -> None:
    """Denied, asked, supposed, borne by a reference, or of something that was set: no finding."""
    assert told(HONEST[name]) == []


def test_what_fresh_seeds_did_not_bear_out_is_not_reproducible() -> None:
    """The same sentence stands by the outcome that its reference has: the state decides, not that there is a reference."""
    assert told(HONEST["another draw"], LUCKY)


@pytest.mark.parametrize(
    "text",
    [
        "On mse run 2 is [[run_2.mse.verdict]], so the decay pays off.",
        "On mse run 2 is [[run_2.mse.verdict]] and clearly stands out.",
    ],
)
def test_a_verdict_that_decides_nothing_bears_no_success(text: str) -> None:
    """Within noise: a word of success or of size beside it is more than it says."""
    assert told(text)


@pytest.mark.parametrize(
    "text",
    [
        "\\citet{one} show that decay is what a penalty needs.",
        "Others found that a schedule makes features cleaner \\citep{one}.",
        "Could the decay pay off at a larger scale?",
        "The decay is meant to make features cleaner.",
        "\\caption{Up and to the left is better; the cross is the noise of the baseline.}",
        "\\caption{+ is better and - worse than the baseline beyond noise.}",
        "We looked for a weight that comes at no cost in reconstruction.",
        "The control is equal in rule and not in outcome, since its pairs are less similar to begin with.",
        "Two remedies are known: a shared budget, and a schedule of the penalty.",
        "Run 3 was the best of several looks when its control was chosen.",
        "The penalty itself is the product of weight and similarity.",
        "What a penalty costs is harder to tell from these runs.",
        "A slower average spends more weight as well as other attention in run 3.",
        "What run 3 has beyond run 2 is due to the schedule, which is all in which they differ.",
    ],
)
def test_others_aims_legends_and_designs_claim_nothing(text: str) -> None:
    """What others found, what was hoped or looked for, how a figure is read, and what a comparison is for."""
    assert told(text) == []


def test_who_asks_for_caution_recommends_nothing() -> None:
    """That something be regarded as open is no advice to use it; that it be regarded as solved is a claim."""
    assert told("Until then the schedule should be regarded as untested on larger models.") == []
    assert told("From now on the schedule should be regarded as solved.")


def test_a_slip_that_authors_own_recommends_nothing() -> None:
    """Of their plan or text they may say that it was wrong; of a choice that others have it is advice."""
    assert told("Leaving the control out of the plan was a mistake of ours.") == []
    assert told("The note should be corrected: run 2 has the weight of run 1.") == []
    assert told("As the plan has it, a fixed penalty should be replaced.")
    assert told("Using a fixed penalty was a mistake.")


def test_what_was_never_made_is_not_called_a_failure() -> None:
    """The reason is true of a run that failed and of one that nobody made."""
    assert "never made" in told("Had the schedule been run longer, absorption would have been lower.")[0]


@pytest.mark.parametrize(
    "text",
    [
        "Run 3 has the cleanest features of all.",
        "Run 2 needs a quarter of the latents to reach the same error.",
        "Though [[run_2.explained_variance.verdict]] on explained variance, run 2 reconstructs better.",
        "H1 states that absorption falls in run 3, and it does.",
    ],
)
def test_a_superlative_a_part_or_a_manner_is_claimed(text: str) -> None:
    """Whatever the adjective, whatever is had a part of, and beside a verdict that decides nothing."""
    assert problems_of(text, Evidence(tried(None)), latex=True)


@pytest.mark.parametrize(
    "text",
    [
        "Run 3 has the longest warm-up of all.",
        "H1 states that absorption falls in run 3.",
        "The plan says that run 3 lowers absorption.",
        "Nothing here is proven.",
    ],
)
def test_a_setting_a_registered_claim_or_a_denial_is_none(text: str) -> None:
    """What a plan says is not said of what came of it."""
    assert problems_of(text, Evidence(tried(None)), latex=True) == []


@pytest.mark.parametrize(
    ("honest", "dishonest"),
    [
        ("We make no claim that the penalty helps.", "We claim that the penalty helps."),
        ("Perhaps it is the decay that helps.", "Perhaps run 3 is first, and it is the decay that helps."),
        (
            "The penalty is independent of the batch size.",
            "The benefit of the penalty is independent of the batch size.",
        ),
        ("By definition mse falls as explained variance rises.", "By definition mse falls with the penalty."),
        ("All runs agree in their settings.", "All runs agree on absorption."),
        ("Which part matters more, no run tells.", "Which part matters more, run 3 tells."),
        ("Selection makes a run look better than it is.", "The decay makes run 3 better than it was."),
    ],
)
def test_what_is_disowned_asked_or_an_identity_claims_nothing(honest: str, dishonest: str) -> None:
    """In nearly the same words a claim stays one: a "perhaps" reaches to the end of its clause, a property is a quantity's."""
    evidence = Evidence(tried(None))
    assert problems_of(honest, evidence) == []
    assert problems_of(dishonest, evidence) != []


@pytest.mark.parametrize(
    ("honest", "dishonest"),
    [
        ("It cannot be said that run 3 improves mse.", "It may be said that run 3 improves mse."),
        ("Run 4 is not comparable, so its rank is open.", "If one accounts for k, run 4 ranks first."),
        ("Absorption occurs when a latent fails because another fires.", "Run 3 fails because another latent fires."),
        ("The verdict should not be relied on.", "The verdict should be relied on."),
        ("The idea behind the decay predicts less absorption.", "The cosine behind the idea predicts absorption."),
    ],
)
def test_a_supposition_must_govern_what_it_excuses(honest: str, dishonest: str) -> None:
    """What may be said is said, and of a run that is not comparable no rank is supposed."""
    evidence = Evidence(tried(None))
    assert problems_of(honest, evidence) == []
    assert problems_of(dishonest, evidence) != []
