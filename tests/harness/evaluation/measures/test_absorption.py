"""Absorption by our steps against sae-bench's own, and its repeats."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd  # type: ignore[import-untyped]
import pytest
import torch

from harness.evaluation.evals.absorption import Absorption
from harness.evaluation.measures import absorption
from harness.evaluation.measures.absorption import (
    LetterData,
    Replay,
    absorption_scores,
    f1,
    letter_words,
    repeat_prompts,
)
from harness.evaluation.scoring.described import as_upstream_sae
from harness.evaluation.upstream import absorption as upstream
from tests.harness.evaluation.examples import random_submission, submitted

pytestmark = pytest.mark.slow  # importing sae-bench takes 7 s

D_IN, D_SAE, K, LAYER = 32, 80, 6, 2
LETTERS = upstream.LETTERS


def letter_data(seed: int = 0) -> LetterData:
    """Words of every letter, with an activation that holds the letter's direction, the word's own, and noise."""
    generator = torch.Generator().manual_seed(seed)
    directions = torch.nn.functional.normalize(torch.randn(26, D_IN, generator=generator), dim=1)
    words = [f"{letter}{other}{tail}" for letter in LETTERS for other in "aeiou" for tail in "xyz"]
    random.Random(seed).shuffle(words)
    labels = torch.tensor([LETTERS.index(word[0]) for word in words])
    activations = 3 * directions[labels] + 0.5 * torch.randn(len(words), D_IN, generator=generator)
    cut = 260
    data = LetterData(
        probe_weight=directions,
        probe_bias=torch.full((26,), -1.5),
        train_words=words[:cut],
        train_labels=labels[:cut],
        train_activations=activations[:cut],
        test_words=words[cut:],
        test_labels=labels[cut:],
        test_activations=activations[cut:],
        vocabulary=words,
    )
    for repeat in range(3):
        for prompt in repeat_prompts(data, repeat):
            word = prompt.splitlines()[-1].split(" ")[0]
            noise = 0.5 * torch.randn(D_IN, generator=generator)
            data.prompts[prompt] = 3 * directions[LETTERS.index(word[0])] + noise
    return data


def some_sae(seed: int = 0) -> Any:
    return as_upstream_sae(random_submission(D_IN, D_SAE, K, seed=seed))


def test_our_letter_table_equals_sae_benchs(monkeypatch: pytest.MonkeyPatch) -> None:
    """F1 of probe and k-sparse probes, and the latents of each letter, are those of sae-bench's own slow tables."""
    from sae_bench.evals.absorption import k_sparse_probing as theirs

    data, sae = letter_data(), some_sae()
    labels = list(zip(data.train_words, data.train_labels.tolist(), strict=True))
    torch.manual_seed(1)
    probes = upstream.train_k_sparse_probes(sae, labels, data.train_activations, ks=[1, 2, 3], precalc_sae_acts=True)
    monkeypatch.setattr(upstream, "train_k_sparse_probes", lambda *_, **__: probes)
    ours = absorption._feature_splits(sae, data)

    probe = upstream.probing.LinearProbe(D_IN, 26)
    with torch.no_grad():
        probe.fc.weight.copy_(data.probe_weight)
        probe.fc.bias.copy_(data.probe_bias)
    tested = list(zip(data.test_words, data.test_labels.tolist(), strict=True))
    scores = theirs.eval_probe_and_sae_k_sparse_raw_scores(sae, probe, probes, tested, data.test_activations)
    described = theirs.sae_k_sparse_metadata(sae, probe, probes, "sae", LAYER)
    expected = theirs.build_metrics_df(scores, described, max_k_value=3)
    theirs.add_feature_splits_to_metrics_df(expected, max_k_value=3)
    for column in ("f1_probe", "f1_sparse_sae_1", "f1_sparse_sae_2", "f1_sparse_sae_3"):
        assert ours[column].tolist() == pytest.approx(expected[column].tolist(), abs=1e-6)
    assert [list(feats) for feats in ours["split_feats"]] == [list(feats) for feats in expected["split_feats"]]


