"""The turns of each run, sorted out of the journal."""

from __future__ import annotations

from typing import Any

from agent.results.story import Story
from agent.results.story.turns import RunStory, figure_turns, runs_told
from agent.session.events import (
    Advised,
    AttemptBegun,
    AttemptEnded,
    Edited,
    Event,
    Exchanged,
    FiguresDrawn,
    Noted,
    RunAbandoned,
    RunAccepted,
)
from agent.session.steps import FIGURES_TEMPLATE, RunName, Step

ONE, TWO = RunName.of(1), RunName.of(2)


def edit(step: Step, **more: Any) -> Edited:
    return Edited(step=step, outcome=more.pop("outcome", "applied"), **more)


def attempt(number: int, step: Step, outcome: Any = "ok", **more: Any) -> AttemptEnded:
    return AttemptEnded(number=number, run=step.run or "", step=step, outcome=outcome, **more)


def told(*events: Event) -> RunStory:
    """The only run that these events tell of."""
    (run,) = runs_told(Story(events))
    return run


def test_a_launch_stands_beside_the_edit_of_its_step() -> None:
    """Each turn has the edit and what came of it; what belongs to no run is left out."""
    first, second = Step.turn(ONE, 1), Step.turn(ONE, 2)
    edits = [edit(first), edit(second)]
    ends = [attempt(1, first, "crashed"), attempt(2, second)]
    call = Exchanged(number=1, role="coder", model="m", tokens_sent=1, tokens_received=1, step=first.exchange(1))
    run = told(edits[0], call, ends[0], edits[1], ends[1])
    assert [(turn.step, turn.edit, turn.ended) for turn in run.turns] == [
        (first, edits[0], ends[0]),
        (second, edits[1], ends[1]),
    ]


def test_a_launch_again_has_a_place_of_its_own() -> None:
    """The first launch stands with the edit; the one after the machine was mended behind it."""
    step = Step.turn(ONE, 1)
    run = told(edit(step), attempt(1, step, "environment"), attempt(2, step.again(1)))
    assert [(turn.step, turn.edit is None) for turn in run.turns] == [(step, False), (step.again(1), True)]


def test_a_launch_again_takes_the_place_of_one_that_left_no_word() -> None:
    """Where the first launch never ended, its repetition is what came of the edit, and the first is told behind."""
    step = Step.turn(ONE, 1)
    begun = AttemptBegun(number=1, run=ONE, step=step)
    run = told(edit(step), begun, attempt(2, step.again(1)))
    assert [(turn.ended is not None, turn.cut_off) for turn in run.turns] == [(True, None), (False, begun)]


def test_a_launch_without_an_end_stands_beside_its_edit() -> None:
    """It runs now or was killed: the turn says so, and nothing came of it."""
    step = Step.turn(ONE, 1)
    begun = AttemptBegun(number=7, run=ONE, step=step)
    (turn,) = told(edit(step), begun).turns
    assert (turn.cut_off, turn.ended) == (begun, None)


def test_the_same_failure_is_known_again_within_a_run_only() -> None:
    """An equal signature in one run is a repetition; an empty one, and another run's, is none."""
    steps = [Step.turn(ONE, number) for number in (1, 2, 3, 4)]
    failures = ["Type@f", "Type@f", "", ""]
    events: list[Event] = [
        attempt(number, step, "crashed", signature=failure)
        for number, (step, failure) in enumerate(zip(steps, failures, strict=True), start=1)
    ]
    other = attempt(9, Step.turn(TWO, 1), "crashed", signature="Type@f")
    first, second = runs_told(Story([*events, other]))
    assert [turn.repeated for turn in first.turns] == [False, True, False, False]
    assert [turn.repeated for turn in second.turns] == [False]


def test_a_baseline_has_launches_and_no_edits() -> None:
    """Each seed is a place of its own under run_0."""
    run = told(*(attempt(seed, Step.seed(seed)) for seed in (0, 1, 2)))
    assert (run.name.is_baseline, [turn.step for turn in run.turns]) == (True, [Step.seed(seed) for seed in (0, 1, 2)])


def test_what_is_known_of_a_run_is_its_latest() -> None:
    """A run given up and taken up again has the title, note and advice that came last, and its accepted event."""
    given_up = RunAbandoned(run=ONE, title="first try", reason="no luck", step=Step.abandoned(ONE, 1))
    run = told(edit(Step.turn(ONE, 1)), given_up)
    assert (run.title, run.given_up, run.accepted, run.note) == ("first try", True, None, "")
    accepted = RunAccepted(run=ONE, title="second try", results={"metrics": {}})
    notes = [Noted(subject=ONE, title="t", source="", text=text) for text in ("old", "new")]
    run = told(edit(Step.turn(ONE, 1)), given_up, accepted, *notes, Advised(run=ONE, text="try k"))
    assert (run.title, run.given_up, run.accepted) == ("second try", False, accepted)
    assert (run.note, run.advice) == ("new", "try k")


def test_a_coder_that_was_done_left_no_run() -> None:
    """Its last turn says that all is completed, and nothing was accepted after it."""
    done = edit(Step.turn(ONE, 1), outcome="no_edit", completed=True)
    assert told(done).coder_was_done
    assert not told(done, edit(Step.turn(ONE, 2))).coder_was_done


def test_runs_come_in_the_order_in_which_they_began() -> None:
    """And a name that is none, as an older or damaged journal may hold, is no run."""
    events: list[Event] = [
        edit(Step.turn(TWO, 1)),
        edit(Step.turn(ONE, 1)),
        edit(Step("run_x/turn_1")),
        edit(Step("plan")),
        attempt(1, Step.turn(TWO, 1)),
    ]
    assert [run.name for run in runs_told(Story(events))] == [TWO, ONE]


def test_the_figures_have_turns_of_their_own() -> None:
    """Edits and drawings under figures/, the template's own drawing too; none of them belongs to a run."""
    first = Step.figures_turn(1)
    events: list[Event] = [
        FiguresDrawn(step=FIGURES_TEMPLATE, ok=False, signature="plot"),
        edit(first),
        FiguresDrawn(step=first, ok=False, signature="plot"),
    ]
    turns = figure_turns(Story([*events, edit(Step.turn(ONE, 1))]))
    assert [(turn.step, turn.edit is None, turn.repeated) for turn in turns] == [
        (FIGURES_TEMPLATE, True, False),
        (first, False, True),
    ]
    assert runs_told(Story(events)) == []
