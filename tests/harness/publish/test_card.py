"""The card of a published SAE: what it says of a run, and what it does not claim."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from harness.publish.card import card_of, verdict_text
from harness.show.runs import RunsError, Value


def write_run(folder: Path, metrics: dict[str, Any], **config: Any) -> Path:
    """A run's folder with its weights' file; nobody reads the weights here."""
    (folder / "sae").mkdir(parents=True)
    (folder / "sae" / "sae_weights.safetensors").write_bytes(folder.name.encode())
    settings = {"model": "labloop-gemma2-tiny", "layer": 2, "d_sae": 64, "k": 4, "dataset": "wordnet", **config}
    info = {"format": 1, "config": settings, "training": {"steps": 10, "tokens": 20480}, "metrics": metrics}
    (folder / "final_info.json").write_text(json.dumps(info))
    return folder


@pytest.fixture
def session(tmp_path: Path) -> Path:
    """A session of a baseline and a run that differs by one setting and one unknown one."""
    noisy = {"mean": 0.80, "spread": 0.01, "n": 3, "noise": 0.05}
    write_run(tmp_path / "run_0", {"explained_variance": noisy, "absorption": {**noisy, "noise": None}}, lr=0.01)
    once = {"mean": 0.90, "spread": None, "n": 1}
    write_run(tmp_path / "run_3", {"absorption": once, "explained_variance": once}, lr=0.02, orth_weight=0.1)
    (tmp_path / "titles.json").write_text('{"run_0": "Baseline", "run_3": "A twentieth"}')
    declared = {"explained_variance": {"direction": "higher", "digits": 3}, "absorption": {"direction": "lower"}}
    (tmp_path / "metrics.json").write_text(json.dumps(declared))
    (tmp_path / "journal.jsonl").write_text("{}\n")
    return tmp_path


def test_a_run_of_a_session_stands_beside_its_baseline(session: Path) -> None:
    """Values with the session's digits and order, verdicts by the baseline's noise, settings that differ, hashes."""
    card = card_of(session / "run_3")
    first, second = card.rows
    assert (first.name, first.value, first.baseline) == ("explained_variance", "0.900", "0.800 ± 0.010")
    assert first.verdict == "+0.100, better, seen in one run"
    assert second.verdict == "+0.1000, noise unknown"
    assert card.differences == (("lr", "0.01", "0.02"), ("orth_weight", "–", "0.1"))
    assert (card.run.title, card.session) == ("A twentieth", session.name)
    assert card.journal_sha256 == hashlib.sha256(b"{}\n").hexdigest()
    assert card.weights_sha256 == hashlib.sha256(b"run_3").hexdigest()


def test_a_run_by_hand_has_no_baseline(tmp_path: Path) -> None:
    """Without a session there is no verdict, no session and no difference; scores.json beside it is read."""
    folder = write_run(tmp_path / "mine", {})
    (folder / "scores.json").write_text(json.dumps({"metrics": {"l0": {"mean": 4.0, "n": 1}}, "details": {}}))
    card = card_of(folder)
    assert [(row.name, row.value, row.verdict) for row in card.rows] == [("l0", "4.0000", "")]
    assert (card.session, card.differences, card.journal_sha256) == ("", (), "")


def test_what_was_never_scored_is_not_published(tmp_path: Path) -> None:
    """A card without a measurement is refused, with the remedy."""
    with pytest.raises(RunsError, match="score it first"):
        card_of(write_run(tmp_path / "mine", {}))


def test_an_attempt_that_was_not_accepted_is_no_run(session: Path) -> None:
    """A folder beside the runs of a session that is none of them is refused."""
    with pytest.raises(RunsError, match="no accepted run of the session"):
        card_of(write_run(session / "attempt", {"l0": {"mean": 1.0}}))


@pytest.mark.parametrize(
    ("mean", "noise", "direction", "said"),
    [
        (0.84, 0.05, "higher", "+0.04, within noise"),
        (0.90, 0.05, "lower", "+0.10, worse, seen in one run"),
        (0.70, 0.05, "lower", "-0.10, better, seen in one run"),
        (0.90, 0.05, "", "+0.10, beyond noise"),
        (0.90, None, "higher", "+0.10, noise unknown"),
    ],
)
def test_a_verdict_is_the_baselines_noise_and_no_more(
    mean: float, noise: float | None, direction: str, said: str
) -> None:
    """Within it nothing is better; beyond it a single run is only seen; without a direction or noise that is said."""
    assert verdict_text(Value(mean, None, 1), Value(0.8, 0.01, 3, noise), {"direction": direction}, 2) == said
