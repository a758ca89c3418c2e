"""A sweep's frontier against the baseline's: point by point, with noise, in words."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import pytest

from agent.errors import BadAnswer
from agent.evidence.evidence import Evidence
from agent.evidence.reference import parse_reference
from agent.experiment.baseline import merge_seeds
from agent.experiment.repeating import over_seeds
from agent.results.collect import run_result
from agent.results.results import Results
from agent.results.verdicts.at_points import merged_details, verdicts
from agent.results.verdicts.frontier import Frontier, frontier_of
from agent.results.verdicts.welch import welch
from agent.results.words.frontier import frontier_text
from agent.session.events import RunAccepted
from agent.session.paths import REPOSITORY
from agent.session.run_info import RunInfo
from agent.session.steps import RunName
from agent.session.template import load_template
from tests.world.fresh_seeds import confirmation
from tests.world.study import results as study

METRIC = "explained_variance"
PLACES = (8.0, 16.0, 32.0)
BASE = (0.70, 0.80, 0.86)
SEEDS = (-0.002, 0.0, 0.002)


def details(values: Any, places: Any = PLACES) -> dict[str, Any]:
    """As an evaluator leaves it."""
    points = [{"at": at, "metrics": {METRIC: value, "l0": at}} for at, value in zip(places, values, strict=True)]
    return {"frontier": {"over": "l0", "one": "sparsity", "several": "sparsities", "points": points}}


def swept(values: Any, places: Any = PLACES) -> Frontier:
    found = frontier_of(details(values, places))
    assert found is not None
    return found


def baseline() -> Frontier:
    """Of three seeds that differ by 0.002 at each point."""
    merged = merged_details([details([value + by for value in BASE]) for by in SEEDS])
    found = frontier_of(merged)
    assert found is not None
    return found


def with_frontier(values: Any, places: Any = PLACES, differences: tuple[str, ...] = ()) -> Results:
    """The study, whose baseline is a sweep and whose third run another."""
    found = study()
    known = {"run_0": baseline(), "run_3": swept(values, places)}
    runs = [replace(run, frontier=known.get(run.name)) for run in found.runs]
    runs = [replace(run, differences=differences) if run.name == "run_3" else run for run in runs]
    return replace(found, runs=tuple(runs))


def said(values: Any, places: Any = PLACES) -> str:
    found = with_frontier(values, places)
    third = found.get("run_3")
    assert third is not None
    return frontier_text(found, third, METRIC)


@pytest.mark.parametrize(
    ("by", "words"),
    [
        ((0.05, 0.05, 0.05), "dominates the baseline's frontier of explained variance at 3 of 3 sparsities"),
        ((-0.05, -0.05, -0.05), "is dominated by the baseline's frontier of explained variance at 3 of 3 sparsities"),
        ((0.001, -0.001, 0.0), "is within noise of the baseline's frontier of explained variance at 3 of 3 sparsities"),
        (
            (0.05, 0.0, 0.001),
            "is better than the baseline's frontier of explained variance at 1 of 3 sparsities (l0 8.0), within noise at 2",
        ),
        (
            (0.0, -0.05, -0.05),
            "is worse than the baseline's frontier of explained variance at 2 of 3 sparsities (l0 16.0, 32.0), within noise at 1",
        ),
        (
            (0.05, 0.0, -0.05),
            "crosses the baseline's frontier of explained variance: of 3 sparsities it is better at 1 (l0 8.0), worse at 1 (l0 32.0), within noise at 1",
        ),
    ],
)
def test_the_words_say_what_was_measured(by: tuple[float, ...], words: str) -> None:
    """Dominates where every point is beyond noise, crosses where both signs are, and nothing is called a gain within noise."""
    found = said([value + each for value, each in zip(BASE, by, strict=True)])
    assert found.startswith(f"run 3 {words}")


def test_a_point_is_held_against_the_same_place() -> None:
    """Between two points the baseline is linear in the logarithm: at l0 16 between 8 and 32, half-way; a method that is on for
    fewer latents is not judged by the k that it was given."""
    base = swept([0.6, 0.8], [8.0, 32.0])
    middle = base.value_at(16.0, METRIC)
    assert middle is not None and middle.mean == pytest.approx(0.7)
    run = swept([0.75, 0.9], [16.0, 40.0])
    metric = study().metrics[METRIC]
    assert [verdict and verdict.delta for verdict in verdicts(run, base, METRIC, metric)] == [pytest.approx(0.05), None]
    assert base.value_at(32.5, METRIC) == base.points[-1].values[METRIC], (
        "by two parts in a hundred the end is still the end"
    )
    assert base.value_at(7.0, METRIC) is None and base.value_at(40.0, METRIC) is None


def test_points_outside_are_not_judged_and_said_to_be() -> None:
    """Beyond the ends nothing is extrapolated."""
    assert said([0.9, 0.95, 0.99], [8.0, 16.0, 64.0]).endswith(
        "at 2 of 2 sparsities; 1 of 3 sparsities could not be judged"
    )
    assert "of 3 sparsities none lies where its noise is known" in said([0.9, 0.95, 0.99], [64.0, 128.0, 256.0])


def test_more_points_need_more_to_be_better_at_one() -> None:
    """The confidence of all looks is shared among the points, so a difference beyond one look's noise may be within it."""
    base, metric = baseline(), study().metrics[METRIC]
    alone = swept([BASE[0] + 0.011, BASE[2]], [8.0, 32.0])
    many = swept([BASE[0] + 0.011, *[BASE[2]] * 20], [8.0, *[32.0] * 20])
    words = [verdicts(each, base, METRIC, metric)[0].word for each in (alone, many)]  # type: ignore[union-attr]
    wide = verdicts(alone, base, METRIC, metric, confidence=0.999)[0]
    assert words == ["within noise", "within noise"] and wide is not None and wide.word == "within noise"
    sure = swept([BASE[0] + 0.02, BASE[2]], [8.0, 32.0])
    assert verdicts(sure, base, METRIC, metric)[0].word == "better"  # type: ignore[union-attr]
    far = swept([BASE[0] + 0.02, *[BASE[2]] * 20], [8.0, *[32.0] * 20])
    assert verdicts(far, base, METRIC, metric)[0].word == "within noise"  # type: ignore[union-attr]


