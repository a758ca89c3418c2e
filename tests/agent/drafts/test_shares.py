"""Which metric a percentage can be of: of no count, though a word of the sentence is one's; a folder of three runs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agent.drafts.audit import audit_draft

RUNS = {
    "run_0": ("Baseline", 91.0, 0.184, 0.641),
    "run_1": ("Noise", 204.0, 0.130, 0.725),
    "run_2": ("Penalty", 182.0, 0.066, 0.702),
}
"""Title, how many latents are dense, the share that is dead, probing accuracy."""
FINE, NONE = "supported", "unsupported"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("With noise fewer latents die: 13.0%.", [FINE]),
        ("With noise fewer latents die: 18.6%.", [NONE]),
        ("Probes on a single latent reach 72.5% with noise.", [FINE]),
        ("Probes on a single latent reach 71.4% with noise.", [NONE]),
        ("Noise has 204 dense latents.", [FINE]),
    ],
)
def test_a_percentage_is_of_no_count(text: str, wanted: list[str], tmp_path: Path) -> None:
    """`latents` is a word of `dense_latents`, which is a number of some two hundred and no share."""
    for name, (_, dense, dead, probing) in RUNS.items():
        (tmp_path / "results" / name).mkdir(parents=True)
        told = {"dense_latents": dense, "frac_dead": dead, "probe_accuracy": probing}
        (tmp_path / "results" / name / "final_info.json").write_text(json.dumps(told))
    titles = "\n".join(f"Run {name[-1]}: {told[0]}" for name, told in RUNS.items())
    (tmp_path / "results" / "notes.txt").write_text(titles)
    (tmp_path / "draft.md").write_text(f"{text}\n")
    assert [one.status for one in audit_draft(tmp_path / "draft.md", tmp_path / "results").numbers] == wanted
