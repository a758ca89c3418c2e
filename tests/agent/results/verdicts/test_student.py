"""Student's t: against printed tables, and what its power says of seeds. tests/harness/test_noise.py holds it against scipy."""

from __future__ import annotations

import math

import pytest

from agent.results.verdicts.student import bonferroni, detectable, power, quantile, seeds_for, tail, two_sided

PRINTED = (
    *(12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228),
    *(2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086),
    *(2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042),
)
"""The 97.5% points for 1 … 30 degrees of freedom, as tables of statistics print them."""


def test_the_points_are_those_of_printed_tables() -> None:
    """At 97.5% for 1 … 30 degrees of freedom, and at other levels, to the digits that are printed."""
    for degrees, printed in enumerate(PRINTED, start=1):
        assert round(two_sided(0.95, degrees), 3) == printed
    others = {(0.9, 5): 1.476, (0.95, 1): 6.314, (0.99, 10): 2.764, (0.995, 2): 9.925, (0.9995, 4): 8.610}
    for (probability, degrees), printed in others.items():
        assert round(quantile(probability, degrees), 3) == printed


def test_a_point_is_one_beyond_which_lies_what_is_left() -> None:
    """Quantile and tail undo each other, with whole and with fractional degrees of freedom, far out too."""
    for degrees in (0.7, 1, 2.37, 11.5, 400):
        for probability in (0.501, 0.8, 0.975, 0.99999):
            assert 1 - tail(quantile(probability, degrees), degrees) == pytest.approx(probability, abs=1e-11)


def test_looks_share_what_one_look_may_miss() -> None:
    """One look has it all; of ten each has a tenth of the 5 % that all together may be wrong."""
    assert (
        bonferroni(1) == 0.95 and bonferroni(10) == pytest.approx(0.995) and bonferroni(4, 0.8) == pytest.approx(0.95)
    )


def test_it_is_even_and_ends_in_the_normal() -> None:
    """Left of the middle stands the negative; with infinite degrees of freedom 1.96."""
    assert quantile(0.025, 7) == -quantile(0.975, 7) and quantile(0.5, 7) == 0
    assert quantile(0.975, math.inf) == pytest.approx(1.959964, abs=1e-6)
    assert quantile(0.975, 1e7) == pytest.approx(quantile(0.975, math.inf), abs=1e-6)
    assert tail(-1.0, 3) == pytest.approx(1 - tail(1.0, 3)) and tail(1.96, math.inf) == pytest.approx(0.025, abs=1e-5)


@pytest.mark.parametrize(("probability", "degrees"), [(0.0, 3), (1.0, 3), (-0.1, 3), (0.975, 0), (0.975, math.nan)])
def test_what_has_no_point_is_refused(probability: float, degrees: float) -> None:
    """A certain bound and a spread of no seeds have none."""
    with pytest.raises(ValueError, match="no t has probability"):
        quantile(probability, degrees)


def test_without_a_difference_one_comparison_in_twenty_finds_one() -> None:
    """The power at no difference is the rate of false alarms, for one run and for several seeds a side."""
    for sides in ((1, 2), (1, 3), (5, 5)):
        assert power(0.0, *sides) == pytest.approx(0.05, abs=1e-5)
    with pytest.raises(ValueError, match="at least 2"):
        power(1.0, 1, 1)


def test_what_can_be_shown_is_the_table_of_docs_metrics() -> None:
    """6.53 standard deviations by one run against three seeds, 3.07, 2.02 and 1.32 by 3, 5 and 10 seeds a side."""
    sides = ((1, 3), (3, 3), (5, 5), (10, 10))
    assert [round(detectable(*each), 2) for each in sides] == [6.53, 3.07, 2.02, 1.32]
    assert power(detectable(3, 3), 3, 3) == pytest.approx(0.8, abs=1e-5)


def test_seeds_are_counted_up_to_where_they_suffice() -> None:
    """17 a side for one standard deviation, as every table of power says; a difference too small has no number."""
    assert seeds_for(1.0) == 17 and seeds_for(10.0) == 2
    assert power(1.0, 17, 17) >= 0.8 > power(1.0, 16, 16)
    assert seeds_for(0.01) is None and seeds_for(0.2, most=100) is None
