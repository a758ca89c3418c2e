"""An eval that fails loses only itself; what was scored stays written, and is not scored again."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from harness.errors import CacheError, HarnessError
from harness.evaluation.command import runner
from harness.evaluation.command.made import Record
from harness.evaluation.command.plan import Plan
from harness.evaluation.command.runner import score
from harness.evaluation.evals.base import Eval
from harness.evaluation.scoring.scores import Found, Scores, Value
from harness.evaluation.scoring.subjects import FullSubject, Once
from harness.evaluation.scoring.writer import Writer
from harness.evaluation.submitted.submission import SubmissionError
from tests.harness.evaluation.examples import random_submission

pytestmark = pytest.mark.slow  # imports sae-bench


class Planted(Eval):
    """An eval that raises `error`, or has a metric of its own name."""

    def __init__(self, name: str, error: BaseException | None = None, mean: float = 0.5) -> None:
        self.name, self.error, self.mean, self.ran = name, error, mean, 0

    def full(self, subject: FullSubject) -> Found:
        self.ran += 1
        if self.error is not None:
            raise self.error
        return Found({self.name: Value(self.mean, None, 1)}, {f"{self.name}_detail": [1]})


@pytest.fixture
def subject(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FullSubject:
    monkeypatch.setattr(runner, "as_upstream_sae", lambda submission: submission)
    submission = random_submission(8, 20, 2)
    model: Any = SimpleNamespace()
    writer = Writer(submission, tmp_path, "run_1")
    return FullSubject(submission=submission, activations=torch.zeros(3, 8), model=Once(lambda: model), writer=writer)


@pytest.fixture
def record(tmp_path: Path) -> Callable[..., Record]:
    """Of a run's folder with an SAE, by a plan; `changed` are fields of the plan."""
    run = tmp_path / "run_1"
    (run / "sae").mkdir(parents=True)
    (run / "final_info.json").write_text("{}")
    (run / "sae" / "cfg.json").write_text("{}")

    def of(repeats: int = 1, **changed: Any) -> Record:
        return Record(tmp_path / "scores.json", run, replace(Plan((), "full"), **changed), {"repeats": repeats})

    return of


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (HarnessError("too few\n  letters"), "too few letters"),
        (torch.OutOfMemoryError("CUDA out of memory."), "second: memory gave out with a single one at a time"),
        (KeyError("no such column"), "KeyError: 'no such column'"),
    ],
)
def test_the_others_are_scored_and_the_failed_one_is_named(
    subject: FullSubject, error: Exception, said: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A language model that does not spell, memory, a fault of sae-bench's: the metrics of the others stand, with the reason."""
    evals = [Planted("first"), Planted("second", error), Planted("third")]
    found = score(subject, evals)
    assert set(found.metrics) == {"first", "third"}
    assert list(found.failed) == ["second"] and found.failed["second"].startswith(said)
    written = found.as_json()
    assert written["failed"] == found.failed and "second" not in written["metrics"]
    assert f"failed: second: {found.failed['second']}" in caplog.text
    assert "failed" not in score(subject, [Planted("first")]).as_json()


@pytest.mark.parametrize(
    "error",
    [SubmissionError("latents below 0"), CacheError("the disk of the cache is full"), OSError(28, "No space left")],
)
def test_what_no_eval_can_mend_ends_all(subject: FullSubject, error: Exception) -> None:
    """An SAE that is at fault has no score at all, and a machine that is gives none: as before, by that error."""
    evals = [Planted("first"), Planted("second", error), Planted("third")]
    with pytest.raises(type(error)):
        score(subject, evals)
    assert evals[2].ran == 0


def test_where_none_has_a_score_the_first_error_is_raised(subject: FullSubject) -> None:
    """A file without a single metric would be no result."""
    with pytest.raises(HarnessError, match="one"):
        score(subject, [Planted("first", HarnessError("one")), Planted("second", HarnessError("two"))])


def test_a_number_that_is_not_finite_is_no_score(subject: FullSubject) -> None:
    """It says that the SAE is at fault."""
    with pytest.raises(SubmissionError, match="not finite: second"):
        score(subject, [Planted("first"), Planted("second", mean=float("nan"))])


def test_scores_are_written_as_they_come(subject: FullSubject) -> None:
    """After each eval the file holds those so far; one that has yet to come stands among the failed, so that none takes it for whole."""
    told: list[Scores] = []
    score(subject, [Planted("first"), Planted("second", HarnessError("no")), Planted("third")], tell=told.append)
    assert [set(each.metrics) for each in told] == [{"first"}, {"first", "third"}]
    assert told[0].failed == {"second": "not scored yet", "third": "not scored yet"}
    assert told[1].failed == {"second": "no"}


def again(subject: FullSubject, record: Record, evals: Sequence[Planted]) -> list[int]:
    """How often each eval is run by another evaluation with the same file."""
    before = [each.ran for each in evals]
    record.write(score(subject, evals, made=record.made(evals), tell=record.write))
    return [each.ran - number for each, number in zip(evals, before, strict=True)]


def test_scored_again_only_the_missing_eval_is_made(subject: FullSubject, record: Callable[..., Record]) -> None:
    """The file ends as one that lost nothing would be."""
    evals = [Planted("first"), Planted("second", HarnessError("no")), Planted("third")]
    assert again(subject, record(), evals) == [1, 1, 1]
    evals[1].error = None
    assert again(subject, record(), evals) == [0, 1, 0]
    value = json.loads(record().path.read_text())
    assert set(value["metrics"]) == {"first", "second", "third"} and "failed" not in value
    assert {"first_detail", "second_detail", "third_detail", "seconds"} <= set(value["details"])
    assert again(subject, record(), evals) == [0, 0, 0]


def test_another_sae_plan_or_code_is_scored_whole(
    subject: FullSubject, record: Callable[..., Record], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What lies in the file is taken over for the same SAE, plan, repeats and code alone; a broken file is none."""
    evals = [Planted("first"), Planted("second")]
    again(subject, record(), evals)
    assert again(subject, record(repeats=3), evals) == [1, 1]
    assert again(subject, record(heldout_tokens=7), evals) == [1, 1]
    assert again(subject, record(), evals) == [1, 1]
    (tmp_path / "run_1" / "sae" / "cfg.json").write_text('{"k": 3}')
    assert again(subject, record(), evals) == [1, 1]
    record().path.write_text("{")
    assert again(subject, record(), evals) == [1, 1]
    code = tmp_path / "code"
    code.mkdir()
    (code / "score.py").write_text("x = 1\n")
    monkeypatch.setattr("harness.evaluation.command.made.HARNESS", code)
    assert again(subject, record(), evals) == [1, 1]
