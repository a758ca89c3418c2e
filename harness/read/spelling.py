"""Spelling lines, "\\n{word} has the first letter: {X}": what first-letter absorption asks, and a part of the training text.

Words have a split as glosses have: a line of a held-out word stands in no text that an SAE is trained on.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from harness.errors import TextError
from harness.read.rows import encode
from harness.read.splits import Split, side_of_word

SPELLING_PROMPT = " has the first letter:"


def spelling_words(tokenizer: Any, split: Split | None = None) -> list[str]:
    """The tokens, as text, that are ASCII letters alone (a leading space allowed) and one token within a spelling line.

    All of them, or those of a split. Raises TextError where there is none.
    """
    texts = {tokenizer.convert_tokens_to_string([token]) for token in tokenizer.get_vocab()}
    words = sorted(text for text in texts if text.removeprefix(" ").isascii() and text.removeprefix(" ").isalpha())
    if not words:
        raise TextError(
            "the tokenizer has no token of ASCII letters alone, which the spelling lines of the wordnet text need: "
            "read another data set (--dataset), or use another model"
        )
    lines = encode(tokenizer, [f"\n{word}{SPELLING_PROMPT}" for word in words])
    length = min(map(len, lines))
    found = [word for word, line in zip(words, lines, strict=True) if len(line) == length]
    return words_of(split, found) if split else found


def words_of(split: Split, words: list[str]) -> list[str]:
    """Those of a split, in their order. Raises TextError where there is none."""
    found = [word for word in words if side_of_word(word) == split]
    if not found:
        raise TextError(
            f"none of the tokenizer's {len(words)} spelling words is in the split {split}: "
            "read another data set (--dataset), or use another model"
        )
    return found


def letter_of(word: str) -> str:
    """The answer to a spelling line: the first letter, upper case, after a space."""
    return " " + word.strip()[0].upper()


def spelling_rows(tokenizer: Any, split: Split, context: int, seed: int) -> Iterator[list[int]]:
    """Rows of context − 1 ids of spelling lines of the split's words, as many as fit; without end."""
    words, rng = spelling_words(tokenizer, split), random.Random(seed + 1)
    while True:
        drawn = [[rng.choice(words) for _ in range(context // 6 + 1)] for _ in range(64)]
        texts = ["".join(f"\n{word}{SPELLING_PROMPT}{letter_of(word)}" for word in row) for row in drawn]
        yield from (ids[: context - 1] for ids in encode(tokenizer, texts))
