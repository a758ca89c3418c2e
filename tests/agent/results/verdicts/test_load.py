"""Where a budget is wall clock, a run that shared its machine otherwise than the baseline is not comparable."""

from __future__ import annotations

import pytest

from agent.experiment.repeating import unlike_baseline
from agent.results.verdicts.load import load_differences
from agent.session.cost import Cost
from agent.session.run_info import RunInfo
from agent.session.template import load_template
from agent.session.template.parts import Budget
from tests.world.toy import TEMPLATE

CLOCK = Budget(wall_clock=True)


def info(*loads: float | None) -> RunInfo:
    """A result whose launches had so many busy cores beside them."""
    return RunInfo({"config": {}}).costing([Cost(wall_s=1.0, beside_cores=load) for load in loads])


@pytest.mark.parametrize(
    ("mine", "theirs", "told"),
    [
        (info(0.3), info(0.1, 0.2), []),
        (info(3.2), info(0.1, 0.3), ["load beside it: 0.1 to 0.3 cores → 3.2 cores"]),
        (info(0.0), info(2.0), ["load beside it: 2.0 cores → 0.0 cores"]),
        (info(0.1, 1.9), info(0.1), ["load beside it: 0.1 cores → 1.9 cores"]),
        (info(), info(0.1), ["load beside it: 0.1 cores → not measured"]),
        (info(0.0), info(0.0, None), ["load beside it: not measured → 0.0 cores"]),
    ],
)
def test_a_run_under_another_load_differs(mine: RunInfo, theirs: RunInfo, told: list[str]) -> None:
    """More, fewer, one of several launches, and a load that nobody measured, which is not zero."""
    assert load_differences(CLOCK, mine, theirs) == told


def test_load_counts_only_where_the_template_says_that_its_budget_is_wall_clock() -> None:
    """A template whose budget is a count of steps compares runs under any load; declared, the same run is not comparable."""
    toy = load_template(TEMPLATE)
    baseline, run = info(0.1), {0: info(3.0)}
    alike = toy.model_copy(update={"comparable": toy.comparable.model_copy(update={"keys": []})})
    assert unlike_baseline(alike, run, baseline) == []
    declared = alike.model_copy(update={"budget": CLOCK})
    assert unlike_baseline(declared, run, baseline) == ["load beside it: 0.1 cores → 3.0 cores"]
