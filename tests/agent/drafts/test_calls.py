"""How papers call metrics with a number in their name, runs of one family, and those below a baseline: a folder of losses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agent.drafts.audit import audit_draft

RUNS = {
    "cross_entropy": (0.612, 0.874, {}),
    "triplet": (0.655, 0.889, {"margin": 0.3}),
    "infonce_t007": (0.701, 0.912, {"temperature": 0.07}),
    "infonce_t02": (0.684, 0.905, {"temperature": 0.2}),
    "baseline": (0.580, 0.850, {}),
}


def statuses(text: str, root: Path) -> dict[str, str]:
    """Each printed number with its status."""
    for name, (first, tenth, settings) in RUNS.items():
        folder = root / "results" / name
        folder.mkdir(parents=True)
        told = {"recall_at_1": first, "recall_at_10": tenth, "config": {"lr": 0.0005, **settings}}
        (folder / "metrics.json").write_text(json.dumps(told))
    draft = root / "draft.md"
    draft.write_text(f"# Losses\n\n{text}\n")
    return {f"{number.value:g}": number.status for number in audit_draft(draft, root / "results").numbers}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("The triplet loss has 0.655 recall@1 and 0.889 recall@10.", {"0.655": "supported", "0.889": "supported"}),
        ("The triplet loss attains a recall@10 of 0.655.", {"0.655": "misattributed"}),
        ("The triplet loss attains a recall@1 of 0.889.", {"0.889": "misattributed"}),
        ("InfoNCE reaches a recall@1 of 0.701 and 0.684.", {"0.701": "supported", "0.684": "supported"}),
        ("InfoNCE reaches a recall@1 of 0.655.", {"0.655": "misattributed"}),
        ("InfoNCE (tau=0.07) has a recall@1 of 0.701.", {"0.701": "supported"}),
        ("InfoNCE (tau=0.07) has a recall@1 of 0.684.", {"0.684": "misattributed"}),
        ("InfoNCE at 0.2 has a recall@1 of 0.684.", {"0.684": "supported"}),
        ("For InfoNCE we try the temperatures 0.07 and 0.2.", {"0.07": "setting", "0.2": "setting"}),
        ("With a margin the recall@1 is 0.655, 12.9% above the baseline.", {"0.655": "supported", "12.9": "derived"}),
        (
            "With a margin the recall@1 is 0.655, 11.5% above the baseline.",
            {"0.655": "supported", "11.5": "unsupported"},
        ),
    ],
)
def test_a_number_is_of_what_its_sentence_calls(text: str, wanted: dict[str, str], tmp_path: Path) -> None:
    """The 10 of recall@10 is part of the name; InfoNCE names both runs, its temperature one of them; a baseline is no subject."""
    assert statuses(text, tmp_path) == wanted
