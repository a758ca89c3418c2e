"""The tries at one thing: which failure came back, and when another way to edit is due."""

from __future__ import annotations

import pytest

from agent.coding.tries import Tries
from agent.session.events import AttemptEnded, Edited, EditOutcome


def ended(signature: str) -> AttemptEnded:
    return AttemptEnded(number=1, run="run_1", outcome="crashed", signature=signature)


APPLIED = Edited(outcome="applied", changed=["experiment.py"])


def test_the_first_try_follows_nothing() -> None:
    """Number one, no failure, nothing repeated."""
    tries = Tries[AttemptEnded](3)
    assert (tries.number, tries.last, tries.repeated, tries.edits_miss, tries.left) == (1, None, False, False, True)


def test_a_failure_that_came_before_is_repeated_even_with_another_between() -> None:
    """Each try remembers the last failure and every signature; the value before it stays as it was."""
    first = Tries[AttemptEnded](3).failed(APPLIED, ended("a"))
    second = first.failed(APPLIED, ended("b"))
    third = second.failed(APPLIED, ended("a"))
    assert [tries.repeated for tries in (first, second, third)] == [False, False, True]
    assert [tries.number for tries in (first, second, third)] == [2, 3, 4]
    assert third.last is not None and third.last.failure.signature == "a" and first.seen == {"a"}
    assert second.left and not third.left


@pytest.mark.parametrize(
    ("outcome", "left", "times", "due"),
    [
        ("unmatched", 0, 1, True),
        ("applied", 1, 1, False),
        ("applied", 1, 2, True),
        ("applied", 0, 2, False),
        ("no_edit", 0, 2, False),
    ],
)
def test_when_edits_keep_missing_another_way_is_due(outcome: EditOutcome, left: int, times: int, due: bool) -> None:
    """At once where nothing matched, the second time where a part did; never for a failure of the code."""
    tries = Tries[AttemptEnded](3)
    for _ in range(times):
        tries = tries.failed(Edited(outcome=outcome, left=left), ended("the same"))
    assert tries.edits_miss is due
