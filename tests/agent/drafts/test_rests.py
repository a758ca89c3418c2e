"""What a share leaves over, what is lost in points, how far runs lie from one, who is the worst; a folder of five runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.agent.drafts.runs_of import put_runs, statuses

RUNS = {
    "run_0": ("Baseline", 0.1429, 0.6094, 0.9589, 0.7508, 0.8312),
    "run_1": ("Weak penalty", 0.1187, 0.6016, 0.9552, 0.7413, 0.8574),
    "run_2": ("Strong penalty", 0.0965, 0.5977, 0.9518, 0.7389, 0.8791),
    "run_3": ("Warmup", 0.1312, 0.6172, 0.9612, 0.7562, 0.8466),
    "run_4": ("Schedule", 0.0872, 0.6133, 0.9599, 0.7534, 0.9023),
}
"""Title, absorption, explained variance, CE loss score, probing accuracy, the share of latents alive."""
FINE, NONE, DERIVED, OF_ANOTHER = "supported", "unsupported", "derived", "misattributed"


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    keys = ("absorption_score", "explained_variance", "ce_loss_score", "probing_accuracy", "frac_alive", "final_loss")
    runs = {name: (*told, 4357.57 - 10 * int(name[-1])) for name, told in RUNS.items()}
    return put_runs(tmp_path_factory.mktemp("results"), keys, runs)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("With the schedule the share of latents alive grows to 90.2%, so that only 9.8% are dead.", [FINE, DERIVED]),
        ("With the schedule the share of latents alive grows to 90.2%, so that only 8.9% are dead.", [FINE, NONE]),
        ("The schedule reduces dead latents by 42.1%.", [DERIVED]),
        ("The schedule reduces dead latents by 7.1 points.", [DERIVED]),
        ("The schedule reduces dead latents by 8.6%.", [NONE]),
        ("The schedule reduces dead latents by 4.8 points.", [NONE]),
    ],
)
def test_what_is_dead_is_the_rest_of_what_is_alive(text: str, wanted: list[str], results: Path, tmp_path: Path) -> None:
    """9.8% dead are 90.2% alive, and 42% fewer dead are no 42% more alive."""
    assert statuses(text, results, tmp_path) == wanted


@pytest.mark.parametrize(("loss", "wanted"), [("1.2", DERIVED), ("1.9", NONE)])
def test_a_loss_of_points_is_no_training_loss(loss: str, wanted: str, results: Path, tmp_path: Path) -> None:
    """`drops to 73.9%, a loss of 1.2 points` is of the accuracy."""
    text = f"The strong penalty has a probing accuracy of 73.9%, a loss of {loss} points against the baseline."
    assert statuses(text, results, tmp_path) == [FINE, wanted]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("The CE loss score stays within 0.0071 of the baseline for every run.", [DERIVED]),
        ("The CE loss score stays within 0.005 of the baseline for every run.", [NONE]),
        ("The CE loss score of the schedule is within 0.001 of the baseline.", [DERIVED]),
        ("The CE loss score of the strong penalty is within 0.001 of the baseline.", [NONE]),
    ],
)
def test_within_of_one_bounds_how_far_others_lie(text: str, wanted: list[str], results: Path, tmp_path: Path) -> None:
    """A bound of the difference to the baseline holds for all of whom it is said."""
    assert statuses(text, results, tmp_path) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("The worst explained variance is that of the strong penalty (0.598).", [FINE]),
        ("The worst explained variance is that of the weak penalty (0.602).", [OF_ANOTHER]),
        ("Warmup has the best explained variance, 0.617.", [FINE]),
        ("The schedule has the best explained variance, 0.613.", [OF_ANOTHER]),
        ("The schedule has the second best explained variance, 0.613.", [FINE]),
        ("The best model reaches an explained variance of 0.613.", [FINE]),
    ],
)
def test_the_worst_is_at_an_end(text: str, wanted: list[str], results: Path, tmp_path: Path) -> None:
    """Best and worst are one of the two ends of what all runs have, whichever is the good one."""
    assert statuses(text, results, tmp_path) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "The schedule removes 39.0% of the baseline's absorption and 9.6% of the strong penalty's; the weak penalty removes 16.9%.",
            DERIVED,
        ),
        (
            "The schedule removes 39.0% of the baseline's absorption and 9.6% of the strong penalty's; the weak penalty removes 21.4%.",
            NONE,
        ),
        ("The strong penalty trades 0.0117 of explained variance for 0.0464 of absorption.", DERIVED),
        ("The strong penalty trades 0.0117 of explained variance for 0.0242 of absorption.", NONE),
    ],
)
def test_whom_a_later_clause_is_against_stands_before_it(text: str, wanted: str, results: Path, tmp_path: Path) -> None:
    """`; Mixup removes 44%` is of what was removed from before, and of no other run's."""
    assert statuses(text, results, tmp_path)[-1] == wanted
