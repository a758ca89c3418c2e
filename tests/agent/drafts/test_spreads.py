"""Spreads as papers print them: held to their mean, to the kind that the draft names, as intervals, and as the best of several seeds."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from agent.drafts.audit import audit_draft

SEEDS = {
    "erm": ([0.9301, 0.9312, 0.9325, 0.9308], [0.241, 0.252, 0.249, 0.246]),
    "mixup": ([0.9402, 0.9447, 0.9438, 0.9431], [0.203, 0.199, 0.196, 0.207]),
    "sam": ([0.9460, 0.9478, 0.9471, 0.9455], [0.181, 0.176, 0.184, 0.178]),
}
"""Accuracy and loss of four seeds: means 93.115, 94.295, 94.66 in percent; deviations 0.101, 0.195, 0.104; errors half of these."""


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("results")
    for name, (accuracies, losses) in SEEDS.items():
        for seed, (accuracy, loss) in enumerate(zip(accuracies, losses, strict=True)):
            folder = root / name / f"seed_{seed}"
            folder.mkdir(parents=True)
            (folder / "metrics.json").write_text(json.dumps({"test_acc": accuracy, "nll": loss}))
    return root


def statuses(text: str, results: Path, root: Path) -> dict[str, str]:
    """Each printed number with its status."""
    draft = root / "draft.md"
    draft.write_text(f"{text}\n")
    return {f"{number.value:g}": number.status for number in audit_draft(draft, results).numbers}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Mixup has a test accuracy of 0.9430 ± 0.0019.", {"0.943": "derived", "0.0019": "derived"}),
        ("Mixup has a test accuracy of 0.9430 ± 0.0010.", {"0.943": "derived", "0.001": "derived"}),
        ("Mixup has a test accuracy of 0.9430 (std 0.0010).", {"0.943": "derived", "0.001": "unsupported"}),
        (
            "We give means and standard deviations.\n\nMixup has a test accuracy of 0.9430 ± 0.0010.",
            {"0.943": "derived", "0.001": "unsupported"},
        ),
        (
            "Mixup and SAM have test accuracies of 0.9430 ± 0.0010 and 0.9466 ± 0.0019.",
            {"0.943": "derived", "0.001": "derived", "0.9466": "derived", "0.0019": "unsupported"},
        ),
        ("Over the seeds the test accuracy of mixup varies by 0.45 points.", {"0.45": "derived"}),
        ("Over the seeds the test accuracy of mixup varies by 0.75 points.", {"0.75": "unsupported"}),
    ],
)
def test_a_spread_is_that_of_its_mean_and_of_the_kind_that_is_said(
    text: str, wanted: dict[str, str], results: Path, tmp_path: Path
) -> None:
    """Behind a mean stands its own spread, no other run's; where the draft says of which kind it gives them, it is of that kind."""
    assert statuses(text, results, tmp_path) == wanted


def test_a_table_s_spread_is_of_the_kind_that_the_draft_gives(results: Path, tmp_path: Path) -> None:
    """A cell's ± is held to the mean before it; a standard error is none of the deviations that the setup promises."""
    text = "All tables show mean ± standard deviation.\n\n| Method | Test acc. |\n|---|---|\n| ERM | 0.9312 ± 0.0010 |\n| Mixup | 0.9430 ± 0.0010 |\n"
    told = statuses(text, results, tmp_path)
    assert told["0.9312"] == told["0.943"] == "derived"
    draft = audit_draft(tmp_path / "draft.md", results).numbers
    assert [one.status for one in draft if one.value == 0.001] == ["derived", "unsupported"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "SAM has a test accuracy of 94.66% (95% CI: 94.56–94.76).",
            {"94.66": "derived", "94.56": "derived", "94.76": "derived"},
        ),
        (
            "SAM has a test accuracy of 0.9466 [0.9449, 0.9483] (95% confidence interval).",
            {"0.9466": "derived", "0.9449": "derived", "0.9483": "derived"},
        ),
        (
            "SAM has a test accuracy of 94.66% (95% CI: 94.16–95.16).",
            {"94.66": "derived", "94.16": "unsupported", "95.16": "unsupported"},
        ),
    ],
)
def test_bounds_of_an_interval_are_computed(text: str, wanted: dict[str, str], results: Path, tmp_path: Path) -> None:
    """By the normal and by Student's t; other bounds are found."""
    assert statuses(text, results, tmp_path) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "The best single mixup model has a test accuracy of 94.47%; the worst, at 94.02%, is close.",
            ["supported", "supported"],
        ),
        (
            "The best single mixup model has a test accuracy of 94.38%; the worst, at 94.31%, is close.",
            ["misattributed", "misattributed"],
        ),
        ("The highest test accuracy of any seed of mixup is 0.9447.", ["supported"]),
        ("The test accuracy of mixup ranges from 0.9402 to 0.9447 over the seeds.", ["supported", "supported"]),
        ("The test accuracy of mixup ranges from 0.9431 to 0.9438 over the seeds.", ["misattributed", "misattributed"]),
        ("Seed 2 of mixup has a test accuracy of 0.9438.", ["supported"]),
        ("Seed 2 of mixup has a test accuracy of 0.9431.", ["misattributed"]),
        ("Mixup has a test accuracy of 0.9447.", ["misattributed"]),
    ],
)
def test_one_seed_is_the_one_that_is_named(text: str, wanted: list[str], results: Path, tmp_path: Path) -> None:
    """The best is at one end of its run's seeds, a range at both, seed 2 is what its folder holds; a seed that is not spoken of is no mean."""
    draft = tmp_path / "draft.md"
    draft.write_text(f"{text}\n")
    assert [one.status for one in audit_draft(draft, results).numbers] == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Units are dropped with $p = 0.3$.", "setting"),
        ("The accuracy differs ($p = 0.3$, Welch's test).", "unsupported"),
        ("SAM is better with a p-value of 0.3.", "unsupported"),
    ],
)
def test_a_p_that_is_set_is_no_p_value(text: str, wanted: str, results: Path, tmp_path: Path) -> None:
    """Where the code sets a p, `p = 0.3` is that, unless a test is spoken of: then no test lies in the folder."""
    shutil.copytree(results, tmp_path / "results")
    (tmp_path / "results" / "train.py").write_text("p = 0.3\n")
    assert statuses(text, tmp_path / "results", tmp_path) == {"0.3": wanted}


def test_without_a_p_that_is_set_it_is_one(results: Path, tmp_path: Path) -> None:
    """The same sentence over a folder that sets no p."""
    assert statuses("Units are dropped with $p = 0.3$.", results, tmp_path) == {"0.3": "unsupported"}


def test_the_spread_behind_a_mean_of_another_is_no_second_fault(results: Path, tmp_path: Path) -> None:
    """Two cells of a column swapped whole: their means are misattributed, the spreads behind go with them; one of neither is a finding."""
    head = "Table 1: Test accuracy in percent, with standard deviations over seeds.\n\n| Method | Test accuracy |\n|---|---|\n"
    swapped = statuses(f"{head}| mixup | 94.66 ± 0.104 |\n| sam | 94.295 ± 0.195 |", results, tmp_path)
    assert swapped == {"94.66": "misattributed", "0.104": "derived", "94.295": "misattributed", "0.195": "derived"}
    other = statuses(f"{head}| mixup | 94.66 ± 0.195 |\n| sam | 94.295 ± 0.153 |", results, tmp_path)
    assert other == {"94.66": "misattributed", "0.195": "derived", "94.295": "misattributed", "0.153": "unsupported"}
