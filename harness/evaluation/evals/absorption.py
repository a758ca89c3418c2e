"""First-letter absorption: does "starts with S" stay one latent, or is it swallowed by others?"""

from __future__ import annotations

import math
import random
import statistics
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Any

from harness.errors import HarnessError
from harness.evaluation.evals.base import Eval
from harness.evaluation.scoring.writer import NoResult, ResultFile, Writer

if TYPE_CHECKING:
    from harness.evaluation.measures.absorption import Absorbed
    from harness.evaluation.scoring.scores import Found
    from harness.evaluation.scoring.subjects import FullSubject, TinySubject
    from harness.store.cache import Draft

LETTERS = "saebench-letters"  # in the cache: the ground-truth probe of a language model


class Absorption(Eval):
    """Repeats differ in the prompts' in-context examples, and in the start and shuffling of the k-sparse probe."""

    name = "absorption"
    metrics = ("absorption_fraction", "full_absorption")
    takes_s = 6.0
    reads_directions = ("tiny", "full")
    scored_by_split = ("tiny",)
    result = ResultFile("absorption_first_letter", "absorption/eval_output_schema_absorption_first_letter.json")

    def tiny(self, subject: TinySubject) -> Found:
        from harness.evaluation.measures.absorption import TooFewLetters, absorption_scores
        from harness.evaluation.scoring import distributions
        from harness.evaluation.scoring.scores import Found, over_repeats

        given, letters = subject.submission, subject.artifacts().letters
        try:
            found = [absorption_scores(given.sae, letters, given.layer, repeat) for repeat in range(subject.repeats)]
        except TooFewLetters as error:
            return Found({}, {"undefined": dict.fromkeys(("absorption_fraction", "full_absorption"), str(error))})
        subject.write(self.result, self.output, found)
        details = {"absorption_by_letter": distributions.by_letter(found), "absorption_left_out": found[0].left_out}
        return Found(over_repeats([each.scores() for each in found]), details)

    def full(self, subject: FullSubject) -> Found:
        """sae-bench's own run, a seed each repeat; the ground-truth probe is trained once for a language model."""
        import torch

        from harness.evaluation.scoring.scores import Found, over_repeats

        config = self.config(subject)
        probes = self._probes(subject, config)
        found = []
        for repeat in range(subject.repeats):
            torch.manual_seed(repeat)
            random.seed(repeat)
            written = self._run(subject, config, probes)
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
        return Found(over_repeats(found), {"absorption_by_letter": letters})

    def config(self, subject: FullSubject) -> Any:
        """sae-bench's configuration, which looks for the word where this tokenizer has it (fault 20)."""
        from harness.evaluation.scoring.whole_runs import settled
        from harness.evaluation.upstream.absorption import output as their

        config = settled(subject, self.name, their.AbsorptionEvalConfig)
        if "prompt_token_pos" not in subject.settings.get(self.name, {}):
            config.prompt_token_pos = word_position(subject.model().tokenizer, config.prompt_template)
        return config

    def _probes(self, subject: FullSubject, config: Any) -> Path:
        """The folder of the ground-truth probe, from the cache; trained first where it is not there."""
        import torch

        from harness.evaluation.scoring.whole_runs import saebench_fields
        from harness.evaluation.upstream.absorption import common
        from harness.evaluation.upstream.quiet import quiet
        from harness.store.cache import Cache

        def make(draft: Draft) -> None:
            with quiet(bars=True), torch.enable_grad():
                common.load_or_train_probe(
                    subject.model(),
                    config.prompt_template,
                    config.prompt_token_pos,
                    subject.submission.layer,
                    draft.folder / "probes",
                    getattr(torch, subject.submission.lm_dtype),
                    subject.device,
                )
            draft.adopt_all()

        fields = saebench_fields(subject, ()) | {
            "template": config.prompt_template,
            "position": config.prompt_token_pos,
        }
        return Cache().get(LETTERS, fields, make) / "probes"

    def _run(self, subject: FullSubject, config: Any, probes: Path) -> dict[str, Any]:
        """One repeat's result file. Raises HarnessError where the language model does not spell."""
        from harness.evaluation.scoring.whole_runs import WholeRun, run_whole
        from harness.evaluation.upstream.absorption import has_too_few_letters, main, own_folders

        run = WholeRun(self.name, main.run_eval, config, self.data_sets, self.result)
        with tempfile.TemporaryDirectory() as name, own_folders(Path(name), probes):
            try:
                return run_whole(subject, run, Path(name))
            except NoResult as error:
                if not has_too_few_letters(error.printed):
                    raise
                raise HarnessError(self._too_few_letters(subject, config)) from error

    def _too_few_letters(self, subject: FullSubject, config: Any) -> str:
        """Small models do not spell: nothing is the matter with the SAE."""
        given = subject.submission
        return (
            f"{self.name} cannot be measured on {given.model}, layer {given.layer}: sae-bench asks that "
            f"probes of the language model itself tell {config.min_feats_for_eval} first letters of words (F1 above "
            f"{config.min_GT_probe_f1}). Read a larger model or another layer, or leave it out (--evals)"
        )

    def output(self, writer: Writer, repeats: Sequence[Absorbed]) -> Any:
        """Means over repeats; each repeat by letter is in `eval_result_unstructured`."""
        from harness.evaluation.measures.absorption import MAX_K, MIN_LETTERS, MIN_PROBE_F1, SPLIT_F1_JUMP
        from harness.evaluation.upstream.absorption import output as their

        return their.AbsorptionEvalOutput(
            eval_config=their.AbsorptionEvalConfig(
                **writer.config(),
                max_k_value=MAX_K,
                f1_jump_threshold=SPLIT_F1_JUMP,
                min_GT_probe_f1=MIN_PROBE_F1,
                min_feats_for_eval=MIN_LETTERS,
                precalc_k_sparse_probe_sae_acts=True,
            ),
            eval_result_metrics=their.AbsorptionMetricCategories(
                mean=their.AbsorptionMeanMetrics(**_over_letters(repeats))
            ),
            eval_result_details=[
                their.AbsorptionResultDetail(
                    first_letter=letter,
                    mean_absorption_fraction=_mean(repeats, letter, "absorption_fraction"),
                    full_absorption_rate=_mean(repeats, letter, "full_absorption"),
                    num_full_absorption=round(
                        _mean(repeats, letter, "full_absorption") * repeats[0].by_letter[letter].n
                    ),
                    num_probe_true_positives=repeats[0].by_letter[letter].n,
                    num_split_features=round(_mean(repeats, letter, "split_latents")),
                )
                for letter in _letters(repeats)
            ],
            eval_result_unstructured=[
                {letter: vars(found) for letter, found in each.by_letter.items()} for each in repeats
            ],
            **writer.common(),
        )


