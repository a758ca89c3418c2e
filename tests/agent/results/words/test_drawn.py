"""What a run was handed to train on stands beside its results, in notes, on the page and in the paper's appendix."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from agent.printing import appendix
from agent.results.collect import drawn_of
from agent.results.tables.markdown import run_table
from agent.results.words.drawn import drawn_text
from tests.world.study import results

DRAWN: dict[str, Any] = {"tokens": 819200, "sampled": 0, "passes": 8.192, "split": "train", "seed": 0, "k": 12}


def test_what_was_handed_out_is_said_in_a_line() -> None:
    """Each count by its name; what the run's own settings say alike is left out, and what differs from them is not."""
    run = replace(results().runs[1], drawn=DRAWN)
    assert drawn_text(run) == "tokens 819,200, sampled 0, passes 8.192, split train, k 12"
    assert run_table(results(), run).endswith(
        "\nHanded out to it: tokens 819,200, sampled 0, passes 8.192, split train, k 12."
    )
    assert r"\emph{Handed out}: tokens 819,200, sampled 0" in appendix._shared(results(), run, has_baseline=False)


def test_nothing_is_said_where_nothing_was_counted() -> None:
    """Sessions of earlier versions, and templates without such a process."""
    run = results().runs[1]
    assert drawn_text(run) == ""
    assert "anded out" not in run_table(results(), run) + appendix._shared(results(), run, has_baseline=False)


@pytest.mark.parametrize("drawn", [None, 3, "a lot", [1]])
def test_counts_that_are_none_are_left_out(drawn: object) -> None:
    """A result may hold anything under that name; what is no table is nothing, and what is no count is not shown."""
    assert drawn_of({"drawn": drawn}) == {}
    shown = replace(results().runs[1], drawn={"rows": drawn, "split": "x" * 90})
    assert "x" * 41 not in drawn_text(shown)


@pytest.mark.parametrize(
    ("drawn", "told"),
    [
        ({"nothing": "the equations are all there is"}, "nothing, since the equations are all there is"),
        ({"unproven": "noise is drawn inside"}, "nothing, so that this is not proven: noise is drawn inside"),
    ],
)
def test_what_is_not_handed_out_is_said(drawn: dict[str, str], told: str) -> None:
    """Beside the run, with what that leaves open."""
    run = replace(results().runs[1], drawn=drawn)
    assert drawn_text(run) == told
    assert f"Handed out to it: {told}." in run_table(results(), run)
