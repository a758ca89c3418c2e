"""python -m harness.evaluation --run_dir=DIR --out=FILE [--evals=core,absorption,…]

Exit codes: 0 scored (an eval that failed alone is named in `failed`, with a line `failed: …` on stderr) · 1 the run left nothing that can be scored (one line `error: …` on stderr) · 2 usage ·
3 an eval lacks something it needs (one line each), found before anything ran.
`python -m harness.evaluation --wait` is asked for one run after another (command/waiting.py).
`… --from_sae=RELEASE/ID|FOLDER --scale=full --run_dir=NEW --out=FILE` scores an SAE made elsewhere as a reference.
`python -m harness.evaluation --check [--evals=all] [--scale=full] [--model=…]` says what is lacking, and runs nothing.
"""

from __future__ import annotations

import argparse
import logging
import sys
import time
from collections.abc import Sequence

from harness.errors import DeviceError, HarnessError
from harness.evaluation.command.evaluate import check_fit, check_place, evaluate
from harness.evaluation.command.expected import estimated
from harness.evaluation.command.flags import parse, plan_of
from harness.evaluation.command.lacking import missing
from harness.evaluation.submitted.submission import load_submission
from harness.scales import SCALES, named_flags

log = logging.getLogger("harness.evaluation")


def main(arguments: Sequence[str] | None = None) -> int:
    """Score one run, or say what is lacking. Returns the exit code."""
    given = parse(arguments, str(__doc__))
    if given.wait:
        return _wait(given.scale or "tiny")
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    logging.getLogger("datasets").setLevel(logging.WARNING)
    try:
        return _run(given)
    except HarnessError as error:
        print("error: " + " ".join(str(error).split()), file=sys.stderr)
        return 1


def _run(given: argparse.Namespace) -> int:
    """What is broken or lacking is said before the slow imports, and before hours of work."""
    began = time.monotonic()
    made_here = not given.from_sae
    if given.from_sae:
        _bring(given)
    submission = load_submission(given.run_dir, made_here=made_here) if given.run_dir else None
    plan = plan_of(given, submission)
    if given.check:
        print("\n".join(estimated(given, plan)))
    if lacking := missing(plan):
        print("\n".join(f"missing: {what}" for what in lacking), file=sys.stderr)
        return 3
    if given.check:
        print(f"nothing is lacking for {', '.join(each.name for each in plan.evals)} at scale {plan.scale}")
        return 0
    assert submission is not None
    for path in (given.out, given.record_judge):
        if path is not None:
            check_place(path)
    check_fit(submission, plan)
    if (device := _device(given.device, plan.form)) != "cpu":
        submission = load_submission(given.run_dir, device, made_here)
    evaluate(submission, plan, given)
    log.info("scored in %.1f s: %s", time.monotonic() - began, given.out)
    return 0


def _bring(given: argparse.Namespace) -> None:
    """The SAE that --from_sae names, laid out as a run."""
    from harness.evaluation.submitted.brought import bring

    bring(given.from_sae, given.run_dir, given.scale or "tiny", named_flags(given))


def _wait(scale: str) -> int:
    """Where scoring takes hours, loading what it needs is nothing; and a GPU cannot be used in a fork of what used it."""
    from harness.evaluation.command.waiting import serve

    return 0 if SCALES[scale].on_the_hub else serve(main)


def _device(named: str, form: str) -> str:
    """Where the SAE and the language model are scored: what was shipped is scored on the CPU. Raises DeviceError."""
    if form == "tiny" and named in ("auto", "cpu"):
        return "cpu"
    from harness.device import choose_device

    if form == "tiny":
        raise DeviceError(f"--device={named}: at scale tiny everything is scored on the CPU; leave it out")

    return str(choose_device(named))


if __name__ == "__main__":
    sys.exit(main())
