"""First-letter absorption (Chanin et al. 2024): does "starts with S" stay one latent, or is it swallowed by others?

sae-bench's steps, called one by one so that what depends on the language model alone is computed once and cached: the
words, the ground-truth probe, the activations it was trained on, and the activations of each repeat's prompts. A repeat
differs in the prompts' in-context examples, and in the start and shuffling of the k-sparse probe.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor

from harness.errors import HarnessError
from harness.evaluation.upstream import absorption as upstream
from harness.evaluation.upstream.quiet import quiet

MAX_K = 3  # latents that may share a letter; 3 scores as 10 does here
SPLIT_F1_JUMP = 0.03
MIN_PROBE_F1 = 0.6
MIN_LETTERS = 10  # upstream asks for 20 of 26; here a fifth of the words is scored, and of rare letters too few
TOKEN_POSITION = upstream.VERBOSE_FIRST_LETTER_TOKEN_POS


class AbsorptionError(HarnessError):
    """Absorption cannot be measured with this language model, or of this SAE."""


@dataclass(frozen=True)
class LetterData:
    """What absorption needs of a language model at one layer; independent of any SAE."""

    probe_weight: Tensor  # [26, d_in]
    probe_bias: Tensor  # [26]
    train_words: list[str]
    train_labels: Tensor  # [n] letter numbers
    train_activations: Tensor  # [n, d_in]
    test_words: list[str]
    test_labels: Tensor
    test_activations: Tensor
    vocabulary: list[str]  # that in-context examples are drawn from
    prompts: dict[str, Tensor] = field(default_factory=dict)  # prompt → activation at its word [d_in], all repeats

    def probe_scores(self) -> Tensor:
        """The ground-truth probe's score of each test word for each letter: [words, 26], above 0 is a yes."""
        return self.test_activations @ self.probe_weight.T + self.probe_bias


def letter_words(data: LetterData) -> dict[str, list[str]]:
    """For each letter, the test words that the ground-truth probe gets right: the words absorption is measured on."""
    scores = data.probe_scores()
    found: dict[str, list[str]] = {letter: [] for letter in upstream.LETTERS}
    for word, label, row in zip(data.test_words, data.test_labels.tolist(), scores, strict=True):
        if row[label] > 0:
            found[upstream.LETTERS[label]].append(word)
    return found


def calculator(model: Any, vocabulary: list[str]) -> Any:
    """sae-bench's calculator with the constants of its own eval."""
    return upstream.FeatureAbsorptionCalculator(
        model=model,
        icl_word_list=vocabulary,
        max_icl_examples=10,
        base_template=upstream.VERBOSE_FIRST_LETTER_TEMPLATE,
        answer_formatter=upstream.first_letter_formatter(),
        word_token_pos=TOKEN_POSITION,
        full_absorption_probe_cos_sim_threshold=upstream.FULL_ABSORPTION_PROBE_COS_THRESHOLD,
        absorption_fraction_probe_cos_sim_threshold=upstream.ABSORPTION_FRACTION_PROBE_COS_THRESHOLD,
        probe_projection_proportion_threshold=upstream.ABSORPTION_PROBE_PROJECTION_PROPORTION_THRESHOLD,
        absorption_fraction_max_absorbing_latents=upstream.ABSORPTION_FRACTION_MAX_ABSORBING_LATENTS,
        batch_size=256,
    )


def repeat_prompts(data: LetterData, repeat: int) -> list[str]:
    """The prompts of one repeat, in the order in which the calculator builds them."""
    random.seed(repeat)
    build = calculator(None, data.vocabulary)._build_prompts
    return [prompt.base for words in letter_words(data).values() for prompt in build(words)]


class Replay:
    """Stands for the language model in the calculator: gives the cached activation of each prompt.

    A prompt that is not in the cache is a KeyError: the cache was made with other words, seeds or sae-bench.
    """

    tokenizer = SimpleNamespace()

    def __init__(self, data: LetterData, layer: int) -> None:
        self._data = data
        self._hook = f"blocks.{layer}.hook_resid_post"

    def run_with_cache(self, prompts: list[str], names_filter: list[str]) -> tuple[None, dict[str, Tensor]]:
        """[prompts, |TOKEN_POSITION|, d_in], of which the calculator reads the first position only."""
        rows = torch.stack([self._data.prompts[prompt] for prompt in prompts])
        return None, {self._hook: rows.unsqueeze(1).expand(-1, -TOKEN_POSITION, -1)}

    def to_tokens(self, prompt: str) -> Tensor:
        """A stand-in of constant length: that all prompts have one length was checked when the cache was made."""
        return torch.zeros(1, 1) if prompt in self._data.prompts else torch.zeros(1, 2)


@dataclass(frozen=True)
class Letter:
    """Absorption of one letter in one repeat."""

    absorption_fraction: float
    full_absorption: float  # part of its words
    n: int  # words that the ground-truth probe gets right
    split_latents: int  # that share the letter


@dataclass(frozen=True)
class Absorbed:
    """One repeat, letter by letter: those whose probe has F1 > 0.6, and in whose words some latent is on.

    `left_out` says of each other letter why it is not among them.
    """

    by_letter: dict[str, Letter]
    left_out: dict[str, str] = field(default_factory=dict)

    def scores(self) -> dict[str, float]:
        """The metrics: means over words, so that a letter with 7 words does not weigh as much as one with 140."""
        letters = self.by_letter.values()
        words = sum(letter.n for letter in letters)
        return {
            name: sum(letter.n * getattr(letter, name) for letter in letters) / words
            for name in ("absorption_fraction", "full_absorption")
        }


