"""What is read from the files of a session's runs."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from harness.show.runs import Run, RunsError, Value, load_runs, metric_names


def write_run(folder: Path, number: int, **info: object) -> None:
    (folder / f"run_{number}").mkdir(parents=True)
    (folder / f"run_{number}" / "final_info.json").write_text(json.dumps({"format": 1, **info}))


def one(mean: object, **more: object) -> dict[str, object]:
    return {"mean": mean, "spread": None, "n": 1, **more}


def measured(run: Run, name: str) -> Value:
    value = run.metric(name)
    assert value is not None
    return value


def test_runs_come_in_order_with_titles_and_values(tmp_path: Path) -> None:
    """Runs sort by number (10 after 9), seeds' folders are left out, titles come from titles.json, missing is None."""
    for number in (0, 2, 10):
        metrics = {"cosine": one(0.3), **({"mse": one(1.5)} if number == 2 else {})}
        write_run(tmp_path, number, metrics=metrics, training={"curve": {"loss": [1, 0.5]}})
    (tmp_path / "run_0" / "seeds" / "1").mkdir(parents=True)
    (tmp_path / "run_0" / "seeds" / "1" / "final_info.json").write_text("{}")
    (tmp_path / "titles.json").write_text(json.dumps({"run_2": "Static penalty"}))
    runs = load_runs(tmp_path)
    assert [run.name for run in runs] == ["run_0", "run_2", "run_10"]
    assert [run.label for run in runs] == ["Baseline", "2: Static penalty", "10: run_10"]
    (tmp_path / "parents.json").write_text(json.dumps({"run_2": "run_0", "run_10": "run_2"}))
    assert [run.label for run in load_runs(tmp_path)] == ["Baseline", "2: Static penalty", "10: run_10 (from 2)"]
    assert [run.is_baseline for run in runs] == [True, False, False]
    assert runs[0].metric("mse") is None
    assert measured(runs[1], "mse").mean == 1.5
    assert runs[1].curve("loss") == [1.0, 0.5]
    assert runs[1].curve("l0") == []
    assert metric_names(runs) == ["cosine", "mse"]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), None, "0.3", True])
def test_a_value_that_is_no_number_is_missing(tmp_path: Path, value: float | str | bool | None) -> None:
    """NaN, infinity, null and text are missing, never drawn as zero; the same for a spread or a noise band."""
    metrics = {"a": one(value), "b": one(0.3, spread=value, noise=value)}
    write_run(tmp_path, 0, metrics=metrics)
    (run,) = load_runs(tmp_path)
    assert run.metric("a") is None
    assert measured(run, "b").mean == 0.3
    assert measured(run, "b").spread is None
    assert measured(run, "b").noise is None


def test_the_noise_band_and_the_details_are_read(tmp_path: Path) -> None:
    """`noise` is the band's half-width; a detail that is empty counts as missing."""
    details = {"probing_by_k": {"1": 0.7}, "absorption_by_letter": {}}
    write_run(tmp_path, 0, metrics={"a": {"mean": 0.3, "spread": 0.01, "n": 3, "noise": 0.05}}, details=details)
    (run,) = load_runs(tmp_path)
    assert measured(run, "a").noise == 0.05
    assert run.detail("probing_by_k") == {"1": 0.7}
    assert run.detail("absorption_by_letter") is None
    assert run.detail("gram") is None


def test_a_run_scored_by_hand_has_the_scores_beside_it(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """metrics and details of scores.json where final_info.json has no metrics; what a session wrote there stands."""
    write_run(tmp_path, 0, metrics={"a": one(0.3)}, details={"gram": {"values": [1]}})
    write_run(tmp_path, 1, metrics={}, details={"own": 1})
    scores = {"format": 1, "metrics": {"a": one(0.5, spread=0.1)}, "details": {"probing_by_k": {"1": 0.7}}}
    for number in (0, 1):
        (tmp_path / f"run_{number}" / "scores.json").write_text(json.dumps(scores))
    of_a_session, by_hand = load_runs(tmp_path)
    assert (measured(of_a_session, "a").mean, of_a_session.detail("probing_by_k")) == (0.3, None)
    assert (measured(by_hand, "a").mean, measured(by_hand, "a").spread) == (0.5, 0.1)
    assert (by_hand.detail("probing_by_k"), by_hand.detail("own")) == ({"1": 0.7}, 1)
    assert caplog.records == []


def test_scores_older_than_the_run_are_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """They may be of a run that this one replaced: they are read, with a warning that names both files."""
    write_run(tmp_path, 1, metrics={})
    scores = tmp_path / "run_1" / "scores.json"
    scores.write_text(json.dumps({"metrics": {"a": one(0.5)}}))
    os.utime(scores, (1, 1))
    (run,) = load_runs(tmp_path)
    assert measured(run, "a").mean == 0.5
    [said] = caplog.messages
    assert said.startswith(f"{scores} is older than {tmp_path}/run_1/final_info.json: ")


def test_a_run_without_scores_is_told_once_with_what_to_type(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A warning for the run that left an SAE and no scores; none for one that has metrics or no SAE to score."""
    for number, metrics in enumerate([{"a": one(0.3)}, {}, {}]):
        write_run(tmp_path, number, metrics=metrics)
    (tmp_path / "run_0" / "sae").mkdir()
    (tmp_path / "run_1" / "sae").mkdir()
    assert [run.metric("a") is None for run in load_runs(tmp_path)] == [False, True, True]
    [said] = caplog.messages
    assert said.startswith("run_1 has no scores: type `")
    assert said.endswith(f" -m harness.evaluation --run_dir={tmp_path}/run_1 --out={tmp_path}/run_1/scores.json`")


@pytest.mark.parametrize("content", ["{", "[]", '{"metrics": 3}', "{}", '{"metrics": {}, "details": []}'])
def test_damaged_scores_are_an_error_that_names_the_file(tmp_path: Path, content: str) -> None:
    """Cut short, no table, or without metrics: the file and what to do, not a figure without scores."""
    write_run(tmp_path, 1, metrics={})
    (tmp_path / "run_1" / "scores.json").write_text(content)
    with pytest.raises(RunsError, match=r"run_1/scores\.json.*score the run again"):
        load_runs(tmp_path)


def test_long_titles_are_wrapped_before_they_are_cut() -> None:
    """A title of 110 characters is whole in a legend, on lines of at most 36; only a longer one ends in an ellipsis."""
    title = (
        "Progressive penalty with a threshold of 0.1 and a quadratic decay of its weight from the first step on, twice"
    )
    label = Run("run_3", title, {}).label
    assert label.replace("\n", " ") == f"3: {title}"
    assert max(len(line) for line in label.split("\n")) <= 36
    assert Run("run_3", title * 3, {}).label.endswith("…")
    assert Run("run_3", title, {}).tick.count("\n") == 2


def test_lines_of_a_title_are_about_as_long_as_one_another() -> None:
    """No word is left alone on the last line where the one before has room to give."""
    run = Run("run_1", "Masked orthogonal penalty, weight 0.1", {})
    assert run.label == "1: Masked orthogonal\npenalty, weight 0.1"


def test_no_run_at_all_is_an_error(tmp_path: Path) -> None:
    """An empty folder is named in the error instead of giving empty figures."""
    with pytest.raises(FileNotFoundError, match="no run_"):
        load_runs(tmp_path)
