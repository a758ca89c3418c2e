"""Outcomes of hypotheses: computed from measurements, undecided where noise hides them, untested with the reason."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent.results.confirmation import Confirmation
from agent.results.registered.outcomes import Judged, Registration, registration_of, statement_text
from agent.results.results import Results
from agent.results.story import Story
from agent.session.events import (
    Event,
    FiguresDrawn,
    Planned,
    Registered,
    RunAbandoned,
    RunAccepted,
    RunDropped,
    RunsEnded,
    SessionEnded,
    SessionResumed,
)
from agent.session.events.hypothesis import Hypothesis, registered_sha256
from agent.session.steps import RunName, Step
from tests.world.study import controlled, results

PLAN = "\n".join(f"{number}. Variant {number}: a change" for number in range(1, 7))


def hypothesis(metric: str, run: int, relation: str, against: int = 0, name: str = "H1") -> Hypothesis:
    return Hypothesis.model_validate(
        {"name": name, "metric": metric, "run": f"run_{run}", "relation": relation, "against": f"run_{against}"}
    )


def registration(*hypotheses: Hypothesis, then: tuple[Event, ...] = (), found: Results | None = None) -> Registration:
    """What came of these hypotheses in the small study, whose runs are 1 to 4."""
    accepted = [RunAccepted(run=RunName.of(number), title="") for number in range(5)]
    events: list[Event] = [
        Planned(text=PLAN),
        Registered(hypotheses=list(hypotheses), sha256=registered_sha256(hypotheses)),
    ]
    return registration_of(Story([*events, *accepted, *then]), found or results())


def came_of(given: tuple[str, int, str] | tuple[str, int, str, int], found: Results | None = None) -> Judged:
    return registration(hypothesis(*given), found=found).tested[0]


@pytest.mark.parametrize(
    ("given", "outcome", "reason"),
    [
        (
            ("explained_variance", 3, "better than"),
            "held",
            "better than the baseline by 0.0059, beyond the noise of 0.0020",
        ),
        (("explained_variance", 1, "better than"), "not held", "worse than the baseline by 0.0162"),
        (("explained_variance", 2, "better than"), "undecided within noise", "within the noise of 0.0020"),
        (("explained_variance", 1, "worse than"), "held", "beyond the noise"),
        (("explained_variance", 3, "worse than"), "not held", "better than the baseline"),
        (("explained_variance", 2, "worse than"), "undecided within noise", "worse than the baseline by 0.0007"),
        (("explained_variance", 2, "not worse than"), "held", "a smaller difference would not be seen"),
        (("explained_variance", 1, "not worse than"), "not held", "worse than the baseline"),
        (("explained_variance", 3, "not worse than"), "held", "better than the baseline"),
        (("explained_variance", 2, "within noise of"), "held", "a smaller difference would not be seen"),
        (("explained_variance", 3, "within noise of"), "not held", "better than the baseline"),
        (("mse", 3, "better than", 1), "held", "better than run 1 by 0.0221"),
        (("mse", 3, "better than", 2), "held", "better than run 2 by 0.0066"),
        (("explained_variance", 4, "better than"), "not tested", "run_4 is not comparable: config.k: 16 → 32"),
        (("explained_variance", 3, "better than", 4), "not tested", "run_4 is not comparable"),
        (("l0", 4, "better than"), "not tested", "not comparable"),
        (("l0", 2, "worse than"), "not held", "equal to the baseline"),
        (("explained_variance", 5, "better than"), "not tested", "run_5 was not made"),
        (("probing_top_1", 3, "better than"), "not tested", "not measured"),
    ],
)
def test_each_relation_has_its_outcome(
    given: tuple[str, int, str] | tuple[str, int, str, int], outcome: str, reason: str
) -> None:
    """Better, worse and within noise say of each relation whether it held; what cannot be compared is not tested."""
    found = came_of(given)
    assert found.outcome == outcome and reason in found.reason
    assert found.words == f"{outcome} ({found.reason})"


@pytest.mark.parametrize(
    ("metric", "run", "relation", "margin", "outcome", "reason"),
    [
        ("explained_variance", 2, "not worse than", 0.01, "held", "worse by up to 0.0027, and 0.01 was allowed"),
        (
            "explained_variance",
            2,
            "not worse than",
            0.002,
            "undecided within noise",
            "worse by up to 0.0027, and 0.002",
        ),
        ("explained_variance", 3, "not worse than", 0.001, "held", "no worse at all, and 0.001 was allowed"),
        ("explained_variance", 1, "not worse than", 0.01, "not held", "worse by up to 0.0182"),
        ("explained_variance", 1, "not worse than", 0.015, "undecided within noise", "beyond the noise of 0.0020; so"),
        ("explained_variance", 1, "not worse than", 0.05, "held", "worse by up to 0.0182, and 0.05 was allowed"),
        ("explained_variance", 2, "within noise of", 0.01, "held", "apart by up to 0.0027"),
        ("explained_variance", 2, "within noise of", 0.001, "undecided within noise", "apart by up to 0.0027"),
        ("explained_variance", 3, "within noise of", 0.003, "not held", "apart by up to 0.0079"),
        ("explained_variance", 4, "not worse than", 0.01, "not tested", "not comparable"),
        ("probing_top_1", 3, "not worse than", 0.01, "not tested", "not measured"),
    ],
)
def test_with_a_size_noise_never_makes_it_hold(
    metric: str, run: int, relation: str, margin: float, outcome: str, reason: str
) -> None:
    """It holds where the whole interval lies within the size, is not held where all of it lies beyond, and is undecided else."""
    given = hypothesis(metric, run, relation).model_copy(update={"margin": margin})
    found = registration(given).tested[0]
    assert found.outcome == outcome and reason in found.reason


def test_large_noise_leaves_a_claim_with_a_size_undecided() -> None:
    """`Not worse` holds on any noise; by more than a size it does not, in whichever direction the run came out."""
    noisy = results()
    base = noisy.baseline.values["explained_variance"]
    values = {**noisy.baseline.values, "explained_variance": replace(base, spread=0.3)}
    noisy = replace(noisy, runs=(replace(noisy.baseline, values=values), *noisy.runs[1:]))
    for run in (1, 2, 3):
        plain = hypothesis("explained_variance", run, "not worse than")
        sized = plain.model_copy(update={"margin": 0.01})
        assert registration(plain, found=noisy).tested[0].outcome == "held"
        assert registration(sized, found=noisy).tested[0].outcome == "undecided within noise"


def test_noise_counts_the_hypotheses_that_were_registered() -> None:
    """Four hypotheses: each is held against a band wider than that of one, by Bonferroni; the fifth word of a plan costs."""
    near = ("feature_separation", 3, "better than")  # 0.0111, against 0.0079 for one hypothesis
    assert came_of(near).outcome == "held"
    several = registration(*(hypothesis(*near, name=f"H{number}") for number in (1, 2, 3, 4)))
    assert {each.outcome for each in several.tested} == {"undecided within noise"}


def fresh(candidate: tuple[float, ...], base: tuple[float, ...], failed: tuple[str, ...] = ()) -> Results:
    """The study with run 3 tried on three fresh seeds by explained variance."""
    names = ("explained_variance",)
    tried = Confirmation(
        run=RunName.of(3),
        metric=names[0],
        metrics=names,
        seeds=(101, 102, 103),
        candidate={names[0]: candidate},
        baseline={names[0]: base},
        failed=failed,
    )
    return replace(results(), confirmation=tried)


@pytest.mark.parametrize(
    ("candidate", "outcome"),
    [
        ((0.8965, 0.8971, 0.8969), "held"),
        ((0.8915, 0.8911, 0.8908), "undecided within noise"),
        ((0.8865, 0.8861, 0.8858), "not held"),
    ],
)
def test_fresh_seeds_decide_where_they_measured_both_sides(candidate: tuple[float, ...], outcome: str) -> None:
    """A run that the search saw better is what fresh seeds say, in either direction; other metrics and pairs are the search's."""
    found = fresh(candidate, (0.8911, 0.8914, 0.8908))
    told = came_of(("explained_variance", 3, "better than"), found)
    assert told.outcome == outcome and told.reason.endswith("over 3 fresh seeds a side")
    for other in (("mse", 3, "better than"), ("explained_variance", 1, "worse than")):
        assert "fresh" not in came_of(other, found).reason
    assert "fresh" not in came_of(("explained_variance", 3, "better than", 1), found).reason


