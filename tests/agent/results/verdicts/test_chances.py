"""The table of chances: what it says is what happens, and the page says what the command computes."""

from __future__ import annotations

import math
import random
import statistics

import pytest

from agent.commands.chances import PAGE, with_chances
from agent.results.verdicts.chances import chance
from agent.results.verdicts.student import two_sided


def test_the_page_holds_the_table_that_the_command_writes() -> None:
    """docs/metrics.md as it is; a page without its markers is refused."""
    page = PAGE.read_text(encoding="utf-8")
    assert with_chances(page) == page and "| 10 | 2.5% | 18.5% | 29.3% |" in page
    with pytest.raises(ValueError, match="chances: begin"):
        with_chances("no markers")


def test_one_run_of_one_look_is_called_better_once_in_forty() -> None:
    """Half of the 5 % that lie outside, however many seeds the baseline has; counted or not, one look is one look."""
    for seeds in (2, 3, 5, 10):
        assert chance(seeds, 1, False) == pytest.approx(0.025, abs=1e-4) == chance(seeds, 1, True)


def test_more_runs_and_more_seeds_raise_it_and_counting_looks_keeps_it_down() -> None:
    """More baseline seeds do not cure what more runs do; the corrected level does."""
    assert chance(3, 1, False) < chance(3, 10, False) < chance(3, 20, False) < chance(10, 20, False)
    assert all(chance(seeds, 20, True) <= 0.025 for seeds in (3, 5, 10))


def test_it_is_what_sessions_of_pure_noise_do() -> None:
    """Of 4,000 sessions of ten runs on three baseline seeds 11.1 % call one better, within three standard errors."""
    draw, found, sessions = random.Random(3), 0, 4000
    reach = two_sided(0.95, 2) * math.sqrt(4 / 3)
    for _ in range(sessions):
        seeds = [draw.gauss(0, 1) for _ in range(3)]
        limit = statistics.fmean(seeds) + reach * statistics.stdev(seeds)
        found += any(draw.gauss(0, 1) > limit for _ in range(10))
    assert found / sessions == pytest.approx(chance(3, 10, False), abs=3 * math.sqrt(0.111 * 0.889 / sessions))
