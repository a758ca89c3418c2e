"""The command's flags, and the plan that they make with what a run says of itself."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from harness.evaluation.command.plan import Plan
from harness.evaluation.evals import EVALS, Eval, EvalsError, choose
from harness.evaluation.protocol import LABLOOP, PROTOCOLS, SAEBENCH
from harness.evaluation.submitted.submission import Submission, SubmissionError
from harness.read.splits import HELD_OUT
from harness.scales import (
    READS,
    SCALES,
    TINY,
    add_data_flags,
    add_kind_flag,
    add_size_flags,
    data_flags,
    named_flags,
    size_flags,
)
from harness.site import MLP, RESIDUAL


def parse(arguments: Sequence[str] | None, about: str) -> argparse.Namespace:
    """The flags, where they fit together; else the process ends with exit code 2."""
    command = parser(about)
    given = command.parse_args(arguments)
    if given.wait:
        return given
    if not given.check and (given.run_dir is None or given.out is None):
        command.error("--run_dir and --out are needed")
    if given.check and given.from_sae:
        command.error("--from_sae: not with --check")
    if not given.check and not given.from_sae and (flags := _of_check(given)):
        named = ", ".join(f"--{name}" for name in flags)
        command.error(f"{named}: of --check alone; a run says itself what it read")
    return given


def parser(about: str) -> argparse.ArgumentParser:
    """The command's flags."""
    shown = argparse.RawDescriptionHelpFormatter
    found = argparse.ArgumentParser(prog="python -m harness.evaluation", description=about, formatter_class=shown)
    found.add_argument("--run_dir", type=Path, help="folder with final_info.json and sae/")
    found.add_argument(
        "--from_sae",
        metavar="RELEASE/ID|FOLDER",
        help="score an SAE made elsewhere as a reference: it is laid out in --run_dir first, which must be new",
    )
    found.add_argument(
        "--out", type=Path, help="JSON file to write the scores to; SAEBench's files go to sae_bench/ beside it"
    )
    found.add_argument(
        "--evals", default="default", help=f"default, all, or some of {','.join(each.name for each in EVALS)}"
    )
    found.add_argument("--scale", choices=SCALES, help="whose data the evals read; the run's own unless given")
    found.add_argument("--check", action="store_true", help="say what the evals lack, and run nothing")
    found.add_argument(
        "--split",
        choices=HELD_OUT,
        default="heldout",
        help="what is scored on: heldout, which a search reads, or confirm, which it never does",
    )
    found.add_argument(
        "--protocol",
        choices=PROTOCOLS,
        default=LABLOOP,
        help="saebench: exactly the sizes, texts and formulas of SAEBench's published runs, at a scale of the hub",
    )
    found.add_argument(
        "--wait", action="store_true", help="load everything, then score runs as they are asked for (docs/templates.md)"
    )
    found.add_argument(
        "--device", default="auto", help="auto (a GPU where there is one), cpu, cuda:1, …; at scale tiny the CPU"
    )
    found.add_argument(
        "--repeats", type=int, choices=(1, 2, 3), help="of the evals that draw at random; the scale's own unless given"
    )
    found.add_argument("--heldout_tokens", type=int, help="for reconstruction; the scale's own unless given")
    found.add_argument("--judge", default="", help="of autointerp: a litellm model, or recorded:FILE")
    found.add_argument("--judge_url", default="", help="of a server that speaks OpenAI's protocol")
    found.add_argument("--record_judge", type=Path, metavar="FILE", help="keep the judge's answers")
    found.add_argument(
        "--data_dir", type=Path, help="folder with the hub's data sets, instead of the cache and the hub"
    )
    add_kind_flag(found)
    add_data_flags(found, "with --check: what the runs will read, instead of what the scale says")
    add_size_flags(found, "with --check: how large the SAEs will be, instead of what the scale says")
    return found


def plan_of(given: argparse.Namespace, submission: Submission | None) -> Plan:
    """The plan. Raises EvalsError, and SubmissionError where the run names a scale that there is not.

    The environment is set so that the hub is asked at no scale that reads nothing of it: before the hub's libraries are imported.
    """
    scale = given.scale or (submission.scale if submission else "tiny")
    if scale not in SCALES:
        raise SubmissionError(f"config.scale is {scale!r}: known are {', '.join(SCALES)}")
    if given.protocol == SAEBENCH and not SCALES[scale].on_the_hub:
        hub = ", ".join(name for name, each in SCALES.items() if each.on_the_hub)
        raise EvalsError(f"--protocol saebench reads the hub's data: not at scale {scale}; there are {hub}")
    if given.protocol == SAEBENCH and given.split != HELD_OUT[0]:
        raise EvalsError(f"--protocol saebench scores on SAEBench's own texts: leave --split {given.split} out")
    for name in ("HF_HUB_OFFLINE", "HF_DATASETS_OFFLINE"):
        os.environ.setdefault(name, "0" if SCALES[scale].on_the_hub else "1")
    if SCALES[scale].on_the_hub and sys.stderr.isatty():
        os.environ.setdefault("TQDM_DISABLE", "")  # hours of work show their bars; before tqdm is imported
    reads = data_flags(given)
    if submission:
        reads = {name: getattr(submission, name) for name in (*READS, "site") if hasattr(submission, name)}
    reads.pop("buffer_tokens", None)  # training's
    evals, absent = fitting(choose(given.evals, scale), reads.get("site", RESIDUAL))
    return Plan(
        evals,
        scale,
        absent=absent,
        judge=given.judge,
        judge_url=given.judge_url,
        data_dir=given.data_dir,
        heldout_tokens=given.heldout_tokens,
        split=given.split,
        protocol=given.protocol,
        device=given.device,
        **reads,
    )


def fitting(evals: tuple[Eval, ...], site: str) -> tuple[tuple[Eval, ...], dict[str, str]]:
    """Those of the evals that say something of what reads there, and by metric why those of the others are absent.

    Raises EvalsError where none is left.
    """
    if site != MLP:
        return evals, {}
    kept = tuple(each for each in evals if each.of_transcoders)
    others = [each for each in evals if not each.of_transcoders]
    if not kept:
        able = ", ".join(each.name for each in EVALS if each.of_transcoders)
        named = ", ".join(each.name for each in others)
        raise EvalsError(f"{named}: of SAEs of the residual stream, and a transcoder reads an MLP; name --evals={able}")
    why = "{} is of SAEs of the residual stream, and this is a transcoder"
    return kept, {metric: why.format(each.name) for each in others for metric in each.metrics}


def _of_check(given: argparse.Namespace) -> dict[str, object]:
    """The flags that were typed and belong to --check alone."""
    return {**named_flags(given), **size_flags(given, TINY), **({"sae": given.sae} if given.sae else {})}