def test_a_confirmation_that_failed_decides_nothing() -> None:
    """A seed that did not end well, or has no value: the search's own comparison stands."""
    given = ("explained_variance", 3, "better than")
    for found in (fresh((0.1, 0.1, 0.2), (0.9, 0.9, 0.91), ("run_3/confirm_101 crashed",)), fresh((), (0.9, 0.9))):
        assert came_of(given, found).outcome == "held" and "fresh" not in came_of(given, found).reason


def test_unknown_noise_leaves_a_hypothesis_untested() -> None:
    """A baseline of one seed, or seeds that all gave the same: no verdict, so no outcome."""
    study = results()
    odd = replace(study.runs[2], values={**study.runs[2].values, "l0": replace(study.runs[2].values["l0"], mean=15.0)})
    found = Results(study.metrics, study.primary, (*study.runs[:2], odd, *study.runs[3:]))
    untested = came_of(("l0", 2, "better than"), found)
    assert untested.outcome == "not tested" and "noise unknown, since all seeds gave the same" in untested.reason


def test_a_control_that_does_as_well_stands_behind_the_outcome() -> None:
    """An outcome on a metric that does not tell the baseline from an untrained model says so."""
    found = came_of(("absorption_fraction", 3, "not worse than"), controlled())
    assert found.reason.endswith("(an untrained model scores 0.592 here)")


