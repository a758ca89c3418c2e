"""At what comparisons are made: metrics that a template wants at the baseline's value (`matched_within`), and what leaves it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from agent.results.values import Value, decimal
from agent.session.template.contract import Metric

MARK = "‡"
"""Stands at every value of a run that is not at the baseline's value of what comparisons are made at."""
LEGEND = "not at the baseline's value of what comparisons are made at"


@dataclass(frozen=True)
class Left:
    """A metric that a run does not share with another, although comparisons are made at it; `mine` None: not measured."""

    name: str
    kind: Metric
    mine: Value | None
    theirs: Value


def left_by(
    metrics: Mapping[str, Metric],
    mine: Mapping[str, Value],
    theirs: Mapping[str, Value],
    noise: Callable[[str], float | None],
) -> tuple[Left, ...]:
    """The metrics by which one is not where the other is: farther than the tolerance and the noise. Nothing where the other has no value."""
    found = []
    for name, kind in metrics.items():
        if kind.matched_within is None or name not in theirs:
            continue
        own, other = mine.get(name), theirs[name]
        least = max(noise(name) or 0.0, kind.matched_within * abs(other.mean))
        if own is None or abs(own.mean - other.mean) > least:
            found.append(Left(name, kind, own, other))
    return tuple(found)


def left_words(found: tuple[Left, ...], whose: str) -> str:
    """`at l0 26.1 against the baseline's 16.0`, for each; empty where there is none."""
    return ", ".join(
        f"at {_label(each.name)} {_shown(each.kind, each.mine)} against {whose} {_shown(each.kind, each.theirs)}"
        for each in found
    )


def matched_names(metrics: Mapping[str, Metric]) -> list[str]:
    """The metrics that comparisons are made at."""
    return [name for name, kind in metrics.items() if kind.matched_within is not None]


def there_words(metrics: Mapping[str, Metric]) -> str:
    """What is said of a run that left none of them: `at the baseline's l0`."""
    names = " and ".join(map(_label, matched_names(metrics)))
    return f"at the baseline's {names}" if names else "at nothing that has to be matched"


def wanted_text(kind: Metric) -> str:
    """What a plan is told of such a metric; empty for any other."""
    if kind.matched_within is None:
        return ""
    return f"; comparisons are made at the baseline's value, within {100 * kind.matched_within:g}% or the noise"


def _label(name: str) -> str:
    return name.replace("_", " ")


def _shown(kind: Metric, value: Value | None) -> str:
    if value is None:
        return "that was not measured"
    return decimal(value.mean, kind.digits) + ("%" if kind.unit == "%" else "")
