"""Reading what an experiment wrote as its result: whatever lies there becomes a value, at once."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from agent.results.final_info import BadResults, checked_metrics, read_final_info, read_object
from agent.session.run_info import Measurement, RunInfo

GOOD = {"format": 1, "config": {"k": 16}, "training": {"steps": 400}, "metrics": {}}


def text(content: str | bytes) -> Callable[[Path], None]:
    """Plants a file with this content."""
    data = content.encode() if isinstance(content, str) else content

    def plant(path: Path) -> None:
        path.write_bytes(data)

    return plant


def huge(path: Path) -> None:
    """A sparse file of 300 MB."""
    with path.open("wb") as file:
        file.truncate(300_000_000)


def with_value(value: str) -> str:
    return f'{{"config": {{}}, "training": {{"loss": {value}}}}}'


FAULTS: dict[str, tuple[Callable[[Path], object], str]] = {
    "a FIFO": (lambda path: os.mkfifo(path), "not a regular file"),
    "a link to /dev/zero": (lambda path: path.symlink_to("/dev/zero"), "a link"),
    "a link to an honest file": (lambda path: path.symlink_to(path.parent / "other.json"), "a link"),
    "a folder": (lambda path: path.mkdir(), "not a regular file"),
    "300 MB": (huge, "300000000 bytes, more than"),
    "NaN": (text(with_value("NaN")), "holds NaN"),
    "minus infinity": (text(with_value("-Infinity")), "holds -Infinity"),
    "1e999": (text(with_value("1e999")), "1e999, which is too large"),
    "an integer of 5,000 digits": (text(with_value("9" * 5000)), "integer of 5000 digits"),
    "100,000 brackets": (text("[" * 100_000), "nested too deeply"),
    "100,000 nested objects": (text('{"a":' * 100_000 + "1" + "}" * 100_000), "nested too deeply"),
    "duplicate keys": (text('{"config": {"k": 1, "k": 2}, "training": {}}'), "the key 'k' twice"),
    "nothing": (text(""), "empty"),
    "blanks": (text(" \n\t\n"), "empty"),
    "a cut-off write": (text(json.dumps(GOOD)[:30]), "final_info.json"),
    "a list": (text("[1, 2]"), "must hold one JSON object, found list"),
    "bytes that are no text": (text(b"\xff\xfe\x00{}"), "utf-8"),
    "no training": (text('{"config": {}}'), "'training' must be an object, but it is missing"),
    "a config that is a list": (text('{"config": [], "training": {}}'), "'config' must be an object, found list"),
    "metrics that are a number": (text('{"config": {}, "training": {}, "metrics": 3}'), "'metrics' must be an object"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_a_named_failure(tmp_path: Path, fault: str) -> None:
    """Each planted fault comes back at once as a reason that names the file and what is wrong."""
    folder = tmp_path / "run_1"
    folder.mkdir()
    (folder / "other.json").write_text(json.dumps(GOOD))
    plant, reason = FAULTS[fault]
    plant(folder / "final_info.json")
    began = time.monotonic()
    result = read_final_info(folder)
    assert time.monotonic() - began < 20
    assert isinstance(result, BadResults)
    assert "run_1/final_info.json" in result.reason
    assert reason in result.reason
    assert "\n" not in result.reason


def test_an_absent_file_and_an_absent_folder_are_named(tmp_path: Path) -> None:
    """A missing result is not an empty one."""
    (tmp_path / "run_1").mkdir()
    absent = read_final_info(tmp_path / "run_1")
    nowhere = read_final_info(tmp_path / "run_2")
    assert isinstance(absent, BadResults)
    assert absent.reason == "run_1/final_info.json: absent"
    assert isinstance(nowhere, BadResults)
    assert "wrote no folder run_2" in nowhere.reason


def test_a_linked_folder_is_refused(tmp_path: Path) -> None:
    """A run's folder that is a link to an earlier run's is no result."""
    (tmp_path / "run_1").mkdir()
    (tmp_path / "run_1/final_info.json").write_text(json.dumps(GOOD))
    (tmp_path / "run_2").symlink_to(tmp_path / "run_1")
    assert isinstance(read_final_info(tmp_path / "run_2"), BadResults)


def test_a_good_file_is_read_as_it_is(tmp_path: Path) -> None:
    """An honest result comes back unchanged, large integers and small floats included."""
    info = GOOD | {
        "training": {"steps": 400, "tokens": 10**18, "loss_last": 1e-300, "curve": {"step": list(range(500))}}
    }
    (tmp_path / "run_1").mkdir()
    (tmp_path / "run_1/final_info.json").write_text(json.dumps(info))
    result = read_final_info(tmp_path / "run_1")
    assert isinstance(result, RunInfo)
    assert result.written() == info


def test_the_limit_is_the_callers(tmp_path: Path) -> None:
    """A file one byte past the limit is refused, one at the limit is read."""
    path = tmp_path / "x.json"
    path.write_text('{"a": 1}')
    assert read_object(path, limit=8) == {"a": 1}
    assert isinstance(read_object(path, limit=7), BadResults)


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        (None, "no finite number"),
        ("0.9", "no finite number"),
        (True, "no finite number"),
        ([0.9], "no finite number"),
        ({"mean": None}, "no finite number"),
        ({"mean": float("nan")}, "no finite number"),
        ({"value": 1}, "no finite number"),
        ({"mean": 0.9, "spread": -1}, "spread"),
        ({"mean": 0.9, "spread": "?"}, "spread"),
        ({"mean": 0.9, "n": 0}, "no count"),
        ({"mean": 0.9, "n": 1.5}, "no count"),
        ({"mean": 0.9, "n": True}, "no count"),
    ],
)
def test_a_metric_that_is_no_number_is_named(entry: object, reason: str) -> None:
    """NaN, texts, lists and counts that are none are failures that name the metric."""
    result = checked_metrics({"mse": 1.0, "cosine": entry}, ["mse", "cosine"], "the evaluator")
    assert isinstance(result, BadResults)
    assert "'cosine'" in result.reason
    assert reason in result.reason


def test_a_missing_metric_is_not_zero() -> None:
    """A metric that the template declares and nobody measured is a failure."""
    result = checked_metrics({"mse": 0.0}, ["mse", "cosine"], "the evaluator")
    assert result == BadResults("the evaluator: the metric 'cosine' is missing")


def test_an_optional_metric_may_be_absent_but_not_wrong() -> None:
    """It is left out where nobody measured it; where it is there, it is held to the same rules as any other."""
    names = ["mse", "ravel"]
    assert checked_metrics({"mse": 0.5}, names, "x", ["ravel"]) == {"mse": Measurement(0.5)}
    assert "ravel" in checked_metrics({"mse": 0.5, "ravel": 0.1}, names, "x", ["ravel"])  # type: ignore[operator]
    for wrong in (None, float("nan"), "0.5"):
        result = checked_metrics({"mse": 0.5, "ravel": wrong}, names, "x", ["ravel"])
        assert isinstance(result, BadResults) and "'ravel'" in result.reason
    assert checked_metrics({"ravel": 0.5}, names, "x", ["ravel"]) == BadResults("x: the metric 'mse' is missing")
    assert checked_metrics({"MSE": 0.5, "ravel": 0.5}, names, "x", ["ravel"]) == BadResults(
        "x: the metric 'mse' is missing; it gives 'MSE', which the template does not declare"
    )


def test_metrics_get_one_form() -> None:
    """A plain number is one measurement; mean, spread and n are kept; zero is a value."""
    result = checked_metrics({"a": 0, "b": {"mean": 0.5, "spread": 0.1, "n": 3}, "c": 1}, ["a", "b"], "x")
    assert result == {"a": Measurement(0), "b": Measurement(0.5, 0.1, 3)}


def test_means_and_stderrs_of_the_family_are_told_how_to_be_written(tmp_path: Path) -> None:
    """`{data set: {means, stderrs}}` is refused as before, with the form that is read here."""
    run = tmp_path / "run_0"
    run.mkdir()
    (run / "final_info.json").write_text('{"seir": {"means": {"loss": 1.5}, "stderrs": {"loss": 0.1}}}')
    found = read_final_info(run)
    assert isinstance(found, BadResults)
    assert "'config' must be an object" in found.reason and '"metrics": {"name": number}' in found.reason
    (run / "final_info.json").write_text('{"training": {}}')
    assert isinstance(other := read_final_info(run), BadResults) and "stderrs" not in other.reason
