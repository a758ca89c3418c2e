"""What differs between a session and its replay is told where it is beyond chance, or where nobody knows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from agent.replaying.compare import compare_run, compare_sessions, values_of
from agent.results.results import RunResult
from agent.results.story import results_of
from agent.results.values import Value
from tests.world.sessions import make_session
from tests.world.stage import make_session as make_study
from tests.world.study import results as study

NOISE = 4.303 * 0.0004 * 2**0.5
"""Of explained variance between two runs of one seed each."""


def again(run: RunResult, by: float) -> RunResult:
    """The run again, its explained variance higher by so much."""
    value = run.values["explained_variance"]
    return replace(run, values={**run.values, "explained_variance": Value(value.mean + by)})


@pytest.mark.parametrize(("by", "told"), [(0.99 * NOISE, 0), (1.01 * NOISE, 1), (-1.01 * NOISE, 1)])
def test_two_runs_of_one_code_differ_by_the_noise_between_single_seeds(tmp_path: Path, by: float, told: int) -> None:
    """t·s·√2, the same rule by which a text compares two runs."""
    session = make_study(tmp_path)
    run = results_of(session).runs[3]
    assert len(compare_run(session, "run_3", again(run, by))) == told


def test_what_stands_behind_nothing_differs_is_said(tmp_path: Path) -> None:
    """Each metric of both, the primary one first; one that is not measured any more is among the differences."""
    session = make_study(tmp_path)
    run = results_of(session).runs[3]
    lines = values_of(session, "run_3", again(run, 0.0001))
    assert lines[0] == "  explained_variance: 0.8971 then, 0.8972 now" and len(lines) == len(run.values)
    assert values_of(session, "run_3", replace(run, values={})) == []


def test_an_unknown_noise_is_said_to_be_unknown(tmp_path: Path) -> None:
    """With one seed of the baseline any difference beyond rounding is told, and that nobody knows whether it is chance."""
    runs = list(study().runs)
    runs[0] = replace(runs[0], values={name: Value(value.mean) for name, value in runs[0].values.items()})
    session = make_study(tmp_path, runs)
    (line,) = compare_run(session, "run_3", again(runs[3], 0.0001))
    assert line == "run_3: explained_variance: 0.8971 then, 0.8972 now (noise unknown)"
    assert compare_run(session, "run_3", again(runs[3], 1e-12)) == []


def test_a_metric_that_is_not_measured_any_more_is_told(tmp_path: Path) -> None:
    """Missing is not equal."""
    session = make_study(tmp_path)
    run = replace(results_of(session).runs[3], values={})
    assert "run_3: mse: measured then, not now" in compare_run(session, "run_3", run)


def test_a_session_does_not_differ_from_itself(tmp_path: Path) -> None:
    """Edits, attempts, code, notes, sections and values of a whole session."""
    session = make_session(tmp_path)
    assert compare_sessions(session, session) == []


def test_runs_that_only_one_of_the_two_has_are_told(tmp_path: Path) -> None:
    """Accepted then and not now, and the other way round."""
    (tmp_path / "then").mkdir()
    (tmp_path / "now").mkdir()
    then, now = make_study(tmp_path / "then"), make_study(tmp_path / "now", study().runs[:2])
    assert "run_3: accepted then, not now" in compare_sessions(then, now)
    assert "run_3: accepted now, not then" in compare_sessions(now, then)
