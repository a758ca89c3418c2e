"""Claims within passages: the condition bears those that say no more, in every branch; all others are told as anywhere."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent.evidence.evidence import Evidence
from agent.proofreading.problems import problems_of, section_problems
from agent.proofreading.source.latex import Surroundings
from agent.results.registered.outcomes import Judged, Registration
from agent.session.events.hypothesis import Hypothesis
from agent.session.paths import REPOSITORY
from tests.world.fresh_seeds import EV, HOLDS, confirmation, tried
from tests.world.study import evidence

H1 = Hypothesis(name="H1", metric="mse", run="run_3", relation="better than", against="run_1")
H2 = Hypothesis(name="H2", metric="l0", run="run_2", relation="not worse than", against="run_0")
TOLD = replace(
    evidence(),
    registration=Registration((Judged(H1, "held", "better than run 1"), Judged(H2, "held", "equal to the baseline"))),
)
BETTER = "[[if run_3.explained_variance better]]{}[[else]][[end]]"
AGAINST = "[[if compare run_3 run_1 mse better]]{}[[else]][[end]]"
WORSE = "[[if run_1.mse worse]]{}[[else]][[end]]"


def found(text: str, known: Evidence = TOLD) -> list[str]:
    return problems_of(text, known, latex=True)


@pytest.mark.parametrize(
    "text",
    [
        BETTER.format("Because run 3 is better than the baseline on explained variance, the decay matters."),
        BETTER.format("Run 3 improves explained variance, since the penalty is released late."),
        BETTER.format("This raises explained variance. The late release is why it does."),
        BETTER.format("The baseline is worse than run 3 on explained variance."),
        WORSE.format(
            "Run 1 is worse on mse, and hurts mse; it increases mse, perhaps because the penalty lasts to the end."
        ),
        "[[if compare run_3 run_1 mse better]]Run 3 reduces mse against run 1 because it releases the penalty.[[else]][[end]]",
        BETTER.format("Since run 3 is better on explained variance, a late release is worth its trouble."),
        BETTER.format("Run 3 boosts explained variance."),
        WORSE.format("Here mse rises, which the constant weight explains."),
        "[[if run_3.explained_variance better and run_1.mse worse]]Run 3 improves explained variance and run 1 degrades mse.[[else]][[end]]",
        "[[if run_3.explained_variance better and run_3.l0 equal]]Run 3 improves explained variance, and on l0 it is within noise.[[else]][[end]]",
        "[[if run_3.explained_variance better]]x[[else]]Run 3 is not better than the baseline on explained variance.[[end]]",
        "[[if run_1.mse better]]Run 1 reduces mse.[[else if run_1.mse within noise]]Run 1 is within noise on mse.[[else]]Run 1 shows no gain on mse.[[end]]",
        "[[if compare run_3 run_1 mse better]]Run 3 beats run 1 on mse, and run 1 is worse than run 3.[[else]][[end]]",
        AGAINST.format("It is better than run 1 on mse."),
        AGAINST.format(
            "Run 3 releases the penalty. Its mse is lower than that of run 1, and run 1 is worse than it on mse."
        ),
        AGAINST.format("Run 1 keeps the penalty. This run reduces mse against run 1."),
        BETTER.format("Run 3 releases the penalty. It improves explained variance."),
        "[[if any better explained_variance]]Some variant improves explained variance.[[else]]No variant improves explained variance.[[end]]",
        "[[if H1 held]]H1 held: run 3 reduces mse against run 1.[[else if H1 not held]]H1 is not held.[[else]]H1 is open.[[end]]",
        "[[if run_4 comparable]][[else]]Run 4 says nothing of the method.[[end]]",
    ],
)
def test_a_condition_bears_what_it_says(text: str) -> None:
    """Why something happened may be said where it did: of that run and metric, in the metric's own direction, denied where it is."""
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        (BETTER.format("Run 3 improves mse."), "improves"),
        (AGAINST.format("Run 2 is cheap. It is better than run 1 on mse."), "better"),
        (AGAINST.format("It is better than run 2 on mse."), "better"),
        (AGAINST.format("It is worse than run 1 on mse."), "worse"),
        (AGAINST.format("Run 2 came next, and it beats run 1 on mse."), "beats"),
        (AGAINST.format("They beat run 1 on mse."), "beat"),
        ("Run 2 has [[run_2.mse]]. " + AGAINST.format("It beats run 1 on mse."), "beats"),
        (BETTER.format("Run 2 releases the penalty. It improves explained variance."), "improves"),
        (BETTER.format("Run 2 improves explained variance."), "improves"),
        (BETTER.format("Run 3 reduces explained variance."), "reduces"),
        (BETTER.format("Run 3 is worse on explained variance."), "worse"),
        (BETTER.format("The baseline is better than run 3 on explained variance."), "better than"),
        (BETTER.format("Run 3 doubles explained variance."), "doubles"),
        (BETTER.format("Run 3 improves explained variance significantly."), "significantly"),
        (BETTER.format("Run 3 raises explained variance by a fifth."), "by a fifth"),
        (BETTER.format("Run 3 always improves explained variance."), "always"),
        (BETTER.format("Run 3 improves explained variance because the penalty is released late."), "because"),
        (BETTER.format("The same gain is seen in run 2."), "The same gain"),
        (BETTER.format("This proves that late release works."), "proves"),
        (BETTER.format("Run 3 improves explained variance, confirmed on fresh seeds."), "confirmed"),
        (BETTER.format("Run 3 reaches an explained variance of 0.897."), "0.897"),
        (BETTER.format("Run 3 beats run 1 on explained variance."), "beats"),
        (
            "Run 3 improves explained variance [[if run_3.explained_variance better]]as hoped[[else]][[end]].",
            "improves",
        ),
        ("[[if run_3.explained_variance better]]x[[else]]Run 3 improves explained variance.[[end]]", "improves"),
        ("[[if run_1.mse better]]Run 1 increases mse.[[else]]x[[end]]", "increases"),
        ("[[if run_1.mse better]]x[[else]]Run 1 is within noise on mse.[[end]]", "within noise"),
        ("[[if run_3.mse better once]]Run 3 reduces mse.[[else]][[end]]", "reduces"),
        (
            "[[if run_3.explained_variance better or run_2.explained_variance better]]Run 3 improves explained variance.[[end]]",
            "improves",
        ),
        ("[[if compare run_3 run_1 mse better]]Run 3 reduces mse against the baseline.[[else]][[end]]", "reduces"),
        ("[[if compare run_3 run_1 mse better]]Run 1 beats run 3 on mse.[[else]][[end]]", "beats"),
        ("[[if any better explained_variance]]Run 2 improves explained variance.[[end]]", "improves"),
        ("[[if H1 held]]x[[else]]H1 held.[[end]]", "held"),
        ("[[if H1 held]]H2 held.[[else]][[end]]", "held"),
        ("[[if H2 held]]Run 2 reduces l0.[[else]][[end]]", "reduces"),
    ],
)
def test_a_claim_beyond_its_condition_is_told(text: str, typed: str) -> None:
    """Another metric, run or side, the other direction, a size, finality, fresh seeds; in branches that are not printed as well."""
    assert any(problem.startswith(f"'{typed}'") for problem in found(text)), found(text)


