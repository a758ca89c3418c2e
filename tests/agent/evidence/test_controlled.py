"""References to controls, in text and in LaTeX."""

from __future__ import annotations

import pytest

from agent.errors import BadAnswer
from agent.evidence.evidence import Evidence
from agent.evidence.fill import fill, unfill
from agent.evidence.referable import referable
from agent.prompts import Prompts
from tests.world.study import controlled, evidence

BESIDE = Evidence(controlled())


@pytest.mark.parametrize(
    ("reference", "says"),
    [
        ("untrained.absorption_fraction", "0.592"),
        ("untrained.absorption_fraction.mean", "0.592"),
        ("untrained.absorption_fraction.delta", "-0.112"),
        ("untrained.absorption_fraction.verdict", "within noise of the baseline"),
        ("untrained.explained_variance.verdict", "worse than the baseline, beyond noise"),
        ("untrained", "an untrained model"),
        ("raw_dimension.title", "the best raw dimension"),
        ("raw_dimension.mse", "not measured"),
        ("run_3.absorption_fraction.verdict", "within noise of the baseline (an untrained model scores 0.592 here)"),
    ],
)
def test_what_a_control_says(reference: str, says: str) -> None:
    """Value, difference and verdict against the baseline, and its title; what it does not have is never zero."""
    assert BESIDE.resolve(reference).text == says


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ("untrained.absorbtion", "nearest: absorption_fraction"),
        ("untrained.mse.noise", "a control has no field 'noise'"),
        ("untrained.mse.mean.x", "of a control there are"),
        ("compare run_3 untrained mse", "untrained is a control"),
        ("untraned.mse", "nearest: untrained"),
    ],
)
def test_what_a_control_does_not_say(reference: str, said: str) -> None:
    """The answer names what there is."""
    with pytest.raises(BadAnswer, match=said.replace("[", r"\[")):
        BESIDE.resolve(reference)


def test_without_controls_the_names_mean_nothing() -> None:
    """A session that has none knows no control's name."""
    with pytest.raises(BadAnswer, match="neither an accepted run"):
        evidence().resolve("untrained.mse")
    assert referable(evidence()).controls == () and not referable(evidence()).marked


def test_every_table_holds_the_controls_whoever_was_asked_for() -> None:
    """Rows below the baseline, linked to their evidence; marks and their legend where a metric tells nothing."""
    filled = BESIDE.resolve("table absorption_fraction mse | baseline run_3 untrained")
    latex = filled.latex
    assert "\\emph{Untrained model} & \\evid{untrained.absorption_fraction.mean}{0.592}" in latex
    assert "\\emph{Best raw dimension} & -- & --" in latex
    assert "{0.751}\\evidcontrol" in latex and "{0.1029}\\evidbetter &" not in latex.replace("\\\\", "")
    assert "\\evidcontrollegend" in latex and ("untrained", "mse") in filled.rows
    assert "\\evidcontrollegend" not in BESIDE.resolve("table mse").latex


def test_a_filled_text_finds_its_way_back() -> None:
    """The audit takes the LaTeX apart again: a control's reference is one like any other."""
    text = "An untrained one has [[untrained.mse]], run 3 is [[run_3.l0.verdict]]. [[table l0 mse]]"
    assert unfill(fill(text, BESIDE, "latex").text).split() == text.split()


def test_prompts_list_the_controls_and_what_they_mark() -> None:
    """Whoever writes is told which metrics say nothing of what was learnt."""
    names = referable(BESIDE)
    assert [control.name for control in names.controls] == ["untrained", "raw_dimension"]
    assert names.marked["absorption_fraction"] == "an untrained model scores 0.592 here"
    assert "explained_variance" not in names.marked


def test_a_prompt_says_of_controls_once_what_they_mark() -> None:
    """One sentence for all such metrics, each with what its control scores; a control that has nearly all of them names what it lacks."""
    said = Prompts().render("references", names=referable(BESIDE))
    assert said.count("never rest a claim on one alone: ") == 1
    assert "absorption_fraction (an untrained model scores 0.592)" in said
    for control in referable(BESIDE).controls:
        line = next(line for line in said.splitlines() if line.startswith(f"  {control.name}: "))
        lacks = [name for name in referable(BESIDE).metrics if name not in control.values]
        many = len(lacks) < len(control.values)
        assert all(name in line for name in (lacks if many else control.values)) and ("every metric" in line) == many
    assert "rest a claim" not in Prompts().render("references", names=referable(evidence()))
