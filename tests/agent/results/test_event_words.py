"""Events in a few words, the same wherever they are told."""

from __future__ import annotations

import pytest

from agent.results.event_words import edit_words, event_words
from agent.session.events import (
    AttemptEnded,
    Audited,
    CandidateChosen,
    Compiled,
    Edited,
    Event,
    FiguresDrawn,
    RunAbandoned,
    SectionWritten,
    SentBack,
    SessionEnded,
)
from agent.session.steps import RunName, Step
from agent.terminal import of_event

ONE = RunName.of(1)


@pytest.mark.parametrize(
    "event",
    [
        AttemptEnded(number=2, run=ONE, outcome="ok", seconds=90.0, score_seconds=3.0),
        Audited(numbers=1),
        CandidateChosen(run=None, reason="no run is better beyond noise"),
        Compiled(ok=False, errors=["! Missing $"]),
        Edited(step=Step.turn(ONE, 1), outcome="unmatched"),
        FiguresDrawn(ok=False, reason="it crashed"),
        RunAbandoned(run=ONE, reason="no luck"),
        SectionWritten(section="Method", phase="refine", source=""),
        SentBack(step=Step("audit/round_1"), findings={"Method": ["a number"]}),
        SessionEnded(state="paused", reason="no money"),
    ],
    ids=lambda event: event.kind,
)
def test_the_terminal_says_what_the_page_says(event: Event) -> None:
    """The page shows kind and step beside the words, the terminal a label before them; the words are one table's."""
    (line,) = of_event(event)
    assert event_words(event) and line.endswith(event_words(event))


@pytest.mark.parametrize(
    "event",
    [
        Edited(step=Step.turn(ONE, 1), outcome="applied", changed=["a.py"]),
        AttemptEnded(number=None, run=ONE, outcome="no_edit"),
    ],
)
def test_what_goes_well_or_was_told_is_no_line(event: Event) -> None:
    """An edit that was applied is followed by its launch, and a turn without a launch was told with its edit."""
    assert list(of_event(event)) == []


def test_all_that_is_known_of_an_edit_is_said() -> None:
    """Where a part was applied, which files were left alone, why a reply held no edit."""
    step = Step.turn(ONE, 1)
    part = Edited(step=step, outcome="applied", left=1, refused=["plot.py"])
    assert edit_words(part) == (
        "only a part of the edit was applied; blocks that never matched: 1; not editable, left as it was: plot.py"
    )
    assert list(of_event(part)) == [f"run_1/turn_1: {edit_words(part)}"]
    none = Edited(step=step, outcome="no_edit", unread="its code stands in no listing")
    assert edit_words(none) == "the coder answered without changing a file: its code stands in no listing"