def test_fresh_seeds_bear_words_of_confirmation() -> None:
    """Where the condition is that they held, it may be said that the result was confirmed, and of no other metric."""
    known = Evidence(tried(confirmation(HOLDS)))
    held = f"[[if confirmed.{EV} held]]On {EV} the gain of run 3 is confirmed on fresh seeds, so the effect is no accident.[[else]][[end]]"
    assert found(held, known) == []
    assert found(held.replace(" held]]", " not confirmed]]"), known) != []


def test_a_conclusion_may_follow_a_verdict_that_is_decided_there() -> None:
    """`[[…verdict]], which shows that …` stands where the passage is printed only for a verdict that decides something."""
    text = "Run 1 is [[run_1.mse.verdict]] on mse, which shows that the weight matters."
    within = "Run 2 is [[run_2.absorption_fraction.verdict]], which shows that the weight matters."
    assert found(text) == [] and found(within) != []
    assert found(f"[[if run_2.absorption_fraction better]]{within}[[else]][[end]]") == []
    assert found(f"[[if run_2.absorption_fraction within noise]]{within}[[else]][[end]]") != []


def test_a_stale_passage_goes_back_to_the_writer() -> None:
    """It is a problem of the text like any other: what it was written for is not so."""
    assert found("[[if run_1.mse better]]Run 1 reduces mse.[[end]]") == [
        "a passage for the case “run_1.mse better”, which does not hold: run_1.mse is worse"
    ]


