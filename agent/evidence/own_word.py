"""A run's own word on what only an evaluator measures: shown for what it is."""

from __future__ import annotations

import re
from collections.abc import Iterable

OWN_WORD = " (the run's own record, no score)"


def own_word(section: str, name: str, metrics: Iterable[str]) -> str:
    """What stands behind a recorded value that has a metric's name; empty for any other.

    A setting (`config`) may be called after a metric without being one, as `l0_sweep` is, so there the name must be a metric's own;
    what `training` recorded may have a word before or behind it (`train_explained_variance`).
    """
    words = _words(name.rpartition(".")[2])
    for metric in map(_words, metrics):
        if words == metric or (section == "training" and f" {metric} " in f" {words} "):
            return OWN_WORD
    return ""


def _words(name: str) -> str:
    return " ".join(re.findall(r"[a-z]+\d*|\d+", name.lower()))
