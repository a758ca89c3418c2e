"""What headers and captions say that numbers are to be multiplied with: `(millions)`."""

from __future__ import annotations

import re

from agent.drafts.naming.words import tokens

_SCALE = re.compile(r"\((?:in )?(millions?|M|thousands?|[kK]|billions?)\)|\bin (millions|thousands|billions)\b")
_SIZES = {"m": 1e6, "t": 1e3, "k": 1e3, "b": 1e9}


def scale_of(heads: str, caption: str) -> float:
    """By the headers; by the part of the caption that speaks of them, where it has several (`Params in millions, latency in ms`), else by any."""
    told = _SCALE.search(heads)
    found = [(part, match) for part in re.split(r"[,;.]\s", caption) if (match := _SCALE.search(part))]
    own = [match for part, match in found if frozenset(tokens(part)) & frozenset(tokens(heads))]
    told = told or next(iter([*own, *(match for _, match in found)]), None)
    return _SIZES[(told[1] or told[2])[0].lower()] if told else 1.0
