"""What absorption needs of a language model: words to label, their activations, the ground-truth probe, every prompt."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from harness.evaluation.measures import absorption
from harness.evaluation.measures.absorption import LetterData
from harness.evaluation.measures.letter_probe import fit_letter_probe
from harness.evaluation.measures.prepared.sizes import SIZES
from harness.evaluation.upstream import absorption as upstream
from harness.read.spelling import spelling_words, words_of
from harness.read.splits import Split


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


@dataclass(frozen=True)
class TrainingWords:
    """What the probes are trained on, the same for every split: training words, their activations, the ground-truth probe."""

    words: list[str]
    labels: Tensor  # [n] letter numbers
    activations: Tensor  # [n, d_in]
    probe_weight: Tensor  # [26, d_in]
    probe_bias: Tensor  # [26]


def read_training_words(hooked: Any, hook: str) -> TrainingWords:
    """Label the training words, read their activations, train the ground-truth probe."""
    torch.manual_seed(0)
    prompts = _labelled(words_of("train", label_words(spelling_words(hooked.tokenizer))))
    activations, labels = _activations(_Until(hooked, hook), prompts, hook)
    return TrainingWords(
        [prompt.word for prompt, _ in prompts], labels, activations, *fit_letter_probe(activations, labels)
    )


def read_letters(hooked: Any, hook: str, split: Split, known: TrainingWords) -> LetterData:
    """What scores of a split's own words need: their activations, and every prompt of every repeat.

    In-context examples are training words, so that no split's prompts hold words of another.
    """
    model = _Until(hooked, hook)
    prompts = _labelled(words_of(split, label_words(spelling_words(hooked.tokenizer))))
    activations, labels = _activations(model, prompts, hook)
    data = LetterData(
        probe_weight=known.probe_weight,
        probe_bias=known.probe_bias,
        train_words=known.words,
        train_labels=known.labels,
        train_activations=known.activations,
        test_words=[prompt.word for prompt, _ in prompts],
        test_labels=labels,
        test_activations=activations,
        vocabulary=sorted(known.words),
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


def _activations(model: Any, prompts: list[Any], hook: str) -> tuple[Tensor, Tensor]:
    """Activations [n, d_in] at the words of the prompts, and the numbers of their letters [n]; by sae-bench's function."""
    with tempfile.TemporaryDirectory() as folder:
        found = upstream.gen_and_save_df_acts_probing(
            model, prompts, prompts[:1], folder, hook, batch_size=128, position_idx=absorption.TOKEN_POSITION
        )
        return torch.tensor(found[2]).float(), torch.tensor(found[0]["answer_class"].to_numpy()).long()


def _labelled(words: list[str]) -> list[Any]:
    """Each word in a prompt, with the number of its letter: (prompt, number)."""
    random.seed(0)
    found, _ = upstream.create_dataset_probe_training(
        vocab=words,
        formatter=upstream.first_letter_formatter(),
        num_prompts_per_token=1,
        base_template=upstream.VERBOSE_FIRST_LETTER_TEMPLATE,
        train_test_fraction=1.0,
    )
    return list(found)


def _batches(items: list[str], size: int) -> Iterator[list[str]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
