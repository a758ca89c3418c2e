"""Figures of a session: reads run_*/final_info.json and what the tool lays beside it, writes figures/*.pdf and *.png.

    python plot.py

Every number that is drawn is read from a file. run_0 is the baseline: its metrics are means over seeds, its curve and details
those of the first seed. titles.json, metrics.json (direction, unit, label), controls.json, not_comparable.json, confirmation.json
and bands.json say the rest; by hand they may be missing. A run that is not comparable (*) is hollow and dashed. A figure is a
function below; add one and call it in main().
"""

from __future__ import annotations

import json
import textwrap
from dataclasses import dataclass, field
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

FIGURES = Path("figures")
SHOWN = ("f1", "mcc", "absorption", "split_features", "dead_latents", "explained_variance")
KINDS = {"parent": "parents", "child": "children", "other": "other features"}
METRICS: dict[str, dict] = {}  # filled by read_directions(): direction, unit, label of each, the idea's own first
# Okabe & Ito's colours, told apart with any colour vision; black is the baseline's. Markers and dashes tell runs apart in print.
COLOURS = ("black", "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#8C6D31", "#7A4FA3", "#4D4D4D", "#B8A400")
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">", "*", "h")
STYLE = {
    "figure.constrained_layout.use": True,
    "savefig.dpi": 200,
    "font.size": 8,
    "axes.titlesize": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.formatter.useoffset": False,
    "legend.frameon": False,
    "legend.fontsize": 7,
    "pdf.fonttype": 42,
}


@dataclass(frozen=True)
class Run:
    """A run: `info` is its final_info.json, `fresh` by metric one value a fresh seed, `hollow` that it is not comparable."""

    number: int
    title: str
    info: dict
    hollow: bool = False
    fresh: dict[str, list[float]] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """On at most two lines."""
        text = "Baseline" if self.number == 0 else f"{self.number}{'*' if self.hollow else ''}: {self.title}"
        return "\n".join(textwrap.wrap(text, 34, max_lines=2, placeholder=" …"))

    @property
    def look(self) -> dict:
        """Colour and marker, the same in every figure."""
        colour = COLOURS[self.number if self.number < len(COLOURS) else 1 + (self.number - 1) % (len(COLOURS) - 1)]
        fill = "none" if self.hollow else colour
        return {"color": colour, "marker": MARKERS[self.number % len(MARKERS)], "markerfacecolor": fill}

    @property
    def dashes(self) -> str:
        return "--" if self.hollow else ("-", "-.", ":")[self.number % 3]


def read(name: str) -> dict:
    """What the tool laid beside the runs; empty where there is no such file."""
    return json.loads(Path(name).read_text(encoding="utf-8")) if Path(name).is_file() else {}


def read_directions() -> None:
    """What each metric is, as template.toml declares: the tool's metrics.json here, else that file itself."""
    declared = Path(__file__).with_name("template.toml")
    if found := read("metrics.json"):
        METRICS.update(found)
    elif declared.is_file():
        import tomllib

        METRICS.update(tomllib.loads(declared.read_text(encoding="utf-8"))["metrics"])
    else:
        raise SystemExit(f"neither metrics.json nor {declared} is there; one of them says which way each metric is better")


def read_runs() -> list[Run]:
    """Every run here, the baseline first."""
    titles, other, fresh = read("titles.json"), read("not_comparable.json"), read("confirmation.json")
    samples = {fresh.get("run"): fresh.get("candidate", {}), "run_0": fresh.get("baseline", {})}
    samples |= fresh.get("beside", {})
    runs = []
    for path in Path().glob("run_*/final_info.json"):
        name = path.parent.name
        number, info = int(name.removeprefix("run_")), json.loads(path.read_text())
        runs.append(Run(number, titles.get(name, name), info, name in other, samples.get(name, {})))
    return sorted(runs, key=lambda run: run.number)


def readable(name: str) -> str:
    """A metric's name as words."""
    return METRICS.get(name, {}).get("label") or name.replace("_", " ")


def axis(name: str, up: bool = False) -> str:
    """A metric's label with unit and better side; `up` for a vertical axis."""
    metric = METRICS.get(name, {})
    unit = f" [{metric['unit']}]" if metric.get("unit") else ""
    if not metric.get("direction"):
        return f"{readable(name)}{unit}"
    arrows = ("better ↑", "better ↓") if up else ("better →", "← better")
    return f"{readable(name)}{unit} ({arrows[metric['direction'] == 'lower']})"


def noise(value: dict) -> float:
    """Half-width of the band that verdicts use; two standard deviations where the baseline's file has none."""
    return value.get("noise") or 2 * (value["spread"] or 0)


def save(figure: plt.Figure, name: str) -> None:
    FIGURES.mkdir(exist_ok=True)
    figure.savefig(FIGURES / f"{name}.pdf", metadata={"CreationDate": None})
    figure.savefig(FIGURES / f"{name}.png", metadata={"Software": None})
    plt.close(figure)


