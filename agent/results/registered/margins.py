"""Hypotheses with a size: whether the whole interval of a difference lies within what was allowed beforehand.

`not worse than baseline by more than 0.01` is a test of non-inferiority, `within 0.01 of baseline` one of equivalence: both hold
only where the noise leaves no room for more, so that neither holds because little was measured. The interval is the one of
verdicts, two-sided: for `not worse` that is stricter than the one-sided test at the same level (Piaggio et al., JAMA 308 (2012), 2594).
"""

from __future__ import annotations

from dataclasses import dataclass

from agent.results.verdicts.verdict import Verdict, gain
from agent.results.words import phrases
from agent.session.events.hypothesis import Hypothesis, OutcomeWord
from agent.session.template.contract import Metric

_TOLD = ("better", "worse", "within noise", "equal")
"""Verdicts that know a difference and its noise."""


@dataclass(frozen=True)
class Held:
    """What came of a hypothesis with a size, and how far the noise leaves room, in words that end its reason."""

    outcome: OutcomeWord
    words: str


def held_within(hypothesis: Hypothesis, verdict: Verdict, metric: Metric) -> Held:
    """Whether the difference is within the hypothesis' margin, by the verdict's interval; `not tested` where there is none."""
    if verdict.word not in _TOLD or verdict.delta is None or hypothesis.margin is None:
        return Held("not tested", "")
    noise = (
        0.0 if verdict.exact else verdict.noise or 0.0
    )  # of an equal one whose noise nobody knows there is nothing to add
    two_sided = hypothesis.relation == "within noise of"
    apart = abs(verdict.delta) if two_sided else -gain(verdict.delta, metric)
    least, most = apart - noise, apart + noise
    allowed = hypothesis.margin
    outcome: OutcomeWord = "undecided within noise"
    if most <= allowed:
        outcome = "held"
    elif least > allowed:
        outcome = "not held"
    may = f"apart by up to {phrases.number(most, metric)}" if two_sided else _worse_by(most, metric)
    return Held(outcome, f"; so it may be {may}, and {hypothesis.size} was allowed")


def _worse_by(most: float, metric: Metric) -> str:
    return f"worse by up to {phrases.number(most, metric)}" if most > 0 else "no worse at all"
