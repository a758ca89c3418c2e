"""Draw each run's epidemic and its error by day: figures/infectious and figures/correct_digits, as PDF and PNG."""

from __future__ import annotations

import json
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

METRIC = "correct_digits"


def read_runs() -> dict[str, dict]:
    """Each run's final_info by its folder's name, the baseline first."""
    folders = sorted(Path().glob("run_*"), key=lambda folder: int(folder.name.split("_")[1]))
    return {folder.name: json.loads((folder / "final_info.json").read_text()) for folder in folders}


def labels() -> dict[str, str]:
    """A title for each run; none where the script is run by hand."""
    path = Path("titles.json")
    return json.loads(path.read_text()) if path.is_file() else {}


def better() -> str:
    """`higher is better`, from metrics.json, which the tool writes from template.toml; by hand there may be none."""
    path = Path("metrics.json")
    if not path.is_file():
        print(f"{path}: not here, so the figure does not say which way is better")
        return "which way is better is not known"
    return json.loads(path.read_text())[METRIC]["direction"] + " is better"


def save(name: str) -> None:
    Path("figures").mkdir(exist_ok=True)
    for ending in ("pdf", "png"):
        plt.savefig(f"figures/{name}.{ending}", bbox_inches="tight")
    plt.close()


if __name__ == "__main__":
    runs, titles = read_runs(), labels()

    plt.figure(figsize=(6, 3.5))
    for name, info in runs.items():
        curve = info["training"]["curve"]
        plt.plot(curve["day"], curve["infectious"], label=titles.get(name, name))
    plt.xlabel("day")
    plt.ylabel("infectious share")
    plt.legend(fontsize=8)
    save("infectious")

    plt.figure(figsize=(5, 3.5))
    plt.bar(list(runs), [info["metrics"][METRIC]["mean"] for info in runs.values()])
    plt.ylabel(f"correct digits ({better()})")
    save("correct_digits")
    print(f"{len(runs)} runs drawn")
