"""Figures of a session: reads run_*/final_info.json, titles.json and metrics.json here, writes figures/*.pdf and *.png.

    python plot.py

Every number that is drawn is read from a run's file. run_0 is the baseline: the mean of several seeds; the grey band is
where one more seed of it would fall 19 times of 20, and a verdict counts what lies outside. A figure is a function
below; add one and call it in main(). harness/figures.py has more panels than are used here (gram, density_histogram).
"""

from __future__ import annotations

import json
from pathlib import Path

import matplotlib.pyplot as plt

from harness.figures import (
    Run,
    absorption_by_letter,
    bars,
    curves,
    histogram,
    legend_below,
    load_runs,
    log_scale,
    probing_by_k,
    readable,
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
HIGHER_IS_BETTER: set[str] = set()  # filled by read_directions()


def read_directions() -> None:
    """Of which metrics more is better, as template.toml declares: the tool's metrics.json here, else that file itself."""
    kept, declared = Path("metrics.json"), Path(__file__).with_name("template.toml")
    if kept.is_file():
        metrics = json.loads(kept.read_text(encoding="utf-8"))
    elif declared.is_file():
        import tomllib

        metrics = tomllib.loads(declared.read_text(encoding="utf-8"))["metrics"]
    else:
        raise SystemExit(f"neither {kept} nor {declared} is there; one of them says which way each metric is better")
    HIGHER_IS_BETTER.update(name for name, metric in metrics.items() if metric["direction"] == "higher")


def training_curves(runs: list[Run]) -> None:
    """By step: the loss, its reconstruction term (the variance left unexplained), dead latents, and L0 where it moves."""
    shown = {"loss": "loss", "reconstruction": "unexplained variance", "dead": "dead latents"}
    l0 = [value for run in runs for value in run.curve("l0")]
    if l0 and max(l0) > min(l0):
        shown["l0"] = "latents on (L0)"
    logged = {name: label for name, label in shown.items() if any(run.curve(name) for run in runs)}
    if not logged:
        return
    figure, grid = plt.subplots(1, len(logged), figsize=(7.4, 2.2), squeeze=False)
    panels = grid[0]
    for axes, (name, label) in zip(panels, logged.items(), strict=True):
        curves(axes, runs, name, skip=2)
        axes.set_ylabel(label)
        if name in ("loss", "reconstruction"):
            log_scale(axes)
    legend_below(figure, panels[0])
    save(figure, FIGURES, "training_curves")


def metrics_by_run(runs: list[Run]) -> None:
    """One panel for each metric, one row for each run, the baseline's noise as a grey band."""
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
        better = "better →" if name in HIGHER_IS_BETTER else "← better"
        axes.set_xlabel(f"{readable(name)} ({better})", fontsize=8)
    for axes in grid.flat[len(shown) :]:
        axes.set_visible(False)
    save(figure, FIGURES, "metrics_by_run")


def separation_tradeoff(runs: list[Run]) -> None:
    """What feature separation costs: explained variance against the mean highest decoder cosine."""
    figure, axes = plt.subplots(figsize=(7.0, 3.3))
    if tradeoff(axes, runs, "decoder_cosine", "explained_variance"):
        axes.set_xlabel("decoder cosine (lower: features are more distinct)")
        axes.set_ylabel("explained variance (higher is better)")
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


def main() -> None:
    style()
    read_directions()
    runs = load_runs(Path())
    training_curves(runs)
    metrics_by_run(runs)
    separation_tradeoff(runs)
    features(runs)
    absorption(runs)


if __name__ == "__main__":
    main()