def test_a_run_that_is_not_comparable_is_not_held_against_it() -> None:
    """Another budget, another sweep: named, and no verdict."""
    found = with_frontier(BASE, differences=("config.l0_sweep: 8, 16, 32 → 8, 32",))
    third = found.get("run_3")
    assert third is not None
    text = frontier_text(found, third, METRIC)
    assert text.startswith(
        "run 3 is not comparable with the baseline's frontier of explained variance (config.l0_sweep"
    )


def test_the_noise_of_a_single_seed_is_not_known() -> None:
    """A baseline of one seed, or of seeds that all gave the same, judges nothing; a deterministic template needs no noise."""
    run, metric = swept([0.9, 0.95, 0.99]), study().metrics[METRIC]
    for base in (swept(BASE), frontier_of(merged_details([details(BASE), details(BASE)]))):
        assert base is not None
        assert {verdict.word for verdict in verdicts(run, base, METRIC, metric) if verdict} == {"noise unknown"}
        assert {verdict.word for verdict in verdicts(run, base, METRIC, metric, exact=True) if verdict} == {"better"}


def test_seeds_are_merged_point_by_point() -> None:
    """Mean, spread, n and noise of each; seeds with other numbers of points, or without any, have no frontier together."""
    (first, *_) = baseline().points
    assert first.at == 8.0 and first.values[METRIC].mean == pytest.approx(0.70)
    assert first.values[METRIC].spread == pytest.approx(0.002) and first.values[METRIC].n == 3
    entry = merged_details([details([value + by for value in BASE]) for by in SEEDS])["frontier"]["points"][0][
        "metrics"
    ][METRIC]
    assert entry["noise"] == pytest.approx(4.302653 * 0.002 * (4 / 3) ** 0.5, rel=1e-5)
    assert merged_details([details(BASE), details(BASE[:2], PLACES[:2])]) == {} == merged_details([details(BASE), {}])


def test_the_baselines_result_holds_the_merged_frontier() -> None:
    """run_0 has the mean of its seeds' points, with their spread, where a run reads it; a result without a sweep is as it was."""
    template = load_template(REPOSITORY / "templates" / "toy")
    primary = template.primary
    metrics = {name: {"mean": 1.0, "spread": None, "n": 1} for name in template.metrics}
    infos = {
        seed: RunInfo({"metrics": metrics, "details": {**details([v + by for v in BASE]), "other": seed}})
        for seed, by in zip(template.baseline.seeds, itertools.cycle(SEEDS), strict=False)
    }
    merged = merge_seeds(template, infos)
    event = RunAccepted(run=RunName.of(0), title="Baseline", results=merged, code={})
    found = run_result(event).frontier
    assert found is not None and found.points[0].values[METRIC].n == len(infos) and merged.details["other"] == 0
    plain = merge_seeds(template, {seed: RunInfo({"metrics": metrics}) for seed in template.baseline.seeds})
    assert "details" not in plain and primary in plain.metrics


