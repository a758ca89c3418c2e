"""What is read from the files of a session's runs."""

import json
from pathlib import Path

import pytest

from harness.runs import Run, load_runs, metric_names


def write_run(folder: Path, number: int, **info: object) -> None:
    (folder / f"run_{number}").mkdir(parents=True)
    (folder / f"run_{number}" / "final_info.json").write_text(json.dumps({"format": 1, **info}))


def one(mean: float, **more: object) -> dict[str, object]:
    return {"mean": mean, "spread": None, "n": 1, **more}


def test_runs_come_in_order_with_titles_and_values(tmp_path):
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
    assert [run.is_baseline for run in runs] == [True, False, False]
    assert runs[0].metric("mse") is None
    assert runs[1].metric("mse").mean == 1.5
    assert runs[1].curve("loss") == [1.0, 0.5]
    assert runs[1].curve("l0") == []
    assert metric_names(runs) == ["cosine", "mse"]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), None, "0.3", True])
def test_a_value_that_is_no_number_is_missing(tmp_path, value):
    """NaN, infinity, null and text are missing, never drawn as zero; the same for a spread or a noise band."""
    metrics = {"a": one(value), "b": one(0.3, spread=value, noise=value)}
    write_run(tmp_path, 0, metrics=metrics)
    (run,) = load_runs(tmp_path)
    assert run.metric("a") is None
    assert run.metric("b").mean == 0.3
    assert run.metric("b").spread is None
    assert run.metric("b").noise is None


def test_the_noise_band_and_the_details_are_read(tmp_path):
    """`noise` is the band's half-width; a detail that is empty counts as missing."""
    details = {"probing_by_k": {"1": 0.7}, "absorption_by_letter": {}}
    write_run(
        tmp_path, 0, metrics={"a": {"mean": 0.3, "spread": 0.01, "n": 3, "noise": 0.05}}, details=details
    )
    (run,) = load_runs(tmp_path)
    assert run.metric("a").noise == 0.05
    assert run.detail("probing_by_k") == {"1": 0.7}
    assert run.detail("absorption_by_letter") is None
    assert run.detail("gram") is None


def test_long_titles_are_wrapped_before_they_are_cut():
    """A title of 110 characters is whole in a legend, on lines of at most 36; only a longer one ends in an ellipsis."""
    title = "Progressive penalty with a threshold of 0.1 and a quadratic decay of its weight from the first step on, twice"
    label = Run("run_3", title, {}).label
    assert label.replace("\n", " ") == f"3: {title}"
    assert max(len(line) for line in label.split("\n")) <= 36
    assert Run("run_3", title * 3, {}).label.endswith("…")
    assert Run("run_3", title, {}).tick.count("\n") == 2


def test_lines_of_a_title_are_about_as_long_as_one_another():
    """No word is left alone on the last line where the one before has room to give."""
    run = Run("run_1", "Masked orthogonal penalty, weight 0.1", {})
    assert run.label == "1: Masked orthogonal\npenalty, weight 0.1"


def test_no_run_at_all_is_an_error(tmp_path):
    """An empty folder is named in the error instead of giving empty figures."""
    with pytest.raises(FileNotFoundError, match="no run_"):
        load_runs(tmp_path)
