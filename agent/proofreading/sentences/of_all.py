"""Whether a sentence says something of every metric; that all else was kept equal says nothing of what came out."""

from __future__ import annotations

import re

from agent.proofreading.sentences.names import Names

_ALL_METRICS = re.compile(
    r"\b(?:all|every|each|most|both|other|any)\s+(?:\w+\s+)?(?:metrics?|measures?|scores?)\b|\bacross the board\b|\beverything\b",
    re.IGNORECASE,
)
_KEPT = r"\s+(?:being|kept|held|left|remaining)"
_ALL_EQUAL = re.compile(
    r"\b(?:everything|all|other things)(?:"
    rf"\s+(?:else|other than|but|except(?: for)?|apart from|aside from|besides?|save)\b(?:\s+(?!is\b|are\b|was\b|were\b|stay|remain)[\w-]+){{0,4}}?(?:{_KEPT})*"
    rf"|(?:\s+things)?(?:{_KEPT})+|(?<=with everything))"
    r"\s+(?:equal|the same(?!\s+(?!and\b|but\b|as\b)\w)|unchanged|fixed|alike|constant|identical)\b(?!\s+(?:on|in|for|by)\b)",
    re.IGNORECASE,
)
"""`With everything but the order equal`: what was kept in the set-up, where no metric is named; of what came out it says nothing."""


def speaks_of_all(text: str, names: Names) -> bool:
    """Whether a sentence says something of every metric."""

    def kept(match: re.Match[str]) -> str:
        return match[0] if names.metrics(match[0]) else ""

    return _ALL_METRICS.search(_ALL_EQUAL.sub(kept, text)) is not None
