"""All scores of one submission by a plan: what must fit is checked first, then everything is loaded and run."""

from __future__ import annotations

import argparse
import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.evaluation.command.plan import Plan
from harness.evaluation.evals import DEFAULT
from harness.evaluation.judging.judge import open_judge
from harness.evaluation.scoring.writer import Writer
from harness.evaluation.submitted.submission import Submission, SubmissionError
from harness.scales import SCALES
from harness.store.out_dir import unwritable

if TYPE_CHECKING:
    from harness.evaluation.scoring.subjects import Subject


def check_place(path: Path) -> None:
    """Raises SubmissionError where no file of that name can be written: before hours of work, not after."""
    if path.is_dir():
        raise SubmissionError(f"{path} is a folder: name a file")
    if why := unwritable(path.parent):
        raise SubmissionError(f"{path} cannot be written: {why}")


def check_fit(submission: Submission, plan: Plan) -> None:
    """Raises SubmissionError where an eval asks of an SAE what this one has not: directions, or enough latents."""
    needing = [each.name for each in plan.evals if plan.form in each.reads_directions]
    if submission.directions is None and needing:
        others = ",".join(each.name for each in DEFAULT if plan.form not in each.reads_directions)
        raise SubmissionError(
            f"{', '.join(needing)} read the decoder's directions, and the exported program names none: save it with "
            f"W_dec (decode(z) = z W_dec + a constant), or score it with --evals={others}"
        )
    too_many = {each.name: each.turns_off for each in plan.evals if each.turns_off > submission.d_sae}
    if plan.form == "full" and too_many:
        raise SubmissionError(
            f"at scale {plan.scale} {', '.join(too_many)} turn off {max(too_many.values())} latents, and the SAE has "
            f"{submission.d_sae}: name other --evals"
        )


def evaluate(submission: Submission, plan: Plan, given: argparse.Namespace) -> dict[str, object]:
    """All scores as the evaluator's JSON. Raises HarnessError where a score cannot be had or is not finite."""
    activations = _held_out(submission, plan)
    from harness.evaluation.measures.reconstruction import check_alive

    check_alive(submission, activations)
    from harness.evaluation.command.runner import score  # imports sae-bench, which takes 7 s

    asks = any(each.asks_judge for each in plan.evals)
    same = {
        "submission": submission,
        "activations": activations,
        "repeats": given.repeats or SCALES[plan.scale].repeats,
        "judge": open_judge(plan.judge, plan.judge_url, given.record_judge) if asks else None,
        "writer": Writer(submission, given.out.parent / "sae_bench", given.run_dir.resolve().name),
    }
    scores = score(_subject(submission, plan, same), plan.evals, _at_once(plan))
    unsound = [name for name, value in scores.metrics.items() if not math.isfinite(value.mean)]
    if unsound:
        raise SubmissionError(f"not finite: {', '.join(unsound)}")
    return scores.as_json()


def _at_once(plan: Plan) -> int:
    """How many evals run side by side: on a CPU with a small model one a core, since each is too small for more; else one."""
    import torch

    return torch.get_num_threads() if plan.form == "tiny" else 1


def _held_out(submission: Submission, plan: Plan) -> Any:
    """Held-out activations [tokens, d_in] of what the run read. Raises SubmissionError where the SAE reads others."""
    from harness.activations import load_activations

    found = load_activations(
        submission.model,
        submission.layer,
        plan.reads.heldout_tokens,
        split="heldout",
        context=submission.context,
        dtype=submission.lm_dtype,
        dataset=submission.dataset,
        device="auto" if plan.device == "auto" else str(submission.sae.device),
    ).data
    if found.shape[1] != submission.d_in:
        raise SubmissionError(f"the SAE reads {submission.d_in} dimensions, {submission.model} has {found.shape[1]}")
    return found


def _subject(submission: Submission, plan: Plan, same: Mapping[str, Any]) -> Subject:
    """The subject of the plan's scale, from what is the `same` at every scale."""
    from harness.evaluation.measures.prepared.artifacts import load_artifacts
    from harness.evaluation.scoring.subjects import FullSubject, Once, TinySubject
    from harness.evaluation.upstream.lens import load_hooked

    name, dtype, device = submission.model, submission.lm_dtype, str(submission.sae.device)
    if plan.form == "full":
        model = Once(lambda: load_hooked(name, device, dtype))
        chosen = tuple(each.name for each in plan.evals)
        return FullSubject(**same, model=model, data_dir=plan.data_dir, evals=chosen)
    artifacts = Once(lambda: load_artifacts(name, submission.layer, submission.context))
    return TinySubject(**same, model=Once(lambda: load_hooked(name)), artifacts=artifacts)