class TooFewLetters(AbsorptionError):
    """The language model does not know its letters: nothing is the matter with the SAE, and there is no score."""


def absorption_scores(sae: Any, data: LetterData, layer: int, repeat: int) -> Absorbed:
    """First-letter absorption in one repeat.

    Raises TooFewLetters where fewer than MIN_LETTERS have such a probe (the language model does not know its letters), and
    AbsorptionError where no latent is on in the words of any of them (nothing would be absorbed by nothing).
    """
    heard = _heard(sae, data, repeat)
    torch.manual_seed(repeat)
    random.seed(repeat)
    probe = upstream.probing.LinearProbe(data.probe_weight.shape[1], len(upstream.LETTERS))
    with torch.no_grad():
        probe.fc.weight.copy_(data.probe_weight)
        probe.fc.bias.copy_(data.probe_bias)
    with quiet():
        metrics = _feature_splits(sae, data)
        known = metrics[metrics["f1_probe"] > MIN_PROBE_F1]
        if len(known) < MIN_LETTERS:
            raise TooFewLetters(
                f"only {len(known)} letters have a probe with F1 > {MIN_PROBE_F1}; absorption needs {MIN_LETTERS}"
            )
        random.seed(repeat)
        with torch.no_grad():
            words = upstream.calculate_projection_and_cos_sims(
                calculator(Replay(data, layer), data.vocabulary), sae, probe, layer, _false_negatives(metrics, data)
            )
        letters = upstream.aggregate_absorption(words)
    left_out = _left_out(set(known["letter"]), heard, data)
    letters = letters[~letters["letter"].isin(left_out)]
    if not len(letters):
        raise AbsorptionError("no latent is on in the words of any letter, so there is nothing that could be absorbed")
    return Absorbed(
        {
            str(row["letter"]): Letter(
                float(row["mean_absorption_fraction"]),
                float(row["full_absorption_rate"]),
                int(row["num_probe_true_positives"]),
                int(row["num_split_feats"]),
            )
            for _, row in letters.iterrows()
        },
        left_out,
    )


def _left_out(known: set[str], heard: set[str], data: LetterData) -> dict[str, str]:
    """Why a letter has no part in the scores; empty where all have."""
    words = letter_words(data)
    found = {letter: "no word that the probe gets right" for letter in upstream.LETTERS if not words[letter]}
    for letter in upstream.LETTERS:
        if letter not in known:
            found.setdefault(letter, f"the ground-truth probe has no F1 above {MIN_PROBE_F1}")
        elif letter not in heard:
            found.setdefault(letter, "no latent is on in its words")
    return found


def _heard(sae: Any, data: LetterData, repeat: int) -> set[str]:
    """The letters in whose words, as the prompts of this repeat have them, at least one latent is on."""
    prompts = repeat_prompts(data, repeat)
    with torch.no_grad():
        on = (sae.encode(torch.stack([data.prompts[prompt] for prompt in prompts])) > 0).any(1).tolist()
    owners = [letter for letter, words in letter_words(data).items() for _ in words]
    return {letter for letter, is_on in zip(owners, on, strict=True) if is_on}


def _feature_splits(sae: Any, data: LetterData) -> Any:
    """A data frame with, for each letter, the probe's F1 and the latents that share the letter (`split_feats`).

    The F1 scores are sae-bench's, counted for all letters at once: its own tables, which hold many figures that
    no score uses, take 30 times as long (a test holds the two equal).
    """
    with torch.enable_grad():
        k_probes = upstream.train_k_sparse_probes(
            sae,
            list(zip(data.train_words, data.train_labels.tolist(), strict=True)),
            data.train_activations,
            ks=range(1, MAX_K + 1),
            precalc_sae_acts=True,
        )
    with torch.no_grad():
        codes = sae.encode(data.test_activations)
        is_letter = torch.nn.functional.one_hot(data.test_labels, len(upstream.LETTERS)).bool()
        columns: dict[str, Any] = {
            "letter": list(upstream.LETTERS),
            "f1_probe": f1(data.probe_scores() > 0, is_letter).tolist(),
        }
        for k, by_letter in k_probes.items():
            probes = [by_letter[label] for label in range(len(upstream.LETTERS))]
            fires = torch.stack([probe(codes) > 0 for probe in probes], dim=1)
            columns[f"f1_sparse_sae_{k}"] = f1(fires, is_letter).tolist()
            columns[f"sparse_sae_k_{k}_feats"] = [probe.feature_ids.numpy() for probe in probes]
    metrics = upstream.DataFrame(columns)
    upstream.add_feature_splits_to_metrics_df(metrics, max_k_value=MAX_K, f1_jump_threshold=SPLIT_F1_JUMP)
    return metrics


def f1(predicted: Tensor, true: Tensor) -> Tensor:
    """F1 = 2 TP / (2 TP + FP + FN) of each column of two boolean [words, letters]; 0 where there is nothing to find."""
    hits = (predicted & true).sum(0)
    return 2 * hits / (predicted.sum(0) + true.sum(0)).clamp_min(1)


def _false_negatives(metrics: Any, data: LetterData) -> dict[str, Any]:
    """For each letter its latents and words, as sae-bench's calculation takes them."""
    latents = dict(zip(metrics["letter"], metrics["split_feats"], strict=True))
    return {
        letter: upstream.StatsAndLikelyFalseNegativeResults(
            probe_true_positives=len(words),
            split_feats_true_positives=0,  # reported by upstream, used by none of its scores
            split_feats=latents[letter],
            potential_false_negatives=words,
        )
        for letter, words in letter_words(data).items()
        if words
    }