def test_planned_runs_are_named_once_no_more_are_made() -> None:
    """While runs go on they may still come; then each that was given up or not reached is named with the reason."""
    drawn = FiguresDrawn(ok=True)
    abandoned = RunAbandoned(run=RunName.of(4), title="Too wide", reason="no accepted result after 5 turns")
    assert registration().left_out == ()
    ended = (SessionEnded(state="interrupted"), SessionResumed())
    assert registration(then=ended).left_out == () != registration(then=ended[:1]).left_out
    told = [(each.run, each.title, each.reason) for each in registration(then=(abandoned, drawn)).left_out]
    assert told == [
        ("run_4", "Too wide", "given up: no accepted result after 5 turns"),
        ("run_5", "Variant 5: a change", "the session's runs ended before it"),
        ("run_6", "Variant 6: a change", "the session's runs ended before it"),
    ]


def test_a_dropped_run_is_named_and_leaves_its_hypothesis_untested() -> None:
    """A person took it out of what counts: the reason stands with the hypothesis and in the list; patience ends runs with its own."""
    dropped = RunDropped(run=RunName.of(3), why="it leaked", before=Step("run_4/turn_1"))
    ended = RunsEnded(run=RunName.of(4), reason="2 runs without a gain")
    without = replace(results(), runs=tuple(run for run in results().runs if run.index != 3))
    found = registration(
        hypothesis("mse", 3, "better than"), then=(dropped, ended, FiguresDrawn(ok=True)), found=without
    )
    assert found.tested[0].words == "not tested (run_3 was dropped: it leaked)"
    told = [(each.run, each.reason) for each in found.left_out]
    assert told == [("run_3", "dropped: it leaked"), ("run_5", ended.reason), ("run_6", ended.reason)]


def test_a_run_that_was_given_up_leaves_later_numbers_untested() -> None:
    """Its name is used again, so that run_3 may be another than the plan's; earlier ones are what they were."""
    abandoned = RunAbandoned(run=RunName.of(2), title="", reason="")
    pair = [hypothesis("mse", number, "better than", name=f"H{number}") for number in (1, 3)]
    first, later = registration(*pair, then=(abandoned,)).tested
    assert first.outcome == "not held"
    assert later.outcome == "not tested" and "run_2 was given up and its name used again" in later.reason


def test_a_run_that_was_made_under_another_title_is_named() -> None:
    """Of a run with a hypothesis both titles are told, unless its own says half of the plan's or more, with whatever besides."""
    titles = ((1, "The variant 1, with a schedule."), (3, "Decay of the weights"))
    made = tuple(RunAccepted(run=RunName.of(number), title=title) for number, title in titles)
    found = registration(hypothesis("mse", 1, "better than"), hypothesis("mse", 3, "better than", name="H2"), then=made)
    assert found.retitled == ("run_3 was planned as “Variant 3” and made as “Decay of the weights”",)
    assert registration(hypothesis("mse", 2, "better than"), then=made).retitled == ()


def test_a_statement_is_told_in_words() -> None:
    """As prose has it, with labels and the baseline by its name."""
    assert statement_text(hypothesis("mse", 3, "better than", 1)) == "mse of run 3 better than run 1"
    told = statement_text(hypothesis("absorption_fraction", 2, "within noise of"))
    assert told == "absorption fraction of run 2 within noise of the baseline"