def test_our_words_equal_sae_benchs(tmp_path: Path) -> None:
    """The words absorption is measured on are those of sae-bench: right by the probe, by letter, in order."""
    from sae_bench.evals.absorption import feature_absorption as theirs

    data = letter_data()
    scores = data.probe_scores()
    raw = pd.DataFrame(
        {
            "token": data.test_words,
            "answer_letter": [LETTERS[label] for label in data.test_labels.tolist()],
            **{f"score_probe_{letter}": scores[:, i].tolist() for i, letter in enumerate(LETTERS)},
            **{f"score_sparse_sae_{letter}_k_1": 0.0 for letter in LETTERS},
        }
    )
    raw.to_parquet(tmp_path / theirs.get_sparse_probing_raw_results_filename("sae", LAYER))
    metrics = pd.DataFrame({"letter": list(LETTERS), "split_feats": [[0]] * 26})
    expected = theirs.get_stats_and_likely_false_negative_tokens(metrics, "sae", LAYER, tmp_path)
    assert letter_words(data) == {letter: expected[letter].potential_false_negatives for letter in LETTERS}


def test_a_repeat_is_the_same_every_time_and_repeats_differ() -> None:
    """A repeat's number fixes its scores to the last digit, whatever was drawn before; another repeat differs."""
    data, sae = letter_data(), some_sae()
    first = absorption_scores(sae, data, LAYER, repeat=0)
    random.random(), torch.rand(3)
    assert absorption_scores(sae, data, LAYER, repeat=0) == first
    assert absorption_scores(sae, data, LAYER, repeat=1) != first
    assert all(0 <= value <= 1 for value in first.scores().values())
    letters = first.by_letter.values()
    assert first.scores()["full_absorption"] == pytest.approx(
        sum(letter.n * letter.full_absorption for letter in letters) / sum(letter.n for letter in letters)
    )
    assert sum(letter.n for letter in letters) == sum(map(len, letter_words(data).values()))


def test_an_sae_with_one_latent_a_letter_shows_no_absorption_and_a_crowded_one_does() -> None:
    """Where each letter has its own latent that always fires nothing is absorbed; where each word has one, all is."""
    data = letter_data()
    # Latents that never fire fill the dictionary up: the k-sparse probe's random start shrinks with its size.
    unused = torch.nn.functional.normalize(torch.randn(700, D_IN), dim=1)
    rows = torch.cat([data.probe_weight, unused])
    bias = torch.cat([torch.full((26,), -1.0), torch.full((700,), -1e3)])
    by_letter = as_upstream_sae(submitted(rows.T, bias, rows, torch.zeros(D_IN), 1))
    assert absorption_scores(by_letter, data, LAYER, 0).scores()["full_absorption"] < 0.05

    prompts = torch.stack([data.prompts[prompt] for prompt in repeat_prompts(data, 0)])
    words = torch.nn.functional.normalize(torch.cat([prompts, data.test_activations, data.train_activations]), dim=1)
    by_word = as_upstream_sae(submitted(words.T, torch.zeros(len(words)), words, torch.zeros(D_IN), 1))
    assert absorption_scores(by_word, data, LAYER, 0).scores()["full_absorption"] > 0.8


def test_a_model_that_does_not_know_its_letters_is_refused() -> None:
    """With a probe no better than chance there is nothing to absorb: an error, not a score."""
    data = letter_data()
    blind = replace(data, probe_weight=torch.randn(26, D_IN), probe_bias=torch.zeros(26))
    for repeat in range(3):
        for prompt in repeat_prompts(blind, repeat):
            blind.prompts.setdefault(prompt, torch.randn(D_IN))
    with pytest.raises(absorption.TooFewLetters, match="only 0 letters have a probe with F1 > 0.6"):
        absorption_scores(some_sae(), blind, LAYER, 0)


