"""SAEBench's result files."""

from __future__ import annotations

import json
import math
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from harness.evaluation.evals import choose
from harness.evaluation.scoring.schema import violations
from harness.evaluation.scoring.writer import SUFFIX, OutputError, ResultFile, Writer
from harness.evaluation.upstream import ablation, absorption, autointerp, core, probing, ravel, unlearning
from tests.harness.evaluation.examples import an_sae

pytestmark = pytest.mark.slow  # importing sae-bench takes 7 s


EVALS_OF_SAE_BENCH = [
    ("core", core.output.CoreEvalOutput),
    ("absorption", absorption.output.AbsorptionEvalOutput),
    ("sparse_probing", probing.output.SparseProbingEvalOutput),
    ("scr", ablation.output.ScrEvalOutput),
    ("tpp", ablation.output.TppEvalOutput),
    ("autointerp", autointerp.output.AutoInterpEvalOutput),
    ("unlearning", unlearning.UnlearningEvalOutput),
    ("ravel", ravel.RAVELEvalOutput),
]


@pytest.mark.parametrize(("name", "kind"), EVALS_OF_SAE_BENCH)
def test_the_shipped_schemas_are_those_of_sae_bench_s_classes(name: str, kind: Any) -> None:
    """A changed field of an output class shows in its schema: where they part, our files would meet the wrong one."""
    result = choose(name)[0].result
    shipped = json.loads((files("sae_bench") / "evals" / str(result.schema)).read_text())
    assert TypeAdapter(kind).json_schema() == shipped
    assert violations({}, shipped)
    assert shipped["properties"]["eval_type_id"]["default"] == result.folder


def test_an_eval_of_one_s_own_brings_its_schema(tmp_path: Path) -> None:
    """A table is written as it stands, with -1 where there is no number, and refused where it is not as its schema says."""
    result = ResultFile("own", {"type": "object", "properties": {"mean": {"type": "number"}}, "required": ["mean"]})
    writer = Writer(an_sae(), tmp_path, "run_1")
    written = json.loads(writer.write(result, {"mean": math.nan}).read_text())
    assert written == {
        "mean": -1,
        "split": "heldout",
        "labloop": {"protocol": "labloop", "differs": ["SAEBench has no such eval"]},
    }
    confirming = Writer(an_sae(), tmp_path / "confirm", "run_1", "confirm")
    assert json.loads(confirming.write(result, {"mean": 1.0}).read_text())["split"] == "confirm"
    assert writer.place(result) == tmp_path / "own" / f"run_1{SUFFIX}"
    with pytest.raises(OutputError, match="The schema of own is not met: .*mean is missing"):
        writer.write(result, {"median": 1.0})
