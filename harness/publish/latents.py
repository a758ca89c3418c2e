"""What is told of each latent: its texts with their strengths, and the tokens that its direction speaks for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from harness.grad import no_grad
from harness.publish.activating import Activating

AROUND = 24  # tokens before and after the strongest one that a page shows
WORDS = 10  # tokens that a direction raises most, and lowers most


@dataclass(frozen=True)
class Text:
    """One text: its tokens as they read, and the latent's strength at each."""

    tokens: tuple[str, ...]
    values: tuple[float, ...]

    @property
    def highest(self) -> float:
        """The latent's strongest activation in the text, as the SAE encodes it."""
        return max(self.values)

    @property
    def shown(self) -> list[tuple[str, float]]:
        """The tokens round the strongest one, each with its strength."""
        middle = self.values.index(self.highest)
        around = slice(max(0, middle - AROUND), middle + AROUND + 1)
        return list(zip(self.tokens[around], self.values[around], strict=True))


@dataclass(frozen=True)
class Latent:
    """One latent, as page and file show it."""

    index: int
    how_often: float  # part of the tokens at which it is on
    texts: tuple[Text, ...]  # in which it is on, strongest first
    counts: tuple[int, ...]  # tokens by strength, in equal steps up to the highest
    raised: tuple[
        tuple[str, float], ...
    ]  # tokens whose logits its direction raises most; () where there is no direction
    lowered: tuple[tuple[str, float], ...]

    @property
    def highest(self) -> float:
        """The strongest in any text, as the SAE encodes it; 0 where it was never on."""
        return self.texts[0].highest if self.texts else 0.0


@no_grad
def told(found: Activating, ids: Tensor, W_dec: Tensor | None, model: Any) -> list[Latent]:
    """Each latent of `found`, in its order; `ids` [rows, context] are the texts that were looked at."""
    speak = _spoken(model.tokenizer)
    logits = (
        None if W_dec is None else (W_dec[found.latents].to(model.W_U) @ model.W_U).float().cpu()
    )  # [n, vocabulary]
    listed = []
    for place, latent in enumerate(found.latents.tolist()):
        texts = [
            Text(tuple(speak(token) for token in ids[row].tolist()), tuple(round(v, 4) for v in codes.tolist()))
            for row, value, codes in zip(found.rows[place], found.values[place], found.codes[place], strict=True)
            if value > 0
        ]
        raised, lowered = ((), ()) if logits is None else (_ends(logits[place], speak, sign) for sign in (1, -1))
        listed.append(
            Latent(
                index=latent,
                how_often=float(found.how_often[place]),
                texts=tuple(texts),
                counts=tuple(int(count) for count in found.counts[place]),
                raised=raised,
                lowered=lowered,
            )
        )
    return listed


def _ends(logits: Tensor, speak: Callable[[int], str], sign: int) -> tuple[tuple[str, float], ...]:
    values, tokens = (sign * logits).topk(min(WORDS, len(logits)))
    return tuple(
        (speak(int(token)), round(sign * float(value), 4)) for value, token in zip(values, tokens, strict=True)
    )


def _spoken(tokenizer: Any) -> Callable[[int], str]:
    """A token as it reads in a text, with the space before it."""
    known: dict[int, str] = {}

    def speak(token: int) -> str:
        if token not in known:
            known[token] = str(tokenizer.decode([token]))
        return known[token]

    return speak


def chosen(d_sae: int, wanted: int) -> Tensor:
    """`wanted` latents [n], evenly spread over the dictionary; all of them where it has no more."""
    return torch.arange(d_sae) if wanted >= d_sae else torch.linspace(0, d_sae - 1, wanted).round().long().unique()
