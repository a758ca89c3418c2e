"""Whom a change can be held against where its sentence names nobody: the baseline, and no run that it does not speak of."""

from __future__ import annotations

import re

from agent.drafts.naming.context import Context
from agent.drafts.records.pool import Values

_OPEN_BASE = re.compile(
    r"\b(?:between|from|each|both|all|any|other|another|further|more|less|fewer|than|instead|even)\b", re.IGNORECASE
)
_ABLATED = re.compile(
    r"(?:\b|_)(?:without|w/o|no|non|remov\w+|ablat\w+|drop(?:s|ped|ping)?|omit\w*|disabled?|only|replac\w+|add\w*|plus|and|with|combine[sd]?|combining|combination|both|full|small\w*|large\w*)(?:\b|_)|\+",
    re.IGNORECASE,
)
"""What says that a run is another with more or with less: then that one may be its base."""


def only_the_baseline(context: Context, values: Values, baseline: frozenset[str]) -> bool:
    """`The masked run lowers absorption by 51%`: one run is named, and none besides that it may be held against; the baseline has such a value."""
    hand = context.hand
    known = any(baseline & values.central.get(key, {}).keys() for key in context.metrics)
    if len(context.runs) != 1 or context.others or context.targets or not known or context.runs & baseline:
        return False
    (run,) = context.runs
    titles = [run, *values.records.by_name[run].labels]
    varied = _OPEN_BASE.search(context.words) or any(map(_ABLATED.search, (context.called, *titles)))
    return hand is not None and hand.sure_run and not varied
