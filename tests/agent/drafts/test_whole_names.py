"""Metrics whose names share words, and those called by nothing but their unit: a folder of autoencoders that were timed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agent.drafts.audit import audit_draft

RUNS = {"baseline": (0.9914, 3.1713, 0.41, 2.31), "sae_annealed": (0.9863, 3.1728, 1.06, 5.21)}
EVALUATION = {"hours": 11.2}
"""How long the recordings are that each run is evaluated on."""


def statuses(text: str, root: Path) -> dict[str, str]:
    """Each printed number with its status."""
    for name, (score, loss, encode, train) in RUNS.items():
        folder = root / "results" / name
        folder.mkdir(parents=True)
        told = {"ce_loss_score": score, "ce_loss_with_sae": loss, "encode_ms_per_batch": encode, "train_hours": train}
        (folder / "metrics.json").write_text(json.dumps(told | EVALUATION))
    draft = root / "draft.md"
    draft.write_text(f"# Annealing\n\n{text}\n")
    return {f"{number.value:g}": number.status for number in audit_draft(draft, root / "results").numbers}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("The CE loss score of the annealed SAE is 0.9863.", {"0.9863": "supported"}),
        ("The CE loss score of the annealed SAE is 3.1728.", {"3.1728": "misattributed"}),
        ("The CE loss with SAE is 3.1728 when annealed.", {"3.1728": "supported"}),
        ("The annealed SAE was trained for 5.21 hours.", {"5.21": "supported"}),
        ("After 5.21 hours the annealed SAE has seen 11.2 hours.", {"5.21": "supported", "11.2": "supported"}),
        ("The baseline was trained for 5.21 hours.", {"5.21": "misattributed"}),
        (
            "Training of the baseline takes 2.31 hours. Encoding takes 0.41 ms per batch.",
            {"2.31": "supported", "0.41": "supported"},
        ),
        (
            "The baseline is trained for 2.31 hours; it encodes a batch in 1.06 ms.",
            {"2.31": "supported", "1.06": "misattributed"},
        ),
    ],
)
def test_a_name_said_in_full_is_meant(tmp_path: Path, text: str, wanted: dict[str, str]) -> None:
    """Words in a row are a metric's name, whatever the run is called; what is called by a unit alone has no claim to all of it."""
    assert statuses(text, tmp_path) == wanted
