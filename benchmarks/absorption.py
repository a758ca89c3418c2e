"""Absorption over three eval seeds that share what they can, beside two separate evals of sae-bench's own."""

from __future__ import annotations

import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

import torch

import experiment
from benchmarks.session import Case, Clock, cache_at, run
from harness.evaluation.command.runner import score
from harness.evaluation.evals.absorption import Absorption as Eval
from harness.evaluation.measures.absorption import absorption_scores
from harness.evaluation.measures.prepared.letters import read_letters, read_training_words
from harness.evaluation.scoring.described import as_upstream_sae
from harness.evaluation.scoring.subjects import FullSubject, Once
from harness.evaluation.scoring.writer import Writer
from harness.evaluation.submitted.submission import Submission, load_submission
from harness.evaluation.upstream.lens import load_hooked
from harness.evaluation.upstream.quiet import quiet

SEEDS = 3
SEPARATE = 2
# Its own probe of the shipped language model is good for fewer than 20 letters, at which it would stop without a score.
ALL_LETTERS = {"min_feats_for_eval": 1, "min_GT_probe_f1": 0.0}


@dataclass(frozen=True)
class Absorption:
    """Seconds by the clock, imports left out. `first`: nothing is known yet of the language model; `later`: its probe is."""

    ours_first_s: float  # SEEDS seeds
    ours_later_s: float
    theirs_first_s: float  # SEPARATE evals
    theirs_later_s: float

    def as_dict(self) -> dict[str, float]:
        return {name: round(value, 2) for name, value in asdict(self).items()}


def measure_absorption(settings: experiment.Settings | None = None) -> Absorption:
    """Both on one SAE trained here, at tiny scale unless settings are given."""
    clock = Clock()
    with tempfile.TemporaryDirectory() as name, cache_at(Path(name) / "shared"):
        folder = Path(name)
        run(Case(settings or experiment.SCALES["tiny"]), folder / "run_0")
        submission = load_submission(folder / "run_0")
        as_upstream_sae(submission)
        hooked, hook = load_hooked(submission.model), submission.sae.cfg.hook_name
        with clock("reading"), quiet(), torch.no_grad():
            letters = read_letters(hooked, hook, "heldout", read_training_words(hooked, hook))
        with clock("scoring"):
            for seed in range(SEEDS):
                absorption_scores(submission.sae, letters, submission.layer, seed)
        for number in range(SEPARATE):
            with cache_at(folder / f"own_{number}"):
                subject = _subject(submission, folder / f"out_{number}")
                for when in ("first", "later"):
                    with clock(when):
                        score(subject, [Eval()])
    took = clock.seconds
    return Absorption(took["reading"] + took["scoring"], took["scoring"], took["first"], took["later"])


def _subject(submission: Submission, out: Path) -> FullSubject:
    """One eval of sae-bench's, as full scale runs it, with a single seed."""
    return FullSubject(
        submission=submission,
        activations=torch.zeros(0, submission.d_in),
        model=Once(lambda: load_hooked(submission.model)),
        writer=Writer(submission, out, "run_0"),
        repeats=1,
        settings={Eval.name: ALL_LETTERS},
    )


def absorption_table(found: Absorption) -> str:
    """In Markdown."""
    rows = (
        ("first SAE of a language model", found.ours_first_s, found.theirs_first_s),
        ("any later SAE", found.ours_later_s, found.theirs_later_s),
    )
    lines = [f"| | labloop, {SEEDS} seeds | sae-bench, {SEPARATE} evals of one seed | times |", "|---|---|---|---|"]
    lines += [f"| {name} | {ours:.1f} s | {theirs:.1f} s | {theirs / ours:.1f} |" for name, ours, theirs in rows]
    return "\n".join(lines)