def of_seeds(values: Any, seeds: Any = SEEDS, places: Any = PLACES) -> RunInfo:
    """A run's result as it is accepted: launched on several seeds, whose points differ by these."""
    metrics = {METRIC: {"mean": 1.0, "spread": None, "n": 1}}
    return over_seeds(
        {
            place: RunInfo(
                {"metrics": metrics, "details": {**details([v + by for v in values], places), "other": place}}
            )
            for place, by in enumerate(seeds)
        }
    )


def test_a_run_on_several_seeds_has_the_frontier_of_all_of_them() -> None:
    """Mean, spread and n of each point; no noise, which is the baseline's; the other details stay its first seed's."""
    info = of_seeds(BASE, (0.0, 0.03, 0.06))
    entry = info.details["frontier"]["points"][0]["metrics"][METRIC]
    assert entry == {"mean": pytest.approx(0.73), "spread": pytest.approx(0.03), "n": 3}
    assert info.details["other"] == 0 and info.details["frontier"]["several"] == "sparsities"


def test_points_are_merged_by_their_setting_and_not_by_their_place() -> None:
    """Two settings that come to lie at nearly the same place change sides from seed to seed: each stays with its own."""
    left = ([8.0, 15.0, 14.0], [8.0, 14.0, 15.0])
    merged = merged_details([details([0.6, 0.7, 0.9], places) for places in left])["frontier"]["points"]
    assert [(point["at"], point["metrics"][METRIC]["mean"]) for point in merged] == [
        (8.0, pytest.approx(0.6)),
        (14.5, pytest.approx(0.7)),
        (14.5, pytest.approx(0.9)),
    ]
    found = frontier_of({"frontier": {**details(BASE)["frontier"], "points": merged}})
    assert found is not None and found.value_at(14.5, METRIC) is not None


def test_seeds_without_a_frontier_together_have_none() -> None:
    """One seed of several is no sweep, or has other points: the first one's frontier stands for nobody else's, in run and baseline."""
    metrics = {METRIC: {"mean": 1.0, "spread": None, "n": 1}}
    first = RunInfo({"metrics": metrics, "details": details(BASE)})
    for other in ({}, details(BASE[:2], PLACES[:2])):
        infos = {0: first, 1: RunInfo({"metrics": metrics, "details": other})}
        assert "frontier" not in over_seeds(infos).details
        template = load_template(REPOSITORY / "templates" / "toy")
        two = template.model_copy(update={"baseline": template.baseline.model_copy(update={"seeds": [0, 1]})})
        assert "frontier" not in merge_seeds(two, infos).details
    plain = {seed: RunInfo({"metrics": metrics}) for seed in (0, 1)}
    assert "details" not in over_seeds(plain)


def words_of(info: RunInfo, seeds: int) -> str:
    """What is said of run_3, whose result this is."""
    third = run_result(RunAccepted(run=RunName.of(3), title="x", results=info, seeds=list(range(seeds)), code={}))
    found = with_frontier(BASE)
    runs = [
        replace(run, frontier=third.frontier, seeds=third.seeds) if run.name == "run_3" else run for run in found.runs
    ]
    return frontier_text(replace(found, runs=tuple(runs)), next(run for run in runs if run.name == "run_3"), METRIC)


def test_a_lucky_first_seed_does_not_dominate() -> None:
    """Far better with the first of three seeds alone: over all of them it is within noise; better with each of them, it dominates."""
    lucky = (0.06, -0.03, -0.03)
    alone = details([value + lucky[0] for value in BASE])
    assert "dominates" in words_of(RunInfo({"metrics": {}, "details": alone}), 0), "by its first seed it would"
    assert "is within noise of" in words_of(of_seeds(BASE, lucky), 3)
    assert "dominates" in words_of(of_seeds(BASE, (0.058, 0.06, 0.062)), 3)


