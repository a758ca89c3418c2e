"""Draw each run's epidemic and its correct digits: figures/infectious and figures/correct_digits, as PDF and PNG.

A run that is not comparable with the baseline (*) is hollow and dashed. What the tool lays beside the runs (titles.json,
metrics.json, controls.json, not_comparable.json) may be missing where the script is run by hand.
"""

from __future__ import annotations

import json
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

METRIC = "correct_digits"
GREYS = ("black", "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
DASHES = ("-", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1)), (0, (1, 2)))


def read(name: str) -> dict:
    """What the tool laid beside the runs; empty where there is no such file."""
    path = Path(name)
    return json.loads(path.read_text()) if path.is_file() else {}


def read_runs() -> dict[str, dict]:
    """Each run's final_info by its folder's name, the baseline first."""
    found = sorted(Path().glob("run_*/final_info.json"), key=lambda path: int(path.parent.name.split("_")[1]))
    return {path.parent.name: json.loads(path.read_text()) for path in found}


def label(name: str) -> str:
    """A run's number and title, with the mark of one that is not comparable."""
    number, title = name.removeprefix("run_"), read("titles.json").get(name, "")
    mark = "*" if name in read("not_comparable.json") else ""
    return f"{number}{mark}: {title}" if title else f"{number}{mark}"


def axis() -> str:
    """The metric's label with its unit and its better side, from metrics.json; by hand there may be none."""
    metric = read("metrics.json").get(METRIC)
    if metric is None:
        print("metrics.json: not here, so the figure does not say which way is better")
        return f"{METRIC.replace('_', ' ')} (which way is better is not known)"
    unit = f" [{metric['unit']}]" if metric.get("unit") else ""
    return f"{metric['label']}{unit} ({metric['direction']} is better)"


def save(name: str) -> None:
    Path("figures").mkdir(exist_ok=True)
    for ending in ("pdf", "png"):
        plt.savefig(f"figures/{name}.{ending}", bbox_inches="tight", dpi=200)
    plt.close()


def infectious(runs: dict[str, dict]) -> None:
    """Each run's epidemic by day; runs that solve it well lie on one another."""
    plt.figure(figsize=(6, 3.5))
    for at, (name, info) in enumerate(runs.items()):
        curve = info["training"]["curve"]
        dashes = "--" if name in read("not_comparable.json") else DASHES[at % len(DASHES)]
        colour = GREYS[at % len(GREYS)]
        plt.plot(curve["day"], curve["infectious"], color=colour, linestyle=dashes, label=label(name))
    plt.xlabel("day")
    plt.ylabel("infectious share")
    plt.legend(fontsize=8, frameon=False)
    save("infectious")


def correct_digits(runs: dict[str, dict]) -> None:
    """A bar for each run, the baseline's value as a line; hollow where a run is not comparable; controls as dashed lines."""
    plt.figure(figsize=(5, 3.5))
    values = {name: info["metrics"][METRIC]["mean"] for name, info in runs.items()}
    hollow = [name in read("not_comparable.json") for name in runs]
    fills = ["white" if empty else "#404040" if name == "run_0" else "#0072B2" for name, empty in zip(runs, hollow, strict=True)]
    plt.bar([label(name).split(":")[0] for name in runs], list(values.values()), color=fills, edgecolor="#0072B2")
    plt.axhline(values["run_0"], color="black", linewidth=0.8)
    for control, said in read("controls.json").items():
        if METRIC in said["metrics"]:
            plt.axhline(said["metrics"][METRIC]["mean"], color="#777777", linestyle="--", label=control.replace("_", " "))
            plt.legend(fontsize=8, frameon=False)
    plt.xlabel("run (0 is the baseline)")
    plt.ylabel(axis())
    save("correct_digits")


if __name__ == "__main__":
    found = read_runs()
    infectious(found)
    correct_digits(found)
    print(f"{len(found)} runs drawn")
