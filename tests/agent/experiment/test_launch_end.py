"""A launch's end is journalled before it is judged: what was finished is never run again, and never judged altered."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import pytest

from agent.errors import SessionError
from agent.experiment.data import counted_to_the_end
from agent.experiment.laboratory import Laboratory
from agent.experiment.launch_end import finished_of, launch_end, left_sha256
from agent.experiment.trials import failed, judged, run_trial
from agent.launching.companion import _Process
from agent.sandbox import Finished, choose
from agent.session.events import AttemptBegun, AttemptEnded, LaunchEnded
from agent.session.journal import BaseEvent
from agent.session.paths import AttemptPaths
from agent.session.session import open_session
from agent.session.steps import RunName, Step
from tests.agent.experiment.conftest import Bench, Maker, replaced
from tests.world.handing import handing_out

RATE = "LEARNING_RATE = 0.01"


class Killed(BaseException):
    """What a SIGKILL looks like from inside."""


def _killed(*given: object, **named: object) -> None:
    raise Killed


@pytest.fixture
def paths(tmp_path: Path) -> AttemptPaths:
    """An attempt's folder with a result and logs."""
    paths = AttemptPaths(tmp_path / "001")
    (paths.code / "run_1").mkdir(parents=True)
    (paths.code / "run_1" / "final_info.json").write_text("{}")
    paths.stdout.write_text("step 1\n")
    paths.stderr.write_text("")
    return paths


def test_the_event_tells_how_it_finished(paths: AttemptPaths) -> None:
    """Status, time and limits come back from the journal as the sandbox said them."""
    finished = Finished(-9, False, 3.5, out_of_memory=True, limit="past 2 GB", started=True)
    event = launch_end(Step("run_1"), 1, finished, "", paths)
    assert finished_of(LaunchEnded.model_validate_json(event.model_dump_json())) == finished


@pytest.mark.parametrize("change", ["content", "added", "removed", "link", "log"])
def test_any_change_of_what_was_left_is_seen(paths: AttemptPaths, change: str) -> None:
    """The hash covers contents, names, kinds and logs; it is the same where nothing changed."""
    before, result = left_sha256(paths), paths.code / "run_1" / "final_info.json"
    assert left_sha256(paths) == before
    if change == "content":
        result.write_text("[]")
    elif change == "added":
        (paths.code / "more").touch()
    elif change == "removed":
        result.unlink()
    elif change == "link":
        result.rename(paths.code / "aside")
        result.symlink_to(paths.code / "aside")
    else:
        paths.stderr.write_text("x")
    assert left_sha256(paths) != before


