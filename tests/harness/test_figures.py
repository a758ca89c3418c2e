"""Each panel draws the numbers of the files and nothing else, and says so where there is nothing to draw."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import matplotlib.pyplot as plt
import pytest
from matplotlib.axes import Axes

from harness import figures
from harness.show.runs import Run

pytestmark = pytest.mark.slow

HISTOGRAM = {"edges": [0.0, 0.25, 0.5, 0.75, 1.0], "counts": [0, 6, 2, 0]}
LETTERS = {"a": {"absorption_fraction": 0.4, "full_absorption": 0.1, "n": 30}, "q": {"absorption_fraction": 0.9}}


def run(number: int, noise: float | None = None, **more: object) -> Run:
    metrics = {
        "explained_variance": {"mean": 0.86 - 0.01 * number, "spread": None, "n": 1, "noise": noise},
        "decoder_cosine": {"mean": 0.3 - 0.125 * number, "spread": None, "n": 1},
    }
    curve = {"step": [0, 10, 20, 30], "loss": [1, 0.5, 0.3, 0.2 + number]}
    return Run(f"run_{number}", f"title {number}", {"metrics": metrics, "training": {"curve": curve}, **more})


@pytest.fixture
def axes() -> Iterator[Axes]:
    figure, drawn = plt.subplots()
    yield drawn
    plt.close(figure)


def test_runs_differ_in_colour_and_marker() -> None:
    """A full session of eleven runs has eleven colours, black for the baseline, and no two neighbours share a marker."""
    runs = [run(number) for number in range(11)]
    assert len({figures.colour(each) for each in runs}) == 11
    assert figures.colour(runs[0]) == "black"
    assert all(figures.marker(a) != figures.marker(b) for a, b in pairwise(runs))


def test_curves_draw_each_run_that_logged_the_quantity(axes: Axes) -> None:
    """Points after the skipped ones, by step; a run without the quantity has no line, and none at all is said."""
    other = Run("run_2", "no curve", {})
    assert figures.curves(axes, [run(0), run(1), other], "loss", skip=2)
    assert [line.get_xydata().tolist() for line in axes.lines] == [[[20, 0.3], [30, 0.2]], [[20, 0.3], [30, 1.2]]]
    assert not figures.curves(plt.figure().subplots(), [other], "loss")


def test_the_band_is_the_one_that_verdicts_use(axes: Axes) -> None:
    """The grey band is the baseline's mean ± its noise, not a multiple of its spread; without noise there is none."""
    assert figures.bars(axes, [run(0, noise=0.05), run(1)], "explained_variance")
    (band,) = axes.patches
    assert band.get_x() == pytest.approx(0.81)
    assert band.get_width() == pytest.approx(0.1)
    points = [line.get_xydata().tolist() for line in axes.lines if line.get_marker() != "None"]
    assert points == [[[0.86, 0]], [[0.85, 1]]]
    without = plt.figure().subplots()
    assert figures.bars(without, [run(0), run(1)], "explained_variance")
    assert not without.patches
    assert not figures.bars(plt.figure().subplots(), [run(0)], "mse")


def test_the_tradeoff_has_a_point_for_each_run_with_both_metrics(axes: Axes) -> None:
    """x and y are the two metrics; the baseline's cross is its noise; a run that lacks one is left out."""
    lacking = Run("run_2", "no metrics", {})
    assert figures.tradeoff(axes, [run(0, noise=0.05), run(1), lacking], "decoder_cosine", "explained_variance")
    points = [line.get_xydata().tolist() for line in axes.lines if line.get_label()[0] != "_"]
    assert points == [[[0.3, 0.86]], [[0.175, 0.85]]]
    (cross,) = (each for each in axes.collections if len(each.get_segments()))
    assert cross.get_segments()[0][:, 1].tolist() == pytest.approx([0.81, 0.91])
    assert not figures.tradeoff(plt.figure().subplots(), [lacking], "decoder_cosine", "explained_variance")


