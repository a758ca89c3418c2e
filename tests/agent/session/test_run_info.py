"""A result on its way: as it came, its parts typed, a damaged part told when it is asked for."""

from __future__ import annotations

import json

import pytest

from agent.session.events import SESSION, AttemptEnded, RunAccepted
from agent.session.run_info import Measurement, RunInfo

WRITTEN = {
    "format": 1,
    "training": {"steps": 400, "curve": {"step": [1, 2]}},
    "config": {"k": 16},
    "metrics": {"mse": {"mean": 0.5, "spread": None, "n": 1}, "l0": {"mean": 16, "spread": 0.1, "n": 3}},
    "their_own": [1, 2],
}


def test_it_keeps_what_came_in_its_order() -> None:
    """Keys that nobody knows, whole numbers and the order of keys come out as they went in, through a journal too."""
    event = AttemptEnded(number=1, run="run_1", outcome="ok", results=WRITTEN)
    again = SESSION.events.validate_json(event.model_dump_json())
    assert isinstance(again, AttemptEnded)
    assert json.dumps(again.results.written()) == json.dumps(WRITTEN)
    assert list(again.results) == list(WRITTEN) and again.results == WRITTEN


def test_its_parts_are_typed() -> None:
    """Settings, counts and metrics each by name; what is not there is empty."""
    info = RunInfo(WRITTEN)
    assert (info.config["k"], info.training["steps"], info.details) == (16, 400, {})
    assert info.metrics == {"mse": Measurement(0.5), "l0": Measurement(16, 0.1, 3)}
    assert RunInfo().metrics == {} and not RunInfo()


@pytest.mark.parametrize(
    "entry", [None, 0.5, {"mean": "0.5"}, {"mean": True}, {}, {"mean": 1, "n": 1.5}, {"mean": 1, "spread": "?"}]
)
def test_a_damaged_metric_is_told_when_it_is_asked_for(entry: object) -> None:
    """The rest of the result can be read; the error names the metric."""
    info = RunInfo({"config": {"k": 1}, "metrics": {"mse": entry}})
    assert info.config == {"k": 1}
    with pytest.raises(ValueError, match="the metric 'mse'"):
        info.metrics  # noqa: B018


def test_scores_come_in_beside_what_was_written() -> None:
    """Metrics and details take their places, the rest stays; the first result is not changed."""
    info = RunInfo({"config": {}, "metrics": {}, "own": 1})
    scored = info.scored({"mse": Measurement(0.5)}, {"curve": [1]})
    assert scored == {
        "config": {},
        "metrics": {"mse": {"mean": 0.5, "spread": None, "n": 1}},
        "own": 1,
        "details": {"curve": [1]},
    }
    assert info.metrics == {}


def test_a_baseline_says_its_noise_even_where_it_is_unknown() -> None:
    """Merged metrics carry `noise`, null where one seed cannot tell it: missing is never zero."""
    merged = RunInfo({"config": {}}).merged({"mse": Measurement(0.5)}, [0])
    assert merged["metrics"] == {"mse": {"mean": 0.5, "spread": None, "n": 1, "noise": None}}
    assert merged["seeds"] == [0]


def test_a_journal_that_holds_results_twice_still_loads() -> None:
    """Older versions wrote a run's results with the run too; what is no object is refused."""
    line = {"kind": "run", "run": "run_1", "title": "t", "results": WRITTEN}
    event = SESSION.events.validate_python(line)
    assert isinstance(event, RunAccepted) and event.results.metrics["mse"] == Measurement(0.5)
    assert SESSION.events.validate_python({"kind": "run", "run": "run_1", "title": "t"}).results == {}  # type: ignore[union-attr]
    with pytest.raises(ValueError, match="a result is an object"):
        SESSION.events.validate_python(line | {"results": [1]})