def test_each_branch_is_checked_as_latex_by_itself() -> None:
    """Two branches may define one label; an environment that closes in none of them, and a command that is not allowed, are told."""
    around = Surroundings((), (), ())
    twice = "The words of the section are plain. [[if H1 held]]\\label{eq:a}[[else]]\\label{eq:a}[[end]]"
    assert section_problems(twice, TOLD, "", around) == []
    for bad, why in (("\\begin{itemize}\\item a", "does not parse"), ("\\input{x}", "not allowed")):
        told = section_problems(
            f"The words of the section are plain. [[if H1 held]]fine[[else]]{bad}[[end]]", TOLD, "", around
        )
        assert any(why in problem for problem in told), told


def test_a_finding_names_the_line_of_the_source() -> None:
    """Lines are those of the text as it was written, whatever is printed before."""
    from agent.proofreading.occurrence import Grounds
    from agent.proofreading.typed_numbers import typed_findings

    text = "One.\n[[if H1 held]]\nTwo.\n[[else]]\nThree.\n\nRun 3 improves mse.\n[[end]]\nRun 1 reduces mse."
    assert [(each.typed, each.sentence.line) for each in typed_findings(text, Grounds(TOLD), True)] == [
        ("reduces", 9),
        ("improves", 7),
    ]


def test_the_example_of_the_docs_is_a_text_without_fault() -> None:
    """What docs/references.md shows of passages goes through every check, in each branch."""
    docs = (REPOSITORY / "docs" / "references.md").read_text(encoding="utf-8")
    example = docs.split("## Passages with a condition", 1)[1].split("```", 2)[1]
    assert "[[else if" in example and found(example) == []


@pytest.mark.parametrize(
    "text",
    [
        "All runs improve explained variance.",
        "Every variant beats the baseline on explained variance.",
        "Run 3 improves all metrics.",
        "Run 3 improves explained variance and every other metric.",
        "Run 3 vastly improves explained variance.",
        "Run 3 is far better than the baseline on explained variance.",
        "Run 3 improves explained variance by a wide margin.",
        "Run 3 improves explained variance; run 2 does too.",
        "Run 3 improves explained variance, as does run 2.",
        "Run 3 is better than the baseline and than run 1 on explained variance.",
        "Not only run 3 but also run 2 improves explained variance.",
        "Run 3 improves explained variance, and absorption falls.",
        "Run 3 improves explained variance without any loss in mse.",
        "Our method improves explained variance on any model.",
        "No run improves explained variance.",
        "Run 3 does not improve explained variance.",
    ],
)
def test_a_condition_on_one_run_bears_nothing_of_others(text: str) -> None:
    """More runs, more metrics, a size, in however few words: the condition says that one run is better on one metric."""
    assert found(BETTER.format(text)) != []


@pytest.mark.parametrize(
    ("text", "borne"),
    [
        ("[[if any better explained_variance]]{}[[else]][[end]]", "Some variants improve explained variance."),
        ("[[if any better explained_variance]]{}[[else]][[end]]", "At least one run is better on explained variance."),
        ("[[if not any better mse]]{}[[else]][[end]]", "No run improves mse."),
    ],
)
def test_that_there_is_a_run_bears_no_more(text: str, borne: str) -> None:
    """Some run, or none; not most, not the method, not a certain one."""
    metric = "explained variance" if "explained" in text else "mse"
    assert found(text.format(borne)) == []
    for more in (f"Most runs improve {metric}.", f"The penalty improves {metric}.", f"Run 3 improves {metric}."):
        assert found(text.format(more)) != []


