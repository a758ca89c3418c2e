"""What names a run's parent, in a plan's line or in an advice, as models write it."""

from __future__ import annotations

import pytest

from agent.results.choosing.parents import named_by_adviser
from agent.results.story.plan import line_of, named_in_plan, runs_planned
from agent.session.steps import RunName


@pytest.mark.parametrize(
    ("plan", "parent"),
    [
        ("3. Late averaging (from run_1): the last half.", "run_1"),
        ("3. Late averaging (from run 1): the last half.", "run_1"),
        ("3. **Late averaging** (from `run_2`): the last half.", "run_2"),
        ("**3.** Late averaging [from the baseline]: the last half.", "run_0"),
        ("run_3 (from run_2): the last half", "run_2"),
        ("Run 3 (from: baseline): the last half", "run_0"),
        ("3) Late (From Run_2) averaging", "run_2"),
        ("3. Late averaging, which differs from run_1: the last half.", None),
        ("3. Late averaging (from the start): the last half.", None),
        ("2. Late averaging (from run_1): the last half.", None),
        ("13. Late averaging (from run_1): the last half.", None),
        ("", None),
    ],
)
def test_a_plans_line_names_a_parent_in_brackets(plan: str, parent: str | None) -> None:
    """`(from run_2)` in the line of this run, however it is set; prose that speaks of a run names none."""
    assert named_in_plan(f"1. First: a.\n{plan}\n7. Last (from run_5): z.", RunName("run_3")) == parent


def test_a_line_that_names_its_parent_first_counts_as_a_run() -> None:
    """`run_2 (from run_1): …` is one planned run, and its line is found."""
    plan = "# Plan\n\n1. First: a.\nrun_2 (from run_1): b.\n\nSuccess: a gain."
    assert runs_planned(plan) == 2 and line_of(plan, 2) == "run_2 (from run_1): b." and line_of(plan, 3) == ""


@pytest.mark.parametrize(
    ("advice", "parent"),
    [
        ("Vary it.\n\nFrom: run_2", "run_2"),
        ("Vary it.\n**From:** `run_2`.", "run_2"),
        ("Vary it.\n- From: Run 2 (it is the best)", "run_2"),
        ("Vary it.\n`From: baseline`", "run_0"),
        ("From: run_1\nNo, rather:\nFrom: the baseline", "run_0"),
        ("From: your results one sees that run_2 is better.", None),
        ("It differs from: run_2", None),
        ("Nothing.", None),
    ],
)
def test_the_last_line_of_an_advice_names_a_parent(advice: str, parent: str | None) -> None:
    """A line of its own, bold or in code or not; a sentence that begins with the word names none."""
    assert named_by_adviser(advice) == parent