def _letters(repeats: Sequence[Absorbed]) -> list[str]:
    """The letters that every repeat has."""
    return [letter for letter in repeats[0].by_letter if all(letter in each.by_letter for each in repeats)]


def _mean(repeats: Sequence[Absorbed], letter: str, name: str) -> float:
    return fmean(getattr(each.by_letter[letter], name) for each in repeats)


def _over_letters(repeats: Sequence[Absorbed]) -> dict[str, float]:
    """Means over repeats of what each reports, and how far letters differ, under sae-bench's names."""
    letters = _letters(repeats)
    fraction, full, split = (
        [_mean(repeats, letter, name) for letter in letters]
        for name in ("absorption_fraction", "full_absorption", "split_latents")
    )
    return {
        "mean_absorption_fraction_score": fmean(each.scores()["absorption_fraction"] for each in repeats),
        "mean_full_absorption_score": fmean(each.scores()["full_absorption"] for each in repeats),
        "mean_num_split_features": fmean(split),
        "std_dev_absorption_fraction_score": _spread(fraction),
        "std_dev_full_absorption_score": _spread(full),
        "std_dev_num_split_features": _spread(split),
    }


def _spread(values: Sequence[float]) -> float:
    """Sample standard deviation; NaN where a single value has none."""
    return statistics.stdev(values) if len(values) > 1 else math.nan


def word_position(tokenizer: Any, template: str) -> int:
    """Where the last token of the word is in a prompt that ends with `template`, counted from the end: −1 is its last token.

    sae-bench has −6 for every model, which is right for tokenizers of whole words alone (fault 20).
    """
    after = template.split("{word}")[1]
    with_it, without = (len(tokenizer.encode(text, add_special_tokens=False)) for text in (f"a{after}", "a"))
    return without - with_it - 1
