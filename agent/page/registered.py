"""Hypotheses registered before the first run as the page shows them, and planned runs that were not made."""

from __future__ import annotations

from dataclasses import dataclass

from agent.results.registered.outcomes import TONES, Registration, statement_text
from agent.results.verdicts.verdict import Tone


@dataclass(frozen=True, kw_only=True)
class HypothesisView:
    """One hypothesis and what came of it by now."""

    name: str
    statement: str
    outcome: str
    reason: str
    tone: Tone


@dataclass(frozen=True, kw_only=True)
class RegisteredView:
    """What was registered; `retitled` are runs that the plan calls otherwise, `left_out` are planned runs that were not made, each with the reason. All empty where there is nothing."""

    rows: tuple[HypothesisView, ...] = ()
    sha256: str = ""
    unread: tuple[str, ...] = ()
    none: str = ""
    retitled: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()


def registered_view(registration: Registration) -> RegisteredView:
    """What the page shows of it."""
    return RegisteredView(
        rows=tuple(
            HypothesisView(
                name=each.hypothesis.name,
                statement=statement_text(each.hypothesis),
                outcome=each.outcome,
                reason=each.reason,
                tone=TONES[each.outcome],
            )
            for each in registration.tested
        ),
        sha256=registration.sha256,
        unread=registration.unread,
        none=registration.none,
        retitled=registration.retitled,
        left_out=tuple(f"{each.run}, {each.title}: {each.reason}" for each in registration.left_out),
    )
