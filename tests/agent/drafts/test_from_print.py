"""Changes of numbers that a sentence prints itself, ends as whom something is held against, parts of a gain; a folder of five runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.agent.drafts.runs_of import put_runs, statuses

RUNS = {
    "run_0": ("Baseline", 3142.6, 0.612, 0.0184, 1843.0, 5.1),
    "run_1": ("Annealing", 3518.9, 0.668, 0.0151, 1910.5, 5.1),
    "run_2": ("Trust penalty", 3267.3, 0.631, 0.0123, 1851.7, 5.2),
    "run_3": ("Full schedule", 3804.2, 0.727, 0.0119, 1928.4, 7.9),
    "run_4": ("No clipping", 2957.8, 0.574, 0.0232, 1779.9, 5.0),
}
"""Title, return, success rate, KL, seconds, gigabytes."""
FINE, NONE, DERIVED, OF_ANOTHER = "supported", "unsupported", "derived", "misattributed"


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    keys = ("episode_return", "success_rate", "approx_kl", "wall_time_s", "peak_memory_gb")
    return put_runs(tmp_path_factory.mktemp("results"), keys, RUNS)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("The failure rate shrinks from 38.8% to 27.3%, a relative reduction of 29.6%.", DERIVED),
        ("The failure rate shrinks from 38.8% to 27.3%, a relative reduction of 42.1%.", NONE),
        ("Wall time rises from 1843 to 1928 seconds, an overhead of 4.6%.", DERIVED),
        ("Wall time rises from 1843 to 1928 seconds, an overhead of 4.4%.", NONE),
        ("Peak memory grows from 5.1 GB to 7.9 GB (+55%).", DERIVED),
        ("Peak memory grows from 5.1 GB to 7.9 GB (+35%).", NONE),
    ],
)
def test_a_percentage_is_of_the_two_printed_before_it(text: str, wanted: str, results: Path, tmp_path: Path) -> None:
    """From and to are the base and the new value, whatever is not named."""
    assert statuses(text, results, tmp_path)[-1] == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Compared with the weakest variant, the full schedule improves the return by 28.6%.", DERIVED),
        ("Compared with the weakest variant, the full schedule improves the return by 16.4%.", NONE),
        ("The spread between the best and the worst return is 846.4.", DERIVED),
        ("The spread between the best and the worst return is 285.3.", NONE),
        ("The run time is 1843 s for the baseline and 1928 s for the slowest variant.", FINE),
        ("The run time is 1843 s for the baseline and 1852 s for the slowest variant.", OF_ANOTHER),
    ],
)
def test_who_is_called_an_end_is_one(text: str, wanted: str, results: Path, tmp_path: Path) -> None:
    """The weakest, the slowest, best and worst are the ends of what all runs have."""
    assert statuses(text, results, tmp_path)[-1] == wanted


@pytest.mark.parametrize(("share", "wanted"), [("57", DERIVED), ("75", NONE)])
def test_a_part_of_a_gain_is_of_whom_was_spoken(share: str, wanted: str, results: Path, tmp_path: Path) -> None:
    """`accounts for 57% of the gain` is the gain of one over that of another."""
    text = f"The full schedule has a return of 3804.2. Annealing accounts for {share}% of the gain."
    assert statuses(text, results, tmp_path) == [FINE, wanted]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("The advantage of the full schedule over annealing in return, 285.3, is clear.", DERIVED),
        ("Annealing is worth 376.3 of return.", DERIVED),
        ("Annealing is worth 124.7 of return.", NONE),
        ("The full schedule improves KL by 35% but success by just 11.5 points.", DERIVED),
    ],
)
def test_words_of_worth_say_a_change(text: str, wanted: str, results: Path, tmp_path: Path) -> None:
    """What something is worth, and its advantage, are differences."""
    assert statuses(text, results, tmp_path)[-1] == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Annealing lowers the KL only to 0.0151 (-18%).", DERIVED),
        ("Annealing lowers the KL only to 0.0151 (-27%).", NONE),
        ("The success of the baseline is 61.2%; the strongest variant gains 11.5 points.", DERIVED),
        ("The success of the baseline is 61.2%; the strongest variant gains 14.5 points.", NONE),
        ("Relative to annealing, the full schedule scores 8.1% higher on return.", DERIVED),
        ("Relative to annealing, the full schedule scores 21.1% higher on return.", NONE),
    ],
)
def test_a_second_fact_is_of_the_metric_of_the_first(text: str, wanted: str, results: Path, tmp_path: Path) -> None:
    """What stands behind a value is a change of its metric, and a subject without a known name is one of all."""
    assert statuses(text, results, tmp_path)[-1] == wanted
