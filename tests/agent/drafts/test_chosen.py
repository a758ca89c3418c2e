"""Values that something is given: `a penalty of 0.02`, where runs differ in that setting; a folder of three runs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agent.drafts.audit import audit_draft

WEIGHTS = {"run_0": 0.0, "run_1": 0.01, "run_2": 0.02}
SETTING, NONE = "setting", "unsupported"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("We compare a penalty of 0.01 with a penalty of 0.02 in absorption.", [SETTING, SETTING]),
        ("We compare a penalty of 0.01 with a penalty of 0.05 in absorption.", [SETTING, NONE]),
        ("Units are removed with probability 0.02.", [SETTING]),
        ("We reach an absorption of 0.02.", [NONE]),
    ],
)
def test_what_is_given_a_value_in_which_runs_differ_is_set(text: str, wanted: list[str], tmp_path: Path) -> None:
    """The setting is called `ortho_weight`, and the draft says penalty; a metric is given nothing."""
    for name, weight in WEIGHTS.items():
        (tmp_path / "results" / name).mkdir(parents=True)
        told = {"absorption": 0.1429 - weight, "config": {"ortho_weight": weight, "steps": 4882}}
        (tmp_path / "results" / name / "final_info.json").write_text(json.dumps(told))
    (tmp_path / "draft.md").write_text(f"{text}\n")
    assert [one.status for one in audit_draft(tmp_path / "draft.md", tmp_path / "results").numbers] == wanted
