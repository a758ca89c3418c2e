"""What figures are drawn from: distributions behind the metrics, small enough for final_info.json."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean
from typing import Any

import torch
from torch import Tensor

from harness.evaluation.measures.absorption import Absorbed
from harness.evaluation.measures.probing import Probed
from harness.evaluation.measures.together import BLOCK, Together

COSINE_BINS = 50  # from 0 to 1
DENSITY_BINS = 30
GRAM_LATENTS = 32


def of_latents(W_dec: Tensor, counts: Together, tokens: int) -> dict[str, Any]:
    """From decoder rows [d_sae, d_in] and what is on together on so many held-out tokens.

    decoder_cosine_histogram   of each latent's highest cosine with another; `edges` has one entry more than `counts`
    density_histogram          of log10 of the part of tokens for which a latent is on; `dead` is the number never on
    gram                       cosines of the decoder rows of the `latents` that are on most often
    """
    W_dec = torch.nn.functional.normalize(W_dec, dim=1)
    density = counts.single / tokens
    lowest = -max(1, len(str(tokens)))  # 10^lowest is below one token
    logs = density[density > 0].log10()
    often = counts.single.topk(min(GRAM_LATENTS, len(W_dec))).indices
    gram = W_dec[often] @ W_dec[often].T
    return {
        "decoder_cosine_histogram": _histogram(_highest(W_dec).clamp(0, 1), COSINE_BINS, 0.0, 1.0),
        "density_histogram": {**_histogram(logs, DENSITY_BINS, float(lowest), 0.0), "dead": int((density == 0).sum())},
        "gram": {
            "latents": often.tolist(),
            "values": [[round(value, 3) for value in row] for row in gram.double().tolist()],
        },
    }


def _highest(W_dec: Tensor) -> Tensor:
    """[d_sae]: of each unit row [d_sae, d_in] the highest cosine with another, a block of rows at a time."""
    size = max(1, BLOCK // len(W_dec))
    found, space = W_dec.new_empty(len(W_dec)), W_dec.new_empty(size, len(W_dec))  # asked for anew, blocks pile up
    for start in range(0, len(W_dec), size):
        rows = W_dec[start : start + size]
        cosines = torch.mm(rows, W_dec.T, out=space[: len(rows)])
        cosines.diagonal(start).sub_(2)  # itself
        torch.amax(cosines, 1, out=found[start : start + len(rows)])
    return found


def _histogram(values: Tensor, bins: int, low: float, high: float) -> dict[str, list[float]]:
    edges = torch.linspace(low, high, bins + 1, dtype=torch.float64)
    counts = torch.histc(values.double(), bins, low, high)
    return {"edges": [round(edge, 6) for edge in edges.tolist()], "counts": [int(n) for n in counts.tolist()]}


def by_letter(repeats: Sequence[Absorbed]) -> dict[str, dict[str, float]]:
    """{letter: {absorption_fraction, full_absorption, n}}: means over repeats; n is the number of words."""
    letters = repeats[0].by_letter
    return {
        letter: {
            name: round(fmean(getattr(each.by_letter[letter], name) for each in repeats), 4)
            for name in ("absorption_fraction", "full_absorption")
        }
        | {"n": letters[letter].n}
        for letter in sorted(letters)
        if all(letter in each.by_letter for each in repeats)
    }


def by_class(repeats: Sequence[Probed]) -> dict[str, Any]:
    """probing_by_k {k: accuracy} and probing_by_class {class: {k: accuracy}}: means over repeats."""
    ks, classes = repeats[0].accuracy, next(iter(repeats[0].accuracy.values()))
    table = {
        name: {str(k): round(fmean(each.accuracy[k][name] for each in repeats), 4) for k in ks} for name in classes
    }
    over_all = {str(k): round(fmean(each.scores()[f"probing_top_{k}"] for each in repeats), 4) for k in ks}
    return {"probing_by_k": over_all, "probing_by_class": table}