def _killed_while_judged(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> tuple[Step, AttemptPaths]:
    """A run that is killed between its launch's end and its score; its turn, and where it lies."""
    edit = bench.edit(replaced(bench.code, (RATE, "LEARNING_RATE = 0.005")))
    with monkeypatch.context() as patch:
        patch.setattr(judged, "score", _killed)
        with pytest.raises(Killed):
            bench.lab.try_out(RunName.of(1), edit.step, edit)
    ended = next(event for event in bench.session.journal.all(LaunchEnded) if event.run == "run_1")
    return edit.step, bench.session.paths.attempt(ended.number)


def _again(bench: Bench, step: Step) -> AttemptEnded:
    edit = next(event for event in bench.session.journal.events if event.kind == "edit" and event.step == step)
    return bench.lab.try_out(RunName.of(1), step, edit)


@pytest.mark.process
def test_what_has_ended_is_scored_where_it_lies(measured: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed while a run is scored and taken up again, the session scores the same folder; nothing is launched."""
    step, paths = _killed_while_judged(measured, monkeypatch)
    began = len(list(measured.session.journal.all(AttemptBegun)))
    assert measured.session.journal.find(AttemptEnded, step) is None
    with monkeypatch.context() as patch:
        patch.setattr(run_trial, "launch", _killed)  # the experiment's launch; the evaluator has its own
        ended = _again(measured, step)
    assert ended.outcome == "ok" and measured.session.paths.attempt(ended.number or 0) == paths
    assert len(list(measured.session.journal.all(AttemptBegun))) == began
    assert ended.seconds == next(e.seconds for e in measured.session.journal.all(LaunchEnded) if e.step == step)


@pytest.mark.process
def test_a_folder_that_changed_meanwhile_is_not_scored(measured: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where somebody altered a result between the launch's end and the resume, the run is launched anew."""
    step, paths = _killed_while_judged(measured, monkeypatch)
    result = paths.code / "run_1" / "answer.json"
    honest = result.read_text()
    result.write_text(json.dumps({"forged": 1}))
    ended = _again(measured, step)
    assert ended.outcome == "ok" and measured.session.paths.attempt(ended.number or 0) != paths
    assert (measured.session.paths.attempt(ended.number or 0).code / "run_1" / "answer.json").read_text() == honest


@pytest.mark.process
def test_a_failed_launch_keeps_its_cause(measured: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """A crash whose cause was not looked for yet is not run again: the same cause is found in its logs."""
    edit = measured.edit(replaced(measured.code, (RATE, "LEARNING_RATE = 1 / 0")))
    with monkeypatch.context() as patch:
        patch.setattr(failed, "find_cause", _killed)
        with pytest.raises(Killed):
            measured.lab.try_out(RunName.of(1), edit.step, edit)
    ended = _again(measured, edit.step)
    assert (ended.outcome, ended.exit_code) == ("crashed", 1) and "ZeroDivisionError" in ended.reason


@pytest.mark.process
def test_an_end_that_cannot_be_recorded_stops_the_session(make: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    """A journal that takes no line is not laid to the experiment: the error goes up, and no attempt is judged."""
    bench = make("plain")
    bench.lab.measure_baseline()
    edit = bench.edit(replaced(bench.code, (RATE, "LEARNING_RATE = 0.005")))
    append = bench.session.journal.append

    def full(event: BaseEvent) -> BaseEvent:
        if isinstance(event, LaunchEnded):
            raise SessionError("no room")
        return append(event)

    monkeypatch.setattr(bench.session.journal, "append", full)
    with pytest.raises(SessionError, match="no room"):
        bench.lab.try_out(RunName.of(1), edit.step, edit)
    assert bench.session.journal.find(AttemptEnded, edit.step) is None


@pytest.mark.process
@pytest.mark.parametrize("kind", ["bwrap", "plain"])
def test_an_end_that_nobody_heard_of_is_taken_up(make: Maker, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    """Killed between the end of the process and its line: the supervisor's report is taken, where no experiment can write one."""
    bench = make(kind)
    bench.lab.measure_baseline()
    edit = bench.edit(replaced(bench.code, (RATE, "LEARNING_RATE = 0.005")))
    with monkeypatch.context() as patch:
        patch.setattr(run_trial, "launch_end", _killed)
        with pytest.raises(Killed):
            bench.lab.try_out(RunName.of(1), edit.step, edit)
    assert bench.session.journal.find(LaunchEnded, edit.step) is None
    ended = _again(bench, edit.step)
    begun = [event.number for event in bench.session.journal.all(AttemptBegun) if event.run == "run_1"]
    assert ended.outcome == "ok" and ended.number == begun[-1]
    assert len(begun) == (1 if kind == "bwrap" else 2)


@pytest.mark.process
def test_an_end_beside_a_data_process_is_taken_up(make: Maker, tmp_path: Path) -> None:
    """SIGKILL as the experiment has ended and what hands out its data was not asked to yet: both supervisors leave word, nothing is
    launched again, the count is whole, and what each cost is known."""
    bench = make("bwrap", handing_out(), own_cache=True)
    bench.lab.measure_baseline()
    edit = bench.edit(replaced(bench.code, (RATE, "LEARNING_RATE = 0.005")))
    child = os.fork()
    if not child:
        pytest.MonkeyPatch().setattr(_Process, "end", lambda _: os.kill(os.getpid(), signal.SIGKILL))
        bench.lab.try_out(RunName.of(1), edit.step, edit)
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    session = open_session(bench.session.paths.root)
    assert session.journal.find(LaunchEnded, edit.step) is None
    ended = Laboratory(session, choose("bwrap"), cache=tmp_path / "cache").try_out(RunName.of(1), edit.step, edit)
    begun = [event.number for event in session.journal.all(AttemptBegun) if event.run == "run_1"]
    assert ended.outcome == "ok" and begun == [ended.number]
    assert ended.results["drawn"] == {"gradients": 2000, "seed": 0}
    assert ended.cost is not None and (ended.cost.data_cpu_s or 0) > 0 and ended.results.costs == (ended.cost,)
    assert not session.paths.attempt(ended.number or 0).handed.exists()


@pytest.mark.parametrize(
    ("report", "whole"),
    [
        ({"reason": "interrupted", "exit_code": 0}, True),
        ({"reason": "interrupted", "exit_code": 1}, False),  # asked to end, it failed
        ({"reason": "interrupted", "exit_code": -15}, False),  # it had to be made to
        ({"reason": "", "exit_code": 0}, False),  # it had ended before it was asked
        ({"reason": "", "exit_code": 3}, False),
        (None, False),
    ],
)
def test_what_handed_out_data_counts_only_to_an_orderly_end(
    paths: AttemptPaths, report: dict[str, object] | None, whole: bool
) -> None:
    """Else nobody knows whether its ledger is whole, and the run is launched anew; a report that never comes is not waited for long."""
    paths.data.mkdir()
    paths.ledger.write_text("{}")
    paths.report.write_text("{}")
    os.utime(paths.report, (0, 0))
    if report is not None:
        paths.data_report.write_text(json.dumps({**report, "seconds": 1.0, "left_behind": 0}))
    assert counted_to_the_end(paths) is whole
    paths.ledger.unlink()
    assert not counted_to_the_end(paths)