def rows(axes: plt.Axes, runs: list[Run]) -> None:
    """One row for each run, the baseline on top."""
    axes.set(yticks=range(len(runs)), ylim=(len(runs) - 0.5, -0.5))
    axes.set_yticklabels([run.label for run in runs], fontsize=6.5)
    axes.tick_params(axis="y", length=0)


def band(axes: plt.Axes, value: dict) -> None:
    """The baseline's mean with its noise for one look."""
    axes.axvline(value["mean"], color="black", linewidth=0.7)
    axes.axvspan(value["mean"] - noise(value), value["mean"] + noise(value), color="black", alpha=0.12, linewidth=0)


def all_looks(axes: plt.Axes, value: dict, name: str) -> None:
    """The noise for all looks made, lighter and behind the rest; the axis' end cuts it off: it never sets the limits."""
    limits, wide = axes.get_xlim(), read("bands.json").get(name, {}).get("all_looks") or 0
    if wide > noise(value):
        axes.axvspan(value["mean"] - wide, value["mean"] + wide, color="black", alpha=0.07, linewidth=0, zorder=0)
        axes.set_xlim(limits)


def beside(axes: plt.Axes, name: str) -> None:
    """Each control as a dashed line; named at the edge with its value where it lies far from the runs."""
    low, high = axes.get_xlim()
    room = (high - low) / 2
    said = {control.replace("_", " "): each["metrics"].get(name) for control, each in read("controls.json").items()}
    measured = [(control, value["mean"]) for control, value in said.items() if value]
    for _, value in measured:
        if low - room <= value <= high + room:
            axes.axvline(value, color="#777777", linewidth=0.8, linestyle="--")
    left, right = axes.get_xlim()
    for row, (control, value) in enumerate(measured):
        at = min(max((value - left) / (right - left), 0.0), 1.0)
        near, far = low - room <= value <= high + room, f"{control} {value:.3g}"
        text = control if near else f"◂ {far}" if value < low else f"{far} ▸"
        side = "left" if at < 1 / 3 else "right" if at > 2 / 3 else "center"
        axes.annotate(text, (at, 1), (0, 1.5 + 6.5 * row), "axes fraction", "offset points", size=5.5, ha=side, va="bottom")


def shown(runs: list[Run]) -> tuple[list[str], list[str]]:
    """At most six metrics that every run has, those of SHOWN first; and those of SHOWN that are the same in all runs, and not drawn."""
    names = [name for name in dict.fromkeys([*SHOWN, *METRICS]) if all(name in run.info["metrics"] for run in runs)]
    moved = [name for name in names if len({run.info["metrics"][name]["mean"] for run in runs}) > 1]
    return (moved or names)[:6], [name for name in SHOWN if name in names and name not in moved] if moved else []


