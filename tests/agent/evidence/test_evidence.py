"""References say what was measured, in words that are true whatever was measured."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from agent.errors import BadAnswer
from agent.evidence.evidence import Evidence
from agent.results.results import Results
from agent.results.values import Value
from agent.results.words import phrases
from agent.session.steps import RunName
from tests.world.study import METRICS, evidence, results

SAYS = [
    ("run_3.explained_variance", "0.8971"),
    ("baseline.explained_variance", "0.8912 ± 0.0004"),
    ("run_0.explained_variance.mean", "0.8912"),
    ("run_0.explained_variance.spread", "0.0004"),
    ("run_0.explained_variance.n", "3"),
    ("run_3.explained_variance.delta", "+0.0059"),
    ("run_1.explained_variance.delta", "-0.0162"),
    ("run_1.l0.delta", "0.0"),
    ("run_1.explained_variance.percent", "-1.8%"),
    ("run_3.explained_variance.noise", "0.0020"),
    ("run_3.explained_variance.verdict", "better than the baseline, beyond noise"),
    ("run_3.mse.band", "0.0092"),
    ("baseline.explained_variance.band", "0.0041"),
    ("run_3.mse.verdict", "better than the baseline, beyond noise (one look)"),
    ("run_3.explained_variance.verdict", "better than the baseline, beyond noise"),
    ("run_1.explained_variance.verdict", "worse than the baseline, beyond noise"),
    ("run_2.explained_variance.verdict", "within noise of the baseline"),
    ("run_4.explained_variance.verdict", "not comparable with the baseline (config.k: 16 → 32)"),
    ("run_0.explained_variance.verdict", "the baseline itself"),
    ("best.name", "run 3"),
    ("best.explained_variance", "0.8971"),
    ("best.title", "Cosine decay"),
    ("best feature_separation", "run 1"),
    ("run_3.config.ema_decay", "0.98"),
    ("run_3.config.d_sae", "2048"),
    ("run_3.training.tokens", "819,200"),
    ("run 3 . title", "Cosine decay"),
    ("run\\_3.explained\\_variance", "0.8971"),
    ("compare run_1 run_2 explained_variance", "worse than run 2 by 0.0155, beyond noise"),
    ("compare run_1 run_2 mse", "worse than run 2 by 0.0155, beyond noise"),
    ("compare run_2 baseline explained_variance", "within noise of the baseline (worse by 0.0007)"),
    ("compare run_3 run_4 mse", "not comparable with run 4 (config.k: 16 → 32)"),
    ("compare run_1 run_2 l0", "equal to run 2"),
    ("count better explained_variance", "1"),
    ("count runs", "4"),
    ("count not_comparable", "1"),
    ("list better feature_separation", "runs 1, 2 and 3 (runs 2 and 3 by one look)"),
    ("list better mse", "run 3 (one look)"),
    ("list worse explained_variance", "run 1"),
    ("list better absorption_fraction", "no run"),
    ("conclusion", "On explained variance, run 3 beat the baseline beyond noise."),
    ("conclusion absorption_fraction", "No comparable run beat the baseline beyond noise on absorption fraction."),
]

OF_PARENTS = [
    ("run_3.parent", "run 1"),
    ("run_1.parent", "the baseline"),
    ("run_3.explained_variance.parent_delta", "+0.0221"),
    ("run_3.explained_variance.parent_verdict", "better than run 1 by 0.0221, beyond noise"),
    ("run_1.explained_variance.parent_delta", "-0.0162"),
    ("run_4.explained_variance.parent_verdict", "not comparable with run 3 (config.k: 16 → 32)"),
]
PARENTS = {"run_1": "run_0", "run_2": "run_1", "run_3": "run_1", "run_4": "run_3"}


def family(dropped: str = "") -> Evidence:
    """The study's runs, each begun from another one."""
    found = results()
    runs = [
        dataclasses.replace(run, parent=RunName(PARENTS[run.name]) if run.name in PARENTS else None)
        for run in found.runs
        if run.name != dropped
    ]
    return Evidence(dataclasses.replace(found, runs=tuple(runs)))


@pytest.mark.parametrize(("reference", "text"), OF_PARENTS)
def test_says_how_a_run_stands_to_its_parent(reference: str, text: str) -> None:
    """Its name, the difference and the words, by the noise between the two."""
    assert family().resolve(reference).text == text


def test_a_parent_that_was_dropped_is_named_and_compared_with_nothing() -> None:
    """The record of where the code came from stays; a comparison goes back, and the baseline has no parent."""
    assert family("run_1").resolve("run_3.parent").text == "run 1"
    for reference, told in (("run_3.mse.parent_verdict", "was dropped"), ("run_0.parent", "began from no run")):
        with pytest.raises(BadAnswer, match=told):
            family("run_1").resolve(reference)


