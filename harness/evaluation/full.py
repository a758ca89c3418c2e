"""The evals at full scale: sae-bench's own runs, on the hub's data sets, with its own sizes.

What tiny scale takes from WordNet comes here from the data sets that sae-bench names (evals.DATA_SETS), from the hub or
from folders of the same layout. SAEBench's result files are written by sae-bench itself (whole_runs.py), but core's and
autointerp's, which are written as at tiny scale.
"""

from __future__ import annotations

import copy
import logging
import random
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from harness.cache import Cache, Draft
from harness.device import free_memory
from harness.errors import HarnessError
from harness.evaluation.evals import CORE_ROWS, INTERPRETED_TOKENS, core_text
from harness.evaluation.measures.ablation import with_metric
from harness.evaluation.measures.autointerp import held_out_tokens, interpret
from harness.evaluation.prepared.artifacts import Artifacts
from harness.evaluation.results import outputs
from harness.evaluation.scoring import Found, Scores, Subject, Value, core_eval, over_repeats
from harness.evaluation.upstream.lens import load_hooked
from harness.evaluation.upstream.runs import KIND, FullSubject, run_whole, run_with_artifacts, saebench_fields
from harness.kept_text import kept_rows
from harness.lm import load_lm, model_folder

log = logging.getLogger(__name__)

LETTERS = f"{KIND}-letters"  # in the cache
TOPS = (5, 20)  # of SCR's and TPP's numbers of latents, those that are metrics
INTERPRETED = 1000  # latents, as sae-bench's autointerp has it


def score_full(subject: FullSubject) -> Scores:
    """Run the evals of the plan. Raises HarnessError where one cannot be had."""
    from harness.evaluation.upstream import as_upstream_sae

    as_upstream_sae(subject.submission)
    metrics: dict[str, Value] = {}
    details: dict[str, Any] = {}
    seconds: dict[str, float] = {}
    model: Any = None
    for number, name in enumerate(subject.plan.evals, 1):
        started = time.monotonic()
        log.info("scoring %s (%d of %d)", name, number, len(subject.plan.evals))
        if name in ("ravel", "unlearning"):
            model = None  # they read another model, and there is no room for both
            free_memory()
        elif model is None:
            model = subject.hooked()
        found, said = RUNNERS[name](subject, model)
        metrics |= found
        details |= said
        seconds[name] = round(time.monotonic() - started, 1)
        log.info("scored %s in %.0f s", name, seconds[name])
    told = {"seconds": seconds, "heldout_tokens": len(subject.activations), "repeats": subject.repeats}
    return Scores(metrics, details | told | {"scale": "full"})


def _core(subject: FullSubject, model: Any) -> Found:
    """As at tiny scale, on more of the run's own held-out text."""
    given = subject.submission
    rows = int(subject.settings.get("core", {}).get("rows", CORE_ROWS))
    ids = kept_rows(core_text(given, rows))
    tokens = torch.from_numpy(ids[:rows]).to(subject.device)
    hook = given.sae.cfg.hook_name
    with torch.no_grad():
        stream = torch.cat(
            [
                model.run_with_cache(part, names_filter=[hook], stop_at_layer=given.layer + 1)[1][hook].float()
                for part in tokens.split(16)
            ]
        )
    read = Artifacts.of_text(tokens, stream)
    return core_eval(Subject(given, subject.activations, read, model, 1, writer=subject.writer))


def _absorption(subject: FullSubject, model: Any) -> Found:
    """Repeats differ in their seed; the ground-truth probe is trained once for a language model."""
    from harness.evaluation import upstream

    config = subject.config("absorption", model)
    fields = saebench_fields(subject, ()) | {"template": config.prompt_template, "position": config.prompt_token_pos}

    def make(draft: Draft) -> None:
        with upstream.quiet(bars=True), torch.enable_grad():
            upstream.absorption_common.load_or_train_probe(
                model,
                config.prompt_template,
                config.prompt_token_pos,
                subject.submission.layer,
                draft.folder / "probes",
                getattr(torch, subject.submission.lm_dtype),
                subject.device,
            )
        draft.adopt_all()

    probes = Cache().get(LETTERS, fields, make) / "probes"
    found = []
    for repeat in range(subject.repeats):
        torch.manual_seed(repeat)
        random.seed(repeat)
        with tempfile.TemporaryDirectory() as name, upstream.absorption_folders(Path(name), probes):
            try:
                written = run_whole(subject, "absorption", upstream.absorption_main.run_eval, config, model, Path(name))
            except outputs.NoResult as error:
                if "first-letter features" not in str(error):
                    raise
                raise HarnessError(_too_few_letters(subject, config)) from error
        mean = written["eval_result_metrics"]["mean"]
        found.append(
            {
                "absorption_fraction": mean["mean_absorption_fraction_score"],
                "full_absorption": mean["mean_full_absorption_score"],
            }
        )
    letters = {
        each["first_letter"]: {
            "absorption_fraction": round(each["mean_absorption_fraction"], 4),
            "full_absorption": round(each["full_absorption_rate"], 4),
            "n": int(each["num_probe_true_positives"]),
        }
        for each in written["eval_result_details"]
    }
    return over_repeats(found), {"absorption_by_letter": letters}


