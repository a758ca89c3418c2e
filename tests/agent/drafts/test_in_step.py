"""Numbers that go on as the one before them began, and what a percentage leaves over: a folder of three ways to quantize."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agent.drafts.audit import audit_draft
from agent.drafts.naming.in_step import in_step
from agent.drafts.text.numerals import numerals

RUNS = {"fp16": (77.74, 13.48, 52.3), "gptq": (75.41, 3.94, 117.2), "awq": (76.33, 3.97, 121.4)}


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("results")
    for name, (accuracy, size, speed) in RUNS.items():
        told = {"boolq_acc": accuracy, "weights_gb": size, "throughput_tok_s": speed}
        (root / f"{name}.json").write_text(json.dumps(told))
    return root


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("The weights of FP16 shrink by a factor of 3.42 for GPTQ and 3.40 for AWQ.", ["derived", "derived"]),
        ("The weights of FP16 shrink by a factor of 3.42 for GPTQ and 3.70 for AWQ.", ["derived", "unsupported"]),
        ("GPTQ loses 2.33 points of BoolQ accuracy against FP16, AWQ 1.41.", ["derived", "derived"]),
        ("GPTQ loses 2.33 points of BoolQ accuracy against FP16, AWQ 1.91.", ["derived", "unsupported"]),
        ("The BoolQ error rate is 22.26% for FP16 and 24.59% for GPTQ.", ["derived", "derived"]),
        ("The BoolQ error rate is 22.26% for FP16 and 25.59% for GPTQ.", ["derived", "unsupported"]),
    ],
)
def test_the_second_of_two_is_what_the_first_is(text: str, wanted: list[str], results: Path, tmp_path: Path) -> None:
    """A factor, points, an error rate: what the second number is stands with the first, and a wrong second is found."""
    draft = tmp_path / "draft.md"
    draft.write_text(f"{text}\n")
    assert [one.status for one in audit_draft(draft, results).numbers] == wanted


def test_a_clause_with_a_verb_of_its_own_goes_on_from_nothing() -> None:
    """`B reaches 79.2` is no gain of points."""
    text = "A gains 5.0 points, B reaches 79.2."
    told, origins = in_step(text, tuple(numerals(text)), [(0, 1), (20, 21)])
    assert not origins and told[1].suffix == ""
    text = "A gains 5.0 points, B only 2.1."
    told, origins = in_step(text, tuple(numerals(text)), [(0, 1), (20, 21)])
    assert origins and told[1].suffix == "pp"
