"""The figures' reader and plot.py itself, with one run, with many, and with what is missing."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from harness.figures import load_runs, metric_names

REPOSITORY = Path(__file__).resolve().parents[2]
METRICS = {
    "explained_variance": 0.86,
    "decoder_cosine": 0.31,
    "coactive_cosine": 0.1,
    "absorption_fraction": 0.7,
}


def write_run(folder: Path, number: int, **metrics: float | None) -> None:
    values = {**METRICS, **metrics}
    info = {
        "format": 1,
        "config": {},
        "training": {
            "curve": {
                "step": [0, 10, 20, 30],
                "loss": [1, 0.5, 0.3, 0.2],
                "reconstruction": [1, 0.5, 0.3, 0.2],
            }
        },
        "metrics": {
            name: {"mean": value, "spread": 0.002 if number == 0 else None, "n": 3 if number == 0 else 1}
            for name, value in values.items()
            if value is not None
        },
    }
    (folder / f"run_{number}").mkdir(parents=True)
    (folder / f"run_{number}" / "final_info.json").write_text(json.dumps(info))


def draw(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error::UserWarning", str(REPOSITORY / "plot.py")],
        cwd=folder,
        env={"PYTHONPATH": str(REPOSITORY), "HOME": str(folder), "MPLCONFIGDIR": str(folder / "mpl")},
        capture_output=True,
        text=True,
        check=False,
    )


def test_runs_come_in_order_with_titles_and_values(tmp_path):
    """Runs sort by number (10 after 9), seeds' folders are left out, titles come from titles.json, missing is None."""
    for number in (0, 2, 10):
        write_run(tmp_path, number, decoder_cosine=None if number == 2 else 0.3)
    (tmp_path / "run_0" / "seeds" / "1").mkdir(parents=True)
    (tmp_path / "run_0" / "seeds" / "1" / "final_info.json").write_text("{}")
    (tmp_path / "titles.json").write_text(json.dumps({"run_2": "Static penalty"}))
    runs = load_runs(tmp_path)
    assert [run.name for run in runs] == ["run_0", "run_2", "run_10"]
    assert [run.label for run in runs] == ["Baseline", "2: Static penalty", "10: run_10"]
    assert runs[1].metric("decoder_cosine") is None
    assert runs[0].metric("explained_variance").spread == 0.002
    assert len({run.colour for run in runs}) == 3
    assert metric_names(runs) == list(METRICS)


def test_a_value_that_is_no_number_is_missing(tmp_path):
    """NaN and null are missing, never drawn as zero."""
    write_run(tmp_path, 0, decoder_cosine=float("nan"))
    assert load_runs(tmp_path)[0].metric("decoder_cosine") is None


def test_no_run_at_all_is_an_error(tmp_path):
    """An empty folder is named in the error instead of giving empty figures."""
    with pytest.raises(FileNotFoundError, match="no run_"):
        load_runs(tmp_path)


@pytest.mark.parametrize("count", [1, 11])
def test_plot_draws_three_figures_as_pdf_and_png(tmp_path, count):
    """With the baseline alone and with a full session, plot.py writes three figures, each as PDF and PNG, not empty."""
    for number in range(count):
        write_run(tmp_path, number, explained_variance=0.86 - 0.001 * number)
    done = draw(tmp_path)
    assert done.returncode == 0, done.stderr
    drawn = {path.name: path.stat().st_size for path in (tmp_path / "figures").iterdir()}
    stems = {"training_curves", "metrics_by_run", "separation_tradeoff"}
    assert set(drawn) == {f"{stem}.{kind}" for stem in stems for kind in ("pdf", "png")}
    assert min(drawn.values()) > 3000


def test_figures_depend_on_the_results_alone(tmp_path):
    """The same results give the same bytes; another result gives another figure: nothing is typed into plot.py."""
    pictures = []
    for name, value in (("a", 0.86), ("b", 0.86), ("c", 0.85)):
        folder = tmp_path / name
        write_run(folder, 0)
        write_run(folder, 1, explained_variance=value)
        assert draw(folder).returncode == 0
        pictures.append((folder / "figures" / "separation_tradeoff.png").read_bytes())
    assert pictures[0] == pictures[1]
    assert pictures[0] != pictures[2]
