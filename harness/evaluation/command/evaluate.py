"""All scores of one submission by a plan: what must fit is checked first, then everything is loaded and run."""

from __future__ import annotations

import argparse
import logging
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.evaluation.command.made import Record
from harness.evaluation.command.plan import Plan
from harness.evaluation.command.swept import swept
from harness.evaluation.evals import DEFAULT
from harness.evaluation.judging.judge import open_judge
from harness.evaluation.protocol import SAEBENCH, settings
from harness.evaluation.scoring.writer import Writer
from harness.evaluation.submitted.submission import Submission, SubmissionError
from harness.read.corpus import SPELLING, SPELLING_TOKENS, WORDNET
from harness.scales import SCALES
from harness.store.out_dir import unwritable

if TYPE_CHECKING:
    from harness.evaluation.scoring.scores import Value
    from harness.evaluation.scoring.subjects import Subject

log = logging.getLogger(__name__)


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
    """All scores as the evaluator's JSON, in `given.out` already. What lies there of the same evaluation is not made again.

    Raises HarnessError where no score can be had, or one is not finite.
    """
    activations = _held_out(submission, plan)
    from harness.evaluation.measures.reconstruction import check_alive

    check_alive(submission, activations)
    trained = held_against_its_loss(submission, given.run_dir)
    from harness.evaluation.command.runner import score  # imports sae-bench, which takes 7 s

    asks = any(each.asks_judge for each in plan.evals)
    same = {
        "submission": submission,
        "activations": activations,
        "split": plan.split,
        "spelling": _spelling(submission, plan),
        "repeats": given.repeats or SCALES[plan.scale].repeats,
        "judge": open_judge(plan.judge, plan.judge_url, given.record_judge) if asks else None,
        "writer": Writer(
            submission, given.out.parent / "sae_bench", given.run_dir.resolve().name, plan.split, plan.protocol
        ),
    }
    record = Record(
        given.out, given.run_dir, plan, {"repeats": same["repeats"], "judge": [given.judge, given.judge_url]}
    )
    made = [each for each in record.made(plan.evals) if _has_file(same["writer"], plan, each.name)]
    if made:
        log.info("scored before, and taken over: %s", ", ".join(each.name for each in made))
    scores = score(_subject(submission, plan, same), plan.evals, _at_once(plan), made, record.write)
    shared: dict[str, Any] = {"same_on_every_split": plan.same_on_every_split(), **trained}
    if plan.absent:
        shared["undefined"] = {**scores.details.get("undefined", {}), **plan.absent}

    def of_point(point: Submission, folder: Path) -> Mapping[str, Value]:
        trained_so = held_against_its_loss(point, folder)
        writer = replace(same["writer"], submission=point, name=f"{same['writer'].name}_k_{point.k}")
        subject = _subject(point, plan, {**same, "submission": point, "spelling": None, "writer": writer})
        log.debug("the point of k %s: %s", point.k, trained_so)
        return score(subject, [each for each in plan.evals if each.of_frontiers]).metrics

    heights, points = swept(submission, given.run_dir, scores, of_point, str(submission.sae.device))
    found = replace(scores, metrics=scores.metrics | heights, details=scores.details | shared | points)
    return record.write(found)


def held_against_its_loss(submission: Submission, run_dir: Path) -> dict[str, Any]:
    """The saved SAE held against the last loss that was recorded, for the details; empty where nothing was trained, and
    where what it was trained on is not kept here. Raises SubmissionError where it is not what was trained.
    """
    from harness.activations import Request
    from harness.evaluation.submitted.as_trained import as_trained, recorded_in, trained_on

    request = Request.to_train_on(submission)
    kept = trained_on(request) if submission.pool_tokens else None
    recorded = recorded_in(run_dir) if kept else None
    if recorded is None or kept is None:
        log.info("the saved SAE is not held against its last loss: %s", "no training" if kept else "no data here")
        return {}
    held = as_trained(submission, recorded, kept.data, kept.norm if kept.norm_out is None else kept.norm_out)
    held.check()
    return {"as_trained": held.details()}


def _has_file(writer: Writer, plan: Plan, name: str) -> bool:
    """Whether SAEBench's file of an eval lies where it was written."""
    return all(writer.place(each.result).is_file() for each in plan.evals if each.name == name)


def _at_once(plan: Plan) -> int:
    """How many evals run side by side: on a CPU with a small model one a core, since each is too small for more; else one.

    More than three would end no sooner: absorption takes a third of the time by itself. And each counts as 0.7 GB.
    """
    import torch

    return min(3, torch.get_num_threads()) if plan.form == "tiny" else 1


def _held_out(submission: Submission, plan: Plan) -> Any:
    """Activations [tokens, d_in] of the split that is scored on. Raises SubmissionError where the SAE reads others."""
    return _read(submission, plan, plan.reads.dataset, plan.reads.heldout_tokens)


def _spelling(submission: Submission, plan: Plan) -> Any:
    """Those of the split's spelling lines, which are no part of the scores; None where the text is not the shipped one."""
    return _read(submission, plan, SPELLING, SPELLING_TOKENS) if plan.reads.dataset == WORDNET else None


def _read(submission: Submission, plan: Plan, dataset: str, tokens: int) -> Any:
    """Activations [tokens, d_in] of the split that is scored on. Raises SubmissionError where the SAE reads others."""
    from harness.activations import load_activations

    found = load_activations(
        submission.model,
        submission.layer,
        tokens,
        split=plan.split,
        context=submission.context,
        dtype=submission.lm_dtype,
        dataset=dataset,
        pool_tokens=plan.reads.pool_tokens,
        device="auto" if plan.device == "auto" else str(submission.sae.device),
        site=submission.site,
    ).data
    width = submission.d_in + (submission.d_out if submission.sae.reads_pairs else 0)
    if found.shape[1] != width:
        raise SubmissionError(f"the SAE reads {width} dimensions, {submission.model} has {found.shape[1]}")
    return found


def _subject(submission: Submission, plan: Plan, same: Mapping[str, Any]) -> Subject:
    """The subject of the plan's scale, from what is the `same` at every scale."""
    from harness.evaluation.measures.prepared.artifacts import load_artifacts
    from harness.evaluation.measures.prepared.passes import load_passes
    from harness.evaluation.scoring.subjects import FullSubject, Once, TinySubject
    from harness.evaluation.upstream.lens import load_hooked

    name, dtype, device = submission.model, submission.lm_dtype, str(submission.sae.device)
    if plan.form == "full":
        model = Once(lambda: load_hooked(name, device, dtype))
        chosen = tuple(each.name for each in plan.evals)
        subject = FullSubject(**same, model=model, data_dir=plan.data_dir, evals=chosen, protocol=plan.protocol)
        return replace(subject, settings=settings(name)) if plan.protocol == SAEBENCH else subject
    artifacts = Once(lambda: load_artifacts(name, submission.layer, submission.context, plan.split))
    return TinySubject(
        **same,
        model=Once(lambda: load_hooked(name)),
        artifacts=artifacts,
        passes=lambda model, tokens: load_passes(name, submission.layer, model, tokens),
    )
