"""The appendix on what came to no result, and on what all of it cost."""

from __future__ import annotations

from agent.printing.course import course_appendix
from agent.results.story import Story
from agent.session.cost import Cost
from agent.session.events import AttemptEnded, RunAbandoned
from agent.session.steps import RunName, Step


def attempt(run: str, outcome: str = "ok", reason: str = "", cost: Cost | None = None, number: int = 1) -> AttemptEnded:
    return AttemptEnded(number=number, run=Step(run), outcome=outcome, reason=reason, cost=cost)


def test_failed_launches_are_named_by_their_exception() -> None:
    """With the launch; the rest of the reason may name files of the machine, and stays in the record."""
    failed = attempt("run_1/turn_1", "crashed", "torn.errors.ShapeError: /home/ada/x.py is 50% wrong")
    text = course_appendix(Story([attempt("run_0/seed_0"), failed, attempt("run_1/turn_2", "timed_out", "after 60 s")]))
    assert "2 of 3" in text and "run 1, turn 1: crashed (ShapeError); run 1, turn 2: timed out" in text
    assert "/home" not in text and "50" not in text and "\\label{sec:course}" in text


def test_what_was_given_up_is_printed_with_its_reason() -> None:
    """Escaped, since the title is a model's."""
    text = course_appendix(Story([RunAbandoned(run=RunName("run_2"), title="A & B", reason="five launches failed")]))
    assert "\\paragraph{Given up.} run\\_2, A \\& B: five launches failed.\\par" in text


def test_compute_is_summed_by_what_it_was_for() -> None:
    """Baseline, accepted, failed, fresh seeds; what one launch did not measure is left out of the sum, never counted 0."""
    known, partly = Cost(wall_s=10.0, cpu_s=20.0), Cost(wall_s=5.0)
    text = course_appendix(
        Story(
            [
                attempt("run_0/seed_0", cost=known),
                attempt("run_0/seed_1", cost=known),
                attempt("run_1/turn_1", "crashed", cost=partly),
                attempt("run_1/turn_2", cost=known),
                attempt("run_1/confirm_101", cost=known),
            ]
        )
    )
    assert "the baseline with its seeds and controls 40 CPU-seconds, 20 s (2 launches)" in text
    assert "launches that failed 5 s (1 launch)" in text and "fresh seeds 20 CPU-seconds, 10 s (1 launch)" in text


def test_a_session_without_launches_has_no_such_section() -> None:
    """And one in which nothing failed says that."""
    assert course_appendix(Story([])) == ""
    assert "Failed launches.} None." in course_appendix(Story([attempt("run_0/seed_0")]))
