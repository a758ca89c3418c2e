"""A draft of twenty pages with fifty runs is audited in seconds."""

from __future__ import annotations

import json
import random
import time
from pathlib import Path

import pytest

from agent.drafts.audit import audit_draft

SETS = ("news", "code", "wiki", "law", "med")
METRICS = (
    "accuracy",
    "f1",
    "loss",
    "calibration_error",
    "auc",
    "recall",
    "precision",
    "perplexity",
    "brier",
    "latency_ms",
)


@pytest.mark.whole
def test_twenty_pages_and_fifty_runs_take_less_than_ten_seconds(tmp_path: Path) -> None:
    """10,000 words, a table a page, 8,000 values; most numbers stand on nothing, which takes longest."""
    chance = random.Random(1)
    for run in range(50):
        part = {m: {"mean": chance.random(), "std": chance.random(), "values": [chance.random()] * 2} for m in METRICS}
        (tmp_path / f"run_{run}").mkdir()
        (tmp_path / f"run_{run}" / "final_info.json").write_text(json.dumps(dict.fromkeys(SETS, part)))
    pages = []
    for _ in range(20):
        for _ in range(12):
            pages.append(
                f"On {chance.choice(SETS)}, run {chance.randrange(50)} reaches a {chance.choice(METRICS)} of {chance.random():.3f}, "
                f"while run {chance.randrange(50)} improves {chance.choice(METRICS)} by {50 * chance.random():.1f}\\% over the "
                "baseline. It goes on with words that name nothing at all, as papers do for most of their length."
            )
        rows = [f"run {run} & " + " & ".join(f"{chance.random():.3f}" for _ in METRICS) for run in range(8)]
        heads = " & ".join(METRICS).replace("_", " ")
        pages.append(
            "\\begin{tabular}{l} Run & " + " \\\\ ".join([heads + " \\\\ \\hline", *rows]) + "\\end{tabular}\n"
        )
    draft = tmp_path / "draft.tex"
    draft.write_text("\n".join(pages))
    before = time.process_time()
    audit = audit_draft(draft, tmp_path)
    assert time.process_time() - before < 10
    assert len(audit.numbers) > 1800 and len(audit.records.runs) == 50
