"""How much of a gap is closed: `closes 46% of the gap between RTN and FP16`, three values in one number."""

from __future__ import annotations

import re
from itertools import permutations

from agent.drafts.judging.case import Case, Ruling, computed

_CLOSED = re.compile(
    r"\b(?:clos|bridg|recover|mak\w+ up|cover|narrow)\w*\b[^.;]{0,40}\b(?:gap|distance|difference|deficit)\b",
    re.IGNORECASE,
)
_PART = re.compile(
    r"\b(?:account|explain|contribut|provid|deliver|suppl|yield|captur|achiev|responsible)\w*\b[^.;]{0,30}%[^.;\d]{0,12}\bof\s+(?:the|this|that|its|our)\s+(?:\w+\s+)?(?:gain|improvement|reduction|increase|decrease|effect|benefit|advantage|drop)s?\b",
    re.IGNORECASE,
)
"""`annealing alone accounts for 57% of the gain`: of the gain of whom was spoken of."""
_A_FEW = 8
"""Runs that a sentence may call; among more a share is found by chance."""


def closed_gap(case: Case) -> Ruling | None:
    """The part of the way from one run to another that a third has come."""
    number, hand = case.number, case.context.hand
    if hand is None or not number.percent or len(hand.runs) > _A_FEW:
        return None
    part = _PART.search(case.text)
    if not part and not _CLOSED.search(case.text):
        return None
    named = hand.runs | case.names.runs.baseline | (case.context.before if part else frozenset())
    metrics = case.context.metrics if hand.sure_metric else hand.metrics
    if not case.context.near and len(case.values.central) <= _A_FEW:
        metrics |= case.values.central.keys()  # of what the gap is stands further before
    for key in sorted(metrics, key=lambda each: each.path)[:_A_FEW]:
        known = case.values.central.get(key, {})
        for run, low, high in permutations(sorted(named & known.keys()), 3):
            if run in case.context.runs and known[high].value != known[low].value:
                share = 100 * (known[run].value - known[low].value) / (known[high].value - known[low].value)
                if abs(share - number.value) <= number.half * (1 + 1e-6):
                    formula = f"100 × ({run} − {low}) / ({high} − {low}) of {key.name}"
                    return computed(formula, (run, low, high))
    return None
