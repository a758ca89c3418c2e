"""Train the small language model's tokenizer: byte-level BPE of 8,192 tokens on the training text.

    python -m harness.build.tokenizer OUT

" X" must be one token for every letter X (the answers of the spelling lines), so such lines are part of its text.
"""

from __future__ import annotations

import sys
from pathlib import Path
from string import ascii_uppercase
from typing import Any

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import PreTrainedTokenizerFast

from harness.read.spelling import SPELLING_PROMPT
from harness.read.text import entries

VOCAB = 8192
CONTEXT = 128


def train_tokenizer() -> Any:
    """A `PreTrainedTokenizerFast` with `<pad>` 0, `<eos>` 1, `<bos>` 2, which puts `<bos>` before each text."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCAB,
        special_tokens=["<pad>", "<eos>", "<bos>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    spelling = [f"{SPELLING_PROMPT} {letter}" for letter in ascii_uppercase] * 400
    tokenizer.train_from_iterator([f" {entry.line}" for entry in entries("train")] + spelling, trainer=trainer)
    tokenizer.post_processor = processors.TemplateProcessing(single="<bos> $A", special_tokens=[("<bos>", 2)])
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token="<bos>",
        eos_token="<eos>",
        pad_token="<pad>",
        model_max_length=CONTEXT,
        clean_up_tokenization_spaces=False,
        padding_side="right",
    )


if __name__ == "__main__":
    train_tokenizer().save_pretrained(Path(sys.argv[1]))
