"""A result says what was tried and how long it took."""

from __future__ import annotations

import time

from agent.checks.result import CheckResult, failed, passed, timed


def test_what_failed_has_a_remedy_and_what_passed_needs_none() -> None:
    """Both are fatal where nothing else is said: a session cannot do without them."""
    assert passed("disk", "9 GB") == CheckResult("disk", True, "9 GB", "", 0.0, True)
    assert failed("GPU", "gone", "look", fatal=False) == CheckResult("GPU", False, "gone", "look", 0.0, False)


def test_an_attempt_is_timed() -> None:
    """The seconds come on top; all else stays as it was told."""

    def slow() -> CheckResult:
        time.sleep(0.02)
        return failed("TeX", "lacks x.sty", "make setup", fatal=False)

    result = timed(slow)
    assert result.seconds >= 0.02
    assert (result.name, result.ok, result.remedy, result.fatal) == ("TeX", False, "make setup", False)
