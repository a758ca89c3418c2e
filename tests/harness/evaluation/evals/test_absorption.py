"""Absorption at full scale: its probe, its word, and language models that do not spell."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Split
from transformers import PreTrainedTokenizerFast

from harness.errors import HarnessError
from harness.evaluation.evals.absorption import Absorption, word_position
from harness.evaluation.upstream import absorption as upstream
from harness.read.lm import LM, LOCAL_MODEL, model_folder
from tests.harness.evaluation.full_scale import full_subject, scored

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("own_cache")]


@pytest.fixture
def few_words(monkeypatch: pytest.MonkeyPatch, lm: LM) -> list[int]:
    """Absorption on four words a letter, its probe of the language model trained shortly; how often it was trained."""
    common = upstream.common
    words = sorted(set(common.get_alpha_tokens(lm.tokenizer)))
    few = [
        word
        for letter in "abcdefghijklmnopqrstuvwxyz"
        for word in [w for w in words if w.strip().lower()[:1] == letter][:4]
    ]
    for module in (common, upstream.feature_absorption):
        monkeypatch.setattr(module, "get_alpha_tokens", lambda _: few)
    trained: list[int] = []
    train = common.train_linear_probe_for_task

    def shortly(**given: Any) -> Any:
        trained.append(1)
        return train(**{**given, "num_epochs": 2})

    monkeypatch.setattr(common, "train_linear_probe_for_task", shortly)
    return trained


def test_absorption_trains_its_probe_once_for_all_repeats_and_keeps_nothing_in_site_packages(
    tmp_path: Path, few_words: list[int]
) -> None:
    """Repeats differ, the probe is trained once and read from the cache by a later SAE."""
    common = upstream.common
    before = set(Path(common.RESULTS_DIR).rglob("*")) if Path(common.RESULTS_DIR).exists() else set()
    given = full_subject(tmp_path, str(model_folder(LOCAL_MODEL)), "absorption", context=96)
    found = scored(given)
    scored(given)
    assert len(few_words) == 1
    assert found.metrics["absorption_fraction"].n == 2
    assert found.metrics["absorption_fraction"].spread is not None
    assert found.details["absorption_by_letter"]
    after = set(Path(common.RESULTS_DIR).rglob("*")) if Path(common.RESULTS_DIR).exists() else set()
    assert after == before


def test_absorption_reads_the_word_whatever_the_tokenizer(tmp_path: Path) -> None:
    """Where tokens are characters the word lies further back than sae-bench's six tokens, and is found."""
    template = upstream.output.AbsorptionEvalConfig().prompt_template
    sixth = upstream.output.AbsorptionEvalConfig().prompt_token_pos
    assert sixth == -6, "sae-bench looks for the word itself: take fault 20 out of upstream/"
    own = full_subject(tmp_path, str(model_folder(LOCAL_MODEL)), "absorption")
    assert Absorption().config(own).prompt_token_pos == -6
    characters = Tokenizer(WordLevel({chr(code): code for code in range(256)}, unk_token="\x00"))
    characters.pre_tokenizer = Split("", "isolated")
    spelt = PreTrainedTokenizerFast(tokenizer_object=characters)
    prompt = spelt.tokenize(template.format(word=" dog"))
    assert prompt[word_position(spelt, template)] == "g"


def test_a_model_that_does_not_spell_is_said_to_be_the_cause(tmp_path: Path, few_words: list[int]) -> None:
    """Where sae-bench finds too few letters in the language model, core is scored, and the reason names model and layer."""
    given = full_subject(tmp_path, str(model_folder(LOCAL_MODEL)), "core", "absorption", context=96)
    strict = {**given.settings, "absorption": {**given.settings["absorption"], "min_GT_probe_f1": 1.0}}
    found = scored(replace(given, settings=strict))
    assert "explained_variance" in found.metrics and "absorption_fraction" not in found.metrics
    assert re.search(
        r"cannot be measured on .*, layer 1: .*a larger model or another layer", found.failed["absorption"]
    )
    with pytest.raises(HarnessError, match=r"cannot be measured on"):
        scored(replace(given, settings=strict, evals=("absorption",)))
