"""The ten counts of a session."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from agent.results.story.counts import counts_of
from agent.session.events import AttemptEnded, Edited
from tests.world.sessions import make_session


def test_every_count_of_the_story_is_right(tmp_path: Path) -> None:
    """The counts of the test story, each counted by hand from its description."""
    assert asdict(counts_of(make_session(tmp_path).journal.events)) == {
        "messages": 20,  # plan, 9 turns, 3 notes, 3 pieces of advice, 4 drafts of sections
        "tokens_sent": 13 * 4200 + 3 * 2100 + 4 * 6000,
        "tokens_received": 13 * 600 + 3 * 300 + 4 * 900,
        "usd": 0.4392,
        "runs_completed": 3,
        "runs_failed": 1,
        "plots_failed": 1,
        "edits_applied": 5,
        "edits_unmatched": 1,
        "provider_retries": 1,
    }


def test_an_empty_journal_counts_nothing() -> None:
    """Zeros, no error."""
    assert set(asdict(counts_of([])).values()) == {0}


def test_the_baseline_and_what_was_not_launched_are_no_failed_runs() -> None:
    """A baseline seed that crashed and a turn without an edit are not failed runs; a crash and a missing proof are."""
    events = [
        AttemptEnded(number=1, run="run_0/seed_0", outcome="crashed"),
        AttemptEnded(number=None, run="run_1", outcome="no_edit"),
        AttemptEnded(number=None, run="run_1", outcome="crashed"),
        AttemptEnded(number=2, run="run_1", outcome="crashed"),
        AttemptEnded(number=3, run="run_1", outcome="not_proven"),
        AttemptEnded(number=4, run="run_1", outcome="ok"),
    ]
    assert counts_of(events).runs_failed == 2


def test_an_edit_that_was_put_right_within_its_turn_is_counted_on_both_sides() -> None:
    """The turn changed a file, and one of its edits had not matched."""
    summary = counts_of([Edited(outcome="applied", changed=["experiment.py"], applied=2, unmatched=1)])
    assert (summary.edits_applied, summary.edits_unmatched) == (1, 1)
