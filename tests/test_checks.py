"""Each test can fail, and says what it shows: held for all of them, and tried on planted ones."""

from __future__ import annotations

from pathlib import Path

from agent.session.paths import REPOSITORY
from tests.guards import checks

PLANTED = '''
import subprocess
import pytest

def held(value: int) -> None:
    assert value == 1

def test_asserts() -> None:
    """Fine."""
    assert 1 + 1 == 2

def test_by_a_function_beside_it() -> None:
    """Fine."""
    held(1)

def test_expects_an_exception() -> None:
    """Fine."""
    with pytest.raises(ValueError):
        int("x")

def test_runs_a_command_that_must_end_well() -> None:
    """Fine."""
    subprocess.run(["true"], check=True)

def test_only_calls() -> None:
    """Nothing is held."""
    int("1")

def test_asserts_what_is_always_so() -> None:
    """A tuple with its message in it, and a constant."""
    assert (1 == 2, "never told")
    assert True

def test_without_a_sentence() -> None:
    assert int("1") == 1
'''


def test_every_test_can_fail() -> None:
    """Each asserts something, expects an exception, or runs a check or a command that must end well."""
    assert checks.cannot_fail(REPOSITORY) == []


def test_every_test_says_what_it_shows() -> None:
    """In the docstring that a failing run prints no worse than the name."""
    assert checks.untold(REPOSITORY) == []


def test_a_test_that_holds_nothing_trips(tmp_path: Path) -> None:
    """One that only calls, and one whose assertion is true whatever happens; what holds something is left alone, and no test is none."""
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_planted.py").write_text(PLANTED)
    (tmp_path / "tests" / "helpers.py").write_text("def test_me() -> None: ...\n")
    assert [each.split()[1] for each in checks.cannot_fail(tmp_path)] == [
        "test_only_calls",
        "test_asserts_what_is_always_so",
    ]
    assert [each.split()[1] for each in checks.untold(tmp_path)] == ["test_without_a_sentence"]
