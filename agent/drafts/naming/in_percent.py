"""Percentages without a sign: `86.0` under `Accuracy`, `an accuracy of 86.0`, where the folder has 0.86."""

from __future__ import annotations

import re
from collections.abc import Iterable

from agent.drafts.naming.context import Context
from agent.drafts.records.pool import Values
from agent.drafts.records.runs import Key
from agent.drafts.text.numerals import Numeral

_BEYOND = 1.5
"""No share is printed so large, as a share."""
_OFTEN = re.compile(
    r"(?:^|_)(?:acc(?:uracy)?|f1|auc|auroc|auprc|ap|m?ap\d*|precision|recall|rate|exact_match|em|top_?\d|m?iou|dice|ndcg|mrr|hits?"
    r"|correct|success|bleu|roug\w+|mcc|matthews\w*|pearson\w*|spearman\w*|kappa)(?:$|[_@\d])",
    re.IGNORECASE,
)
"""Metrics that are often told in percent."""


def in_percent(told: Iterable[tuple[frozenset[Key], float]], values: Values) -> frozenset[frozenset[Key]]:
    """The metrics of a table's numbers that are printed as percentages: shares of which most numbers are beyond what one can be."""
    held: dict[frozenset[Key], list[bool]] = {}
    for metrics, number in told:
        if metrics and metrics <= values.shares:
            held.setdefault(metrics, []).append(number > _BEYOND)
    return frozenset(metrics for metrics, beyond in held.items() if 2 * sum(beyond) > len(beyond))


def is_in_percent(number: Numeral, context: Context, values: Values) -> bool:
    """Whether a number of a sentence is one, by what it is of."""
    beyond = number.digits > 1 and number.value > _BEYOND
    shares = bool(context.metrics) and context.metrics <= values.shares
    return beyond and shares and all(_OFTEN.search(key.path[-1]) for key in context.metrics)
