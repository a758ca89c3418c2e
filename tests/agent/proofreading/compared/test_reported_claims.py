"""What others reported is shown as that and as nothing else: planted attempts to pass it off as measured are caught."""

from __future__ import annotations

import dataclasses

import pytest

from agent.proofreading.occurrence import Grounds
from agent.proofreading.typed_numbers import typed_findings
from tests.world.study import REPORTED
from tests.world.study import evidence as measured

EVIDENCE = dataclasses.replace(measured(), reported=REPORTED)
VALUE = "[[reported.topk.absorption_fraction]]"


def findings(text: str, latex: bool = True) -> list[str]:
    return [str(finding) for finding in typed_findings(text, Grounds(EVIDENCE), latex)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"Our method has an absorption fraction of {VALUE}.", "does not say so"),
        (f"The baseline has {VALUE}.", "does not say so"),
        (f"Run 3 & {VALUE} \\\\", "does not say so"),
        (f"Run 3 reaches {VALUE}, as was reported.", "the sentence speaks of run 3"),
        (
            f"Run 3 is [[run_3.absorption_fraction.verdict]] and lower than the reported {VALUE}.",
            "a comparison in a sentence",
        ),
        (f"It improves on the published {VALUE} ([[run_3.absorption_fraction]]).", "a comparison in a sentence"),
        ("The baseline has an absorption fraction of 0.1429.", "write [[reported.topk.absorption_fraction]]"),
        ("Others reported an absorption fraction of 0.143.", "write [[reported.topk.absorption_fraction]]"),
        ("A standard SAE has an absorption fraction of 0.0161.", "write [[reported.standard.absorption_fraction]]"),
    ],
)
def test_a_reported_value_used_as_a_measured_one_is_found(text: str, said: str) -> None:
    """Typed, unnamed, attributed to a run or compared with: each is a finding."""
    assert any(said in finding for finding in findings(text)), findings(text)


@pytest.mark.parametrize(
    "text",
    [
        f"For a model a thousand times the size, others reported an absorption fraction of {VALUE} ([[reported.source]]).",
        f"The published value is {VALUE}; run 3 has [[run_3.absorption_fraction]].",
        f"Reported TopK & {VALUE} \\\\",
    ],
)
def test_a_reported_value_called_so_stands(text: str) -> None:
    """Said to be reported, beside a measured value and without a comparison, it is no finding."""
    assert findings(text) == []
