"""What a section is about: by its heading, which is no part of the sentence under it, and by what a text without tables mostly names."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.agent.drafts.runs_of import statuses

ACCURACY = {"plain": (0.7712, 0.9611), "mixing": (0.7863, 0.9643), "sharp": (0.8076, 0.9703)}
"""On the two data sets."""
ERROR = {"plain": (0.0923, 0.0241), "mixing": (0.0518, 0.0187), "sharp": (0.0313, 0.0123)}
"""Calibration error."""
MEMORY = {"plain": 5.1, "mixing": 5.4, "sharp": 7.9}
FINE, NONE, DERIVED, OF_ANOTHER = "supported", "unsupported", "derived", "misattributed"


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("results")
    for at, place in enumerate(("cifar100", "svhn")):
        for method in ACCURACY:
            told = {
                "test_accuracy": ACCURACY[method][at],
                "ece": ERROR[method][at],
                "train_minutes": (61.0 if method == "plain" else 118.0) * (1 - 0.4 * at),
                "peak_memory_gb": MEMORY[method],
            }
            (root / place).mkdir(exist_ok=True)
            (root / place / f"{method}.json").write_text(json.dumps(told))
    return root


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("## SVHN\nThe plain model reaches 96.1% accuracy.", [FINE]),
        ("## CIFAR-100\nThe plain model reaches 96.1% accuracy.", [OF_ANOTHER]),
        ("## CIFAR-100\n\nSharp gains 3.6 points of accuracy over plain training.", [DERIVED]),
        ("## CIFAR-100\n\nSharp gains 0.9 points of accuracy over plain training.", [NONE]),
        ("## CIFAR-100\n\nOn SVHN, sharp gains 0.9 points of accuracy over plain training.", [DERIVED]),
    ],
)
def test_a_heading_names_the_place_of_its_section(text: str, wanted: list[str], results: Path, tmp_path: Path) -> None:
    """Under `CIFAR-100` nothing is of SVHN that does not say so, with an empty line below the heading or without."""
    assert statuses(text, results, tmp_path) == wanted


def test_a_section_is_not_about_what_the_one_before_it_was(results: Path, tmp_path: Path) -> None:
    """Points under a new heading are not of the calibration error on which the last section ended."""
    before = "# Study\n\n## Results\n\nAccuracy rises. The ECE falls to 0.031 for sharp on CIFAR-100."
    text = f"{before}\n\n## SVHN\n\nSharp improves on plain training by 0.92 points."
    assert statuses(text, results, tmp_path) == [FINE, DERIVED]


def test_without_a_table_a_text_is_about_what_most_of_it_names(results: Path, tmp_path: Path) -> None:
    """A draft whose sentences speak of accuracy means accuracy where a section names nothing."""
    before = "Accuracy is our measure. We report accuracy on both data sets. Test accuracy is 77.1% for plain training on CIFAR-100."
    text = f"{before}\n\n## SVHN\n\nSharp improves on plain training by 0.9 points."
    assert statuses(text, results, tmp_path) == [FINE, DERIVED]
    assert statuses(text.replace("0.9 points", "1.7 points"), results, tmp_path) == [FINE, NONE]


def test_memory_is_no_time(results: Path, tmp_path: Path) -> None:
    """Gigabytes behind a sentence of minutes are of the memory."""
    text = "Sharp takes 118 minutes on CIFAR-100. Peak memory is 7.9 GB for sharp and {} GB for mixing."
    assert statuses(text.format("5.4"), results, tmp_path) == [FINE, FINE, FINE]
    assert statuses(text.format("5.1"), results, tmp_path) == [FINE, FINE, OF_ANOTHER]