def test_a_letter_that_the_model_does_not_know_is_left_out_by_name() -> None:
    """A letter without a word that the probe gets right, and one whose probe says yes to everything."""
    data = letter_data()
    bias = data.probe_bias.clone()
    bias[0], bias[1] = -1e3, 1e3
    other = replace(data, probe_bias=bias)
    for prompt in repeat_prompts(other, 0):
        other.prompts.setdefault(prompt, 3 * data.probe_weight[LETTERS.index(prompt.splitlines()[-1][0])])
    found = absorption_scores(some_sae(), other, LAYER, 0)
    assert found.left_out == {
        "a": "no word that the probe gets right",
        "b": "the ground-truth probe has no F1 above 0.6",
    }
    assert set(found.by_letter) == set(LETTERS) - {"a", "b"}


def test_too_few_letters_leave_the_metrics_out_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    """The language model is the cause, so the other scores stand: absent is not zero, and not an error of the SAE."""
    subject = SimpleNamespace(
        submission=SimpleNamespace(sae=some_sae(), layer=LAYER),
        repeats=1,
        artifacts=lambda: SimpleNamespace(letters=letter_data()),
    )
    monkeypatch.setattr(absorption, "MIN_LETTERS", 27)
    found = Absorption().tiny(subject)  # type: ignore[arg-type]
    assert found.metrics == {}
    assert set(found.details["undefined"]) == {"absorption_fraction", "full_absorption"}
    assert "only 26 letters have a probe" in found.details["undefined"]["full_absorption"]


def test_a_prompt_that_was_not_cached_is_an_error() -> None:
    """The stand-in for the language model makes nothing up."""
    with pytest.raises(KeyError):
        Replay(letter_data(), LAYER).run_with_cache(["\nnever seen:"], [])


def test_f1_is_sklearns() -> None:
    """Our F1 of boolean columns equals scikit-learn's, 0 where there is nothing to find."""
    from sklearn.metrics import f1_score

    torch.manual_seed(0)
    predicted, true = torch.rand(50, 4) > 0.6, torch.rand(50, 4) > 0.7
    true[:, 3] = predicted[:, 3] = False
    expected = [f1_score(true[:, i], predicted[:, i], zero_division=0) for i in range(4)]
    assert f1(predicted, true).tolist() == pytest.approx(expected)


class Muted:
    """An SAE that is silent wherever an activation points along one of some directions; everywhere, where none is given."""

    def __init__(self, sae: Any, directions: torch.Tensor | None = None) -> None:
        self._sae, self._directions = sae, directions
        self.W_dec, self.W_enc, self.b_dec, self.b_enc = sae.W_dec, sae.W_enc, sae.b_dec, sae.b_enc
        self.cfg, self.device, self.dtype = sae.cfg, sae.device, sae.dtype

    def encode(self, x: torch.Tensor) -> torch.Tensor:
        codes = self._sae.encode(x)
        if self._directions is None:
            return torch.zeros_like(codes)
        return codes * ~(x @ self._directions.T > 1.5).any(-1, keepdim=True)


def test_a_letter_in_whose_words_nothing_is_on_is_left_out() -> None:
    """Nothing is absorbed there because there is nothing: the others are as they were, to the digit."""
    data, sae = letter_data(), some_sae()
    whole = absorption_scores(sae, data, LAYER, 0).by_letter
    muted = absorption_scores(Muted(sae, data.probe_weight[:1]), data, LAYER, 0).by_letter
    assert "a" in whole and "a" not in muted
    assert set(muted) == set(whole) - {"a"}
    left_out = absorption_scores(Muted(sae, data.probe_weight[:1]), data, LAYER, 0).left_out
    assert left_out == {"a": "no latent is on in its words"}


def test_an_sae_that_is_silent_in_all_words_is_refused() -> None:
    """It would have no absorption at all, the best there is."""
    with pytest.raises(absorption.AbsorptionError, match="no latent is on in the words of any letter"):
        absorption_scores(Muted(some_sae()), letter_data(), LAYER, 0)
