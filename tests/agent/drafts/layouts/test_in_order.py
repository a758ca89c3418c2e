"""Numbers told in the order in which runs and places were named, and words that say what a number is no more."""

from __future__ import annotations

from pathlib import Path

from tests.agent.drafts.layouts.test_tools import findings, put

_VALUES = {("erm", "pets"): 0.931, ("erm", "cars"): 0.742, ("mixup", "pets"): 0.940, ("mixup", "cars"): 0.759}


def _folder(root: Path) -> None:
    for (method, data), acc in _VALUES.items():
        put(
            root,
            {
                f"{method}/{data}/m.json": {
                    "test_acc": acc,
                    "test_loss": round(1.31 - acc, 3),
                    "setup_s": 3.91 * acc,
                    "total_s": 41.3 * acc,
                }
            },
        )


def test_places_go_on_in_their_order(tmp_path: Path) -> None:
    """`93.1% on pets and 74.2% on cars, and mixup 94.0% and 75.9%`."""
    _folder(tmp_path / "results")
    line = "In test accuracy ERM reaches 93.1% on pets and 74.2% on cars, and mixup {} and {}.\n"
    assert findings(tmp_path, line.format("94.0%", "75.9%")) == []
    assert findings(tmp_path, line.format("94.9%", "79.5%")) == ["94.9%", "79.5%"]


def test_runs_go_on_in_their_order(tmp_path: Path) -> None:
    """`A 93.1% and B 94.0%, with losses of 0.379 and 0.370`."""
    for method in ("erm", "mixup"):
        acc = _VALUES[method, "pets"]
        put(tmp_path / "results", {f"{method}/m.json": {"test_acc": acc, "test_loss": round(1.31 - acc, 3)}})
    line = "ERM reaches 93.1% and mixup 94.0% test accuracy, with a test loss of {} and {}.\n"
    assert findings(tmp_path, line.format("0.379", "0.370")) == []
    assert findings(tmp_path, line.format("0.370", "0.379")) == ["0.370", "0.379"]


def test_seconds_are_of_what_is_measured_in_seconds(tmp_path: Path) -> None:
    """The setup of the sentence before is not all that is kept in seconds."""
    _folder(tmp_path / "results")
    line = "The setup takes 3.64 s for ERM on pets. On pets, mixup takes {} s.\n"
    assert findings(tmp_path, line.format("38.8")) == []
    assert findings(tmp_path, line.format("36.8")) == ["36.8"]


def test_where_a_change_goes_to_is_no_change(tmp_path: Path) -> None:
    """`from 0.568 to 0.189`, where two values differ by 0.189."""
    _folder(tmp_path / "results")
    line = "On cars the test loss of mixup improves from 0.568 to {}.\n"
    assert findings(tmp_path, line.format("0.551")) == []
    assert findings(tmp_path, line.format("0.189")) == ["0.189"]


def test_models_are_counted_in_total(tmp_path: Path) -> None:
    """`4 models in total`, and half as many pairs."""
    _folder(tmp_path / "results")
    line = "We train {} models in total. Over all 2 pairs of configurations mixup has the higher accuracy.\n"
    assert findings(tmp_path, line.format(4)) == []
    assert findings(tmp_path, line.format(6)) == ["6"]
