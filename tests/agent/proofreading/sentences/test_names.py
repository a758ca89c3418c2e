"""A sentence names metrics, settings and runs in any of the ways in which people call them."""

from __future__ import annotations

import dataclasses

import pytest

from agent.evidence.evidence import Evidence
from agent.evidence.reference import references
from agent.proofreading.sentences.names import Names, named_runs, names_a_run, names_baseline, names_method
from agent.session.template.contract import Metric
from tests.world.study import evidence

NAMES = Names(evidence())


@pytest.mark.parametrize(
    ("text", "metrics"),
    [
        ("explained variance", ["explained_variance"]),
        ("its EV", ["explained_variance"]),
        ("The MSE", ["mse"]),
        ("absorption is low", ["absorption_fraction"]),
        ("separation of features", ["feature_separation"]),
        ("co-separation", []),
        ("the mean score of a fraction", []),
    ],
)
def test_metrics_have_names_in_prose(text: str, metrics: list[str]) -> None:
    """Whole names, initials and the telling word; a generic word alone names nothing."""
    assert NAMES.metrics(text) == metrics


def test_a_metric_may_be_called_by_its_words_turned_around() -> None:
    """probing_top_1 is written top-1 probing."""
    kind = Metric(direction="higher", description="probing")
    study = evidence().results
    names = Names(Evidence(dataclasses.replace(study, metrics={"probing_top_1": kind})))
    assert names.metrics("with top-1 probing") == ["probing_top_1"]


def test_a_name_within_a_longer_one_is_not_meant() -> None:
    """decoder_cosine names no metric that is called cosine, which may stand beside it all the same."""
    kinds = {name: Metric(direction="lower", description=name) for name in ("cosine", "decoder_cosine")}
    names = Names(Evidence(dataclasses.replace(evidence().results, metrics=kinds)))
    assert names.metrics("on decoder_cosine and on decoder cosine") == ["decoder_cosine"]
    assert names.metrics("on decoder cosine and on cosine") == ["cosine", "decoder_cosine"]


def test_what_a_metric_counts_is_not_its_name() -> None:
    """split_features is counted in features: a sentence on features speaks of no metric, one on split features does."""
    kind = Metric(direction="lower", unit="features", description="split")
    names = Names(Evidence(dataclasses.replace(evidence().results, metrics={"split_features": kind})))
    assert names.metrics("more features than dimensions") == []
    assert names.metrics("fewer split features") == ["split_features"]


@pytest.mark.parametrize(
    ("text", "settings"),
    [
        ("lambda_max = 0.02", ["lambda_max"]),
        ("the learning rate", ["lr"]),
        ("a threshold", ["threshold_base"]),
        ("400 steps", ["training.steps"]),
        ("k = 16", ["k"]),
        ("learning rate decay", ["ema_decay"]),
    ],
)
def test_settings_have_names_in_prose(text: str, settings: list[str]) -> None:
    """By the whole name or one of its words, abbreviations spelt out; what is decayed is not named."""
    assert NAMES.settings(text) == settings


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("run 3", ["run_3"]),
        ("Run_12 and run-4", ["run_12", "run_4"]),
        ("Runs 2, 3 and 5", ["run_2", "run_3", "run_5"]),
        ("runs 1 to 3", ["run_1", "run_3"]),
        ("we run 10% more", ["run_10"]),
        ("a rerun", []),
    ],
)
def test_runs_are_named_alone_and_in_lists(text: str, runs: list[str]) -> None:
    """Each number of a list is a run, and where it stands is known."""
    named = named_runs(text)
    assert [found.run for found in named] == runs
    assert all(text[found.start : found.end] == str(found.run.number) for found in named)


@pytest.mark.parametrize(
    ("text", "baseline", "method", "some"),
    [
        ("the baseline", True, False, True),
        ("an untouched template", True, False, False),
        ("our method", False, True, True),
        ("the proposed approach", False, True, True),
        ("run 3", False, False, True),
        ("the loss", False, False, False),
    ],
)
def test_baseline_and_method_have_many_names(text: str, baseline: bool, method: bool, some: bool) -> None:
    """Each way to speak of them is known in one place."""
    assert (names_baseline(text), names_method(text), names_a_run(text)) == (baseline, method, some)


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("Run 3 and the control", ["run_0", "run_3"]),
        ("It reaches [[run_2.mse]]", ["run_2"]),
        ("Our method", ["run_1", "run_2", "run_3", "run_4"]),
        ("The loss", ["run_0", "run_1", "run_2", "run_3", "run_4"]),
        ("Run 9", []),
    ],
)
def test_a_sentence_means_the_runs_it_names(text: str, runs: list[str]) -> None:
    """In words or by reference; the method is every run but the baseline; without a name any run may be meant."""
    assert [run.name for run in NAMES.runs_meant(text, references(text))] == runs
