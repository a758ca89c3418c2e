"""Scoring and proving are steps of their own: what an evaluator finished is never made again, and never believed altered."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from agent.experiment.prove import prove
from agent.experiment.score import score
from agent.experiment.trials import judged
from agent.experiment.warm import WarmEvaluator
from agent.session.damage import refuse_damage
from agent.session.events import AttemptBegun, AttemptEnded, Edited, LaunchEnded, ScoringBegun, ScoringEnded
from agent.session.paths import AttemptPaths
from agent.session.session import open_session
from agent.session.steps import RunName, Step
from tests.agent.experiment.conftest import Bench, Maker, replaced
from tests.agent.experiment.test_warm import staying

pytestmark = pytest.mark.process

RATE = "LEARNING_RATE = 0.01"
_WRITES = "    args.out."
# Counts how often it was begun in all, and keeps what it has finished beside its scores.
_PARTS = """
    finished = args.out.with_name("finished.json")
    told = json.loads(finished.read_text()) if finished.exists() else []
    if "distance" not in told:
        told.append("distance")
        finished.write_text(json.dumps(told))
    STUMBLE
"""


class Killed(BaseException):
    """What a SIGKILL looks like from inside."""


def _killed(*given: object, **named: object) -> None:
    raise Killed


def in_parts(stumble: str) -> Callable[[Path], None]:
    """Gives a copy of the toy an evaluator that notes its first part as finished, then stumbles over its second."""

    def alter(root: Path) -> None:
        judge = (root / "judge/__main__.py").read_text()
        parts = _PARTS.replace("STUMBLE", stumble)
        (root / "judge/__main__.py").write_text(replaced(judge, (_WRITES, parts.strip("\n") + "\n" + _WRITES)))

    return alter


def _turn(bench: Bench) -> Edited:
    return bench.edit(replaced(bench.code, (RATE, "LEARNING_RATE = 0.005")))


def _tried(bench: Bench, edit: Edited) -> AttemptEnded:
    return bench.lab.try_out(RunName.of(1), edit.step, edit)


def _paths(bench: Bench) -> AttemptPaths:
    ended = next(event for event in bench.session.journal.all(LaunchEnded) if event.run == "run_1")
    return bench.session.paths.attempt(ended.number)


def _scorings(bench: Bench) -> tuple[int, int]:
    """How often run_1's evaluator was begun, and came to an end."""
    journal = bench.session.journal
    begun, ended = journal.all(ScoringBegun), journal.all(ScoringEnded)
    return sum(event.run == "run_1" for event in begun), sum(event.run == "run_1" for event in ended)


def test_each_step_is_journalled_before_the_next(measured: Bench) -> None:
    """Begun, ended, scoring, scored, judged: in this order, each with the attempt's number and the step's name."""
    edit = _turn(measured)
    ended = _tried(measured, edit)
    kinds = [event.kind for event in measured.session.journal.events if event.step == edit.step]
    assert kinds == ["edit", "attempt_begun", "launch_ended", "scoring_begun", "scoring_ended", "attempt"]
    scored = measured.session.journal.find(ScoringEnded, edit.step)
    assert scored is not None and scored.number == ended.number and scored.seconds == ended.score_seconds
    assert scored.metrics == ("distance", "excess_loss") and scored.outcome == "ok" and scored.scores_sha256


