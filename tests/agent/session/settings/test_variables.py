"""A misspelt variable of labloop's is found; what others read stays."""

from __future__ import annotations

import pytest

from agent.errors import UsageError
from agent.session.settings import VARIABLES
from agent.session.settings.variables import refuse_misspelt


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("LABLOOP_MAX_RUN", "LABLOOP_MAX_RUNS"),
        ("LABLOOP_MODELL", "LABLOOP_MODEL"),
        ("LABLOOP_BUGDET_USD", "LABLOOP_BUDGET_USD"),
        ("labloop_max_runs", "LABLOOP_MAX_RUNS"),
        ("LABLOOP_CACHE_DIR", "LABLOOP_CACHE"),
        ("LABLOOP_EVALS_ON_CPUS", "LABLOOP_EVALS_ON_CPU"),
        ("LABLOP_MODEL", "LABLOOP_MODEL"),
        ("LAB_LOOP_MODEL", "LABLOOP_MODEL"),
        ("LABLOOPMAX_RUNS", "LABLOOP_MAX_RUNS"),
        ("LABLOOP_MY_DAT", "LABLOOP_MY_DATA"),
    ],
)
def test_a_misspelt_variable_is_refused(name: str, meant: str) -> None:
    """With the one that is meant: a setting, set-up's, one that a harness reads."""
    with pytest.raises(UsageError, match=rf"{name} is no setting.*did you mean {meant}\?"):
        refuse_misspelt({name: "1"}, ["LABLOOP_MY_DATA"])


def test_what_is_read_stays(caplog: pytest.LogCaptureFixture) -> None:
    """Every setting, what set-up and shipped harnesses read under whatever template, what this template keeps, others' variables."""
    names = [*VARIABLES.values(), "LABLOOP_CACHE", "LABLOOP_CACHE_GB", "LABLOOP_EVALS_ON_CPU", "LABLOOP_CUDA"]
    refuse_misspelt(
        dict.fromkeys([*names, "LABLOOP_OF_MINE", "PATH", "MAX_RUN", "LABEL_MODEL", "LANG"], "1"), ["LABLOOP_OF_MINE"]
    )
    assert not caplog.text


def test_what_is_near_nothing_is_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    """It may be another program's; it is said, since nothing here reads it."""
    refuse_misspelt({"LABLOOP_XYZZY_PLUGH": "1"}, [])
    assert "LABLOOP_XYZZY_PLUGH is no setting" in caplog.text
