"""python -m harness.evaluation --run_dir=DIR --out=FILE [--evals=core,absorption,…]

Exit codes: 0 scored · 1 the run left nothing that can be scored (one line `error: …` on stderr) · 2 usage ·
3 an eval lacks something it needs (one line each), found before anything ran.
`python -m harness.evaluation --check [--evals=all] [--scale=full] [--model=…]` says what is lacking, and runs nothing.
"""

from __future__ import annotations

import argparse
import logging
import math
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from harness.errors import HarnessError
from harness.evaluation.evals import ALL, DEFAULT, Plan, choose, missing
from harness.evaluation.judging.judge import open_judge
from harness.evaluation.submitted.submission import Submission, SubmissionError, load_submission
from harness.saved import write_json
from harness.scales import SCALES, TINY, add_data_flags, data_flags

log = logging.getLogger("harness.evaluation")
NEED_DIRECTIONS = {  # evals that read W_dec, by scale
    "tiny": ("absorption", "scr", "tpp", "autointerp"),
    "full": ("absorption", "scr", "tpp", "autointerp", "sparse_probing", "unlearning"),
}

ABLATED = 500  # latents that sae-bench's SCR and TPP turn off at most (n_values of its configuration)


def evaluate(submission: Submission, plan: Plan, given: argparse.Namespace) -> dict[str, object]:
    """All scores as the evaluator's JSON. Raises HarnessError where a score cannot be had or is not finite."""
    from harness.activations import load_activations

    held_out = load_activations(
        submission.model,
        submission.layer,
        plan.reads.heldout_tokens,
        split="heldout",
        context=submission.context,
        dtype=submission.lm_dtype,
        dataset=submission.dataset,
    )
    if held_out.data.shape[1] != submission.d_in:
        raise SubmissionError(
            f"the SAE reads {submission.d_in} dimensions, {submission.model} has {held_out.data.shape[1]}"
        )
    from harness.evaluation.results.outputs import Writer

    judge = open_judge(plan.judge, plan.judge_url, given.record_judge) if "autointerp" in plan.evals else None
    writer = Writer(submission, given.out.parent / "sae_bench", given.run_dir.resolve().name)
    if plan.scale == "full":
        from harness.evaluation.full import score_full
        from harness.evaluation.upstream.runs import FullSubject

        return _sound(score_full(FullSubject(submission, held_out.data, plan, writer, given.repeats, judge)))
    from harness.evaluation.prepared.artifacts import load_artifacts
    from harness.evaluation.scoring import Subject, score
    from harness.evaluation.upstream.lens import load_hooked

    subject = Subject(
        submission,
        held_out.data,
        load_artifacts(submission.model, submission.layer, submission.context),
        load_hooked(submission.model),
        given.repeats,
        judge,
        writer,
    )
    return _sound(score(subject, plan.evals))


def _sound(scores: Any) -> dict[str, object]:
    """As JSON. Raises SubmissionError where a score is not finite."""
    unsound = [name for name, value in scores.metrics.items() if not math.isfinite(value.mean)]
    if unsound:
        raise SubmissionError(f"not finite: {', '.join(unsound)}")
    found: dict[str, object] = scores.as_json()
    return found


