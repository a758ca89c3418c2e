"""A subject at full scale, small: a random SAE, local folders in the layout of the hub's, few texts."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from harness.evaluation.command.runner import score
from harness.evaluation.evals import choose
from harness.evaluation.scoring.scores import Scores
from harness.evaluation.scoring.subjects import FullSubject, Once
from harness.evaluation.scoring.writer import SUFFIX, Writer
from harness.evaluation.upstream.lens import load_hooked
from tests.harness.evaluation.examples import random_submission
from tests.harness.evaluation.layout import SETTINGS, as_on_the_hub

LAYER = 1


def full_subject(tmp_path: Path, model: str, *evals: str, d_in: int = 128, context: int = 64) -> FullSubject:
    """For these evals, with its result files in `out` and its data sets in `data`."""
    submission = replace(
        random_submission(d_in, 100, 12, model=model), layer=LAYER, context=context, scale="full", dataset="wordnet"
    )
    submission.sae.cfg = None
    return FullSubject(
        submission=submission,
        activations=torch.randn(300, d_in, generator=torch.Generator().manual_seed(0)),
        model=Once(lambda: load_hooked(model, "cpu", submission.lm_dtype)),
        data_dir=as_on_the_hub(tmp_path / "data"),
        evals=evals,
        writer=Writer(submission, tmp_path / "out", "run_1"),
        repeats=2,
        settings=SETTINGS,
    )


def written(tmp_path: Path, eval_type: str) -> Any:
    """The metrics of a result file."""
    return json.loads((tmp_path / "out" / eval_type / f"run_1{SUFFIX}").read_text())["eval_result_metrics"]


def scored(subject: FullSubject) -> Scores:
    """The scores of the subject's own plan."""
    return score(subject, choose(",".join(subject.evals)))
