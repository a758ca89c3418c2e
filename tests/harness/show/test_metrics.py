"""Labels and directions of a figure come from the tool."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.show.metrics import directed, more_is_better, read_metrics

METRICS: dict[str, dict[str, object]] = {
    "l0": {"direction": "lower", "unit": "latents", "label": "L0"},
    "f1": {"direction": "higher", "unit": ""},
    "odd": {"direction": None},
}


def test_the_tool_s_file_goes_before_the_template_s(tmp_path: Path) -> None:
    """metrics.json where the tool laid one down, else template.toml; neither is an error that names both."""
    declared = tmp_path / "template.toml"
    with pytest.raises(FileNotFoundError, match=r"metrics\.json nor .*template\.toml"):
        read_metrics(tmp_path, declared)
    declared.write_text('[metrics.f1]\ndirection = "higher"\n')
    assert more_is_better(read_metrics(tmp_path, declared)) == {"f1"}
    (tmp_path / "metrics.json").write_text(json.dumps(METRICS | {"f1": {"direction": "lower"}}))
    assert more_is_better(read_metrics(tmp_path, declared)) == set()


@pytest.mark.parametrize(
    ("name", "up", "label"),
    [
        ("l0", False, "L0 [latents] (← better)"),
        ("f1", False, "f1 (better →)"),
        ("f1", True, "f1 (better ↑)"),
        ("l0", True, "L0 [latents] (better ↓)"),
        ("odd", False, "odd"),
        ("not_told", False, "not told"),
    ],
)
def test_an_axis_says_unit_and_better_side(name: str, up: bool, label: str) -> None:
    """The arrow points where the tool says; where no direction is known there is none."""
    assert directed(METRICS, name, up=up) == label
