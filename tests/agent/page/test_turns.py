"""Turns and launches on the page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from agent.page.files import Files
from agent.page.turns import turn_views
from agent.page.view import TurnView
from agent.results.story.turns import Turn
from agent.session.events import AttemptBegun, AttemptEnded, Edited, FiguresDrawn, RunAbandoned
from agent.session.folder import Folder
from agent.session.lock import Holder
from agent.session.paths import SessionPaths
from agent.session.reading import Reading
from agent.session.steps import RunName, Step

ONE = RunName.of(1)
STEP = Step.turn(ONE, 1)


def view_of(tmp_path: Path, turn: Turn, **known: Any) -> TurnView:
    """The turn as the page shows it, in a session that holds no file."""
    reading = Reading(paths=SessionPaths(tmp_path), folder=Folder(tmp_path), metrics={}, **known)
    (view,) = turn_views([turn], Files(reading, tmp_path / "index.html"))
    return view


@pytest.mark.parametrize(
    ("edit", "sentence", "tone"),
    [
        ({"outcome": "applied"}, "The edit was applied.", "good"),
        ({"outcome": "applied", "unmatched": 2}, "The edit was applied; blocks that did not match the file on", "good"),
        (
            {"outcome": "applied", "left": 1},
            "Only a part of the edit was applied; blocks that never matched: 1.",
            "bad",
        ),
        ({"outcome": "unmatched"}, "The edit did not match the file, so nothing changed.", "bad"),
        ({"outcome": "no_edit"}, "The coder answered without changing a file.", "bad"),
        ({"outcome": "no_edit", "completed": True}, "The coder said that all is completed.", "flat"),
        ({"outcome": "outside", "outside": ["harness/a.py"]}, "were undone; outside: harness/a.py.", "bad"),
    ],
)
def test_what_became_of_an_edit_is_said(tmp_path: Path, edit: dict[str, Any], sentence: str, tone: str) -> None:
    """Applied, in part, not at all, outside, or none since all is done."""
    view = view_of(tmp_path, Turn(step=STEP, edit=Edited(step=STEP, **edit)))
    assert sentence in view.sentence
    assert (view.tone, view.attempt) == (tone, None)


def test_what_the_coder_says_of_the_advice_stands_in_its_turn(tmp_path: Path) -> None:
    """As the coder said it; empty where it said nothing."""
    said = Edited(step=STEP, outcome="applied", advice="Taken: a smaller k.")
    assert view_of(tmp_path, Turn(step=STEP, edit=said)).advice == "Taken: a smaller k."
    assert view_of(tmp_path, Turn(step=STEP, edit=Edited(step=STEP, outcome="applied"))).advice == ""


def test_a_launch_says_what_came_of_it_and_names_its_missing_logs(tmp_path: Path) -> None:
    """Time, exit status, cause and whether it failed so before."""
    ended = AttemptEnded(
        number=7, run=ONE, step=STEP, outcome="crashed", seconds=4, exit_code=1, reason="boom", cause="trace"
    )
    attempt = view_of(tmp_path, Turn(step=STEP, ended=ended, repeated=True)).attempt
    assert attempt is not None
    assert (attempt.name, attempt.outcome, attempt.tone) == ("attempt 7", "crashed", "bad")
    assert [(fact.label, fact.value) for fact in attempt.facts] == [("experiment", "4.0 s"), ("exit status", "1")]
    assert (attempt.reason, attempt.cause, attempt.repeated) == ("boom", "trace", True)
    assert [log.note for log in attempt.logs] == [
        "attempts/007/stderr.log is missing",
        "attempts/007/stdout.log is missing",
    ]


def test_what_was_not_launched_has_no_logs(tmp_path: Path) -> None:
    """An edit that would run in vain is not launched, and the reason is said."""
    ended = AttemptEnded(number=None, run=ONE, step=STEP, outcome="no_edit", reason="nothing changed")
    attempt = view_of(tmp_path, Turn(step=STEP, ended=ended)).attempt
    assert attempt is not None
    assert (attempt.name, attempt.reason, attempt.logs, attempt.facts) == ("not launched", "nothing changed", (), ())


@pytest.mark.parametrize(
    ("held", "newest", "outcome"), [(True, 3, "running"), (True, 4, "cut off"), (False, 3, "cut off")]
)
def test_only_the_newest_launch_of_a_held_session_runs(tmp_path: Path, held: bool, newest: int, outcome: str) -> None:
    """Any other launch without an end was cut off."""
    begun = AttemptBegun(number=3, run=ONE, step=STEP)
    events = (begun, AttemptBegun(number=newest, run=ONE, step=STEP.again(1)))
    attempt = view_of(
        tmp_path, Turn(step=STEP, cut_off=begun), events=events, holder=Holder(pid=1) if held else None
    ).attempt
    assert attempt is not None
    assert (attempt.name, attempt.outcome) == ("attempt 3", outcome)


def test_a_run_that_is_given_up_says_why(tmp_path: Path) -> None:
    """In a place of its own, without an edit."""
    step = Step.abandoned(ONE, 1)
    view = view_of(tmp_path, Turn(step=step, given_up=RunAbandoned(run=ONE, reason="no luck", step=step)))
    assert (view.given_up, view.sentence, view.attempt) == ("no luck", "", None)


@pytest.mark.parametrize(("ok", "reason"), [(True, "1 files in figures/"), (False, "it crashed")])
def test_a_drawing_is_a_launch_of_plot_py(tmp_path: Path, ok: bool, reason: str) -> None:
    """With its own logs, and its cause only where it failed."""
    step = Step.figures_turn(1)
    drawn = FiguresDrawn(step=step, ok=ok, files=["a.pdf"], reason="it crashed", cause="trace")
    attempt = view_of(tmp_path, Turn(step=step, ended=drawn)).attempt
    assert attempt is not None
    assert (attempt.name, attempt.reason, attempt.cause) == ("plot.py", reason, "" if ok else "trace")
    assert attempt.logs[0].note == "attempts/figures_turn_1/stderr.log is missing"
