"""Runs that are a method at a size and at a value (`topk_65k_k20`): which of them a sentence means by these; a folder of twelve."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.agent.drafts.runs_of import statuses

AT = {"topk": (0.247, 0.206), "masked": (0.128, 0.108), "relu": (0.312, 0.259)}
"""Absorption at 16k latents, for k = 20 and 40; 65k have 0.1 more."""
FINE, OF_ANOTHER, NONE, DERIVED = "supported", "misattributed", "unsupported", "derived"


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("results")
    for method, scores in AT.items():
        for width, size, more in (("16k", 16384, 0.0), ("65k", 65536, 0.1)):
            for k, score in zip((20, 40), scores, strict=True):
                (root / f"{method}_{width}_k{k}").mkdir()
                told = {"absorption": round(score + more, 3), "loss_recovered": round(1 - (score + more) / 5, 4)}
                config = {"k": k, "dict_size": size}
                path = root / f"{method}_{width}_k{k}" / "eval_results.json"
                path.write_text(json.dumps({"eval_config": config, "core": told}))
    return root


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("At 65k and k=20 the absorption of TopK is 0.347.", [FINE]),
        ("At 65k and k=20 the absorption of TopK is 0.247.", [OF_ANOTHER]),
        ("At 65k latents and k=40, TopK has an absorption of 0.306 and masked SAEs one of 0.208.", [FINE, FINE]),
        ("At 65k latents and k=40, TopK has an absorption of 0.208 and masked SAEs one of 0.306.", [OF_ANOTHER] * 2),
        ("Averaged over both sparsity levels at 65k, masked SAEs have an absorption of 0.218.", [DERIVED]),
        ("Averaged over both sparsity levels at 65k, masked SAEs have an absorption of 0.208.", [OF_ANOTHER]),
        ("TopK has an absorption of 0.206 at 16k and k=40, 0.098 above masked SAEs.", [FINE, DERIVED]),
        ("TopK has an absorption of 0.247 at 16k and k=40, 0.098 above masked SAEs.", [OF_ANOTHER, DERIVED]),
        (
            "At 16k latents and k=20, ReLU SAEs have the highest absorption (0.312), followed by TopK (0.247).",
            [FINE] * 2,
        ),
        ("At 65k and k=20, the gap between TopK and masked SAEs is 0.119 in absorption.", [DERIVED]),
        ("At 65k and k=20, the gap between TopK and masked SAEs is 0.065 in absorption.", [NONE]),
        ("At 65k latents TopK has an absorption of 0.347 at k = 20 and 0.306 at k = 40.", [FINE, FINE]),
        ("At 65k latents TopK has an absorption of 0.347 at k = 20 and 0.206 at k = 40.", [FINE, OF_ANOTHER]),
    ],
)
def test_a_size_and_a_value_say_which_run_is_meant(text: str, wanted: list[str], results: Path, tmp_path: Path) -> None:
    """`65k` is a part of a run's name, whatever it is joined with."""
    assert [one for one in statuses(text, results, tmp_path) if one != "setting"] == wanted


@pytest.mark.parametrize(("change", "wanted"), [("48%", DERIVED), ("58%", NONE)])
def test_a_change_behind_its_way_is_of_these_two(change: str, wanted: str, results: Path, tmp_path: Path) -> None:
    """58% is from ReLU to masked SAEs; nobody speaks of ReLU, and the two numbers stand right before it."""
    text = f"At 16k latents and k=40, masked SAEs reduce absorption from 0.206 (TopK) to 0.108, a {change} reduction."
    assert statuses(text, results, tmp_path)[-1] == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("We evaluate 12 SAEs.", [DERIVED]),
        ("Absorption ranges from 0.108 to 0.412 over all SAEs.", [FINE, FINE]),
        ("Absorption ranges from 0.128 to 0.412 over all SAEs.", [OF_ANOTHER, FINE]),
        ("All masked SAEs recover more than 95% of the loss.", [DERIVED]),
        ("All masked SAEs recover more than 97% of the loss.", [NONE]),
        ("All TopK SAEs recover more than 95% of the loss.", [NONE]),
    ],
)
def test_what_is_said_of_all_is_held_against_all(text: str, wanted: list[str], results: Path, tmp_path: Path) -> None:
    """Of those that are named behind the word, where some are."""
    assert statuses(text, results, tmp_path) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("At 65k and k=20, masking removes 34.3% of the absorption of TopK.", [DERIVED]),
        ("At 65k and k=20, the masked SAE removes 34.3% of TopK's absorption.", [DERIVED]),
        ("At 65k and k=20, masking removes 52.2% of the absorption of TopK.", [NONE]),
        ("Masked SAEs at 65k and k=20 lower absorption by 12.0%.", [NONE]),
    ],
)
def test_runs_that_are_compared_differ_in_what_is_said(
    text: str, wanted: list[str], results: Path, tmp_path: Path
) -> None:
    """12.0% is what masked models at 65k and k = 20 differ by from ReLU at another size and another value."""
    assert [one for one in statuses(text, results, tmp_path) if one != "setting"] == wanted


def test_a_percentage_is_no_difference_of_rates(tmp_path: Path) -> None:
    """4,919 and 4,837 images a second differ by 82, and not by 82%."""
    for name, rate in {"full": 4919.0, "merged": 4837.0, "other": 4000.0}.items():
        (tmp_path / "results" / name).mkdir(parents=True)
        (tmp_path / "results" / name / "scores.json").write_text(json.dumps({"images_per_s": rate}))
    text = "Merged loses {}% of the images per second of full."
    assert statuses(text.format("1.7"), tmp_path / "results", tmp_path) == [DERIVED]
    assert statuses(text.format("82"), tmp_path / "results", tmp_path) == [NONE]


def test_a_mean_is_over_as_many_as_are_said(tmp_path: Path) -> None:
    """Three runs are called `no_…`; the mean of these is meant, and not of another three."""
    scores = {"full": 0.6412, "no_warmup": 0.6288, "no_dropout": 0.6341, "no_tying": 0.6387, "baseline": 0.6103}
    rows = [{"variant": name, "accuracy": score} for name, score in scores.items()]
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "results.json").write_text(json.dumps(rows))
    text = "Averaged over the three ablations, accuracy is {}."
    assert statuses(text.format("0.6339"), tmp_path / "results", tmp_path) == [DERIVED]
    assert statuses(text.format("0.6347"), tmp_path / "results", tmp_path) == [NONE]


def test_a_difference_is_of_the_metric_right_behind_it(results: Path, tmp_path: Path) -> None:
    """The loss in a name is not what 0.119 is of."""
    text = "At 65k and k=20 the masked loss wins 0.119 of absorption over TopK."
    assert [one for one in statuses(text, results, tmp_path) if one != "setting"] == [DERIVED]
