"""How papers report: the best of some, means over some, spreads in a row, seeds in words, parts of a combination, times in two units; six recipes on three seeds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agent.drafts.audit import audit_draft
from tests.agent.drafts.runs_of import statuses

SEEDS = {
    "erm": ((72.30, 72.31, 71.73), 48.43, 41.1, 18.13),
    "mixup": ((73.40, 73.84, 74.58), 49.15, 43.5, 18.41),
    "cutmix": ((75.30, 75.30, 75.07), 49.96, 44.5, 18.12),
    "rand_augment": ((74.93, 74.08, 74.39), 48.45, 52.9, 18.34),
    "mixup_cutmix": ((76.23, 76.39, 76.25), 52.06, 48.1, 18.60),
    "wide": ((75.61, 75.81, 75.66), 51.12, 96.1, 41.78),
}
"""Accuracies (means 72.11, 73.94, 75.22, 74.47, 76.29, 75.69; deviations 0.33, 0.60, 0.13, 0.43, 0.09, 0.10), robust accuracy, minutes, milliseconds."""


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("results")
    for name, (accuracies, robust, minutes, latency) in SEEDS.items():
        for seed, accuracy in enumerate(accuracies):
            folder = root / name / f"seed_{seed}"
            folder.mkdir(parents=True)
            told = {"test_acc": accuracy, "robust_acc": robust, "train_time_min": minutes, "latency_ms": latency}
            (folder / "metrics.json").write_text(json.dumps(told))
            (folder / "config.json").write_text(json.dumps({"epochs": 200, "lr": 0.1, "seed": seed}))
    return root


FINE, DERIVED, OF_ANOTHER, NONE = "supported", "derived", "misattributed", "unsupported"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("CutMix has the highest test accuracy (75.2%).", [OF_ANOTHER]),
        ("Among the single-policy models, CutMix has the highest test accuracy (75.2%).", [DERIVED]),
        ("Except for Mixup+CutMix, the wide network has the highest test accuracy (75.69%).", [DERIVED]),
        ("The second-highest test accuracy is 75.69%, for the wide network.", [DERIVED]),
        ("Of all models, CutMix has the highest test accuracy (75.2%).", [OF_ANOTHER]),
        ("The test accuracy of Mixup+CutMix is the highest at 76.29%, ahead of CutMix at 75.2%.", [DERIVED, DERIVED]),
    ],
)
def test_the_best_of_some_need_not_be_the_best_of_all(
    text: str, wanted: list[str], results: Path, tmp_path: Path
) -> None:
    """Whom the best is ahead of, the second and the best of a smaller circle are no best of all, and are not held to be."""
    assert statuses(text, results, tmp_path) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("The standard deviation across seeds is at most 0.60 points of test accuracy.", [DERIVED]),
        ("Standard deviations of test accuracy lie between 0.09 and 0.60 points.", [DERIVED, DERIVED]),
        ("The standard deviation of test accuracy is 0.60 for Mixup but only 0.09 for Mixup+CutMix.", [DERIVED] * 2),
        ("The standard deviation of test accuracy is 0.60 for Mixup but only 0.29 for Mixup+CutMix.", [DERIVED, NONE]),
        ("Test accuracy is 72.11 ± 0.33, 73.94 ± 0.60 and 75.22 ± 0.13 for ERM, Mixup and CutMix.", [DERIVED] * 6),
        ("Averaged over Mixup and CutMix, test accuracy is 74.6%.", [DERIVED]),
        ("On average over the five augmented models, test accuracy is 75.1%.", [DERIVED]),
        ("On average over the five augmented models, test accuracy is 74.8%.", [NONE]),
    ],
)
def test_spreads_and_means_that_a_sentence_goes_through(
    text: str, wanted: list[str], results: Path, tmp_path: Path
) -> None:
    """A spread behind a spread is one, a mean behind a comma is none; a mean over runs comes before the seed that has it by chance."""
    assert statuses(text, results, tmp_path) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("ERM was trained with three seeds.", [FINE]),
        ("ERM was trained with five random seeds.", [NONE]),
        ("Test accuracy is 75.2% with CutMix and 76.3% when Mixup is added.", [DERIVED, DERIVED]),
        ("Test accuracy is 75.2% with CutMix and 73.9% when Mixup is added.", [DERIVED, OF_ANOTHER]),
        ("Without CutMix, the test accuracy falls to 73.9%, a drop of 2.35 points.", [DERIVED, DERIVED]),
        ("In the order ERM, Mixup, CutMix, the test accuracies are 72.11, 73.94 and 75.22.", [DERIVED] * 3),
        ("The training time of the wide network is 1 h 36 min.", [FINE]),
        ("The training time of the wide network is 1 h 42 min.", [NONE]),
        ("An epoch of ERM takes 12.3 seconds.", [DERIVED]),
        ("An epoch of ERM takes 15.3 seconds.", [NONE]),
        ("At 18.1 ms, ERM processes 55 images per second.", [FINE, DERIVED]),
        ("At 18.1 ms, ERM processes 75 images per second.", [FINE, NONE]),
        ("RandAugment takes 52.9 minutes of training time and brings 2.4 points.", [FINE, DERIVED]),
        (
            "The test accuracy of ERM is 72.11 and its robust accuracy 48.43, a gap of 23.68 points.",
            [DERIVED, FINE, DERIVED],
        ),
        ("CutMix raises test accuracy by 4.3% (72.11 to 75.22).", [DERIVED, DERIVED, DERIVED]),
        ("CutMix raises test accuracy by 4.3% (75.22 to 72.11).", [DERIVED, DERIVED, OF_ANOTHER]),
        ("CutMix has 75.22 test accuracy at 49.96 robust accuracy.", [DERIVED, FINE]),
        ("CutMix has 49.96 test accuracy at 75.22 robust accuracy.", [OF_ANOTHER, OF_ANOTHER]),
        ("The training time of Mixup is still 45% of the wide network's.", [DERIVED]),
        ("RandAugment costs only 708 seconds more training time than ERM.", [DERIVED]),
        ("Test accuracy rises to 75.22 with CutMix (ERM: 72.11), while it is 73.94 with Mixup.", [DERIVED] * 3),
        ("The largest gain in test accuracy is that of Mixup+CutMix, from 72.11 to 76.29.", [DERIVED, DERIVED]),
        ("The error rate falls from 27.9% to 23.7%.", [DERIVED, DERIVED]),
        ("The error rate falls from 27.1% to 23.7%.", [NONE, DERIVED]),
        ("Test accuracy is averaged over the 26 letters.", []),
    ],
)
def test_numbers_in_words_parts_of_runs_and_what_follows_from_settings(
    text: str, wanted: list[str], results: Path, tmp_path: Path
) -> None:
    """Seeds in words are counted, a part that is added or left out names the run, two units are one time, a rate follows from a latency."""
    assert statuses(text, results, tmp_path) == wanted


def test_a_paragraph_that_names_no_metric_need_not_be_of_the_one_before(results: Path, tmp_path: Path) -> None:
    """A value of the run that is named is not called wrong for what the paragraph before spoke of; its own metric is still held."""
    before = "The robust accuracy of CutMix is 49.96%.\n\n"
    assert statuses(f"{before}The best seed of Mixup has 74.58%.", results, tmp_path) == [FINE, FINE]
    told = statuses(f"{before}The robust accuracy of Mixup is 73.94%.", results, tmp_path)
    assert told == [FINE, OF_ANOTHER]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Averaged over all recipes without the mixup ones, test accuracy is 74.4%.", [DERIVED]),
        ("All recipes lie between 72.11 and 76.29 in test accuracy.", [DERIVED, DERIVED]),
        ("All recipes lie between 74.47 and 75.22 in test accuracy.", [OF_ANOTHER, OF_ANOTHER]),
        ("The training time of the wide network is 96.1 minutes. It reaches 75.69%.", [FINE, DERIVED]),
    ],
)
def test_means_and_ends_are_of_those_of_whom_they_are_said(
    text: str, wanted: list[str], results: Path, tmp_path: Path
) -> None:
    """A mean may leave some out, the ends of all are ends, and a percentage is of no time."""
    assert statuses(text, results, tmp_path) == wanted


def test_a_row_may_be_called_by_a_metric_s_word(results: Path, tmp_path: Path) -> None:
    """`Wide loss` beside rows that say no metric is a run's whole name; where each row says one, it is that run's metric."""
    for name in ("erm", "wide"):
        assert (results / name).is_dir()
    head = "| Recipe | Test accuracy |\n|---|---|\n"
    assert statuses(f"{head}| ERM | 72.11 |\n| Wide noise | 75.69 |", results, tmp_path) == [DERIVED, DERIVED]
    noisy = statuses(f"{head}| ERM noise | 0.33 |\n| Wide noise | 0.10 |", results, tmp_path)
    assert noisy == [DERIVED, DERIVED]


def test_a_number_that_is_set_apart_is_one_number(results: Path, tmp_path: Path) -> None:
    """`{27}.84`, a value in bold before its uncertainty, and a command that sets up the printing of numbers."""
    draft = tmp_path / "draft.tex"
    draft.write_text(
        "\\begin{document}\n\\sisetup{table-format=2.2}\n"
        "\\begin{tabular}{lcc}\nRecipe & Test accuracy & Robust accuracy \\\\\n\\midrule\n"
        "ERM & \\textbf{72.11}(33) & {48}.43 \\\\\nMixup & \\underline{73.94}(61) & \\textbf{49}.15 \\\\\n\\end{tabular}\n"
        "\\end{document}\n"
    )
    told = [(number.value, number.status) for number in audit_draft(draft, results).numbers]
    assert told == [(72.11, DERIVED), (0.33, DERIVED), (48.43, FINE), (73.94, DERIVED), (0.61, NONE), (49.15, FINE)]
