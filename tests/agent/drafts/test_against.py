"""Whom a change is said against, where that stands beside it: it is of that one, and of no other's; a folder of four methods at two widths."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.agent.drafts.runs_of import statuses

RATES = {"standard": (21.3, 25.2), "topk": (17.6, 21.1), "jumprelu": (15.9, 19.4), "masked": (9.8, 13.9)}
"""Absorption rate in percent at 4k and at 16k latents."""
KEPT = {"standard": (58.1, 62.3), "topk": (63.4, 67.2), "jumprelu": (64.7, 68.9), "masked": (61.2, 65.3)}
"""Explained variance in percent."""


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("results")
    for method, rates in RATES.items():
        for width, rate, kept in zip(("4k", "16k"), rates, KEPT[method], strict=True):
            folder = root / method / width
            folder.mkdir(parents=True)
            told = {"absorption_rate": rate, "explained_variance": kept}
            (folder / "metrics.json").write_text(json.dumps(told))
    return root


FINE, NONE, DERIVED = "supported", "unsupported", "derived"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "At 16k latents the masked SAE has an absorption rate of 13.9%, 7.2 points below TopK and 11.3 points below the standard SAE.",
            [FINE, DERIVED, DERIVED],
        ),
        (
            "At 16k latents the masked SAE has an absorption rate of 13.9%, 11.3 points below TopK and 7.2 points below the standard SAE.",
            [FINE, NONE, NONE],
        ),
        (
            "At 16k, masking cuts absorption by 34.1% relative to TopK and by 44.8% relative to the standard SAE.",
            [DERIVED, DERIVED],
        ),
        (
            "At 16k, masking cuts absorption by 28.4% relative to TopK and by 44.8% relative to the standard SAE.",
            [NONE, DERIVED],
        ),
        (
            "At 16k latents the masked SAE explains 65.3% of the variance. It loses 3.6 points of explained variance to JumpReLU.",
            [FINE, DERIVED],
        ),
        (
            "At 16k latents the masked SAE explains 65.3% of the variance. It loses 1.9 points of explained variance to JumpReLU.",
            [FINE, NONE],
        ),
        ("At 4k the masked SAE beats TopK in absorption by 7.8 points.", [DERIVED]),
        ("At 4k the masked SAE beats TopK in absorption by 6.1 points.", [NONE]),
    ],
)
def test_a_change_is_against_whom_it_is_said_to_be(text: str, wanted: list[str], results: Path, tmp_path: Path) -> None:
    """`39.8% relative to TopK` that is 39.8% relative to JumpReLU is not so."""
    assert statuses(text, results, tmp_path) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Absorption is 0.12, 0.09 and 0.07 for p=0.1, 0.3 and 0.5.", [FINE] * 3),
        ("Absorption is 0.12, 0.07 and 0.09 for p=0.1, 0.3 and 0.5.", [FINE, "misattributed", "misattributed"]),
        ("At p = 0.1, 0.3 and 0.5 the absorption is 0.12, 0.09 and 0.12.", [FINE, FINE, "misattributed"]),
    ],
)
def test_a_list_is_in_step_with_the_values_of_a_setting(text: str, wanted: list[str], tmp_path: Path) -> None:
    """`0.12, 0.09 and 0.07 for p = 0.1, 0.3 and 0.5`: each is of the run with that value."""
    for name, (rate, absorption) in {"run_1": (0.1, 0.12), "run_2": (0.3, 0.09), "run_3": (0.5, 0.07)}.items():
        (tmp_path / "results" / name).mkdir(parents=True)
        told = {"absorption": absorption, "config": {"p": rate}}
        (tmp_path / "results" / name / "final_info.json").write_text(json.dumps(told))
    assert [each for each in statuses(text, tmp_path / "results", tmp_path) if each != "setting"] == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Averaged over the two widths, the masked SAE has an absorption rate of 11.85%.", [DERIVED]),
        ("Averaged over the two widths, the masked SAE has an absorption rate of 13.9%.", ["misattributed"]),
        ("Averaged over tokens, the masked SAE at 16k has an absorption rate of 13.9%.", [FINE]),
    ],
)
def test_a_mean_over_places_is_no_value_of_one(text: str, wanted: list[str], results: Path, tmp_path: Path) -> None:
    """The rate at 16k is not the mean of both widths."""
    assert statuses(text, results, tmp_path) == wanted


@pytest.mark.parametrize(
    ("title", "wanted"), [("Strong masking", NONE), ("Weak masking without decay", DERIVED), ("Plus masking", DERIVED)]
)
def test_a_run_that_is_named_alone_is_held_against_the_baseline(title: str, wanted: str, tmp_path: Path) -> None:
    """40.7% less than a run that nobody speaks of is no change, unless the run is another with more or with less."""
    scores = {"run_0": ("Baseline", 0.1429), "run_1": ("Gentle noise", 0.1187), "run_2": (title, 0.0704)}
    for name, (_, absorption) in scores.items():
        (tmp_path / "results" / name).mkdir(parents=True)
        (tmp_path / "results" / name / "final_info.json").write_text(json.dumps({"absorption": absorption}))
    notes = "\n".join(f"Run {name[-1]}: {told[0]}" for name, told in scores.items())
    (tmp_path / "results" / "notes.txt").write_text(notes)
    assert statuses(f"{title} cuts absorption by 50.7%.", tmp_path / "results", tmp_path) == [DERIVED]
    assert statuses(f"{title} cuts absorption by 40.7%.", tmp_path / "results", tmp_path) == [wanted]
