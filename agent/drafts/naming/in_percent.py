"""Percentages without a sign: `86.0` under `Accuracy`, `an accuracy of 86.0`, where the folder has 0.86."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from agent.drafts.naming.cells import Entry
from agent.drafts.naming.context import Context
from agent.drafts.records.pool import Values
from agent.drafts.records.runs import Key
from agent.drafts.text.numerals import Numeral

_BEYOND = 1.5
"""No share is printed so large, as a share."""
_OFTEN = re.compile(
    r"(?:^|_)(?:acc(?:uracy)?|f1|auc|auroc|auprc|ap|m?ap\d*|precision|recall|rate|exact_match|em|top_?\d|m?iou|dice|ndcg|mrr|hits?"
    r"|correct|success|bleu|roug\w+)(?:$|[_@\d])",
    re.IGNORECASE,
)
"""Metrics that are often told in percent."""


def in_percent(read: Sequence[Entry], values: Values) -> list[Entry]:
    """The numbers of a table; where most of a metric of shares are beyond what a share can be, all are percentages."""
    held: dict[frozenset[Key], list[bool]] = {}
    for entry in read:
        if not (entry.percents or entry.spread or entry.changed) and entry.context.metrics <= values.shares:
            held.setdefault(entry.context.metrics, []).append(entry.number.value > _BEYOND)
    meant = {metrics for metrics, beyond in held.items() if metrics and 2 * sum(beyond) > len(beyond)}
    return [_as_percent(entry) if entry.context.metrics in meant else entry for entry in read]


def _as_percent(entry: Entry) -> Entry:
    changed = entry.changed and not entry.number.factor
    return replace(entry, percents=True, number=replace(entry.number, percent=entry.number.percent or changed))


def is_in_percent(number: Numeral, context: Context, values: Values) -> bool:
    """Whether a number of a sentence is one, by what it is of."""
    if number.digits < 2 or number.value <= _BEYOND or not context.metrics <= values.shares:
        return False
    return bool(context.metrics) and all(_OFTEN.search(key.path[-1]) for key in context.metrics)