def test_a_histogram_shows_shares_over_the_bins_in_use(axes: Axes) -> None:
    """Counts become shares of their sum; the axis ends where the counts do; a run without one is left out."""
    runs = [run(0, details={"decoder_cosine_histogram": HISTOGRAM}), run(1)]
    assert figures.histogram(axes, runs, "decoder_cosine_histogram")
    (steps,) = axes.patches
    assert steps.get_data().values == pytest.approx([0, 0.75, 0.25, 0])
    assert axes.get_xlim() == (0.25, 0.75)
    assert not figures.histogram(plt.figure().subplots(), runs, "density_histogram")


def test_absorption_by_letter_is_a_row_a_run_and_a_column_a_letter(axes: Axes) -> None:
    """Cells hold the file's numbers; a letter that one run lacks is empty there, not zero."""
    runs = [
        run(0, details={"absorption_by_letter": LETTERS}),
        run(1),
        run(2, details={"absorption_by_letter": {"q": LETTERS["q"]}}),
    ]
    assert figures.absorption_by_letter(axes, runs)
    (image,) = axes.images
    assert image.get_array().filled(-1).tolist() == [[0.4, 0.9], [-1, 0.9]]
    assert [tick.get_text() for tick in axes.get_xticklabels()] == ["a", "q"]
    assert [tick.get_text() for tick in axes.get_yticklabels()] == ["Baseline", "2: title 2"]
    assert not figures.absorption_by_letter(plt.figure().subplots(), [run(0)])


def test_probing_is_drawn_by_the_number_of_latents(axes: Axes) -> None:
    """k is taken as a number (10 after 2, not before), accuracies from the file."""
    runs = [run(0, details={"probing_by_k": {"10": 0.8, "2": 0.7, "1": 0.6}}), run(1)]
    assert figures.probing_by_k(axes, runs)
    assert [line.get_xydata().tolist() for line in axes.lines] == [[[1, 0.6], [2, 0.7], [10, 0.8]]]
    assert not figures.probing_by_k(plt.figure().subplots(), [run(1)])


def test_the_gram_matrix_is_the_files(axes: Axes) -> None:
    """The picture holds details.gram as it is, on a scale from −1 to 1."""
    values = [[1.0, -0.2], [-0.2, 1.0]]
    assert figures.gram(axes, run(0, details={"gram": {"latents": [4, 9], "values": values}}))
    (image,) = axes.images
    assert image.get_array().tolist() == values
    assert image.get_clim() == (-1, 1)
    assert not figures.gram(plt.figure().subplots(), run(1))


def test_the_legend_makes_the_figure_higher_instead_of_the_panels_smaller() -> None:
    """Long titles in the legend below leave the axes their size (within a tenth)."""
    heights = []
    for title in ("short", "a title of many words " * 5):
        with plt.rc_context(figures.STYLE):
            figure, axes = plt.subplots(figsize=(7, 2.2))
            for number in range(6):
                axes.plot([0, 1], label=Run(f"run_{number}", title, {}).label)
            figures.legend_below(figure, axes)
            figure.draw_without_rendering()
        heights.append(axes.get_window_extent().height)
    assert heights[1] == pytest.approx(heights[0], rel=0.1)


@pytest.fixture(autouse=True)
def _close_figures() -> Iterator[None]:
    yield
    plt.close("all")


def beside_the_baseline(**values: float) -> list[Run]:
    """Two runs whose baseline has a control for each value of explained_variance."""
    said = {name: {"title": name, "metrics": {"explained_variance": {"mean": value}}} for name, value in values.items()}
    return [dataclasses.replace(run(0), controls=said), run(1)]


def test_a_control_is_a_dashed_line_named_at_the_top(axes: Axes) -> None:
    """One near the runs is drawn at its value; where no control is told there is no such line."""
    figures.bars(axes, beside_the_baseline(frozen_decoder=0.855), "explained_variance")
    [line] = [line for line in axes.lines if line.get_linestyle() == "--"]
    assert line.get_xdata()[0] == 0.855 and [text.get_text() for text in axes.texts] == ["frozen decoder"]
    plain = plt.figure().subplots()
    figures.bars(plain, [run(0), run(1)], "explained_variance")
    assert not plain.texts and all(line.get_linestyle() != "--" for line in plain.lines)


