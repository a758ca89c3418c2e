"""The bounds of a printed interval, `94.7 [94.5, 94.9]`: the mean over repeats, less and more what 95% of confidence spans."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from agent.drafts.judging.case import Case, Ruling
from agent.drafts.records.pool import intervals
from agent.drafts.records.runs import Key
from agent.results.verdicts.student import two_sided

_NUMBER = r"[-−+]?\d[\d.,]*"
_PAIR = re.compile(
    rf"(?P<open>[\[(]|\b(?:from|between)\s)?\s*(?P<low>{_NUMBER})\s*%?\s*(?:,|;|–|—|--?|\bto\b|\band\b|\.\.)\s*(?P<high>{_NUMBER})\s*%?\s*(?P<close>[\])])?"
)
_SAID = re.compile(r"\bCIs?\b|\b(?:confidence|credible|bootstrap)\b|\bintervals?\b", re.IGNORECASE)
_OF_BOUND = re.compile(r"(?:^|[_.])(?:ci|lower|upper|lo|hi|low|high|bound)s?(?:[_.\d]|$)", re.IGNORECASE)
"""How a bound that lies in a file is called."""
_NEAR = 48
"""Characters between an interval and the word that says so."""
_NORMAL = 1.96


@dataclass(frozen=True)
class _Span:
    run: str
    key: Key
    low: float
    high: float
    how: str


def interval_bound(case: Case) -> Ruling | None:
    """What came of a number that is a bound of an interval; None for any other number."""
    side = _side(case)
    if side is None:
        return None
    recorded = [
        one for one in case.hits if case.of_run(one) and (_OF_BOUND.search(one.key.name) or one.role == "spread")
    ]
    if recorded:
        return Ruling("supported", recorded[0].shown, f"bound of {recorded[0].key.name}", (recorded[0].run,))
    spans = list(_spans(case))
    for span in spans:
        bound = span.low if side == "low" else span.high
        if any(low <= bound <= high for low, high in _printed(case)):
            formula = f"mean {'−' if side == 'low' else '+'} {span.how} of {span.key.name} of {span.run} = {bound:.6g}"
            return Ruling("derived", formula, "bound of an interval over repeats", (span.run,))
    if spans:
        span = spans[0]
        known = f"{span.key.name} of {span.run} has {span.low:.6g} to {span.high:.6g} ({span.how})"
        return Ruling("unsupported", reason=f"no interval has this bound: {known}")
    if case.values.repeated:
        return Ruling("unsupported", reason="no interval of the folder has this bound")
    return Ruling("spread_without_seeds", reason="a bound of an interval, but every run was done once")


def _printed(case: Case) -> list[tuple[float, float]]:
    percents = case.percents or "%" in case.text
    return [(low, high) for low, high, _ in intervals(case.number, percents)]


def _side(case: Case) -> str | None:
    """Which bound of an interval the number is, where the text or the caption says that it is one."""
    text, number = case.text, case.number
    for match in _PAIR.finditer(text):
        bracketed = match["open"] == "[" and match["close"] == "]"
        around = text[max(0, match.start() - _NEAR) : match.end() + _NEAR]
        told = _SAID.search(around) or (bracketed and _SAID.search(case.caption))
        if not told or not (match["open"] or match["close"] or _SAID.search(text[: match.start()])):
            continue
        for side in ("low", "high"):
            if match.start(side) <= number.start + 1 and number.start < match.end(side):
                return side
    return None


def _spans(case: Case) -> Iterator[_Span]:
    """The intervals of 95% that the repeats of what is meant span, by the normal and by Student's t."""
    for (run, key), repeats in case.values.repeats.items():
        if (case.context.runs and run not in case.context.runs) or (
            case.context.metrics and key not in case.context.metrics
        ):
            continue
        n = len(repeats)
        mean = math.fsum(repeats) / n
        error = math.sqrt(math.fsum((each - mean) ** 2 for each in repeats) / (n - 1) / n)
        for factor, how in ((two_sided(0.95, n - 1), "t"), (_NORMAL, "1.96")):
            if error:
                yield _Span(run, key, mean - factor * error, mean + factor * error, f"{how} standard errors")