def test_more_seeds_see_smaller_differences() -> None:
    """The band between two samples is Welch's: of three seeds a side narrower than that of one more seed."""
    metric, base = study().metrics[METRIC], baseline()
    known = frontier_of(of_seeds([value + 0.01 for value in BASE]).details)
    assert known is not None
    one, three = (verdicts(known, base, METRIC, metric, launches=launches)[0] for launches in (1, 3))
    assert one is not None and three is not None and one.noise is not None and three.noise is not None
    assert (one.word, three.word) == ("within noise", "better")
    spread = 0.002
    expected = welch((0.0, spread, -spread), (0.0, spread, -spread), looks=3).half_width
    assert three.noise == pytest.approx(expected)


def test_repeats_of_the_evaluator_are_no_seeds() -> None:
    """A point that was evaluated three times on one SAE is still one launch: its n makes no band narrower."""
    metric, base = study().metrics[METRIC], baseline()
    repeated = swept([{"mean": value, "spread": 1e-4, "n": 3} for value in BASE])
    plain = verdicts(swept(BASE), base, METRIC, metric)[0]
    again = verdicts(repeated, base, METRIC, metric)[0]
    assert plain is not None and again is not None and again.noise == plain.noise


def test_what_is_declared_exact_must_be_borne_out_by_the_seeds() -> None:
    """`deterministic`, and seeds that differ at a point: their noise is the judge there."""
    metric = study().metrics[METRIC]
    near = verdicts(swept([value + 0.001 for value in BASE]), baseline(), METRIC, metric, exact=True)[0]
    assert near is not None and near.word == "within noise" and not near.exact


def fresh(values: Any, by: Any = SEEDS) -> Any:
    return of_seeds(values, by).details["frontier"]


def tried(mine: Any, by: Any = SEEDS, **other: Any) -> str:
    """The clause on run_3, the candidate, after three fresh seeds a side."""
    known = confirmation(metrics=(METRIC,), frontiers={"run_3": fresh(mine, by), "run_0": fresh(BASE)}, **other)
    found = replace(with_frontier([value + 0.05 for value in BASE]), confirmation=known)
    third = found.get("run_3")
    assert third is not None
    return frontier_text(found, third, METRIC)


def test_the_candidates_frontier_is_held_against_the_baselines_on_fresh_seeds() -> None:
    """What the search saw, and behind it what fresh seeds say, point by point; of no other run, and of nothing that failed."""
    seen = "run 3 dominates the baseline's frontier of explained variance at 3 of 3 sparsities"
    where = "the baseline's on the split that the search never touched at 3 of 3 sparsities"
    assert tried([value + 0.05 for value in BASE]) == f"{seen}; over 3 fresh seeds it dominates {where}"
    assert tried(BASE) == f"{seen}; over 3 fresh seeds it is within noise of {where}"
    assert tried(BASE, failed=("run_3 with seed 102 did not end well",)) == seen
    assert tried(BASE, run=RunName.of(2)) == seen


@pytest.mark.parametrize(
    "damaged",
    [
        {},
        {"frontier": 3},
        {"frontier": {"points": [{"at": 8}] * 2}},
        {"frontier": {"points": [{"at": "x", "metrics": {}}] * 2}},
    ],
)
def test_what_is_no_frontier_is_none(damaged: dict[str, Any]) -> None:
    """A damaged one costs the frontier and nothing else."""
    assert frontier_of(damaged) is None
    assert frontier_of(details([0.7], [8.0])) is None and frontier_of(details(BASE, [0.0, 8.0, 16.0])) is None


def test_the_reference_says_it_and_bears_a_comparison() -> None:
    """`[[frontier run_3 explained_variance]]` is a clause that judges; without a sweep, or a metric, it is refused."""
    found = Evidence(with_frontier([0.9, 0.95, 0.99]))
    text = found.resolve("frontier run_3 explained_variance")
    assert text.text.startswith("run 3 dominates the baseline's frontier")
    reference = parse_reference("frontier run_3 explained_variance")
    assert reference.judges and reference.judged_metric("x") == METRIC
    assert found.resolve("frontier run_1 explained_variance").text.startswith("run 1 was not measured as a frontier")
    assert found.resolve("frontier baseline explained_variance").text.startswith(
        "the baseline has the baseline's frontier"
    )
    with pytest.raises(BadAnswer, match=r"write \[\[frontier run_2 METRIC\]\]"):
        found.resolve("frontier run_3")
    with pytest.raises(BadAnswer, match="the baseline was no sweep"):
        Evidence(study()).resolve("frontier run_3 explained_variance")
