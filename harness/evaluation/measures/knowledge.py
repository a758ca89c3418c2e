"""What a language model knows of things that RAVEL could be about: it must know two attributes of things of one kind."""

from __future__ import annotations

import random
import re
from collections import Counter
from dataclasses import dataclass

import torch

from harness.evaluation.upstream import ravel as upstream
from harness.evaluation.upstream.quiet import quiet
from harness.read.lm import LM
from harness.read.spelling import SPELLING_PROMPT, letter_of, spelling_words
from harness.read.text import entries

MARGIN = 0.1  # an attribute is known where it is answered so much better than by the same answer always
SAMPLE = 400  # entities asked for each attribute
NATIONALITY = re.compile(
    "(United States|English|French|German|Italian|British|Scottish|Russian|Austrian|Swiss|Dutch|Swedish|Spanish|Irish|Greek"
    r"|Roman|Norwegian|Danish|Hungarian|Polish) (\w+)"
)


@dataclass(frozen=True)
class Known:
    """How well a model answers about one attribute of entities of one kind."""

    kind: str
    attribute: str
    accuracy: float
    majority: float  # of the answer that is most often right, given always
    n: int

    @property
    def is_known(self) -> bool:
        return self.accuracy >= self.majority + MARGIN

    def __str__(self) -> str:
        return f"{self.attribute} of a {self.kind} {self.accuracy:.2f} (the same answer always: {self.majority:.2f})"


def knowledge(lm: LM, sample: int = SAMPLE) -> list[Known]:
    """What the model knows of the attributes that WordNet and its spelling give, generated and judged by sae-bench's functions."""
    asked = [*_words(lm), *_people()]
    return [
        _ask(lm, kind, name, template, random.Random(0).sample(pairs, min(sample, len(pairs))))
        for kind, name, template, pairs in asked
    ]


Attribute = tuple[str, str, str, list[tuple[str, str]]]  # kind, attribute, template, (entity, right answer)


def _words(lm: LM) -> list[Attribute]:
    """Words of one token: their first letter, and the word that their gloss begins with (a thing, a deed, a quality)."""
    openings: dict[str, str] = {}
    for split in ("train", "heldout"):
        for entry in entries(split):
            for word in entry.words:
                openings.setdefault(word, entry.gloss.split()[0].strip("("))
    words = [word for word in spelling_words(lm.tokenizer) if word.strip() in openings]
    return [
        ("word", "first letter", f"\n%s{SPELLING_PROMPT}", [(word, letter_of(word).strip()) for word in words]),
        ("word", "opening of its gloss", "%s:", [(word, openings[word.strip()]) for word in words]),
    ]


def _people() -> list[Attribute]:
    """People by name: nationality, and occupation of those from the United States, as their gloss begins."""
    nations, occupations = [], []
    for entry in entries("train"):
        match = NATIONALITY.match(entry.gloss)
        if entry.lexname == "noun.person" and match and entry.words[0][0].isupper():
            name = ", ".join(entry.words[:3])
            nations.append((name, match[1]))
            if match[1] == "United States":
                occupations.append((name, match[2]))
    return [("person", "nationality", "%s:", nations), ("person", "occupation", "%s: United States", occupations)]


def _ask(lm: LM, kind: str, attribute: str, template: str, pairs: list[tuple[str, str]]) -> Known:
    prompts = [template % entity for entity, _ in pairs]
    with quiet(), torch.no_grad():
        said = upstream.generate_batched(
            lm.model, lm.tokenizer, lm.tokenizer(prompts)["input_ids"], max_new_tokens=3, llm_batch_size=128
        )
    right = [
        upstream.evaluate_completion(prompt, label, completion)
        for prompt, (_, label), completion in zip(prompts, pairs, said, strict=True)
    ]
    most = Counter(label for _, label in pairs).most_common(1)[0][1]
    return Known(kind, attribute, sum(right) / len(pairs), most / len(pairs), len(pairs))


def shortfall(found: list[Known]) -> list[str]:
    """Empty where two attributes of entities of one kind are known; else why RAVEL has no meaning here."""
    known = Counter(each.kind for each in found if each.is_known)
    if max(known.values(), default=0) >= 2:
        return []
    return [
        "out of reach for this model: it must know two attributes of things of one kind, so that one can be changed and the "
        f"other stay. Measured: {'; '.join(map(str, found))}"
    ]