@pytest.mark.parametrize(
    "text",
    [
        "In run 3, explained variance is higher than in the baseline.",
        "Run 3 outperforms the baseline on explained variance, so a late release is worth a try at a larger scale.",
        "The gain of run 3 on explained variance comes with a smaller weight.",
        "Run 3 is better on explained variance. What it costs on mse is open.",
        "Run 3 is better on explained variance, which run 1 is not: [[compare run_3 run_1 explained_variance]].",
    ],
)
def test_plain_sentences_stand(text: str) -> None:
    """How people write of a run that did better, where it did."""
    assert found(BETTER.format(text)) == []


@pytest.mark.parametrize(
    "kept",
    [
        "With everything but the order equal, ",
        "Everything else being equal, ",
        "All else equal, ",
        "Other things being equal, ",
        "With all else kept the same, ",
        "With everything except the weight the same as in the baseline, ",
        "With everything else held fixed, ",
        "All things being equal, ",
    ],
)
def test_that_all_else_was_kept_equal_is_no_claim_on_every_metric(kept: str) -> None:
    """What was held fixed may be said beside what a condition bears, and beside nothing that it does not."""
    assert found(BETTER.format(f"{kept}run 3 improves explained variance.")) == []
    assert found(BETTER.format(f"{kept}run 3 improves mse."))
    assert found(BETTER.format(f"{kept}run 2 improves explained variance."))
    assert found(BETTER.format(f"{kept}run 3 improves everything."))


@pytest.mark.parametrize(
    "text",
    [
        "Run 3 improves explained variance and everything else.",
        "Run 3 improves everything but absorption fraction.",
        "Run 3 improves everything in the same way.",
        "With everything but explained variance unchanged, run 3 improves explained variance.",
        "Run 3 improves explained variance, and everything else is unchanged.",
        "Run 3 improves explained variance and leaves everything else unchanged.",
        "Everything is equal and better in run 3.",
    ],
)
def test_what_is_said_of_everything_is_borne_by_no_condition(text: str) -> None:
    """Words that speak of all that was measured, however near they come to what was kept equal."""
    assert found(BETTER.format(text))


EITHER = "[[if compare run_3 run_1 explained_variance better]]{} on explained variance.[[else]][[end]]"


@pytest.mark.parametrize(
    ("said", "stands"),
    [
        ("Cosine decay is better than plain penalty", True),
        ("The plain penalty is worse than the cosine decay", True),
        ("Run 3 is better than the plain penalty", True),
        ("Run 1 is worse than cosine decay", True),
        ("Plain penalty is better than cosine decay", False),
        ("Cosine decay is worse than plain penalty", False),
        ("Run 2 is better than plain penalty", False),
    ],
)
def test_a_run_named_by_its_title_alone_is_that_run(said: str, stands: bool) -> None:
    """A condition bears what is said of its runs by their titles, either side, and nothing the other way round."""
    assert (found(EITHER.format(said)) == []) is stands


def test_a_condition_on_one_run_bears_nothing_of_another_s_title() -> None:
    """Its own title, with an article or without, and not that of a run beside it."""
    assert found(BETTER.format("The cosine decay improves explained variance.")) == []
    assert found(BETTER.format("The plain penalty improves explained variance."))


@pytest.mark.parametrize(
    "said",
    [
        "The plain penalty of run 3 improves explained variance.",
        "Run 3, a plain penalty, improves explained variance.",
        "Plain penalty (run 3) improves explained variance.",
        "Run 3 has the plain penalty and improves explained variance.",
    ],
)
def test_a_title_beside_a_run_says_what_that_run_is(said: str) -> None:
    """Words that are another run's title describe the run that is named with them."""
    assert found(BETTER.format(said)) == []
    assert found(BETTER.format(said.replace("un 3", "un 2")))