def parser() -> argparse.ArgumentParser:
    """The command's flags."""
    found = argparse.ArgumentParser(
        prog="python -m harness.evaluation", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    found.add_argument("--run_dir", type=Path, help="folder with final_info.json and sae/")
    found.add_argument(
        "--out", type=Path, help="JSON file to write the scores to; SAEBench's files go to sae_bench/ beside it"
    )
    found.add_argument("--evals", default="default", help=f"default, all, or some of {','.join(ALL)}")
    found.add_argument("--scale", choices=SCALES, help="whose data the evals read; the run's own unless given")
    found.add_argument("--check", action="store_true", help="say what the evals lack, and run nothing")
    found.add_argument("--repeats", type=int, choices=(1, 2, 3), default=3, help="of the evals that draw at random")
    found.add_argument("--heldout_tokens", type=int, help="for reconstruction; the scale's own unless given")
    found.add_argument("--judge", default="", help="of autointerp: a litellm model, or recorded:FILE")
    found.add_argument("--judge_url", default="", help="of a server that speaks OpenAI's protocol")
    found.add_argument("--record_judge", type=Path, metavar="FILE", help="keep the judge's answers")
    found.add_argument(
        "--data_dir", type=Path, help="folder with the hub's data sets, instead of the cache and the hub"
    )
    add_data_flags(found, "with --check: what the runs will read, instead of what the scale says")
    return found


def main(arguments: list[str] | None = None) -> int:
    """Score one run. Returns the exit code."""
    command = parser()
    given = command.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    logging.getLogger("datasets").setLevel(logging.WARNING)
    if not given.check and (given.run_dir is None or given.out is None):
        command.error("--run_dir and --out are needed")
    if not given.check and (flags := data_flags(given)):
        named = ", ".join(f"--{name}" for name in flags)
        command.error(f"{named}: of --check alone; a run says itself what it read")
    began = time.monotonic()
    try:
        # Before the slow imports, so that what is broken is said at once.
        submission = load_submission(given.run_dir) if given.run_dir else None
        plan = _plan(given, submission)
        if lacking := missing(plan):
            print("\n".join(f"missing: {what}" for what in lacking), file=sys.stderr)
            return 3
        if given.check:
            print(f"nothing is lacking for {', '.join(plan.evals)} at scale {plan.scale}")
            return 0
        assert submission is not None
        for path in (given.out, given.record_judge):
            if path is not None:
                _check_place(path)
        _check_directions(submission, plan)
        _check_latents(submission, plan)
        if plan.scale == "full" and (device := _device()) != "cpu":
            submission = load_submission(given.run_dir, device)
        scores = evaluate(submission, plan, given)
    except HarnessError as error:
        print("error: " + " ".join(str(error).split()), file=sys.stderr)
        return 1
    write_json(given.out, scores)
    log.info("scored in %.1f s: %s", time.monotonic() - began, given.out)
    return 0


def _plan(given: argparse.Namespace, submission: Submission | None) -> Plan:
    scale = given.scale or (submission.scale if submission else "tiny")
    if scale not in SCALES:
        raise SubmissionError(f"config.scale is {scale!r}: known are {', '.join(SCALES)}")
    for name in ("HF_HUB_OFFLINE", "HF_DATASETS_OFFLINE"):  # before the hub's libraries are imported
        os.environ.setdefault(name, "1" if scale == "tiny" else "0")
    if scale == "full" and sys.stderr.isatty():
        os.environ.setdefault("TQDM_DISABLE", "")  # hours of work show their bars; before tqdm is imported
    reads = data_flags(given)
    if submission:
        reads = {name: getattr(submission, name) for name in TINY.data() if hasattr(submission, name)}
    reads.pop("pool_tokens", None)  # training's
    return Plan(
        choose(given.evals),
        scale,
        judge=given.judge,
        judge_url=given.judge_url,
        data_dir=given.data_dir,
        heldout_tokens=given.heldout_tokens,
        **reads,
    )


def _check_place(path: Path) -> None:
    """Raises SubmissionError where no file of that name can be written: before hours of work, not after."""
    if path.is_dir():
        raise SubmissionError(f"{path} is a folder: name a file")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path.parent):
            pass
    except OSError as error:
        raise SubmissionError(f"{path} cannot be written: {error.strerror or error}") from error


def _device() -> str:
    from harness.device import choose_device

    return str(choose_device())


def _check_directions(submission: Submission, plan: Plan) -> None:
    needing = [name for name in plan.evals if name in NEED_DIRECTIONS[plan.scale]]
    if submission.directions is None and needing:
        others = ",".join(name for name in DEFAULT if name not in NEED_DIRECTIONS[plan.scale])
        raise SubmissionError(
            f"{', '.join(needing)} read the decoder's directions, and the exported program names none: save it with "
            f"W_dec (decode(z) = z W_dec + a constant), or score it with --evals={others}"
        )


def _check_latents(submission: Submission, plan: Plan) -> None:
    needing = [name for name in plan.evals if plan.scale == "full" and name in ("scr", "tpp")]
    if needing and submission.d_sae < ABLATED:
        raise SubmissionError(
            f"at full scale {', '.join(needing)} turn off {ABLATED} latents, and the SAE has {submission.d_sae}: name other --evals"
        )


if __name__ == "__main__":
    sys.exit(main())
