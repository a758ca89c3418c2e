"""Training batches of the small language model: rows of WordNet text and rows of spelling lines.

A spelling row is `<bos>` and lines "\\n{word} has the first letter: {X}" of 8 tokens each; its loss is on the answers
(and on the fixed words of its second line, so that the model also learns the line's shape). Rows are exactly as long
as the context: 1 + 15·8 + 7 tokens, the last line being cut before its answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from harness.read.spelling import SPELLING_PROMPT, letter_of, spelling_words
from harness.read.splits import Split
from harness.read.text import entries

LINE = 8  # newline, word, " has the first letter:" in five, the answer
IGNORE = -100  # no loss at this position


@dataclass(frozen=True)
class Spelling:
    """Token ids of the spelling lines: the `word` and `answer` of each spelling word [n], the fixed parts."""

    word: Tensor
    answer: Tensor
    newline: int
    prompt: Tensor  # [5]

    def rows(self, n: int, context: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """`n` rows of tokens and their labels, both [n, context]; positions without a loss are IGNORE."""
        lines = -(-context // LINE)
        chosen = torch.randint(0, len(self.word), (n, lines), generator=generator)
        tokens = torch.empty(n, lines, LINE, dtype=torch.long)
        tokens[:, :, 0] = self.newline
        tokens[:, :, 1] = self.word[chosen]
        tokens[:, :, 2:7] = self.prompt
        tokens[:, :, 7] = self.answer[chosen]
        labels = torch.full_like(tokens, IGNORE)
        labels[:, :, 7] = tokens[:, :, 7]
        labels[:, 0, 2] = tokens[:, 0, 2]
        labels[:, 1:3, 0] = self.newline
        labels[:, 1, 2:7] = self.prompt
        bos, none = torch.full((n, 1), 2), torch.full((n, 1), IGNORE)
        return (
            torch.cat([bos, tokens.flatten(1)], 1)[:, :context],
            torch.cat([none, labels.flatten(1)], 1)[:, :context],
        )


def spelling(tokenizer: Any) -> Spelling:
    """The spelling lines of this tokenizer; fails where a fixed part is not the tokens it must be."""

    def ids(text: str) -> list[int]:
        found: list[int] = tokenizer(text, add_special_tokens=False)["input_ids"]
        return found

    words = spelling_words(tokenizer)
    singles, answers = [ids(word) for word in words], [ids(letter_of(word)) for word in words]
    newline, prompt = ids("\n"), ids(SPELLING_PROMPT)
    if any(len(found) != 1 for found in [*singles, *answers, newline]) or len(prompt) != LINE - 3:
        raise ValueError("a spelling line of this tokenizer is not 8 tokens")
    return Spelling(torch.tensor(singles)[:, 0], torch.tensor(answers)[:, 0], newline[0], torch.tensor(prompt))


def stream(tokenizer: Any, split: Split, seed: int = 0) -> Tensor:
    """All text of a split as one stream of token ids [n], entries shuffled, each ended by `<eos>`."""
    lines = [entry.line for entry in entries(split)]
    order = torch.randperm(len(lines), generator=torch.Generator().manual_seed(seed)).tolist()
    coded = tokenizer([lines[i] for i in order], add_special_tokens=False)["input_ids"]
    return torch.tensor([token for line in coded for token in [*line, tokenizer.eos_token_id]])


def text_rows(source: Tensor, n: int, context: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """`n` windows of the stream with `<bos>` first, and their labels, both [n, context]."""
    starts = torch.randint(0, len(source) - context, (n, 1), generator=generator)
    tokens = source[starts + torch.arange(context)]
    tokens[:, 0] = 2
    return tokens, tokens.clone()
