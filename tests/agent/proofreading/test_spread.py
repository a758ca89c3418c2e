"""A spread of a run that was launched on one seed is told of nothing that was measured."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent.evidence.evidence import Evidence
from agent.proofreading import spread
from agent.proofreading.sentences.names import Names
from agent.proofreading.sentences.prose import sentences
from tests.world.study import REPORTED, evidence, results


def found(text: str, known: Evidence) -> list[str]:
    (sentence,) = sentences(text, latex=True)
    return [said for said, _ in spread.check(sentence, Names(known))]


@pytest.mark.parametrize(
    "text",
    [
        "The error bars of run 3 do not reach the baseline.",
        "Run 3's standard deviation is half that of the baseline.",
        "Error bars mark the standard deviation of each run.",
        "The spread of run 2 over its seeds is small.",
    ],
)
def test_a_run_with_one_seed_has_no_spread(text: str) -> None:
    """By its number, or among all runs."""
    assert found(text, evidence())


@pytest.mark.parametrize(
    "text",
    [
        "No error bar is drawn for run 3.",
        "Run 3 has one seed, and so the standard deviation of run 3 is unknown.",
        "The error bar of the baseline spans its three seeds.",
        "With more seeds run 3 would have a standard deviation of its own.",
        "The bars of run 3 are drawn in red.",
    ],
)
def test_that_there_is_none_may_be_said(text: str) -> None:
    """So may the baseline's be told, or how a bar is drawn."""
    assert not found(text, evidence())


def test_a_run_on_several_seeds_has_one() -> None:
    """Of each run that was launched on more than one, the tool knows it."""
    several = results()
    runs = tuple(replace(run, seeds=(0, 1, 2)) for run in several.runs)
    assert not found("The error bars of run 3 span its seeds.", Evidence(replace(several, runs=runs), REPORTED))
