"""Figures of a session: reads run_*/final_info.json, titles.json and metrics.json here, writes figures/*.pdf and *.png.

    python plot.py

Every number that is drawn is read from a run's file. run_0 is the baseline: its metrics are means over
seeds, its curve and details those of the first seed. A figure is a function below; add one and call it in main().
"""

from __future__ import annotations

import json
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

FIGURES = Path("figures")
SHOWN = ("f1", "mcc", "absorption", "split_features", "dead_latents", "explained_variance")
HIGHER_IS_BETTER: set[str] = set()  # filled by read_directions()
# Okabe & Ito's colours, told apart with any colour vision; black is the baseline's.
COLOURS = ("black", "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#8C6D31", "#7A4FA3", "#4D4D4D", "#B8A400")
STYLE = {
    "figure.constrained_layout.use": True,
    "savefig.dpi": 200,
    "font.size": 8,
    "axes.titlesize": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "legend.frameon": False,
    "legend.fontsize": 7,
    "pdf.fonttype": 42,
}

Run = tuple[int, str, dict]  # number, label, final_info


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


def read_runs() -> list[Run]:
    """Every run here, the baseline first."""
    titles = json.loads(Path("titles.json").read_text()) if Path("titles.json").exists() else {}
    runs = []
    for path in Path().glob("run_*/final_info.json"):
        name = path.parent.name
        number = int(name.removeprefix("run_"))
        title = titles.get(name, name)
        label = "Baseline" if number == 0 else f"{number}: {title if len(title) < 35 else title[:33] + '…'}"
        runs.append((number, label, json.loads(path.read_text())))
    return sorted(runs, key=lambda run: run[0])


def noise(value: dict) -> float:
    """Half-width of the band that verdicts use; two standard deviations where the baseline's file has none."""
    return value.get("noise") or 2 * (value["spread"] or 0)


def colour(number: int) -> str:
    return COLOURS[number if number < len(COLOURS) else 1 + (number - 1) % (len(COLOURS) - 1)]


def save(figure: plt.Figure, name: str) -> None:
    FIGURES.mkdir(exist_ok=True)
    figure.savefig(FIGURES / f"{name}.pdf", metadata={"CreationDate": None})
    figure.savefig(FIGURES / f"{name}.png", metadata={"Software": None})
    plt.close(figure)


def metrics_by_run(runs: list[Run]) -> None:
    """One panel for each metric, one row for each run; the band holds 95% of further seeds of the baseline."""
    figure, grid = plt.subplots(2, 3, figsize=(7.2, 1.6 + 0.4 * len(runs)), sharey=True)
    for axes, name in zip(grid.flat, SHOWN, strict=True):
        for row, (number, _, info) in enumerate(runs):
            value = info["metrics"][name]
            axes.plot(value["mean"], row, "o", color=colour(number), markersize=5)
            if number == 0:
                axes.axvline(value["mean"], color="black", linewidth=0.7)
                band = noise(value)
                axes.axvspan(
                    value["mean"] - band, value["mean"] + band, color="black", alpha=0.12, linewidth=0
                )
        better = "better →" if name in HIGHER_IS_BETTER else "← better"
        axes.set_xlabel(f"{name.replace('_', ' ')} ({better})")
        axes.set(yticks=range(len(runs)), ylim=(len(runs) - 0.5, -0.5))
        axes.set_yticklabels([label for _, label, _ in runs], fontsize=6.5)
    save(figure, "metrics_by_run")


def recovery_by_kind(runs: list[Run]) -> None:
    """Mean F1 of parents, children and the other features for each run, as grouped bars."""
    kinds = ("parent", "child", "other")
    figure, axes = plt.subplots(figsize=(7.2, 2.4 + 0.12 * len(runs)))
    width = 0.8 / len(runs)
    for row, (number, label, info) in enumerate(runs):
        features = info["details"]["features"]
        means = []
        for kind in kinds:
            values = [f1 for f1, its in zip(features["f1"], features["kind"], strict=True) if its == kind]
            means.append(sum(values) / len(values))
        places = [place + (row - (len(runs) - 1) / 2) * width for place in range(len(kinds))]
        axes.bar(places, means, width, color=colour(number), label=label)
    axes.set(xticks=range(len(kinds)), ylabel="mean F1 of the features", ylim=(0, 1))
    axes.set_xticklabels(["parents", "children", "other features"])
    figure.legend(loc="outside lower center", ncols=2)
    save(figure, "recovery_by_kind")


def absorption_tradeoff(runs: list[Run]) -> None:
    """What avoiding absorption costs: F1 against absorption, the baseline with its band of noise."""
    figure, axes = plt.subplots(figsize=(7.2, 2.8))
    for number, label, info in runs:
        across, up = info["metrics"]["absorption"], info["metrics"]["f1"]
        bars = {"xerr": noise(across), "yerr": noise(up)} if number == 0 else {}
        axes.errorbar(
            across["mean"], up["mean"], fmt="o", color=colour(number), label=label, capsize=2, **bars
        )
    axes.set(xlabel="absorption (lower is better)", ylabel="F1 of the features (higher is better)")
    figure.legend(loc="outside right upper")
    save(figure, "absorption_tradeoff")


def training_curves(runs: list[Run]) -> None:
    """The reconstruction term of the loss by step, without the first tenth; each point is the mean of five logged ones."""
    figure, axes = plt.subplots(figsize=(7.2, 2.6))
    for number, label, info in runs:
        curve = info["training"]["curve"]
        terms, width = curve["reconstruction"], 5
        middles = range(len(terms) // 10 + width // 2, len(terms) - width // 2, width)
        means = [sum(terms[at - width // 2 : at + width // 2 + 1]) / width for at in middles]
        axes.plot(
            [curve["step"][at] for at in middles], means, color=colour(number), label=label, linewidth=1
        )
    axes.set(xlabel="training step", ylabel="reconstruction term")
    figure.legend(loc="outside right upper")
    save(figure, "training_curves")


def main() -> None:
    plt.rcParams.update(STYLE)
    read_directions()
    runs = read_runs()
    metrics_by_run(runs)
    recovery_by_kind(runs)
    absorption_tradeoff(runs)
    training_curves(runs)
    print(f"{len(runs)} runs drawn")


if __name__ == "__main__":
    main()
