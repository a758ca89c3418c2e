"""What absorption needs of a language model: words to label, their activations, the ground-truth probe, every prompt."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterable, Iterator
from typing import Any

import torch

from harness.evaluation.measures import absorption
from harness.evaluation.measures.absorption import LetterData
from harness.evaluation.measures.letter_probe import fit_letter_probe
from harness.evaluation.measures.prepared.sizes import SIZES
from harness.evaluation.upstream import absorption as upstream
from harness.read.text import spelling_words


def label_words(words: Iterable[str], seed: int = 0) -> list[str]:
    """The words to label: SIZES.words of the vocabulary, drawn with a seed."""
    pool = sorted(words)
    return random.Random(seed).sample(pool, min(SIZES.words, len(pool)))


class _Until:
    """The language model run up to one layer only: what sae-bench asks for, at a third of the cost."""

    def __init__(self, hooked: Any, hook: str) -> None:
        self.cfg = hooked.cfg
        self._hooked = hooked
        self._stop = int(hook.split(".")[1]) + 1

    def run_with_cache(self, prompts: list[str], names_filter: list[str]) -> Any:
        return self._hooked.run_with_cache(prompts, names_filter=names_filter, stop_at_layer=self._stop)


def read_letters(hooked: Any, hook: str) -> LetterData:
    """Label words, read their activations, train the ground-truth probe, and run every prompt of every repeat."""
    torch.manual_seed(0)
    words = label_words(spelling_words(hooked.tokenizer))
    random.seed(0)
    train, test = upstream.create_dataset_probe_training(
        vocab=words,
        formatter=upstream.first_letter_formatter(),
        num_prompts_per_token=1,
        base_template=upstream.VERBOSE_FIRST_LETTER_TEMPLATE,
    )
    model = _Until(hooked, hook)
    with tempfile.TemporaryDirectory() as folder:
        frames = upstream.gen_and_save_df_acts_probing(
            model, train, test, folder, hook, batch_size=128, position_idx=absorption.TOKEN_POSITION
        )
        train_x, test_x = (torch.tensor(rows).float() for rows in frames[2:])
    labels = [torch.tensor(frame["answer_class"].to_numpy()).long() for frame in frames[:2]]
    weight, bias = fit_letter_probe(train_x, labels[0])
    data = LetterData(
        probe_weight=weight,
        probe_bias=bias,
        train_words=[prompt.word for prompt, _ in train],
        train_labels=labels[0],
        train_activations=train_x,
        test_words=[prompt.word for prompt, _ in test],
        test_labels=labels[1],
        test_activations=test_x,
        vocabulary=words,
    )
    for repeat in range(SIZES.repeats):
        for batch in _batches(absorption.repeat_prompts(data, repeat), 128):
            if len({hooked.to_tokens(prompt).shape[1] for prompt in batch}) > 1:
                raise ValueError(
                    "a spelling prompt of this tokenizer is longer than others; absorption needs one length"
                )
            read = model.run_with_cache(batch, names_filter=[hook])[1][hook][:, absorption.TOKEN_POSITION]
            data.prompts.update(zip(batch, read.clone(), strict=True))
    return data


def _batches(items: list[str], size: int) -> Iterator[list[str]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
