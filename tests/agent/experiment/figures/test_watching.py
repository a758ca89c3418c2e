"""What a figure shows is told by the tool, number by number, with the file in which each stands."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from agent.auditing.drawn import audit_drawn
from agent.experiment.figures.watching import WATCHED, trace
from agent.experiment.launch import interpreter
from agent.results.traced import Files, traced
from agent.session.files import write_json
from agent.session.steps import Step
from tests.agent.experiment.conftest import Bench, replaced

pytestmark = pytest.mark.process

FILES = {
    "run_0/final_info.json": {"metrics": {"mse": {"mean": 0.48231, "noise": 0.0123}}},
    "run_1/final_info.json": {
        "metrics": {"mse": {"mean": 0.31007, "noise": None}},
        "training": {"curve": {"step": [0, 10, 20], "loss": [0.9123, 0.5512, 0.3377]}},
        "config": {"weight": 0.125},
    },
}
HEAD = """\
import json, matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
one = json.load(open("run_1/final_info.json"))
base = json.load(open("run_0/final_info.json"))["metrics"]["mse"]
mean, curve = one["metrics"]["mse"]["mean"], one["training"]["curve"]
import os; os.makedirs("figures", exist_ok=True)
"""
TAIL = '\nplt.savefig("figures/a.pdf"); plt.savefig("figures/a.png")\n'


def shown(folder: Path, body: str) -> tuple[dict[str, Any], str]:
    """figures/a.json of a script that draws so, and what is said against it."""
    for name, content in FILES.items():
        write_json(folder / name, content)
    script = HEAD + body + TAIL
    (folder / "plot.py").write_text(script)
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "MPLCONFIGDIR": str(folder / "m"),
        "PYTHONPATH": str(WATCHED),
    }
    command = [str(interpreter("experiment")), "plot.py"]
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found, problem = trace(folder / "figures", ["a.pdf", "a.png"], {"plot.py": script}, FILES)
    assert found == ([] if "shows nothing" in problem else ["a.json"])
    return json.loads((folder / "figures" / "a.json").read_text()), problem


def test_every_number_is_told_with_its_file(tmp_path: Path) -> None:
    """A line by step, a point by a setting, the baseline's band: each number with file and key; what was computed is told as such."""
    body = """
plt.plot(curve["step"], curve["loss"], label="run 1")
plt.plot([one["config"]["weight"]], [mean], "o")
plt.axhline(base["mean"]); plt.axhspan(base["mean"] - base["noise"], base["mean"] + base["noise"])
plt.xlabel("step"); plt.ylabel("loss")
"""
    told, problem = shown(tmp_path, body)
    assert not problem and told["numbers"] == {"read_from_files": 10, "computed": 2, "left_out": 0}
    line, point, level, band = told["series"]
    assert (line["panel"], line["label"], line["y"]) == ("loss | step", "run 1", [0.9123, 0.5512, 0.3377])
    assert line["y_from"] == ["run_1/final_info.json: training.curve.loss"]
    assert line["x_from"] == ["run_1/final_info.json: training.curve.step"]
    assert point["x_from"] == ["run_1/final_info.json: config.weight"]
    assert point["y_from"] == ["run_1/final_info.json: metrics.mse.mean"]
    assert level["y_from"] == ["run_0/final_info.json: metrics.mse.mean"] and "x" not in level
    assert band["y_computed"] == pytest.approx([0.48231 - 0.0123, 0.48231 + 0.0123]) and "x" not in band


def test_bars_points_and_images_are_told_too(tmp_path: Path) -> None:
    """Whatever kind of artist holds them: bars, scattered points, error bars, steps, a picture."""
    body = """
plt.bar(["a"], [mean]); plt.scatter([1], [base["mean"]]); plt.errorbar([2], [mean], yerr=[base["noise"]])
plt.stairs(curve["loss"], [0, 1, 2, 3]); plt.figure(1).add_subplot(2, 1, 2).imshow([curve["loss"]])
"""
    told, problem = shown(tmp_path, body)
    assert not problem
    kinds = {entry["kind"] for entry in told["series"]}
    assert kinds == {"line", "bar", "points", "stairs", "image"}
    assert {"run_1/final_info.json: training.curve.loss"} == {
        source for entry in told["series"] if entry["kind"] in ("stairs", "image") for source in entry["y_from"]
    }


@pytest.mark.parametrize(
    "body",
    [
        "plt.plot([0, 1], [0.91, 0.85])",
        "plt.axhline(0.873)",
        "plt.bar(['ours'], [0.873])",
        "plt.plot([0, 1, 2], [mean, 0.733, 0.71])",
        "best = {'run_1': 0.28}; plt.plot([0, 1], [best['run_1'], 0.27])",
    ],
)
def test_a_typed_number_that_is_drawn_is_named(tmp_path: Path, body: str) -> None:
    """Also one that equals no result: it stands in the figure and in the script, and in no file."""
    assert "plot.py holds typed in" in shown(tmp_path, body)[1]


