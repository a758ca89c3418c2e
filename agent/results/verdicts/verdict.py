"""How a measurement stands to another: the noise between them, and the verdict in one word."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from agent.results.values import ROUNDING, Value
from agent.results.verdicts.student import CONFIDENCE, two_sided
from agent.session.template.contract import Metric

Word = Literal[
    "better", "worse", "within noise", "equal", "not comparable", "noise unknown", "direction unknown", "not measured"
]
Tone = Literal["good", "bad", "flat", "none"]

MARKS: Mapping[Word, str] = {
    "better": "+",
    "worse": "-",
    "within noise": "=",
    "equal": "=",
    "not comparable": "*",
    "noise unknown": "?",
    "direction unknown": "?",
    "not measured": "",
}
"""The one alphabet of marks, in every table."""
TONES: Mapping[Word, Tone] = {
    "better": "good",
    "worse": "bad",
    "within noise": "flat",
    "equal": "flat",
    "not comparable": "none",
    "noise unknown": "none",
    "direction unknown": "none",
    "not measured": "none",
}
"""How each word is coloured, on the page and on the terminal."""
ONE_LOOK = " (one look)"
"""Behind a verdict that holds for one look, and not for all looks that were made."""
_MORE_DIGITS = 3


def noise_between(
    spread: float | None, n: int, first: int, second: int, confidence: float = CONFIDENCE
) -> float | None:
    """Half-width within which two means of one method differ 19 times of 20 (or as `confidence` says), the one over `first`
    seeds, the other over `second`.

    t(n-1) · s · sqrt(1/first + 1/second), s being the standard deviation `spread` over the baseline's `n` seeds.
    None where n < 2, and where all seeds gave the same: unknown noise is not zero. Two runs of one seed each: t · s · sqrt(2).
    """
    if not spread or n < 2:
        return None
    return two_sided(confidence, n - 1) * spread * math.sqrt(1 / first + 1 / second)


def half_width(spread: float | None, n: int, confidence: float = CONFIDENCE) -> float | None:
    """Half-width of the interval in which one more seed of the baseline would fall 19 times of 20.

    t(n-1) · s · sqrt(1 + 1/n): `noise_between` a run of one seed and the baseline. Verdicts and the band that figures
    draw (`noise` in run_0/final_info.json) both come from here.
    """
    return noise_between(spread, n, 1, max(n, 1), confidence)


@dataclass(frozen=True)
class Verdict:
    """One measurement against another: the word, `delta` (mine − theirs), and the half-width `noise` between them.

    `delta` is None where a side was not measured, `noise` where it is not known. `exact`: nothing is drawn at random, so
    that every difference beyond rounding is one. `one_look`: better or worse beyond the noise of one look, and not of all
    looks that were made.
    """

    word: Word
    delta: float | None
    noise: float | None
    exact: bool = False
    one_look: bool = False

    @property
    def told(self) -> str:
        """The word, and that one look alone bears it: `better (one look)`."""
        return self.word + (ONE_LOOK if self.one_look else "")

    @property
    def mark(self) -> str:
        """The word as a character, in brackets where one look alone bears it."""
        return f"({MARKS[self.word]})" if self.one_look else MARKS[self.word]

    @property
    def tone(self) -> Tone:
        return TONES[self.word]


def judge(
    mine: Value | None,
    theirs: Value | None,
    noise: float | None,
    metric: Metric,
    alike: bool,
    exact: bool = False,
    band: float | None = None,
) -> Verdict:
    """How `mine` stands to `theirs` by the metric's own direction; `alike` says whether the two can be compared.

    A difference that is shown as 0 is never one to the better or the worse, whatever the noise. `exact`: there is none.
    `band` is the noise for all looks made; None where there was one look, or where nobody counts them.
    """
    if mine is None or theirs is None:
        return Verdict("not measured", None, noise, exact)
    delta, least = mine.mean - theirs.mean, rounding(mine, theirs)
    if not alike:
        return Verdict("not comparable", delta, noise, exact)
    if metric.direction is None:
        return Verdict("direction unknown", delta, noise, exact)
    if noise is not None and not exact and abs(delta) <= max(noise, least):
        return Verdict("within noise", delta, noise)
    if not noise and not exact and not (theirs.all_same and abs(delta) <= least):
        return Verdict("noise unknown", delta, None)
    if abs(delta) <= least or is_shown_as_zero(delta, metric):
        return Verdict("equal", delta, noise, exact)
    one_look = not exact and band is not None and abs(delta) <= band
    return Verdict("better" if improves(delta, metric) else "worse", delta, noise, exact, one_look)


def is_shown_as_zero(delta: float, metric: Metric) -> bool:
    """Whether all of the metric's digits are too few for this difference."""
    return not float(f"{delta:.{metric.digits}f}")


def digits_for(verdict: Verdict, metric: Metric) -> int:
    """As many decimals as tell a difference from its noise: the metric's, or up to three more where both show the same."""
    delta, noise = verdict.delta, verdict.noise
    if verdict.word not in ("better", "worse", "within noise") or not delta or not noise:
        return metric.digits
    if is_shown_as_zero(delta, metric):
        return metric.digits
    for digits in range(metric.digits, metric.digits + _MORE_DIGITS + 1):
        if f"{abs(delta):.{digits}f}" != f"{noise:.{digits}f}":
            return digits
    return metric.digits


def improves(delta: float, metric: Metric) -> bool:
    """Whether a difference above or below 0 is one to the better; False where the direction is not known."""
    return metric.direction is not None and (delta > 0) == (metric.direction == "higher")


def gain(number: float, metric: Metric) -> float:
    """`number` so that more of it is better: its negative where lower is better; as it is where the direction is not known."""
    return -number if metric.direction == "lower" else number


def rounding(mine: Value, theirs: Value) -> float:
    """The difference below which two values are equal but for rounding."""
    return ROUNDING * max(abs(mine.mean), abs(theirs.mean))
