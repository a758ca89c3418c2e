"""Figures of a session: reads run_*/final_info.json and titles.json here, writes figures/*.pdf and *.png.

    python plot.py

Every number that is drawn is read from a run's file. run_0 is the baseline: the mean of several seeds, whose spread is
drawn as a grey band (± 2 standard deviations). A figure is a function below; add one and call it in main().
"""

from __future__ import annotations

from pathlib import Path

import matplotlib.pyplot as plt

from harness.figures import Run, bars, curves, load_runs, log_scale, readable, save, style, tradeoff

FIGURES = Path("figures")
SHOWN_METRICS = (
    "explained_variance",
    "decoder_cosine",
    "coactive_cosine",
    "coactivation_overlap",
    "absorption_fraction",
    "probing_top_1",
)
HIGHER_IS_BETTER = {"explained_variance", "probing_top_1"}


def training_curves(runs: list[Run]) -> None:
    """Left: the whole loss by step. Right: its reconstruction term, the part of the variance left unexplained."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(7.4, 2.9))
    curves(left, runs, "loss", skip=2)
    curves(right, runs, "reconstruction", skip=2)
    right.set_ylabel("unexplained variance")
    log_scale(left)
    log_scale(right)
    handles, labels = left.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=min(3, len(runs)))
    save(figure, FIGURES, "training_curves")


def metrics_by_run(runs: list[Run]) -> None:
    """One panel for each metric, one row for each run, the baseline's noise as a grey band."""
    shown = [name for name in SHOWN_METRICS if any(run.metric(name) for run in runs)]
    if not shown:
        return
    columns = min(3, len(shown))
    rows = -(-len(shown) // columns)
    figure, grid = plt.subplots(
        rows, columns, figsize=(7.4, rows * (0.8 + 0.3 * len(runs))), sharey=True, squeeze=False
    )
    for axes, name in zip(grid.flat, shown, strict=False):
        bars(axes, runs, name)
        better = "better →" if name in HIGHER_IS_BETTER else "← better"
        axes.set_xlabel(f"{readable(name)} ({better})", fontsize=8)
    for axes in grid.flat[len(shown) :]:
        axes.set_visible(False)
    for axes in grid[:, 0]:
        axes.set_yticklabels([run.tick for run in runs], fontsize=7)
    save(figure, FIGURES, "metrics_by_run")


def separation_tradeoff(runs: list[Run]) -> None:
    """What feature separation costs: explained variance against the mean highest decoder cosine."""
    figure, axes = plt.subplots(figsize=(7.0, 3.3))
    tradeoff(axes, runs, "decoder_cosine", "explained_variance")
    axes.set_xlabel("decoder cosine (lower: features are more distinct)")
    axes.set_ylabel("explained variance (higher is better)")
    figure.legend(loc="outside right upper")
    save(figure, FIGURES, "separation_tradeoff")


def main() -> None:
    style()
    runs = load_runs(Path())
    training_curves(runs)
    metrics_by_run(runs)
    separation_tradeoff(runs)


if __name__ == "__main__":
    main()
