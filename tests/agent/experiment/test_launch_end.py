"""A launch's end is journalled before it is judged: what was finished is never run again, and never judged altered."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from agent.errors import SessionError
from agent.experiment.launch_end import finished_of, launch_end, left_sha256
from agent.experiment.past import done_of
from agent.experiment.trials import failed, judged, run_trial
from agent.sandbox import Finished
from agent.session.events import AttemptBegun, AttemptEnded, LaunchEnded
from agent.session.journal import BaseEvent
from agent.session.paths import AttemptPaths
from agent.session.steps import RunName, Step
from tests.agent.experiment.conftest import Bench, Maker, replaced

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
def test_an_end_beside_a_data_process_is_not_taken_up(make: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether what hands out data had counted to the end is not known: the run is launched anew."""
    bench = make("bwrap")
    bench.lab.measure_baseline()
    edit = bench.edit(replaced(bench.code, (RATE, "LEARNING_RATE = 0.005")))
    with monkeypatch.context() as patch:
        patch.setattr(run_trial, "launch_end", _killed)
        with pytest.raises(Killed):
            bench.lab.try_out(RunName.of(1), edit.step, edit)
    assert done_of(bench.session, edit.step).begun is not None
    handed = bench.session.template.model_copy(update={"data": object()})
    assert done_of(replace(bench.session, template=handed), edit.step).begun is None
