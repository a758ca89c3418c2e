"""A plan is what lists runs; how many, whatever marks a model numbers them with."""

from __future__ import annotations

import pytest

from agent.errors import BadAnswer
from agent.results.story.plan import checked_plan, is_laid_out, planned_runs, runs_planned, title_planned, unfenced


@pytest.mark.parametrize(
    ("plan", "runs"),
    [
        ("1. Averaging: mean of all.\n2. Late averaging: the last half.\n\nSuccess is a loss below 0.1.", 2),
        ("Before it, 3 pilots.\n\n1) One\n2) Two\n3) Three", 3),
        ("**1.** One\n**2.** Two", 2),
        ("### Run 1: One\ntext\n### Run 2 – Two\ntext", 2),
        ("| 1 | One | why |\n| 2 | Two | why |", 2),
        ("- Run 1: one\n- Run 2: two\n\n1. What counts as success", 2),
        ("0.5 is the noise.\n2024-05-01 is a date.", 0),
        ("?", 0),
        ("1. ?", 0),
        ("1.\n2.\n3.", 0),
        ("I'm sorry, but I can't help with that.", 0),
        ("", 0),
    ],
)
def test_runs_are_counted(plan: str, runs: int) -> None:
    """Numbered lines, headings and rows count once a number; prose and refusals list none, and are no plan."""
    assert runs_planned(plan) == runs
    if runs:
        assert checked_plan(f"\n{plan}\n") == plan.strip()
    else:
        with pytest.raises(BadAnswer, match="lists no run"):
            checked_plan(plan)


@pytest.mark.parametrize(
    ("plan", "laid_out"),
    [
        ("1. Medel: medelvärde.\n2. Sent: sista halvan.\n3. Kontroll: inget.\n4. Vikt: dubbel.", True),
        ("1. Medel: medelvärde.\n2. Sent: sista halvan.\n3. Kontroll: inget.", False),
        ("1. Nej: a.\n2. Nej: b.\n3. Nej: c.\n4. Nej: d.", False),
        ("1. Nej.\n2. Nej då.\n3. Fråga andra.\n4. Tack.", False),
    ],
)
def test_four_runs_with_a_title_each_are_a_plan_by_their_form(plan: str, laid_out: bool) -> None:
    """In whatever language: four lines with titles of their own, and what each changes."""
    assert is_laid_out(plan) is laid_out


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("2. a smaller step (from run_1): the step is halved", "a smaller step"),
        ("2. **No decay (control)** (from baseline): `decay = 0`", "No decay"),
        ("### Run 2: OrtSAE (prior art) (3 seeds): its penalty", "OrtSAE"),
        ("| 2 | Two | why |", ""),
        ("2. Halve the step and look", ""),
        ("2. **A smaller step**:", ""),
        ("2. " + "word " * 13 + ": more", ""),
        ("3. another: no second line", ""),
    ],
)
def test_a_plan_gives_its_runs_titles(line: str, title: str) -> None:
    """What stands before the colon of a run's line, without what the tool reads of it in brackets; a line that is a sentence gives none."""
    assert title_planned(f"1. the plainest: as it is\n{line}\n\nH1: loss of run_2 better than baseline", 2) == title


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("2. **No decay** (from baseline): the **last** value", "No decay (from baseline): the last value"),
        ("**2. No decay** (from baseline): the last value", "No decay (from baseline): the last value"),
        ("2. a power: x**2 in place of x ** 3", "a power: x**2 in place of x ** 3"),
    ],
)
def test_what_a_plan_says_of_a_run_is_plain_text(line: str, said: str) -> None:
    """Whatever words are bold, no mark of it is left; a power is no such mark."""
    assert planned_runs(f"1. the plainest: as it is\n{line}")[2] == said


@pytest.mark.parametrize(
    ("answer", "plan"),
    [
        (
            "Sure! A plan:\n\n```markdown\n1. One: a.\n2. Two: b.\n\nH1: x\n```\n\nShall I adjust it?",
            "1. One: a.\n2. Two: b.\n\nH1: x",
        ),
        ("1. One: a.\n```\nx = 1\n```\n2. Two: b.", "1. One: a.\n```\nx = 1\n```\n2. Two: b."),
        ("```\n1. One: a.\n```\n2. Two: b.", "```\n1. One: a.\n```\n2. Two: b."),
        ("\n1. One: a.\n", "1. One: a."),
    ],
)
def test_a_plan_in_a_fence_is_what_stands_in_it(answer: str, plan: str) -> None:
    """A fence round all runs is taken off, with the greetings outside of it; one that holds a part of the plan is the plan's own."""
    assert unfenced(answer) == plan == checked_plan(answer)
