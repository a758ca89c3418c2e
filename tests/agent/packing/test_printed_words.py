"""The PDF's words by how often they come: a line's end breaks some, and joins none that the paper does not hold."""

from __future__ import annotations

from collections import Counter

import pytest

from agent.packing.checks.printed_words import joined, not_held

_SOURCE = "SAEBench writes it; the seed of sae-bench is 0. We add pre-training to pretraining, and a decoder."
_KNOWN = {"saebench", "writes", "bench", "training", "pretraining", "decoder"}


@pytest.mark.parametrize(
    ("printed", "told"),
    [
        (_SOURCE, []),
        (_SOURCE.replace("sae-bench", "sae- bench"), []),
        (_SOURCE.replace("pre-training", "pre- training"), []),
        (_SOURCE.replace("decoder", "deco- der"), []),
        (_SOURCE.replace("sae-bench", "SAEBench SAEBench"), ["saebench"]),
        (_SOURCE.replace("decoder", "decoder of another decoder"), ["another", "decoder"]),
    ],
)
def test_a_hyphen_at_a_line_s_end_makes_no_other_word(printed: str, told: list[str]) -> None:
    """`sae-bench`, broken there, reads as the SAEBench that stands elsewhere; a word more than the paper holds is told."""
    assert not_held(Counter(joined(printed, _KNOWN)), _SOURCE, frozenset()) == told
