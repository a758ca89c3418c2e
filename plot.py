"""Figures of a session: reads run_*/final_info.json, titles.json and metrics.json here, writes figures/*.pdf and *.png.

    python plot.py

Every number that is drawn is read from a run's file. run_0 is the baseline: the mean of several seeds; the grey band is
where one more seed of it would fall 19 times of 20 (the lighter one: for all looks made), and a verdict counts what lies
outside. Directions, units and labels come from metrics.json. A figure is a function below; add one and call it in
main(). harness/figures.py has more panels than are used here (gram, density_histogram).
"""

from __future__ import annotations

from pathlib import Path

import matplotlib.pyplot as plt

from harness.figures import (
    Run,
    absorption_by_letter,
    bars,
    confirmation,
    curves,
    directed,
    frontier,
    histogram,
    legend_below,
    load_runs,
    log_scale,
    more_is_better,
    moving,
    probing_by_k,
    read_metrics,
    save,
    style,
    tradeoff,
)

FIGURES = Path("figures")
SHOWN_METRICS = (
    "explained_variance",
    "decoder_cosine",
    "coactive_cosine",
    "coactivation_overlap",
    "absorption_fraction",
    "probing_top_5",
)
METRICS: dict[str, dict] = {}  # filled by read_directions(): direction, unit, label of each, the idea's own first
HIGHER_IS_BETTER: set[str] = set()  # filled by read_directions()


def read_directions() -> None:
    """What each metric is, as template.toml declares: the tool's metrics.json here, else that file itself."""
    try:
        METRICS.update(read_metrics(Path(), Path(__file__).with_name("template.toml")))
    except FileNotFoundError as error:
        raise SystemExit(str(error)) from error
    HIGHER_IS_BETTER.update(more_is_better(METRICS))


def training_curves(runs: list[Run]) -> None:
    """By step: the loss, its reconstruction term (the variance left unexplained), dead latents, L0; without what stands still."""
    shown = {"loss": "loss", "reconstruction": "unexplained variance", "dead": "dead latents", "l0": "latents on (L0)"}
    logged, still = moving(runs, shown, skip=2)
    if not logged:
        return
    figure, grid = plt.subplots(1, len(logged), figsize=(7.4, 2.2), squeeze=False)
    panels = grid[0]
    for axes, (name, label) in zip(panels, logged.items(), strict=True):
        curves(axes, runs, name, skip=2)
        axes.set_ylabel(label)
        if name in ("loss", "reconstruction"):
            log_scale(axes)
    legend_below(figure, panels[0], still)
    save(figure, FIGURES, "training_curves")


def metrics_by_run(runs: list[Run]) -> None:
    """One panel for each metric, one row for each run, the baseline's noise as a grey band, controls as dashed lines."""
    shown = [name for name in SHOWN_METRICS if any(run.metric(name) for run in runs)]
    if not shown:
        return
    columns = min(3, len(shown))
    rows = -(-len(shown) // columns)
    figure, grid = plt.subplots(
        rows, columns, figsize=(7.4, rows * (0.8 + 0.28 * len(runs))), sharey=True, squeeze=False
    )
    for axes, name in zip(grid.flat, shown, strict=False):
        bars(axes, runs, name)
        axes.set_xlabel(directed(METRICS, name), fontsize=8)
    for axes in grid.flat[len(shown) :]:
        axes.set_visible(False)
    save(figure, FIGURES, "metrics_by_run")


def fresh_seeds(runs: list[Run]) -> None:
    """The candidate and the baseline on seeds that no run was chosen by: a point a seed, and the interval of the difference."""
    shown = [name for name in METRICS if sum(bool(run.fresh.get(name)) for run in runs) > 1][:6]
    if not shown:
        return
    columns = min(3, len(shown))
    rows = -(-len(shown) // columns)
    figure, grid = plt.subplots(rows, columns, figsize=(7.4, 0.2 + rows * (0.7 + 0.4 * len([run for run in runs if run.fresh]))), sharey=True, squeeze=False)
    for axes, name in zip(grid.flat, shown, strict=False):
        confirmation(axes, runs, name)
        axes.set_xlabel(directed(METRICS, name), fontsize=8)
    for axes in grid.flat[len(shown) :]:
        axes.set_visible(False)
    figure.supxlabel("strokes: means over the fresh seeds; the bar: 95 % interval of their difference", fontsize=7)
    save(figure, FIGURES, "fresh_seeds")


def separation_tradeoff(runs: list[Run]) -> None:
    """What feature separation costs: explained variance against the mean highest decoder cosine."""
    figure, axes = plt.subplots(figsize=(7.0, 3.3))
    if tradeoff(axes, runs, "decoder_cosine", "explained_variance"):
        axes.set_xlabel(directed(METRICS, "decoder_cosine"))
        axes.set_ylabel(directed(METRICS, "explained_variance", up=True))
        figure.legend(loc="outside right upper")
        save(figure, FIGURES, "separation_tradeoff")


def features(runs: list[Run]) -> None:
    """Left: how similar each latent's nearest neighbour is. Right: what few latents tell of a word's class."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(7.4, 2.3))
    drawn = [histogram(left, runs, "decoder_cosine_histogram"), probing_by_k(right, runs)]
    if all(drawn):
        left.set_xlabel("a latent's highest decoder cosine")
        legend_below(figure, right)
        save(figure, FIGURES, "features")


def absorption(runs: list[Run]) -> None:
    """How much of each first-letter feature other latents have absorbed, by run and letter."""
    figure, axes = plt.subplots(figsize=(7.4, 0.9 + 0.32 * len(runs)))
    if absorption_by_letter(axes, runs):
        save(figure, FIGURES, "absorption_by_letter")


def frontiers(runs: list[Run]) -> None:
    """What each run that is a sweep over L0 explains at each of its points; the baseline's noise as bars."""
    figure, axes = plt.subplots(figsize=(7.0, 3.0))
    if frontier(axes, runs, "explained_variance"):
        axes.set_ylabel(directed(METRICS, "explained_variance", up=True))
        figure.legend(loc="outside right upper")
        save(figure, FIGURES, "frontiers")


def main() -> None:
    style()
    read_directions()
    runs = load_runs(Path())
    training_curves(runs)
    metrics_by_run(runs)
    fresh_seeds(runs)
    separation_tradeoff(runs)
    features(runs)
    absorption(runs)
    frontiers(runs)


if __name__ == "__main__":
    main()
