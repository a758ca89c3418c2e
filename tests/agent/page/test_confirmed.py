"""The confirmation on the page: both samples, metric by metric, in no better words than they bear."""

from __future__ import annotations

from agent.page.confirmed import confirmed_view
from tests.world.fresh_seeds import HOLDS, LUCKY, confirmation, nobody, tried


def test_a_row_shows_both_samples_and_the_outcome() -> None:
    """Means ± standard deviations, the difference ± its interval, the word and its colour."""
    view = confirmed_view(tried(confirmation(HOLDS)))
    assert view is not None and (view.run, view.seeds) == ("run 3", "101, 102, 103")
    [row] = view.rows
    assert (row.mine, row.theirs, row.difference) == ("0.8971 ± 0.0004", "0.8912 ± 0.0004", "+0.0059 ± 0.0009")
    assert (row.word, row.tone) == ("confirmed better than the baseline", "good")


def test_a_lucky_run_has_neither_word_nor_colour_of_a_gain() -> None:
    """Seen in one run, not confirmed."""
    view = confirmed_view(tried(confirmation(LUCKY)))
    assert view is not None and view.rows[0].word == "seen in one run, not confirmed" and view.rows[0].tone == "flat"


def test_a_seed_that_failed_is_told_in_the_row() -> None:
    """What was measured of the others is not shown as if it were all."""
    view = confirmed_view(
        tried(confirmation(candidate={}, failed=("run_3 with seed 102 did not end well (crashed: x)",)))
    )
    assert (
        view is not None
        and view.rows[0].mine == "–"
        and "seed 102" in view.rows[0].word
        and view.rows[0].difference == ""
    )


def test_nobody_tried_is_a_sentence_without_a_table() -> None:
    """And before there is a confirmation there is not even that."""
    view = confirmed_view(tried(nobody()))
    assert view is not None and view.rows == () and view.sentence.startswith("No result was tried on fresh seeds")
    assert confirmed_view(tried(None)) is None
