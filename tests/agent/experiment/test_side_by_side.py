"""Launches of one step run side by side where there is room, and the journal reads as if they had been made one by one."""

from __future__ import annotations

import threading
import time
from contextlib import closing
from pathlib import Path

import pytest

from agent.errors import CheckFailed, Interrupted
from agent.experiment.baseline_store import baseline_files
from agent.experiment.launches import Wanted
from agent.experiment.past import launch_step
from agent.experiment.trials import side_by_side
from agent.experiment.trials.run_trial import launch_trial
from agent.session.damage import refuse_damage
from agent.session.events import AttemptBegun, AttemptEnded, LaunchEnded, ScoringBegun, ScoringEnded
from agent.session.steps import Step
from tests.agent.experiment.conftest import Bench, Maker, replaced

pytestmark = pytest.mark.process

_START = "def main() -> None:\n"
_FUTURE = "from __future__ import annotations"


class Killed(BaseException):
    """What a SIGKILL looks like from inside."""


def slower(code: str = "") -> object:
    """Gives a copy of the toy an experiment that takes a while, and does `code` first."""

    def alter(root: Path) -> None:
        source = (root / "experiment.py").read_text()
        assert _START in source
        body = f"    import sys, time\n    seed = [word for word in sys.argv if word.startswith('--seed=')][0][7:]\n    {code or 'pass'}\n    time.sleep(0.8)\n"
        (root / "experiment.py").write_text(replaced(source, (_START, _START + body)))

    return alter


def _order(bench: Bench) -> list[str]:
    """Beginnings and ends of launches, as they came."""
    events = bench.session.journal.events
    return [event.kind for event in events if isinstance(event, AttemptBegun | LaunchEnded)]


def test_the_baselines_seeds_run_side_by_side(make: Maker) -> None:
    """Two slots, two seeds: they overlap, are judged in the order of their numbers, and say what ran beside them."""
    bench = make("bwrap", alter=slower("time.sleep(3)"), own_cache=True, slots=2)
    bench.lab.measure_baseline()
    assert _order(bench) == ["attempt_begun", "attempt_begun", "launch_ended", "launch_ended"]
    ends = list(bench.session.journal.all(AttemptEnded))
    assert [(end.number, end.run) for end in ends] == [(1, "run_0/seed_0"), (2, "run_0/seed_1")]
    assert [end.step for end in ends] == ["run_0/seed_0", "run_0/seed_1"]
    beside = [event.beside for event in bench.session.journal.all(LaunchEnded)]
    assert all(each and each[0].endswith(("attempts/001", "attempts/002")) for each in beside)
    assert all(event.threads for event in bench.session.journal.all(LaunchEnded))
    refuse_damage(bench.session.paths, bench.session.journal, bench.session.files)
    assert threading.active_count() == 1 or not [t for t in threading.enumerate() if t.name.startswith("launch")]


@pytest.mark.parametrize(("kind", "slots"), [("plain", 2), ("bwrap", 1)])
def test_without_room_or_namespaces_they_run_one_by_one(make: Maker, kind: str, slots: int) -> None:
    """Where nothing keeps launches apart, what changed during one could be the other's doing: they do not overlap."""
    bench = make(kind, alter=slower(), own_cache=True, slots=slots)
    bench.lab.measure_baseline()
    assert _order(bench) == ["attempt_begun", "launch_ended"] * 2


def test_a_seed_that_fails_ends_the_others(make: Maker) -> None:
    """The untouched template does not work: that is said as soon as it is known, and nothing runs any more."""
    bench = make("bwrap", alter=slower("1 / 0 if seed == '0' else time.sleep(30)"), own_cache=True, slots=2)
    began = time.monotonic()
    with pytest.raises(CheckFailed, match="ZeroDivisionError"):
        bench.lab.measure_baseline()
    assert time.monotonic() - began < 28
    assert [event.run for event in bench.session.journal.all(AttemptBegun)] == ["run_0/seed_0", "run_0/seed_1"]
    assert not [thread for thread in threading.enumerate() if thread.name.startswith(("launch", "run_0"))]


