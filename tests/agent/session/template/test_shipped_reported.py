"""The published baselines that ship with the SAE template."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from agent.results.final_info import BadResults, checked_metrics, read_final_info
from agent.session.template.reported import load_reported

FILE = Path(__file__).parents[4] / "harness" / "reported" / "gemma-2-2b.json"


def test_they_are_read_as_reported_alone(tmp_path: Path) -> None:
    """The reader of reported values takes the file; as a run's final_info.json it is no result, nor is any part of it."""
    assert load_reported(FILE).value("topk", "explained_variance") == 0.6094
    (tmp_path / "run_0").mkdir()
    shutil.copy(FILE, tmp_path / "run_0" / "final_info.json")
    refused = read_final_info(tmp_path / "run_0")
    assert isinstance(refused, BadResults) and "'config' must be an object" in refused.reason
    assert isinstance(checked_metrics(json.loads(FILE.read_text()), ["l0"], FILE.name), BadResults)