UNKNOWN = [
    ("run_3.explaned_variance", "explained_variance"),
    ("run_9.mse", "run_4"),
    ("run_3.mse.detla", "delta"),
    ("run_3.config.lamda_max", "lambda_max"),
    ("run_2.explained_variance.spread", "n = 1"),
    ("compare run_1 run_2", "[[compare run_2 run_5 explained_variance]]"),
    ("count best mse", "METRIC"),
    ("table explained_variance | run_7", "run_7"),
    ("whatever", "Accepted runs"),
    ("run_3.a.b.c", "too many parts"),
]


@pytest.mark.parametrize(("reference", "text"), SAYS)
def test_says_what_was_measured(reference: str, text: str) -> None:
    """Each form of the grammar is filled with the measured value or the computed words."""
    assert evidence().resolve(reference).text == text


@pytest.mark.parametrize(("reference", "told"), UNKNOWN)
def test_names_the_nearest_valid_reference(reference: str, told: str) -> None:
    """An unknown run, metric, field or setting is refused with what was probably meant."""
    with pytest.raises(BadAnswer) as bad:
        evidence().resolve(reference)
    assert told in str(bad.value)


def test_noise_between_two_single_seeds_is_wider_than_against_the_baseline() -> None:
    """Two runs 0.0022 apart are within noise of each other (t·s·√2 = 0.0024), though 0.0020 would tell them apart."""
    study = results()
    twin = dataclasses.replace(study.runs[3], name=RunName("run_5"), values={"explained_variance": Value(0.8949)})
    with_twin = Results(study.metrics, study.primary, (*study.runs, twin))
    assert (
        Evidence(with_twin).resolve("compare run_3 run_5 explained_variance").text.startswith("within noise of run 5")
    )


def test_noise_that_is_unknown_is_never_called_better() -> None:
    """With one seed of the baseline no run is better or worse, in any form of words."""
    study = results()
    single = dataclasses.replace(
        study.baseline, values={name: Value(v.mean) for name, v in study.baseline.values.items()}
    )
    unknown = Evidence(Results(study.metrics, study.primary, (single, *study.runs[1:])))
    assert "unknown" in unknown.resolve("run_3.explained_variance.verdict").text
    assert "unknown" in unknown.resolve("compare run_3 run_1 explained_variance").text
    assert "unknown" in unknown.resolve("conclusion").text
    assert unknown.resolve("baseline.explained_variance").text == "0.8912"


def test_a_metric_that_was_not_measured_is_called_that() -> None:
    """Missing is not zero: value, delta and comparison say so."""
    study = results()
    blind = dataclasses.replace(study.runs[2], values={})
    holes = Evidence(Results(study.metrics, study.primary, (*study.runs[:2], blind)))
    for reference in (
        "run_2.mse",
        "run_2.mse.delta",
        "run_2.mse.percent",
        "run_2.mse.verdict",
        "compare run_2 run_1 mse",
    ):
        assert holes.resolve(reference).text == "not measured"


def test_a_difference_too_small_for_the_digits_is_not_called_zero() -> None:
    """`better by 0.0000` would contradict itself: it is less than the last digit."""
    mse, l0 = METRICS["mse"], METRICS["l0"]
    assert [phrases.size_text(size, mse) for size in (0.0155, 0.00006, 0.00004)] == [
        "0.0155",
        "0.0001",
        "less than 0.0001",
    ]
    assert phrases.size_text(0.02, l0) == "less than 0.1"


@pytest.mark.parametrize(
    ("section", "name", "marked"),
    [
        ("training", "explained_variance", True),
        ("training", "train_explained_variance", True),
        ("training", "final.Explained-Variance", True),
        ("training", "l0_last", True),
        ("config", "explained_variance", True),
        ("config", "targets.mse", True),
        ("config", "l0_sweep", False),
        ("config", "mse_weight", False),
        ("training", "tokens", False),
        ("training", "variance", False),
        ("training", "loss_last", False),
    ],
)
def test_what_only_an_evaluator_measures_is_shown_as_the_runs_own_word(section: str, name: str, marked: bool) -> None:
    """A run that records its own explained variance gets it into a text with that said behind it; other records stand plain."""
    found = results()
    outer, _, inner = name.rpartition(".")
    record: dict[str, Any] = {outer: {inner: 0.97}} if outer else {inner: 0.97}
    first = found.runs[0]
    altered = (
        dataclasses.replace(first, training=record)
        if section == "training"
        else dataclasses.replace(first, config=record)
    )
    runs = (altered, *found.runs[1:])
    told = Evidence(dataclasses.replace(found, runs=runs)).resolve(f"run_0.{section}.{name}").text
    assert told == "0.97" + (" (the run's own record, no score)" if marked else "")
