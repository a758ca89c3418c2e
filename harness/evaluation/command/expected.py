"""What the runs of a scale will ask of this machine, said by --check before anything is fetched."""

from __future__ import annotations

import argparse
from dataclasses import replace

from harness.estimate import told
from harness.evaluation.command.plan import Plan
from harness.scales import SCALES, data_flags, size_flags
from harness.store.cache import Cache


def estimated(given: argparse.Namespace, plan: Plan) -> list[str]:
    """The estimate in lines: of what the flags say, on a GPU where there is one and the scale uses it."""
    scale = SCALES[plan.scale]
    sizes = data_flags(given) | size_flags(given, scale) | {"heldout_tokens": plan.reads.heldout_tokens}
    repeats = given.repeats or scale.repeats
    names = [each.name for each in plan.evals]
    return told(replace(scale, **sizes), plan.scale, names, repeats, _has_gpu(given, plan), Cache().cap_bytes / 1e9)


def _has_gpu(given: argparse.Namespace, plan: Plan) -> bool:
    if plan.form == "tiny" or given.device == "cpu":
        return False
    import torch

    return torch.cuda.is_available()
