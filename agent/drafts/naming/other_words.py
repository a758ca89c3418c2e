"""Metrics by other words than their keys: the median of `p50`, the tail of `p99`, the correlation of `spearman`."""

from __future__ import annotations

import re
from collections.abc import Collection, Container

_NTH = re.compile(r"\b(\d\d)(?:\.\d+)?(?:th|st|nd|rd)?[\s-]*percentiles?\b", re.IGNORECASE)
_MEDIAN = re.compile(r"\bmedian\b", re.IGNORECASE)
_AT_RANK = re.compile(r"\b([A-Z][A-Za-z]{0,3})@(\d+)\b")
_BY_INITIAL = re.compile(r"(?<![A-Za-z])([A-Za-z]{2,})_\{?([A-Z])\}?(?![A-Za-z])")
_SIZES = ("small", "medium", "large")
_OF_A_SIZE = re.compile(rf"\b({'|'.join(_SIZES)})\b", re.IGNORECASE)
_TAIL = re.compile(r"\btail\b", re.IGNORECASE)


_KINDS = (
    (
        re.compile(r"\bcorrelations?\b", re.IGNORECASE),
        "correlation",
        ("spearman", "pearson", "kendall", "spearmanr", "rho"),
    ),
    (re.compile(r"\brewards?\b", re.IGNORECASE), "reward", ("return",)),
    (re.compile(r"\breturns?\b", re.IGNORECASE), "return", ("reward",)),
    (re.compile(r"\b(?:cut|truncated|cropped|clipped|padded) (?:at|to|after)\b"), "truncation", ("length", "len")),
    (re.compile(r"\bparameters\b", re.IGNORECASE), "parameter", ("params",)),
    (re.compile(r"\b(?:well-|poorly )?calibrat\w+|\bmiscalibrat\w+", re.IGNORECASE), "calibration", ("ece",)),
)
"""A word, how keys would be called by it, and what they are called instead."""


def by_other_words(text: str, known: Container[str]) -> str:
    """The text with what a folder calls the metrics of which it speaks, where it calls none by the words of the text."""
    for said, own, others in _KINDS:
        there = [name for name in others if name in known]
        if own not in known and there and said.search(text):
            text = f"{text} {' '.join(there)}"
    return with_percentiles(text, known)


def at_ranks(text: str, keys: Collection[str]) -> str:
    """The text with the whole names of what it calls by a beginning and a rank, or by an initial: `recall@100` for `R@100`,
    `AP_small` for `AP_S`, where one key alone begins so."""

    def whole(match: re.Match[str]) -> str:
        own = re.compile(rf"({match[1]}\w*?)(?:_at_|[@_]){match[2]}", re.IGNORECASE)
        found = {told[1] for key in keys if (told := own.fullmatch(key))}
        return f"{found.pop()}@{match[2]}" if len(found) == 1 else match[0]

    def by_initial(match: re.Match[str]) -> str:
        own = re.compile(rf"{match[1]}_({match[2]}[a-z]+)", re.IGNORECASE)
        found = {told[1] for key in keys if (told := own.fullmatch(key))}
        return f"{match[1]}_{found.pop()}" if len(found) == 1 else match[0]

    text = _AT_RANK.sub(whole, text) if "@" in text else text
    if (match := _OF_A_SIZE.search(text)) and (letters := _by_size(keys)):
        text = f"{text} {' '.join(sorted(name + match[1][0].lower() for name in letters))}"
    return _BY_INITIAL.sub(by_initial, text) if "_" in text else text


def _by_size(keys: Collection[str]) -> set[str]:
    """What metrics are called but for the letter of a size: the AP of APs, APm and APl, the `mAP_` of mAP_s, mAP_m and mAP_l."""
    return {key[:-1] for key in keys if key[-1:] == "s" and all(key[:-1] + size[0] in keys for size in _SIZES)}


def with_percentiles(text: str, known: Container[str]) -> str:
    """The text with the names of percentiles, where a folder keeps them under these and calls nothing by the words."""
    text = _NTH.sub(lambda match: f"p{match[1]} {match[0]}" if f"p{match[1]}" in known else match[0], text)
    if "p50" in known and "median" not in known:
        text = _MEDIAN.sub("median p50", text)
    far = [name for name in ("p99", "p95", "p90") if name in known]
    return _TAIL.sub(f"tail {far[0]}", text) if far and "tail" not in known else text