def test_names_of_controls_take_no_room_from_the_rows() -> None:
    """The figure grows by the lines above a panel, once for panels that stand side by side."""
    figure, grid = plt.subplots(1, 2, figsize=(6, 2))
    for axes in grid:
        figures.bars(axes, beside_the_baseline(frozen_decoder=0.855, untrained=0.2), "explained_variance")
    alone = plt.subplots(1, 2, figsize=(6, 2))[1]
    figures.bars(alone[1], beside_the_baseline(untrained=0.2), "explained_variance")
    assert 2 < figure.get_figheight() < 3 and alone[1].figure.get_figheight() == 2


def test_a_control_far_from_the_runs_is_named_at_the_edge_with_its_value(axes: Axes) -> None:
    """The runs stay apart: the axis does not stretch to an untrained model's 0.2."""
    figures.bars(axes, beside_the_baseline(untrained=0.2124, above=1.5), "explained_variance")
    assert [text.get_text() for text in axes.texts] == ["◂ untrained 0.212", "above 1.5 ▸"]
    assert axes.get_xlim()[0] > 0.8 and axes.get_xlim()[1] < 0.9


def test_a_control_without_a_number_for_a_metric_is_not_drawn(axes: Axes) -> None:
    """Missing is not zero: neither a metric that it lacks nor one that is no number has a line."""
    figures.bars(axes, beside_the_baseline(untrained=float("nan")), "explained_variance")
    figures.bars(axes, beside_the_baseline(untrained=0.3), "decoder_cosine")
    assert not axes.texts


def test_a_run_that_is_not_comparable_is_hollow(axes: Axes) -> None:
    """Its marker is empty, its curve dashed, its label says so; the others stay as they are."""
    runs = [run(0), run(1), dataclasses.replace(run(2), differences=("config.k: 16 → 32",))]
    assert figures.bars(axes, runs, "explained_variance") and figures.tradeoff(
        axes, runs, "decoder_cosine", "explained_variance"
    )
    faces = [line.get_markerfacecolor() for line in axes.lines if line.get_marker() != "None"]
    assert faces == [figures.colour(runs[0]), figures.colour(runs[1]), "none"] * 2
    curves = plt.figure().subplots()
    assert figures.curves(curves, runs, "loss")
    assert [line.get_linestyle() for line in curves.lines] == ["-", "-", "--"]
    assert [line.get_markerfacecolor() for line in curves.lines][2] == "none"
    assert "not comparable" in " ".join(runs[2].label.split()) and "not comparable" not in runs[1].label


def test_what_is_not_comparable_is_read_beside_the_titles(tmp_path: Path) -> None:
    """not_comparable.json names runs and why; without one every run is comparable."""
    for name in ("run_0", "run_1"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "final_info.json").write_text('{"metrics": {"a": {"mean": 1}}}')
    assert [each.differences for each in figures.load_runs(tmp_path)] == [(), ()]
    (tmp_path / "not_comparable.json").write_text('{"run_1": ["config.k: 16 → 32"]}')
    assert [each.differences for each in figures.load_runs(tmp_path)] == [(), ("config.k: 16 → 32",)]


def test_controls_are_read_beside_the_titles(tmp_path: Path) -> None:
    """controls.json of the folder goes with the baseline; without one there are none."""
    for name in ("run_0", "run_1"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "final_info.json").write_text('{"metrics": {"a": {"mean": 1}}}')
    assert figures.beside(figures.load_runs(tmp_path)) == ()
    said = {"untrained": {"title": "an untrained SAE", "metrics": {"a": {"mean": 0.5}}}}
    (tmp_path / "controls.json").write_text(json.dumps(said))
    [control] = figures.beside(figures.load_runs(tmp_path))
    assert (control.name, control.title, control.metrics) == ("untrained", "an untrained SAE", {"a": 0.5})


def with_fresh(noise: float | None = 0.004) -> list[Run]:
    """A baseline, a candidate and a third run, the first two with fresh seeds of explained_variance."""
    name = "explained_variance"
    bands = {name: {"one_look": 0.01, "all_looks": 0.025, "fresh": {"word": "confirmed better", "noise": noise}}}
    return [
        dataclasses.replace(run(0, noise=0.01), fresh={name: [0.86, 0.862]}, bands=bands),
        dataclasses.replace(run(1), fresh={name: [0.87, 0.872]}, is_candidate=True),
        run(2),
    ]


