"""python -m harness.evaluation --run_dir=DIR --out=FILE

Exit codes: 0 scored · 1 the run left nothing that can be scored (one line `error: …` on stderr) · 2 usage.
"""

from __future__ import annotations

import argparse
import logging
import math
import sys
import time
from pathlib import Path

from harness.errors import HarnessError
from harness.evaluation.submission import Submission, SubmissionError, load_submission
from harness.prepare import TOKENS
from harness.saved import write_json

log = logging.getLogger("harness.evaluation")


def evaluate(submission: Submission, repeats: int) -> dict[str, object]:
    """All scores as the evaluator's JSON. Raises HarnessError where a score cannot be had or is not finite."""
    import torch

    from harness.activations import load_activations
    from harness.evaluation.artifacts import load_artifacts
    from harness.evaluation.lens import load_hooked
    from harness.evaluation.scoring import score

    held_out = load_activations(
        submission.model, submission.layer, TOKENS["heldout"], split="heldout", context=submission.context
    )
    activations = torch.tensor(held_out.data, dtype=torch.float32)
    if activations.shape[1] != submission.d_in:
        raise SubmissionError(
            f"the SAE reads {submission.d_in} dimensions, {submission.model} has {activations.shape[1]}"
        )
    artifacts = load_artifacts(submission.model, submission.layer, submission.context)
    scores = score(submission, activations, artifacts, load_hooked(submission.model), repeats)
    unsound = [name for name, value in scores.metrics.items() if not math.isfinite(value.mean)]
    if unsound:
        raise SubmissionError(f"not finite: {', '.join(unsound)}")
    return scores.as_json()


def main(arguments: list[str] | None = None) -> int:
    """Score one run. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m harness.evaluation", description=__doc__.splitlines()[0])
    parser.add_argument("--run_dir", type=Path, required=True, help="folder with final_info.json and sae/")
    parser.add_argument("--out", type=Path, required=True, help="JSON file to write the scores to")
    parser.add_argument(
        "--repeats", type=int, choices=(1, 2, 3), default=3, help="of the evals that draw at random"
    )
    given = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    logging.getLogger("datasets").setLevel(logging.WARNING)
    began = time.monotonic()
    try:
        submission = load_submission(given.run_dir)  # before the slow imports: what is broken is said at once
        scores = evaluate(submission, given.repeats)
    except HarnessError as error:
        print("error: " + " ".join(str(error).split()), file=sys.stderr)
        return 1
    write_json(given.out, scores)
    log.info("scored in %.1f s: %s", time.monotonic() - began, given.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
