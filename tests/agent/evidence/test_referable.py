"""A model is told every name that its text may refer to, and no other."""

from __future__ import annotations

import dataclasses

from agent.evidence.evidence import Evidence
from agent.evidence.referable import referable
from agent.prompts import Prompts
from tests.world.study import REPORTED, evidence

NAMES = """\
Only these names exist:
runs (RUN):
  run_0 (= baseline): Baseline
  run_1: Plain penalty
  run_2: Weight λ₂ & 50% warm_up
  run_3: Cosine decay
  run_4: More latents at once
metrics (METRIC): explained_variance (higher is better, primary), mse (lower is better), absorption_fraction (lower is \
better), feature_separation (higher is better), l0 (lower is better)
settings of every run: d_sae = 2048, k = 16, lr = 0.002, lambda_max = 0.0, threshold_base = 0.9, seed = 0, batch_size = 2048
settings of run_1 that differ from the baseline's: lambda_max = 0.2
settings of run_2 that differ from the baseline's: lambda_max = 0.02
settings of run_3 that differ from the baseline's: lambda_max = 0.02, ema_decay = 0.98
settings of run_4 that differ from the baseline's: k = 32
training values: steps, tokens, loss_last
"""
REPORTED_NAMES = """\
reported by others, not measured here (only as [[reported.NAME.METRIC]] in a sentence that says they were reported, with \
[[reported.source]]; never compared with):
  topk: absorption_fraction, l0, unlearning
  standard: absorption_fraction
"""


def told(evidence: Evidence) -> str:
    return Prompts().render("references", names=referable(evidence))


def test_tells_every_name_that_may_be_used() -> None:
    """Runs with titles, metrics with direction, settings, and what each run set differently; curves are left out."""
    assert NAMES + "\nRules: never type a measured number" in told(evidence())


def test_tells_what_others_reported_apart() -> None:
    """Published values are named with the terms under which they may stand; where there are none, nothing is said of them."""
    assert NAMES + REPORTED_NAMES + "\nRules:" in told(dataclasses.replace(evidence(), reported=REPORTED))
    assert "reported" not in told(evidence())


def test_a_long_setting_is_cut() -> None:
    """A prompt lists every setting, so none may fill it."""
    study = evidence().results
    long = dataclasses.replace(study.baseline, config={"path": "x" * 500})
    assert referable(Evidence(dataclasses.replace(study, runs=(long,)))).settings == {"path": "x" * 60}


def test_what_one_training_recorded_alone_is_offered_with_its_run() -> None:
    """A value that a run adds to its record can be referred to, and the baseline's are not said twice."""
    known = evidence()
    first, second, *others = known.results.runs
    richer = dataclasses.replace(second, training={**second.training, "pairs": 12})
    more = dataclasses.replace(known, results=dataclasses.replace(known.results, runs=(first, richer, *others)))
    assert "training values of run_1 alone: pairs\n" in told(more)
    assert more.resolve("run_1.training.pairs").text == "12" and "alone" not in told(known)
