"""What each metric is, as the tool tells it beside the runs: its direction, its unit, its label. No figure types one in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from harness.show.look import readable

Metrics = Mapping[str, Mapping[str, Any]]


def read_metrics(folder: Path, declared: Path) -> Metrics:
    """By name, those that matter most to the idea first: the tool's metrics.json in `folder`; by hand, where there is none, the
    [metrics] of `declared`, the template.toml. Raises FileNotFoundError where neither is there."""
    kept = folder / "metrics.json"
    if kept.is_file():
        return dict(json.loads(kept.read_text(encoding="utf-8")))
    if declared.is_file():
        import tomllib

        return dict(tomllib.loads(declared.read_text(encoding="utf-8"))["metrics"])
    raise FileNotFoundError(f"neither {kept} nor {declared} is there; one of them says which way each metric is better")


def more_is_better(metrics: Metrics) -> set[str]:
    """The metrics of which more is better."""
    return {name for name, metric in metrics.items() if metric["direction"] == "higher"}


def labelled(metrics: Metrics, name: str) -> str:
    """`l0 [latents]`: a metric's label with its unit, where it has one."""
    metric = metrics.get(name, {})
    unit = metric.get("unit")
    return f"{metric.get('label') or readable(name)}{f' [{unit}]' if unit else ''}"


def directed(metrics: Metrics, name: str, up: bool = False) -> str:
    """The label of an axis with its better side: `decoder cosine (← better)`; `up` for a vertical axis, by ↓ and ↑. Without an
    arrow where the direction is not declared."""
    metric, label = metrics.get(name), labelled(metrics, name)
    if metric is None or not metric["direction"]:
        return label
    more = metric["direction"] == "higher"
    arrows = ("better ↑", "better ↓") if up else ("better →", "← better")
    return f"{label} ({arrows[0] if more else arrows[1]})"