def _too_few_letters(subject: FullSubject, config: Any) -> str:
    """Small models do not spell: nothing is the matter with the SAE."""
    others = ",".join(name for name in subject.plan.evals if name != "absorption")
    return (
        f"absorption cannot be measured on {subject.submission.model}, layer {subject.submission.layer}: sae-bench asks that "
        f"probes of the language model itself tell {config.min_feats_for_eval} first letters of words (F1 above "
        f"{config.min_GT_probe_f1}). Read a larger model or another layer, or score without it: "
        f"{f'--evals={others}' if others else 'name other --evals'}; in a session, in `command` and `check` of [evaluator], "
        "with `optional = true` for its metrics"
    )


def _sparse_probing(subject: FullSubject, model: Any) -> Found:
    from harness.evaluation import upstream

    written = run_with_artifacts(subject, "sparse_probing", upstream.probing_main.run_eval, model)
    means = written["eval_result_metrics"]
    ks = subject.config("sparse_probing", model).k_values
    by_k = {str(k): means["sae"][f"sae_top_{k}_test_accuracy"] for k in ks}
    scores = {f"probing_top_{k}": accuracy for k, accuracy in by_k.items()}
    return over_repeats([scores]), {"probing_by_k": by_k, "probing_language_model": means["llm"]}


def _scr_or_tpp(name: str) -> Callable[[FullSubject, Any], Found]:
    def run(subject: FullSubject, model: Any) -> Found:
        from harness.evaluation import upstream

        written = run_with_artifacts(subject, name, upstream.scr_and_tpp.run_eval, model)
        means = written["eval_result_metrics"][f"{name}_metrics"]
        found = {key: float(value) for key, value in means.items() if value is not None}
        ns = [n for n in TOPS if n in subject.config(name, model).n_values]
        if name == "scr":
            found = with_metric(found, ns)
        key = "scr_metric_threshold_{}" if name == "scr" else "tpp_threshold_{}_total_metric"
        return over_repeats([{f"{name}_top_{n}": found[key.format(n)] for n in ns}]), {name: found}

    return run


def _autointerp(subject: FullSubject, model: Any) -> Found:
    given = subject.submission
    assert subject.judge is not None  # asked for beforehand: evals.missing
    own = {"latents": INTERPRETED, "tokens": INTERPRETED_TOKENS, **subject.settings.get("autointerp", {})}
    tokens = held_out_tokens(given, own["tokens"])
    found = interpret(given.sae, model, tokens, subject.judge, own["latents"], given.dataset)
    subject.writer.write(outputs.autointerp(subject.writer, found))
    return over_repeats([found.scores()]), {"autointerp": found.details()}


def _unlearning(subject: FullSubject, model: Any) -> Found:
    from harness.evaluation.measures import unlearning, unlearning_full

    name = unlearning.instructed(subject.submission.model)
    asked = load_hooked(name, subject.device, subject.submission.lm_dtype)
    sae = copy.deepcopy(subject.submission.sae).to(dtype=asked.cfg.dtype)
    data_dir = subject.plan.data_dir or Path.cwd()
    found = unlearning_full.full(sae, asked, data_dir, name, subject.settings.get("unlearning"))
    subject.writer.write(unlearning.output(subject.writer, found))
    return over_repeats([found.scores()]), {"unlearning": found.details()}


def _ravel(subject: FullSubject, model: Any) -> Found:
    from harness.evaluation.measures import ravel

    given = subject.submission
    lm = load_lm(given.model, subject.device, getattr(torch, given.lm_dtype))
    sae = copy.deepcopy(given.sae).to(dtype=getattr(torch, given.lm_dtype))
    data = ravel.data_folder(subject.plan.data_dir)
    found = ravel.full(sae, lm, model_folder(given.model), data, subject.settings.get("ravel"))
    subject.writer.write(ravel.output(subject.writer, found))
    return over_repeats([found.scores()]), {"ravel": found.details()}


RUNNERS: dict[str, Callable[[FullSubject, Any], Found]] = {
    "core": _core,
    "absorption": _absorption,
    "sparse_probing": _sparse_probing,
    "scr": _scr_or_tpp("scr"),
    "tpp": _scr_or_tpp("tpp"),
    "autointerp": _autointerp,
    "unlearning": _unlearning,
    "ravel": _ravel,
}
