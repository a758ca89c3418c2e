"""The figures of the synthetic template at the benchmark's scale: what a run has is drawn, what it has not is left out."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.templates.synthetic.conftest import TEMPLATE

CURVE = {"step": [0, 1, 2], "loss": [3.0, 2.0, 1.0], "reconstruction": [3.0, 2.0, 1.0]}
BOTH = ("f1", "mcc", "dead_latents", "explained_variance", "l0")
BENCHMARK = (*BOTH, "precision", "recall", "uniqueness", "shrinkage")


def read_plot(folder: Path, monkeypatch: pytest.MonkeyPatch, metrics: tuple[str, ...]) -> Any:
    """The template's plot.py in a folder with two runs that have these metrics."""
    for number in (0, 1):
        value = {"mean": 0.5 + number / 10, "spread": 0.01, "n": 5}
        info = {"metrics": dict.fromkeys(metrics, value), "details": {}, "training": {"curve": CURVE}}
        (folder / f"run_{number}").mkdir()
        (folder / f"run_{number}" / "final_info.json").write_text(json.dumps(info))
    monkeypatch.chdir(folder)
    spec = importlib.util.spec_from_file_location("synthetic_plot", TEMPLATE / "plot.py")
    assert spec and spec.loader
    plot = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, plot)
    spec.loader.exec_module(plot)
    return plot


def drawn(folder: Path, monkeypatch: pytest.MonkeyPatch, metrics: tuple[str, ...]) -> set[str]:
    """The figures of two runs with these metrics."""
    plot = read_plot(folder, monkeypatch, metrics)
    monkeypatch.setitem(plot.STYLE, "savefig.dpi", 20)
    plot.main()
    shown, still = plot.shown(plot.read_runs())
    assert len(shown) == 6 and set(shown) <= set(metrics) and not still
    return {path.stem for path in (folder / "figures").glob("*.pdf")}


def test_the_benchmark_has_those_of_what_it_measures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No absorption, and no features by kind: those two are left out, and other metrics take the free panels."""
    assert drawn(tmp_path, monkeypatch, BENCHMARK) == {"metrics_by_run", "training_curves"}


def test_what_is_the_same_in_all_runs_is_named_and_not_drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A panel in which all marks stand on one line shows nothing: another metric has its place; where nothing differs, all are drawn."""
    plot = read_plot(tmp_path, monkeypatch, BENCHMARK)
    plot.METRICS.update({name: {} for name in BENCHMARK})
    runs = plot.read_runs()
    assert "dead_latents" in plot.shown(runs)[0]
    for each in runs:
        each.info["metrics"]["dead_latents"] = {"mean": 0.0, "spread": 0.0}
    names, still = plot.shown(runs)
    assert still == ["dead_latents"] and len(names) == 6 and "dead_latents" not in names
    assert plot.shown(runs[:1])[0][:2] == ["f1", "mcc"] and plot.shown(runs[:1])[1] == []
    said: list[str] = []
    monkeypatch.setattr(plot, "save", lambda figure, name: said.append(figure.get_supxlabel()))
    plot.metrics_by_run(runs)
    assert said == ["the same in all runs, and not drawn: dead latents"]


@pytest.mark.parametrize("all_looks", [0.021, 0.3])
def test_a_band_for_many_looks_never_sets_the_limits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, all_looks: float
) -> None:
    """Each panel is drawn as wide as without it; the wider band is drawn whole and cut off at the panel's ends."""
    panels: list[dict[str, tuple[float, float]]] = []
    widths: list[float] = []
    for name, bands in (("without", {}), ("with", {"all_looks": all_looks})):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "bands.json").write_text(json.dumps(dict.fromkeys(BENCHMARK, bands)))
        plot = read_plot(folder, monkeypatch, BENCHMARK)

        def seen(figure: Any, name: str) -> None:
            shown = [axes for axes in figure.axes if axes.get_xlabel()]
            panels.append({axes.get_xlabel(): axes.get_xlim() for axes in shown})
            widths[:] = [max(band.get_width() for band in axes.patches) for axes in shown]

        monkeypatch.setattr(plot, "save", seen)
        plot.read_directions()
        plot.metrics_by_run(plot.read_runs())
    assert len(panels[0]) == 6 and panels[1] == panels[0]
    assert widths == pytest.approx([2 * all_looks] * 6)
