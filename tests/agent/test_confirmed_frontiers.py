"""A candidate that is a sweep: its frontier and the baseline's are measured on fresh seeds, to the end, whatever interrupts it."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from agent import conduct as conduct_module
from agent.conduct import conduct
from agent.evidence.evidence import Evidence
from agent.packing.checks.confirmed import samples
from agent.packing.opened import Opened
from agent.results.story import results_of
from agent.session.events import AttemptEnded, Confirmed
from agent.session.session import Session, open_session
from agent.session.steps import BASELINE, RunName
from tests.agent.test_confirmation import Killed, kill_after, one
from tests.world.slow_toy import HOLDS, LUCKY, SWEPT, slow_session
from tests.world.toy import BlockCoder

pytestmark = [pytest.mark.whole, pytest.mark.process]
RUN = RunName.of(1)
WHERE = "the baseline's on the split that the search never touched at 3 of 3 scales"


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    monkeypatch.setattr(conduct_module, "coder_for", lambda *_: BlockCoder())
    monkeypatch.setenv("LABLOOP_CACHE", str(tmp_path_factory.getbasetemp() / "cache_of_frontiers"))


def said(session: Session) -> str:
    return Evidence(results_of(session)).resolve("frontier run_1 excess_loss").text


def test_a_sweep_is_confirmed_point_by_point_though_it_was_killed_between(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed after the second of six launches and taken up again: both frontiers over all three fresh seeds, the outcome behind
    what the search saw; who verifies the package finds what was measured, and a point that was changed."""
    session = slow_session(tmp_path, HOLDS, judged=SWEPT)
    with monkeypatch.context() as patch:
        kill_after(session, AttemptEnded, 2, patch)
        with pytest.raises(Killed):
            conduct(session)
    resumed = open_session(session.paths.root)
    assert conduct(resumed, resume=True).state == "done"
    done = one(resumed, Confirmed)
    assert done.frontiers.keys() == {RUN, BASELINE} and len(done.candidate["excess_loss"]) == 3
    for run, values in ((RUN, done.candidate), (BASELINE, done.baseline)):
        last = done.frontiers[run]["points"][-1]
        assert last["at"] == 4.0 and last["metrics"]["excess_loss"]["n"] == 3
        assert last["metrics"]["excess_loss"]["mean"] == pytest.approx(4 * sum(values["excess_loss"]) / 3)
    seen, fresh = said(resumed).split("; ")
    assert seen.startswith("run 1 dominates the baseline's frontier of excess loss at 3 of 3 scales")
    assert fresh == f"over 3 fresh seeds it dominates {WHERE}"
    opened = cast(Opened, SimpleNamespace(session=resumed))
    assert not list(samples(opened))
    done.frontiers[RUN]["points"][0]["metrics"]["excess_loss"]["mean"] /= 2
    assert [finding.what for finding in samples(opened)] == ["the frontier of run_1 on fresh seeds"]


def test_a_sweep_that_was_lucky_with_one_seed_is_not_said_to_dominate_on_fresh_ones(tmp_path: Path) -> None:
    """Better at each point with the search's own seed alone: behind that stands that fresh seeds do not bear it out."""
    session = slow_session(tmp_path, LUCKY, judged=SWEPT)
    assert conduct(session).state == "done"
    seen, fresh = said(session).split("; ")
    assert "dominates" in seen and fresh == f"over 3 fresh seeds it is within noise of {WHERE}"