def test_what_was_scored_is_only_proven(measured: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed between its score and its proofs, a resumed session proves what is there: no launch, no evaluator."""
    edit = _turn(measured)
    with monkeypatch.context() as patch:
        asked: list[object] = []

        def dies_at_the_second(*given: object) -> object:
            asked.append(given)
            if len(asked) > 1:
                raise Killed
            return prove(*given)  # type: ignore[arg-type]

        patch.setattr(judged, "prove", dies_at_the_second)
        with pytest.raises(Killed):
            _tried(measured, edit)
    assert _scorings(measured) == (1, 1)
    with monkeypatch.context() as patch:
        patch.setattr(judged, "score", _killed)
        patch.setattr("agent.experiment.trials.run_trial.launch", _killed)
        ended = _tried(measured, edit)
    scored = measured.session.journal.find(ScoringEnded, edit.step)
    assert ended.outcome == "ok" and scored is not None and ended.score_seconds == scored.seconds
    written = json.loads((_paths(measured).scores / "scores.json").read_text())["metrics"]
    assert ended.results.metrics["distance"].mean == written["distance"]["mean"]


def test_altered_scores_are_not_proven(measured: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where somebody changed the evaluator's file between its end and the resume, the run is scored again."""
    edit = _turn(measured)
    honest = _tried(measured, edit)
    path = _paths(measured).scores / "scores.json"
    forged = json.loads(path.read_text())
    forged["metrics"]["distance"]["mean"] = 0.0
    path.write_text(json.dumps(forged))
    lines = measured.session.paths.journal.read_text().splitlines(keepends=True)
    measured.session.paths.journal.write_text("".join(lines[:-1]))
    session = open_session(measured.session.paths.root)
    monkeypatch.setattr(measured.lab, "session", session)
    again = measured.lab.try_out(RunName.of(1), edit.step, edit)
    assert again.outcome == "ok" and again.results.metrics == honest.results.metrics


@pytest.mark.parametrize("kind", ["bwrap", "plain"])
def test_a_scoring_that_was_cut_off_keeps_what_it_had_finished(
    make: Maker, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """The evaluator is begun again on the same folder, where its first part lies; the run is not launched again."""
    stumble = "if told == ['distance']:\n        told.append('again'); finished.write_text(json.dumps(told))"
    bench = make(kind, alter=in_parts(stumble))
    bench.lab.measure_baseline()
    edit, launch = _turn(bench), "agent.experiment.score.launch"
    with monkeypatch.context() as patch:
        from agent.experiment.launch import launch as real

        def dies_after(*given: object, **named: object) -> None:
            real(*given, **named)  # type: ignore[arg-type]
            (_paths(bench).scores / "scores.json").unlink()  # as if it had been cut off before it wrote them
            _killed()

        patch.setattr(launch, dies_after)
        with pytest.raises(Killed):
            _tried(bench, edit)
    assert _scorings(bench) == (1, 0)
    ended = _tried(bench, edit)
    assert ended.outcome == "ok" and _scorings(bench) == (1, 1)
    assert json.loads((_paths(bench).scores / "finished.json").read_text()) == ["distance", "again"]
    begun = [event.run for event in bench.session.journal.all(AttemptBegun)]
    assert begun.count(Step("run_1")) == 1


def test_nothing_that_lay_there_before_is_taken_for_the_evaluators(make: Maker) -> None:
    """A first scoring begins with an empty folder: what an experiment laid there, where nothing keeps it from it, is gone."""
    bench = make("plain", alter=in_parts("pass"))
    bench.lab.measure_baseline()
    planted = '    scores = args.out_dir.resolve().parents[1] / "scores"\n    scores.mkdir()\n    (scores / "finished.json").write_text(\'["distance", "forged"]\')\n'
    edit = bench.edit(
        replaced(bench.code, (RATE, "LEARNING_RATE = 0.005"), ("    aside.replace", planted + "    aside.replace"))
    )
    ended = _tried(bench, edit)
    assert json.loads((_paths(bench).scores / "finished.json").read_text()) == ["distance"], ended


def test_a_score_that_the_machine_stopped_costs_no_launch(make: Maker) -> None:
    """An evaluator that lacked something, mended and resumed: only the score is made anew, of the same attempt."""
    bench = make("bwrap")
    bench.lab.measure_baseline()
    edit = _turn(bench)
    judge = bench.template / "judge/__main__.py"
    honest = judge.read_text()

    def breaks_it(*given: object, **named: object) -> object:
        judge.write_text(honest + "\n")  # the fixed half is another: no score can be trusted
        return score(*given, **named)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(judged, "score", breaks_it)
        first = _tried(bench, edit)
    assert first.outcome == "environment"
    judge.write_text(honest)
    bench.resume()
    second = _tried(bench, edit)
    assert (second.outcome, second.number) == ("ok", first.number)
    begun = [event.run for event in bench.session.journal.all(AttemptBegun)]
    assert begun.count(Step("run_1")) == 1
    refuse_damage(bench.session.paths, bench.session.journal, bench.session.files)


def test_a_warm_evaluator_keeps_it_too(make: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed while an evaluator that stays was scoring, the next one finds what it had finished in its own folder."""

    def alter(root: Path) -> None:
        staying()(root)
        in_parts("pass")(root)

    bench = make("bwrap", alter=alter)
    bench.lab.measure_baseline()
    edit, answer = _turn(bench), WarmEvaluator._answer
    bench.lab.warm.close()
    with monkeypatch.context() as patch:

        def dies(self: WarmEvaluator, line: str | None) -> int | None:
            assert answer(self, line) == 0
            made = self._folder / f"{_paths(bench).root.name}_scores"
            (made / "scores.json").unlink()
            (made / "finished.json").write_text('["distance", "before"]')
            self._standing.close()  # type: ignore[union-attr]
            self._standing = None
            monkeypatch.setattr(WarmEvaluator, "_bring_back", lambda *_: None)  # nothing runs after a SIGKILL
            raise Killed

        patch.setattr(WarmEvaluator, "_answer", dies)
        patch.setattr("agent.experiment.warm.remove", lambda *_, **__: True)
        with pytest.raises(Killed):
            _tried(bench, edit)
    monkeypatch.undo()
    ended = _tried(bench, edit)
    bench.lab.close()
    assert ended.outcome == "ok" and ended.results["details"]["by"] == "warm"
    assert json.loads((_paths(bench).scores / "finished.json").read_text()) == ["distance", "before"]
