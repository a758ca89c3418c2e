"""Checks of what somebody else may have written: one that stumbles tells so, and the others look on."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from agent.packing.opened import Opened
from agent.session.events import Finding

Check = Callable[[Opened], Iterator[Finding]]


def guarded(opened: Opened, check: Check) -> list[Finding]:
    """What a check finds; where it stumbles over what lies there, that is a finding too."""
    try:
        return list(check(opened))
    except Exception as error:  # whatever a stranger's file holds: it is told, and the rest is looked at
        return [unforeseen(check.__name__.replace("_", " "), error)]


def unforeseen(what: str, error: Exception) -> Finding:
    """That something could not be looked at, and why."""
    why = f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
    return Finding(where="session", what=f"{what} cannot be looked at", why=why)