def test_both_bands_are_drawn_where_looks_widen_it(axes: Axes) -> None:
    """One look darker, all looks lighter; where nothing tells of looks, or they add nothing, there is one band."""
    figures.bars(axes, with_fresh(), "explained_variance")
    assert sorted(round(band.get_width(), 3) for band in axes.patches) == [0.02, 0.05]
    alone = plt.figure().subplots()
    figures.bars(alone, [run(0, noise=0.01)], "explained_variance")
    assert len(alone.patches) == 1


def test_fresh_seeds_stand_below_the_rows_of_candidate_and_baseline(axes: Axes) -> None:
    """A stroke a seed in their rows, none in the others'."""
    figures.bars(axes, with_fresh(), "explained_variance")
    strokes = [line.get_xydata().tolist() for line in axes.lines if line.get_marker() == "|"]
    assert strokes == [[[0.86, 0.32], [0.862, 0.32]], [[0.87, 1.32], [0.872, 1.32]]]


def test_the_confirmation_shows_each_seed_and_the_interval(axes: Axes) -> None:
    """Two rows with a point a seed, the means, and the tool's interval round the candidate's mean; without it only the seeds."""
    assert figures.confirmation(axes, with_fresh(), "explained_variance")
    points = [line.get_xdata().tolist() for line in axes.lines if line.get_marker() in ("o", "s")]
    assert points == [[0.86, 0.862], [0.87, 0.872]]
    (bar,) = axes.collections
    assert bar.get_segments()[0][:, 0].tolist() == pytest.approx([0.871 - 0.004, 0.871 + 0.004])
    unknown = plt.figure().subplots()
    assert figures.confirmation(unknown, with_fresh(None), "explained_variance") and not unknown.collections
    assert not figures.confirmation(plt.figure().subplots(), [run(0), run(1)], "explained_variance")


def test_a_renamed_term_stays_in_its_panel_with_its_name(axes: Axes) -> None:
    """The run that logs `recon` has a line beside the baseline's reconstruction, and its label says so."""
    other = Run("run_1", "renames", {"training": {"curve": {"step": [0, 10, 20, 30], "total": [1, 0.5, 0.3, 0.2]}}})
    assert figures.curves(axes, [run(0), other], "loss")
    assert [line.get_label() for line in axes.lines] == ["Baseline", "1: renames\n(logs loss as total)"]


def test_runs_differ_in_print_too(axes: Axes) -> None:
    """No two of four neighbours share dashes and marker, and a dashed line is a run that is not comparable."""
    figures.curves(axes, [run(number) for number in range(5)], "loss")
    looks = {(line.get_linestyle(), line.get_marker()) for line in axes.lines}
    assert len(looks) == 5 and "--" not in {dashes for dashes, _ in looks}


def test_a_run_that_the_plan_holds_against_the_candidate_has_its_row(axes: Axes) -> None:
    """Its seeds stand there without an interval, which is the candidate's alone."""
    *tried, other = with_fresh()
    other = dataclasses.replace(other, fresh={"explained_variance": [0.84, 0.842]})
    assert figures.confirmation(axes, [*tried, other], "explained_variance")
    assert [tick.get_text() for tick in axes.get_yticklabels()] == ["Baseline", "1: title 1", "2: title 2"]
    assert len(axes.collections) == 1


@pytest.mark.parametrize("all_looks", [0.025, 0.2])
def test_a_band_for_many_looks_never_sets_the_limits(axes: Axes, all_looks: float) -> None:
    """The axis is that of the runs and the noise of one look; the wider band is drawn whole and cut off at its ends."""
    base, *others = with_fresh()
    figures.bars(axes, [dataclasses.replace(base, bands={}), *others], "explained_variance")
    wide = plt.figure().subplots()
    bands = {"explained_variance": {"all_looks": all_looks}}
    figures.bars(wide, [dataclasses.replace(base, bands=bands), *others], "explained_variance")
    assert max(band.get_width() for band in wide.patches) == pytest.approx(2 * all_looks)
    assert wide.get_xlim() == pytest.approx(axes.get_xlim())
