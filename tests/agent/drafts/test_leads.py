"""Which way a value goes, whose an end is, by how much the best leads, how far apart runs lie; a folder of four runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.agent.drafts.runs_of import put_runs, statuses

SCORES = {
    "run_0": ("TopK", 0.1429, 0.7508),
    "run_1": ("Masked TopK", 0.0912, 0.7702),
    "run_2": ("BatchTopK", 0.1511, 0.7396),
    "run_3": ("Masked BatchTopK", 0.0856, 0.7747),
}
"""Title, absorption, probing accuracy."""
FINE, OF_ANOTHER, NONE, DERIVED = "supported", "misattributed", "unsupported", "derived"


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return put_runs(tmp_path_factory.mktemp("results"), ("absorption", "probing_accuracy"), SCORES)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Absorption falls from 0.1429 to 0.0912 with Masked TopK.", [FINE, FINE]),
        ("Absorption falls from 0.0912 to 0.1429 with Masked TopK.", [OF_ANOTHER, OF_ANOTHER]),
        ("Absorption rises from 14.3% to 9.1% with Masked TopK.", [FINE, OF_ANOTHER]),
        ("Masked TopK lowers absorption slightly, from 0.1429 to 0.0912 (36.2%).", [FINE, FINE, DERIVED]),
        ("Masked TopK lowers absorption slightly, from 0.1429 to 0.0912 (56.7%).", [FINE, FINE, NONE]),
        ("Masked TopK removes 36.2% of the absorption of TopK.", [DERIVED]),
        ("Masked TopK removes 56.7% of the absorption of TopK.", [NONE]),
        ("On an RTX 3090 the absorption of Masked TopK is 0.0912.", [FINE]),
        ("Probing accuracy rises from 75.1% to 77.0% with Masked TopK.", [FINE, FINE]),
        ("Absorption does not rise: from 0.1429 it goes to 0.0912 with Masked TopK.", [FINE, FINE]),
    ],
)
def test_what_falls_does_not_go_up(text: str, wanted: list[str], results: Path, tmp_path: Path) -> None:
    """Both ends may be values of the folder; a percentage is of the one that it goes from."""
    assert statuses(text, results, tmp_path) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("The lowest absorption, 0.0856, is that of Masked BatchTopK.", [FINE]),
        ("The lowest absorption, 0.0856, is that of Masked TopK.", [OF_ANOTHER]),
        ("The absorption of TopK is 0.1429, that of BatchTopK 0.1511.", [FINE, FINE]),
        ("The highest probing accuracy, 0.7747, was reached by Masked TopK.", [OF_ANOTHER]),
    ],
)
def test_a_value_is_of_whom_stands_behind_it(text: str, wanted: list[str], results: Path, tmp_path: Path) -> None:
    """Who has the value is not whom the sentence gives it to."""
    assert statuses(text, results, tmp_path) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("In probing accuracy the two best runs differ by 0.45 points.", [DERIVED]),
        ("In probing accuracy the two best runs differ by 2.39 points.", [NONE]),
        ("Masked BatchTopK has a probing accuracy of 0.7747, 0.45 points ahead of the second best.", [FINE, DERIVED]),
        ("Masked BatchTopK has a probing accuracy of 0.7747, 2.39 points ahead of the second best.", [FINE, NONE]),
        ("TopK and BatchTopK are within 1.2 points of each other in probing accuracy.", [DERIVED]),
        ("TopK and BatchTopK are within 0.6 points of each other in probing accuracy.", [NONE]),
    ],
)
def test_the_best_leads_the_second(text: str, wanted: list[str], results: Path, tmp_path: Path) -> None:
    """Not any other pair of runs."""
    assert statuses(text, results, tmp_path) == wanted


def test_what_is_below_another_is_no_value(results: Path, tmp_path: Path) -> None:
    """77.0% is a value of the folder, and no difference."""
    assert statuses("Masked TopK is 77.0 points below TopK in probing accuracy.", results, tmp_path) == [NONE]


def test_plain_before_a_name_is_no_baseline(results: Path, tmp_path: Path) -> None:
    """`plain BatchTopK` is BatchTopK, though the baseline is another."""
    text = "Masked BatchTopK gains {} points of probing accuracy over plain BatchTopK."
    assert statuses(text.format("3.5"), results, tmp_path) == [DERIVED]
    assert statuses(text.format("2.4"), results, tmp_path) == [NONE]
