"""What came of trying one thing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class CheckResult:
    """One thing that was tried."""

    name: str
    ok: bool
    detail: str
    """What was found, in one line."""
    remedy: str = ""
    """What to do about it; empty where all is well."""
    seconds: float = 0.0
    fatal: bool = True
    """Whether a session cannot do without it."""


def passed(name: str, detail: str, fatal: bool = True) -> CheckResult:
    """All is well."""
    return CheckResult(name, True, detail, fatal=fatal)


def failed(name: str, detail: str, remedy: str, fatal: bool = True) -> CheckResult:
    """Something is missing or broken; where it is not `fatal`, a session goes on without it."""
    return CheckResult(name, False, detail, remedy, fatal=fatal)


def refusal(results: Iterable[CheckResult]) -> str:
    """Why no session is begun: all that would fail later, each with its remedy; empty where nothing would."""
    wrong = [f"{each.name}: {each.detail}; {each.remedy}" for each in results if each.fatal and not each.ok]
    return "\n  ".join(("the check found what would fail later:", *wrong)) if wrong else ""


def timed(attempt: Callable[[], CheckResult]) -> CheckResult:
    """The result of an attempt, with the seconds that it took."""
    started = time.monotonic()
    result = attempt()
    return replace(result, seconds=round(time.monotonic() - started, 2))