def metrics_by_run(runs: list[Run]) -> None:
    """One panel for each metric, one row for each run; the band holds 95% of further seeds of the baseline."""
    names, still = shown(runs)
    lines = -(-len(names) // 3)
    figure, grid = plt.subplots(lines, 3, figsize=(7.2, lines * (0.9 + 0.21 * len(runs))), sharey=True, squeeze=False)
    for axes in grid.flat[len(names) :]:
        axes.set_axis_off()
    for axes, name in zip(grid.flat, names, strict=False):
        for row, run in enumerate(runs):
            value = run.info["metrics"][name]
            axes.plot(value["mean"], row, **run.look, markersize=5)
            if run.number == 0:
                band(axes, value)
            if fresh := run.fresh.get(name):
                axes.plot(fresh, [row + 0.32] * len(fresh), "|", color=run.look["color"], markersize=4)
        all_looks(axes, runs[0].info["metrics"][name], name)
        beside(axes, name)
        axes.set_xlabel(axis(name))
        rows(axes, runs)
    if still:
        figure.supxlabel(f"the same in all runs, and not drawn: {', '.join(map(readable, still))}", fontsize=6.5)
    save(figure, "metrics_by_run")


def fresh_seeds(runs: list[Run]) -> None:
    """Who was tried on fresh seeds: a point a seed, a stroke for the mean, and the interval of candidate less baseline."""
    tried, candidate, bands = [run for run in runs if run.fresh], read("confirmation.json").get("run"), read("bands.json")
    tested = [name for name in METRICS if len(tried) > 1 and all(run.fresh.get(name) for run in tried)]
    tested = [name for name in tested if len({value for run in tried for value in run.fresh[name]}) > 1][:4]
    if not tested:
        return
    figure, grid = plt.subplots(1, len(tested), figsize=(7.2, 1 + 0.4 * len(tried)), sharey=True, squeeze=False)
    for axes, name in zip(grid[0], tested, strict=True):
        for row, run in enumerate(tried):
            values, mean = run.fresh[name], sum(run.fresh[name]) / len(run.fresh[name])
            axes.plot(values, [row] * len(values), **run.look | {"markerfacecolor": "none"}, linestyle="none")
            axes.plot([mean], [row], "|", color=run.look["color"], markersize=14, markeredgewidth=2)
            if run.number == 0:
                axes.axvline(mean, color="black", linewidth=0.8, linestyle="--")
            half = bands.get(name, {}).get("fresh", {}).get("noise")
            if half and f"run_{run.number}" == candidate:
                axes.errorbar(mean, row + 0.3, xerr=half, color=run.look["color"], capsize=3)
        axes.set_xlabel(textwrap.fill(axis(name), 22))
        axes.locator_params(axis="x", nbins=4)
        rows(axes, tried)
    figure.supxlabel("strokes: means over the fresh seeds; the bar: 95 % interval of their difference", fontsize=6.5)
    save(figure, "fresh_seeds")


def recovery_by_kind(runs: list[Run]) -> None:
    """One panel for each kind of feature: mean F1 of its features, one row for each run (the baseline's first seed)."""
    if not all("features" in run.info["details"] for run in runs):  # the benchmark's are scored by latent
        return
    figure, grid = plt.subplots(1, len(KINDS), figsize=(7.2, 0.8 + 0.32 * len(runs)), sharey=True, sharex=True)
    for axes, (kind, name) in zip(grid, KINDS.items(), strict=True):
        for row, run in enumerate(runs):
            features = run.info["details"]["features"]
            values = [f1 for f1, its in zip(features["f1"], features["kind"], strict=True) if its == kind]
            axes.plot(sum(values) / len(values), row, **run.look, markersize=5)
            if run.number == 0:
                axes.axvline(sum(values) / len(values), color="black", linewidth=0.7)
        axes.set_xlabel(axis("f1").replace("f1", f"f1 of {name}", 1))
        rows(axes, runs)
    save(figure, "recovery_by_kind")


def absorption_tradeoff(runs: list[Run]) -> None:
    """What avoiding absorption costs: F1 against absorption, the baseline with its band of noise."""
    if not all("absorption" in run.info["metrics"] for run in runs):
        return
    figure, axes = plt.subplots(figsize=(7.2, 2.8 + 0.12 * len(runs)))
    for run in runs:
        across, up = run.info["metrics"]["absorption"], run.info["metrics"]["f1"]
        bars = {"xerr": noise(across), "yerr": noise(up)} if run.number == 0 else {}
        axes.errorbar(across["mean"], up["mean"], **run.look, label=run.label, linestyle="none", capsize=2, **bars)
    axes.set(xlabel=axis("absorption"), ylabel=axis("f1", up=True))
    figure.legend(loc="outside lower center", ncols=3)
    save(figure, "absorption_tradeoff")


def training_curves(runs: list[Run]) -> None:
    """The reconstruction term of the loss by step, without the first tenth; each point is the mean of five logged ones."""
    figure, axes = plt.subplots(figsize=(7.2, 2.8 + 0.12 * len(runs)))
    base = runs[0].info["training"]["curve"]
    for run in runs:
        curve = run.info["training"]["curve"]
        name = term(curve, base)
        if not name:
            continue
        terms, width = curve[name], 5
        middles = range(len(terms) // 10 + width // 2, len(terms) - width // 2, width)
        means = [sum(terms[at - width // 2 : at + width // 2 + 1]) / width for at in middles]
        label = run.label if name == "reconstruction" else f"{run.label}\n(logged as {name})"
        look = {**run.look, "linestyle": run.dashes, "markevery": (run.number % 6, 6), "markersize": 3.5, "linewidth": 1}
        axes.plot([curve["step"][at] for at in middles], means, **look, label=label)
    axes.set(xlabel="training step", ylabel="reconstruction term")
    figure.legend(loc="outside lower center", ncols=3)
    save(figure, "training_curves")


def term(curve: dict, base: dict) -> str:
    """The name under which a run logs the reconstruction term: its own, else that of a new term that ends near the baseline's."""
    if "reconstruction" in curve:
        return "reconstruction"
    end = base.get("reconstruction", [0])[-1]
    near = {name: abs(values[-1] - end) for name, values in curve.items() if name not in base and values}
    nearest = min(near, key=lambda name: near[name], default="")
    return nearest if nearest and near[nearest] <= end else ""


def main() -> None:
    plt.rcParams.update(STYLE)
    read_directions()
    runs = read_runs()
    metrics_by_run(runs)
    fresh_seeds(runs)
    recovery_by_kind(runs)
    absorption_tradeoff(runs)
    training_curves(runs)
    print(f"{len(runs)} runs drawn")


if __name__ == "__main__":
    main()
