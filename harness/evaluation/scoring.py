"""All scores of one SAE, eval by eval, with the eval's own spread where it draws at random."""

from __future__ import annotations

import logging
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from harness.evaluation.evals import DEFAULT
from harness.evaluation.judging.judge import Judge
from harness.evaluation.measures import ablation
from harness.evaluation.measures.absorption import absorption_scores
from harness.evaluation.measures.autointerp import held_out_tokens, interpret
from harness.evaluation.measures.behaviour import activity, core_scores
from harness.evaluation.measures.probing import mean_codes, probing_scores
from harness.evaluation.measures.reconstruction import reconstruct
from harness.evaluation.measures.separation import separation
from harness.evaluation.prepared.artifacts import Artifacts, special_tokens
from harness.evaluation.prepared.sizes import SIZES
from harness.evaluation.results import distributions, outputs
from harness.evaluation.results.outputs import Writer
from harness.evaluation.submitted.submission import Submission
from harness.evaluation.upstream import as_upstream_sae

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Value:
    """A metric: its mean over n repeats of the evaluation, and their standard deviation (None where n is 1)."""

    mean: float
    spread: float | None
    n: int


@dataclass(frozen=True)
class Scores:
    """What the evaluator writes: `metrics` by name, and `details` (what figures are drawn from, seconds, sizes)."""

    metrics: dict[str, Value]
    details: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The evaluator's file, format 1."""
        return {
            "format": 1,
            "metrics": {name: asdict(value) for name, value in self.metrics.items()},
            "details": self.details,
        }


@dataclass(frozen=True)
class Subject:
    """What is scored, and with what."""

    submission: Submission
    activations: Any  # held-out, [tokens, d_in]
    artifacts: Artifacts
    model: Any  # the language model, a HookedTransformer
    repeats: int = 3  # of the evals that draw at random
    judge: Judge | None = None  # of autointerp
    writer: Writer | None = None  # of SAEBench's result files


Found = tuple[dict[str, Value], dict[str, Any]]  # metrics and details of one eval


def over_repeats(repeats: Sequence[Mapping[str, float]]) -> dict[str, Value]:
    """Mean and sample standard deviation of each metric over repeats that report the same metrics."""
    found = {}
    for name in repeats[0]:
        values = [scores[name] for scores in repeats]
        spread = statistics.stdev(values) if len(values) > 1 else None
        found[name] = Value(statistics.fmean(values), spread, len(values))
    return found


def score(subject: Subject, evals: Sequence[str] = DEFAULT) -> Scores:
    """Run the evals that are named. Raises HarnessError where one cannot be had."""
    metrics: dict[str, Value] = {}
    details: dict[str, Any] = {}
    seconds: dict[str, float] = {}
    as_upstream_sae(subject.submission)
    for name in evals:
        started = time.monotonic()
        found, said = RUNNERS[name](subject)
        metrics |= found
        details |= said
        seconds[name] = round(time.monotonic() - started, 2)
        log.info("scored %s in %.1f s", name, seconds[name])
    told = {"seconds": seconds, "heldout_tokens": len(subject.activations), "repeats": subject.repeats}
    return Scores(metrics, details | told)


def _write(subject: Subject, build: Callable[..., Any], *given: Any) -> None:
    if subject.writer is not None:
        subject.writer.write(build(subject.writer, *given))


def core_eval(subject: Subject) -> Found:
    """Reconstruction, separation, and what the language model makes of the reconstruction."""
    sae, tokens = subject.submission.sae, subject.artifacts.tokens
    rebuilt = reconstruct(subject.submission, subject.activations)
    special = special_tokens(subject.model.tokenizer)
    downstream = core_scores(sae, subject.model, tokens, special)
    ours = {name: value for name, value in vars(rebuilt).items() if name != "counts"}
    ours |= {name: downstream[name] for name in ("ce_loss_score", "kl_div_score")}
    details: dict[str, Any] = {}
    if (W_dec := subject.submission.directions) is not None:
        ours |= asdict(separation(W_dec.cpu(), rebuilt.counts))
        details = distributions.of_latents(W_dec.cpu(), rebuilt.counts, len(subject.activations))
    known = {**ours, "tokens": len(subject.activations)}
    if subject.writer is not None:
        found = activity(sae, tokens, subject.artifacts.stream, special)
        _write(subject, outputs.core, known, downstream, found, tokens.numel())
    return over_repeats([ours]), details


def _absorption(subject: Subject) -> Found:
    found = [
        absorption_scores(subject.submission.sae, subject.artifacts.letters, subject.submission.layer, repeat)
        for repeat in range(subject.repeats)
    ]
    _write(subject, outputs.absorption, found)
    details = {"absorption_by_letter": distributions.by_letter(found)}
    return over_repeats([each.scores() for each in found]), details


def _sparse_probing(subject: Subject) -> Found:
    data = subject.artifacts.probing
    codes = mean_codes(subject.submission.sae, data)
    found = [probing_scores(*codes, repeat) for repeat in range(subject.repeats)]
    glosses = [len(next(iter(part.values()))) for part in (data.train, data.test)]
    _write(subject, outputs.sparse_probing, found, data.llm, glosses)
    details = distributions.by_class(found) | {"probing_language_model": data.llm}
    return over_repeats([each.scores() for each in found]), details


def _scr(subject: Subject) -> Found:
    found = ablation.scr(subject.submission.sae, subject.artifacts.scr)
    _write(subject, outputs.scr, found, ablation.TOPS)
    scores = {f"scr_top_{n}": found.results[f"scr_metric_threshold_{n}"] for n in ablation.TOPS}
    return over_repeats([scores]), {"scr": {**found.results, "clean_accuracy": found.clean}}


def _tpp(subject: Subject) -> Found:
    found = ablation.tpp(subject.submission.sae, subject.artifacts.tpp())
    _write(subject, outputs.tpp, found, ablation.TOPS)
    scores = {f"tpp_top_{n}": found.results[f"tpp_threshold_{n}_total_metric"] for n in ablation.TOPS}
    return over_repeats([scores]), {"tpp": {**found.results, "clean_accuracy": found.clean}}


def _autointerp(subject: Subject) -> Found:
    assert subject.judge is not None  # asked for beforehand: evals.missing
    given, model = subject.submission, subject.model
    tokens = held_out_tokens(given, SIZES.interpreted_tokens)
    found = interpret(given.sae, model, tokens, subject.judge, SIZES.interpreted, given.dataset)
    _write(subject, outputs.autointerp, found)
    return over_repeats([found.scores()]), {"autointerp": found.details()}


def _unlearning(subject: Subject) -> Found:
    from harness.evaluation.measures import unlearning

    exam = unlearning.load_exam(subject.submission.model, subject.submission.layer)
    found = unlearning.tiny(subject.submission.sae, subject.model, exam)
    _write(subject, unlearning.output, found)
    return over_repeats([found.scores()]), {"unlearning": found.details()}


RUNNERS: dict[str, Callable[[Subject], Found]] = {
    "core": core_eval,
    "absorption": _absorption,
    "sparse_probing": _sparse_probing,
    "scr": _scr,
    "tpp": _tpp,
    "autointerp": _autointerp,
    "unlearning": _unlearning,
}