@pytest.mark.parametrize(
    "body",
    [
        "plt.axhline(0.5)",
        "plt.plot([0.15, 0.15], [mean, base['mean']])",
        "plt.plot(curve['step'], [v / 3 for v in curve['loss']])",
    ],
)
def test_a_line_of_chance_a_place_and_a_computed_number_are_none(tmp_path: Path, body: str) -> None:
    """Half, a place beside a row, a mean of logged values: nobody typed a result."""
    assert shown(tmp_path, body)[1] == ""


@pytest.mark.parametrize(
    ("body", "is_blank"),
    [
        ('plt.xlabel("hours"); plt.ylabel("flow"); plt.title("Flow"); plt.gcf().suptitle("All"); plt.legend()', True),
        ('plt.subplots(1, 2)[1][1].text(0.5, 0.5, "a diagram of the method")', False),
        ("plt.subplots(1, 2)[1][0].pcolormesh([[1, 2], [3, 4]])", False),
    ],
)
def test_a_figure_with_nothing_but_axes_goes_back(tmp_path: Path, body: str, is_blank: bool) -> None:
    """Its files were not there, so a loop drew nothing: said with what a script finds; words alone are a drawing."""
    _, problem = shown(tmp_path, body)
    assert ("shows nothing" in problem and "run_*/final_info.json" in problem) is is_blank


def test_a_figure_is_drawn_though_its_numbers_cannot_be_told(tmp_path: Path) -> None:
    """An artist that breaks the watch costs the trace, not the figure."""
    body = "class Odd(plt.Line2D):\n    def get_xdata(self, orig=True):\n        if orig: raise KeyError('odd')\n        return super().get_xdata(orig)\n"
    (tmp_path / "plot.py").write_text("")
    with pytest.raises(AssertionError):
        shown(tmp_path, body + "plt.gca().add_line(Odd([0, 1], [0, 1]))")
    assert (tmp_path / "figures" / "a.pdf").read_bytes().startswith(b"%PDF")
    assert not (tmp_path / "figures" / "a.json").exists()


def test_the_audit_looks_each_number_up_again(measured: Bench) -> None:
    """A number changed in the trace, or a source that is another's, is a finding; an honest trace is none."""
    measured.accept(replaced(measured.code, ("LEARNING_RATE = 0.01", "LEARNING_RATE = 0.005")), title="Half the rate")
    assert measured.lab.draw_template(Step("figures/one")).traces == ["excess_loss.json"]
    path = measured.session.paths.figures / "excess_loss.json"
    told = json.loads(path.read_text())
    assert told["series"][1]["y_from"] == ["run_1/final_info.json: metrics.excess_loss.mean"]
    assert not list(audit_drawn(measured.session))
    told["series"][1]["y"][0] *= 0.5
    write_json(path, told)
    [finding] = audit_drawn(measured.session)
    assert finding.where == "figures/excess_loss.json" and "stands in no result" in finding.what
    told["series"][1] |= {"y": told["series"][0]["y"], "y_from": told["series"][1]["y_from"]}
    write_json(path, told)
    assert "elsewhere" in next(iter(audit_drawn(measured.session))).what
    path.unlink()
    assert "cannot be read" in next(iter(audit_drawn(measured.session))).what


def test_rows_along_an_axis_are_no_results(tmp_path: Path) -> None:
    """0 and 1 stand in many files: they are positions, unless their axis names what stands there."""
    body = """
plt.plot([base["mean"], mean], [0, 1], "o"); plt.xlabel("mse (better)")
plt.figure(2); plt.plot([0.5], [0]); plt.ylabel("training step"); plt.savefig("figures/b.pdf"); plt.figure(1)
"""
    told, _ = shown(tmp_path, body)
    [points] = told["series"]
    assert (points["x_from"], points["y_from"]) == (
        ["run_0/final_info.json: metrics.mse.mean", "run_1/final_info.json: metrics.mse.mean"],
        [],
    )
    assert told["numbers"]["read_from_files"] == 2
    found, _ = trace(tmp_path / "figures", ["b.pdf"], {}, FILES)
    assert found == ["b.json"]
    [point] = json.loads((tmp_path / "figures" / "b.json").read_text())["series"]
    assert point["y_from"] == ["run_1/final_info.json: training.curve.step"]


def test_a_setting_goes_before_a_list_that_holds_the_number_by_chance() -> None:
    """Weights of several runs are their settings, though one run's details hold all of them too."""
    runs = {
        f"run_{at}/final_info.json": {"config": {"weight": weight}, "details": {"gram": [0.25, 0.125, 0.5, 0.75]}}
        for at, weight in enumerate((0.125, 0.25, 0.5))
    }
    told = traced({"figure": "a", "series": [{"x": [0.125, 0.25, 0.5]}]}, Files.of(runs))
    assert told.series[0]["x_from"] == [f"run_{at}/final_info.json: config.weight" for at in range(3)]
