"""Multiple-choice questions about WordNet glosses for the unlearning eval, and how a small language model is asked them.

    genus Dahlia:    ✓ a small genus of tuberous-rooted herbs      ✗ a line of poetry      ✗ …      ✗ …

A model of two million parameters follows no instruction, so it is not asked for a letter. It picks the gloss that the
word makes most likely: the highest log p(gloss | word) − log p(gloss | no word) (pointwise mutual information; Holtzman
et al. 2021, "Surface form competition"). Wrong glosses are true glosses of words of other classes.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from harness.evaluation.upstream import unlearning as upstream
from harness.grad import no_grad
from harness.read.text import Entry, entries

CHOICES = 4  # the first is the right one
DRAWS = 3  # of wrong glosses: what the model gets right in all of them it knows
NOUN = "noun."
ROWS_AT_ONCE = 256


@dataclass(frozen=True)
class Sizes:
    """Chosen so that an unlearning eval takes about a minute on two cores."""

    forget: tuple[str, ...] = ("noun.plant", "noun.animal")  # biology, as in sae-bench's eval
    side: tuple[str, ...] = ("noun.person", "noun.artifact", "noun.act", "noun.location", "noun.communication")
    forget_questions: int = 60  # of each class, before those that the model does not know are dropped
    side_questions: int = 50
    gloss_tokens: tuple[int, int] = (4, 9)  # short glosses only: asking is cheaper
    wrong: int = 60  # glosses of each side class that wrong ones are drawn from
    corpus_rows: int = 150  # texts of `corpus_tokens` tokens on either side, for how often a latent is on
    corpus_tokens: int = 128


SIZES = Sizes()


@dataclass(frozen=True)
class Sheet:
    """Questions as rows of tokens, read by the language model up to the SAE's layer.

    A row is `<bos>`, a word (or none), a gloss. `given` and `alone` [questions, 4] say in which row each choice stands after the word,
    and after no word.
    """

    ids: Tensor  # [rows, length], padded on the right
    gloss: Tensor  # [rows, length] bool: the tokens of the gloss
    residual: Tensor  # [rows, length, d_in] float16, after the SAE's layer
    given: Tensor
    alone: Tensor
    subjects: list[str]  # the class of each question

    def is_of(self, classes: Sequence[str]) -> Tensor:
        """[questions] bool."""
        return torch.tensor([subject in classes for subject in self.subjects])

    def keep(self, questions: Tensor) -> Sheet:
        """Those questions [questions] bool alone, with the rows that they need."""
        rows, place = torch.unique(torch.cat([self.given[questions], self.alone[questions]]), return_inverse=True)
        given, alone = place.chunk(2)
        subjects = [name for name, kept in zip(self.subjects, questions.tolist(), strict=True) if kept]
        return Sheet(self.ids[rows], self.gloss[rows], self.residual[rows], given, alone, subjects)


def choose(log_likelihood: Tensor, sheet: Sheet) -> Tensor:
    """Whether each question is answered rightly, from log p(gloss) of each row [rows]: [questions] bool."""
    return (log_likelihood[sheet.given] - log_likelihood[sheet.alone]).argmax(1) == 0


def read(hooked: Any, layer: int, ids: Tensor) -> Tensor:
    """The residual stream after `layer` for rows of ids: [rows, length, d_in] float16."""
    hook = f"blocks.{layer}.hook_resid_post"
    parts = [
        hooked.run_with_cache(rows, names_filter=hook, stop_at_layer=layer + 1, prepend_bos=False)[1][hook]
        for rows in ids.split(ROWS_AT_ONCE)
    ]
    return torch.cat(parts).half()


@no_grad
def log_likelihood(
    hooked: Any, layer: int, sheet: Sheet, rows: Tensor, change: Callable[[Tensor], Tensor] | None = None
) -> Tensor:
    """log p(gloss) for the numbered rows: [rows]; `change` is made to the residual stream [rows, length, d_in] first."""
    found = []
    for part in rows.split(ROWS_AT_ONCE):
        residual = sheet.residual[part].float()
        if change is not None:
            residual = change(residual)
        final = hooked(residual, start_at_layer=layer + 1, stop_at_layer=hooked.cfg.n_layers)
        gloss = sheet.gloss[part]
        before = gloss.roll(-1, 1)  # a token is predicted where the one before it stands
        logits = hooked.unembed(hooked.ln_final(final[before].unsqueeze(0)))[0]
        if (cap := hooked.cfg.output_logits_soft_cap) > 0:
            logits = cap * torch.tanh(logits / cap)
        right = sheet.ids[part][gloss]
        each = logits.log_softmax(-1).gather(-1, right[:, None])[:, 0]
        found.append(torch.zeros(len(part)).index_add_(0, gloss.nonzero()[:, 0], each))
    return torch.cat(found)


@dataclass(frozen=True)
class Exam:
    """What the unlearning eval needs of a language model: the questions that it knows, and texts to forget and to keep."""

    sheet: Sheet
    before: Tensor  # log p(gloss) of each row of the sheet, untouched
    accuracy: dict[str, float]  # of each class, over all questions asked, before those not known are dropped
    asked: dict[str, int]
    forget_ids: Tensor  # [rows, tokens]
    forget_residual: Tensor  # [rows, tokens, d_in] float16
    retain_ids: Tensor
    retain_residual: Tensor

    def known(self, classes: Sequence[str]) -> int:
        """How many questions of these classes the model knows."""
        return int(self.sheet.is_of(classes).sum())


def build(hooked: Any, layer: int, sizes: Sizes = SIZES, seed: int = 0) -> Exam:
    """Ask the model every question under each draw of wrong glosses; keep what it knows."""
    rng = random.Random(seed)
    sheet = _sheet(hooked, layer, sizes, rng)
    likelihood = log_likelihood(hooked, layer, sheet, torch.arange(len(sheet.ids)))
    right = choose(likelihood, sheet)
    first = torch.arange(len(right)) % DRAWS == 0
    known = right.view(-1, DRAWS).all(1).repeat_interleave(DRAWS) & first
    accuracy, asked = {}, {}
    for name in (*sizes.forget, *sizes.side):
        of_class = sheet.is_of((name,)) & first
        accuracy[name], asked[name] = float(right[of_class].float().mean()), int(of_class.sum())
    kept = sheet.keep(known)
    forget = _corpus(hooked.tokenizer, [each.line for each in _pool(sizes.forget)], sizes, rng)
    others = [each for each in entries("train") if each.lexname.startswith(NOUN)]
    retain = _corpus(hooked.tokenizer, [each.line for each in others if each.lexname not in sizes.forget], sizes, rng)
    return Exam(
        sheet=kept,
        before=log_likelihood(hooked, layer, kept, torch.arange(len(kept.ids))),
        accuracy=accuracy,
        asked=asked,
        forget_ids=forget,
        forget_residual=read(hooked, layer, forget),
        retain_ids=retain,
        retain_residual=read(hooked, layer, retain),
    )


def _pool(classes: Sequence[str]) -> list[Entry]:
    """Entries that the language model was trained on: what it knows it has read."""
    return [entry for entry in entries("train") if entry.lexname in classes]


def _sheet(hooked: Any, layer: int, sizes: Sizes, rng: random.Random) -> Sheet:
    tokenizer = hooked.tokenizer

    def encode(text: str) -> list[int]:
        ids: list[int] = tokenizer(text, add_special_tokens=False)["input_ids"]
        return ids

    short: dict[str, list[Entry]] = {}
    for name in (*sizes.forget, *sizes.side):
        pool = _pool((name,))
        rng.shuffle(pool)
        wanted = sizes.wrong + (sizes.forget_questions if name in sizes.forget else sizes.side_questions)
        fitting = (e for e in pool if sizes.gloss_tokens[0] <= len(encode(" " + e.gloss)) <= sizes.gloss_tokens[1])
        short[name] = [entry for entry, _ in zip(fitting, range(wanted), strict=False)]
    numbers: dict[tuple[str, str], int] = {}
    given, alone, subjects = [], [], []
    for name, found in short.items():
        for entry in found[sizes.wrong :]:
            word = f"{', '.join(entry.words[:2])}:"
            for _ in range(DRAWS):
                others = rng.sample([other for other in sizes.side if other != name], CHOICES - 1)
                glosses = [entry.gloss, *(rng.choice(short[other][: sizes.wrong]).gloss for other in others)]
                given.append([numbers.setdefault((word, gloss), len(numbers)) for gloss in glosses])
                alone.append([numbers.setdefault((":", gloss), len(numbers)) for gloss in glosses])
                subjects.append(name)
    rows = [([tokenizer.bos_token_id, *encode(word)], encode(" " + gloss)) for word, gloss in numbers]
    length = max(len(before) + len(scored) for before, scored in rows)
    ids = torch.full((len(rows), length), tokenizer.pad_token_id)
    is_gloss = torch.zeros(len(rows), length, dtype=torch.bool)
    for row, (before, scored) in enumerate(rows):
        end = len(before) + len(scored)
        ids[row, :end] = torch.tensor(before + scored)
        is_gloss[row, len(before) : end] = True
    return Sheet(ids, is_gloss, read(hooked, layer, ids), torch.tensor(given), torch.tensor(alone), subjects)


def _corpus(tokenizer: Any, lines: list[str], sizes: Sizes, rng: random.Random) -> Tensor:
    """[corpus_rows, corpus_tokens] of these lines, put together by sae-bench's own function."""
    rng.shuffle(lines)
    text = lines[: sizes.corpus_rows * sizes.corpus_tokens // 8]  # no line is shorter than 8 tokens on average
    ids: Tensor = upstream.tokenize_and_concat_dataset(tokenizer, text, seq_len=sizes.corpus_tokens)
    return ids[: sizes.corpus_rows]