def test_a_request_to_stop_begins_no_more(make: Maker) -> None:
    """What runs may end and is recorded; what waits for room is not begun, and a resumed session begins it."""
    bench = make("bwrap", alter=slower(), own_cache=True)
    files = baseline_files(bench.session.template)
    wanted = [Wanted(Step.seed(seed), launch_step(bench.session, Step.seed(seed)), files, seed, "") for seed in (0, 1)]
    with closing(bench.lab.launches.side_by_side(wanted)) as ends:
        assert next(ends).outcome == "ok"
        bench.session.stop.request("enough")
        with pytest.raises(Interrupted, match="enough"):
            next(ends)
    assert [event.run for event in bench.session.journal.all(AttemptBegun)] == ["run_0/seed_0"]


def test_what_had_ended_is_judged_and_the_rest_launched(make: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed after the second of two launches had ended, the first still running: resumed, only the first is launched again."""
    bench = make("bwrap", alter=slower("time.sleep(3 if seed == '0' else 0)"), own_cache=True, slots=2)
    append = bench.session.journal.append

    def dies_after_an_end(event: object) -> object:
        written = append(event)  # type: ignore[type-var]
        if isinstance(event, LaunchEnded):
            raise Killed
        return written

    with monkeypatch.context() as patch:
        patch.setattr(bench.session.journal, "append", dies_after_an_end)
        with pytest.raises(Killed):
            bench.lab.measure_baseline()
    assert [event.run for event in bench.session.journal.all(LaunchEnded)] == ["run_0/seed_1"]
    bench.lab.measure_baseline()
    begun = [(event.number, event.run) for event in bench.session.journal.all(AttemptBegun)]
    assert begun == [(1, "run_0/seed_0"), (2, "run_0/seed_1"), (3, "run_0/seed_0")]
    assert [(end.number, end.run) for end in bench.session.journal.all(AttemptEnded)] == [
        (2, "run_0/seed_1"),
        (3, "run_0/seed_0"),
    ]
    refuse_damage(bench.session.paths, bench.session.journal, bench.session.files)


def test_a_trial_that_raises_leaves_nothing_running(make: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    """A broken set-up met by one launch is raised where it is judged, and the other is ended first."""
    bench = make("bwrap", alter=slower("time.sleep(30)"), own_cache=True, slots=2)

    def broken(*given: object) -> object:
        if given[2].seed == 0:  # type: ignore[attr-defined]
            raise CheckFailed("no interpreter")
        return launch_trial(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(side_by_side, "launch_trial", broken)
    began = time.monotonic()
    with pytest.raises(CheckFailed, match="no interpreter"):
        bench.lab.measure_baseline()
    assert time.monotonic() - began < 28


def test_where_launches_run_elsewhere_they_are_scored_side_by_side_too(make: Maker) -> None:
    """The evaluators of the baseline's seeds are under way together, and what came of them is recorded in order."""

    def alter(root: Path) -> None:
        judge = root / "judge" / "__main__.py"
        judge.write_text(
            judge.read_text().replace("from __future__ import annotations", f"{_FUTURE}\nimport time\ntime.sleep(3)")
        )

    bench = make("bwrap", alter=alter, own_cache=True, slots=2)
    vars(bench.lab.bench.launcher)["here"] = False
    bench.lab.measure_baseline()
    events = bench.session.journal.events
    steps = [event.kind for event in events if isinstance(event, ScoringBegun | ScoringEnded)]
    assert steps == ["scoring_begun", "scoring_begun", "scoring_ended", "scoring_ended"]
    assert [end.number for end in bench.session.journal.all(AttemptEnded)] == [1, 2]
    refuse_damage(bench.session.paths, bench.session.journal, bench.session.files)
