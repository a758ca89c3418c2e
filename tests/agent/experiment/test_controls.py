"""Controls beside the baseline: measured after it, once by content, in the journal; one that fails stops the session."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agent.errors import CheckFailed
from agent.experiment.laboratory import Laboratory
from agent.results.story import results_of, story_of
from agent.sandbox import choose
from agent.session.events import AttemptEnded, ControlMeasured, Planned
from agent.session.session import open_session
from agent.session.steps import PLAN
from tests.agent.experiment.conftest import Bench, Maker

pytestmark = pytest.mark.process
VALUES = """
[[controls]]
name = "half"
title = "half of it"
values = { distance = "training.loss_last", excess_loss = "details.nowhere" }
"""


def declares(more: str = "", command: str = "") -> object:
    """Alters template.toml: further text, or another command of its control."""

    def alter(root: Path) -> None:
        text = (root / "template.toml").read_text()
        if command:
            assert '"judge.start"' in text
            text = text.replace('"judge.start"', command)
        (root / "template.toml").write_text(text + more)

    return alter


def launched(bench: Bench) -> list[str]:
    return [str(event.run) for event in bench.session.journal.all(AttemptEnded)]


def test_a_control_is_measured_like_the_baseline_and_once_by_content(make: Maker) -> None:
    """Launched after the seeds and scored by the same evaluator; the next session takes what is kept, under its own event."""
    first = make("bwrap", own_cache=True)
    first.lab.measure_baseline()
    first.lab.measure_controls()
    assert launched(first) == ["run_0/seed_0", "run_0/seed_1", "run_0/control_start"]
    [control] = results_of(first.session).controls
    assert control.title == "the starting point" and control.values["distance"].mean == pytest.approx(20**0.5)
    assert json.loads(first.session.paths.controls.read_text())["start"]["metrics"]["distance"][
        "mean"
    ] == pytest.approx(20**0.5)
    assert story_of(first.session).counts.runs_failed == 0 and story_of(first.session).attempts == []
    second = make("bwrap", own_cache=True)
    second.lab.measure_baseline()
    second.lab.measure_controls()
    assert launched(second) == [] and results_of(second.session).controls == (control,)


def test_a_resumed_session_does_not_measure_it_again(make: Maker) -> None:
    """The journal's event is returned, though the cache is empty."""
    bench = make(own_cache=True)
    bench.lab.measure_baseline()
    bench.lab.measure_controls()
    again = open_session(bench.session.paths.root)
    Laboratory(again, choose("plain"), cache=bench.lab.bench.cache / "other").measure_controls()
    assert launched(Bench(again, bench.lab)) == launched(bench)
    assert len(list(again.journal.all(ControlMeasured))) == 1


def test_another_command_is_another_control(make: Maker) -> None:
    """What is kept is held against the command too: the changed one is measured anew."""
    bench = make("bwrap", own_cache=True)
    bench.lab.measure_baseline()
    bench.lab.measure_controls()
    altered = make("bwrap", own_cache=True, alter=declares(command='"judge.start", "--out_dir=elsewhere"'))
    altered.lab.measure_baseline()
    altered.lab.measure_controls()
    assert launched(altered) == ["run_0/control_start"]


@pytest.mark.parametrize(("command", "said"), [('"judge.nothing"', "crashed"), ('"platform", "--help"', "bad_results")])
def test_a_control_that_does_not_work_stops_the_session(make: Maker, command: str, said: str) -> None:
    """Before the coder is asked: a metric whose control is missing would look as if it had passed one."""
    bench = make(own_cache=True, alter=declares(command=command))
    bench.lab.measure_baseline()
    with pytest.raises(
        CheckFailed, match=f"the control start of the template toy does not work .{said}.*template.toml"
    ):
        bench.lab.measure_controls()
    assert list(bench.session.journal.all(ControlMeasured)) == []


def test_values_are_read_from_what_the_baselines_evaluator_has_left(
    make: Maker, caplog: pytest.LogCaptureFixture
) -> None:
    """No launch; what is not there this time is left out and told, never zero."""
    bench = make(own_cache=True, alter=declares(VALUES))
    base = bench.lab.measure_baseline()
    bench.lab.measure_controls()
    control = results_of(bench.session).controls[1]
    assert control.values.keys() == {"distance"}
    assert control.values["distance"].mean == pytest.approx(base.results["training"]["loss_last"])
    assert "the control half has no value of excess_loss" in caplog.text
    assert launched(bench).count("run_0/control_half") == 0


def test_what_does_not_exist_for_the_baseline_is_not_missed(make: Maker, caplog: pytest.LogCaptureFixture) -> None:
    """The evaluator says why it has no such metric: the control has none either, and nobody is warned of it."""
    write = '"details": {}}'

    def alter(root: Path) -> None:
        judge, contract = root / "judge/__main__.py", root / "template.toml"
        text = judge.read_text()
        assert write in text
        judge.write_text(text.replace(write, '"details": {"undefined": {"distance": "there is none"}}}'))
        more = VALUES.replace(', excess_loss = "details.nowhere"', "").replace("training.loss_last", "details.nowhere")
        contract.write_text(contract.read_text() + more)

    bench = make(own_cache=True, alter=alter)
    bench.lab.measure_baseline()
    bench.lab.measure_controls()
    assert [control.name for control in results_of(bench.session).controls] == ["start"]
    assert "has no value" not in caplog.text


def test_a_session_planned_without_controls_goes_on_without(make: Maker) -> None:
    """One begun by an earlier version, resumed: its texts were written without them, so none appear in the middle."""
    bench = make(own_cache=True)
    bench.lab.measure_baseline()
    bench.session.journal.step(Planned, PLAN, lambda: Planned(text="1. a"))
    bench.lab.measure_controls()
    assert results_of(bench.session).controls == () and not bench.session.paths.controls.exists()
