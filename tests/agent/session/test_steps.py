"""Names of runs and steps: formatted and parsed in one place, as journals of every version hold them."""

from __future__ import annotations

import pytest
from pydantic import BaseModel

from agent.session.steps import BASELINE, FIGURES_NOTE, PLAN, TITLE, RunName, Step


def test_a_run_is_its_number() -> None:
    """A run's name tells its number, and which run is the baseline."""
    assert (RunName.of(12), RunName.of(12).number, RunName.of(12).is_baseline) == ("run_12", 12, False)
    assert BASELINE == "run_0" and BASELINE.is_baseline


@pytest.mark.parametrize("text", ["", "run", "run_", "run_-1", "run_03", "run_3/note", "figures", " run_3", "run_3\n"])
def test_what_names_no_run_is_refused(text: str) -> None:
    """Nothing but run_N is taken for a run."""
    assert RunName.parse(text) is None
    with pytest.raises(ValueError, match="names no run"):
        RunName(text)


def test_steps_read_as_they_always_did() -> None:
    """The names under which sessions and recordings keep their steps do not change."""
    run = RunName.of(3)
    assert Step.turn(run, 2) == "run_3/turn_2"
    assert Step.turn(run, 2).exchange(1) == "run_3/turn_2/1"
    assert Step.turn(run, 2).again(1) == "run_3/turn_2/again_1"
    assert Step.turn(run, 2).again(0) == "run_3/turn_2"
    assert (Step.note(run), Step.advice(run), Step.abandoned(run, 1)) == (
        "run_3/note",
        "run_3/advice",
        "run_3/abandoned_1",
    )
    assert (Step.seed(1), Step.figures_turn(1), FIGURES_NOTE) == ("run_0/seed_1", "figures/turn_1", "figures/note")
    assert Step.section("Title and Abstract", "fill") == "draft/Title and Abstract/fill"
    assert (Step.repair("Method", 2), Step.compilation(1), TITLE, PLAN) == (
        "draft/Method/repair_2",
        "draft/compile_1",
        "draft/title",
        "plan",
    )


def test_a_step_knows_its_parts() -> None:
    """Run, turn, seed, repair and the launch that is repeated are read off a step's name."""
    step = Step("run_3/turn_2/again_1")
    assert (step.run, step.number_of("turn"), step.first_launch) == ("run_3", 2, "run_3/turn_2")
    assert (Step("run_0/seed_4").run, Step("run_0/seed_4").number_of("seed")) == ("run_0", 4)
    assert PLAN.run is None and PLAN.number_of("turn") is None and PLAN.first_launch == "plan"
    assert FIGURES_NOTE.is_of_figures and not Step("run_1/note").is_of_figures
    assert Step("run_1/note/2").is_note and not Step("run_1/advice/1").is_note and not FIGURES_NOTE.is_note
    assert Step("draft/Method/repair_1").repairs("Method") and not Step("draft/Method/refine").repairs("Method")
    assert not Step("draft/Results/repair_1").repairs("Method")
    assert Step("figures/turn_1").folder == "figures_turn_1"


def test_a_model_of_pydantic_reads_and_writes_names() -> None:
    """Events hold names as their types, and the journal's JSON holds plain strings."""

    class Holds(BaseModel):
        run: RunName
        step: Step = Step("")

    read = Holds.model_validate_json('{"run": "run_2", "step": "run_2/turn_1"}')
    assert read.run.number == 2 and read.step.number_of("turn") == 1
    assert read.model_dump_json() == '{"run":"run_2","step":"run_2/turn_1"}'
    with pytest.raises(ValueError, match="names no run"):
        Holds.model_validate({"run": "seven"})


def test_a_launch_knows_the_turn_whose_code_it_is_of() -> None:
    """The first launch, one after a mended machine, one with another seed; the baseline's and those on fresh seeds have none."""
    turn = Step.turn(RunName("run_3"), 2)
    assert {step.of_turn for step in (turn, turn.again(1), turn.on_seed(1), turn.on_seed(1).again(2))} == {turn}
    assert Step.seed(1).of_turn == "run_0/seed_1"
    assert Step.confirmation(RunName("run_3"), 101).of_turn == "run_3/confirm_101"
