"""Scoring: the evaluator's own failures and lies, and what is merged into final_info."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agent.experiment.score import Scored, ScoreFailed, score
from agent.results.verdicts.frontier import frontier_of
from agent.session.run_info import RunInfo
from agent.session.template import load_template
from tests.agent.experiment.conftest import Maker, replaced

pytestmark = pytest.mark.process

INFO = RunInfo({"format": 1, "config": {}, "training": {}, "metrics": {}, "details": {"kept": 1}})
WRITE = 'args.out.write_text(json.dumps({"format": 1, "metrics": metrics, "details": {}}), encoding="utf-8")'


def scored(make: Maker, alter_judge: tuple[str, str] | None = None, info: RunInfo = INFO) -> Scored | ScoreFailed:
    """The score of a good answer by the toy's judge, altered first."""

    def alter(root: Path) -> None:
        if alter_judge:
            path = root / "judge/__main__.py"
            path.write_text(replaced(path.read_text(), alter_judge))

    bench = make(alter=alter)
    run_dir = bench.session.paths.root / "attempts/001/code/run_1"
    run_dir.mkdir(parents=True)
    (run_dir / "answer.json").write_text(json.dumps({"x": [0.1] * 20}))
    return score(bench.lab.bench, info, run_dir, run_dir.parents[1] / "scores", bench.session.template.fixed_hash())


def test_metrics_and_details_are_merged(make: Maker) -> None:
    """Declared metrics in the template's order; the evaluator's details with undeclared metrics, those of the experiment apart."""
    result = scored(
        make, (WRITE, 'args.out.write_text(json.dumps({"metrics": {**metrics, "extra": 3}, "details": {"note": [1]}}))')
    )
    assert isinstance(result, Scored)
    assert list(result.info["metrics"]) == ["excess_loss", "distance"]
    assert result.info["metrics"]["distance"]["mean"] == pytest.approx(0.1 * 20**0.5)
    assert result.info["details"] == {"of_the_run": {"kept": 1}, "note": [1], "other_metrics": {"extra": 3}}
    assert result.seconds > 0


def test_a_frontier_that_the_experiment_typed_is_none(make: Maker) -> None:
    """Details of the experiment's own stand apart, so that a sweep which it typed is neither read nor compared with the baseline's."""
    points = [{"at": at, "metrics": {"excess_loss": 0.001}} for at in (1.0, 2.0)]
    typed = RunInfo({**INFO, "details": {"frontier": {"over": "steps", "points": points}}})
    assert frontier_of(typed.details) is not None
    result = scored(make, info=typed)
    assert isinstance(result, Scored)
    assert result.info.details == {"of_the_run": typed.details} and frontier_of(result.info.details) is None


@pytest.mark.parametrize(
    ("new", "reason"),
    [
        ("pass", "scores.json: absent"),
        ('args.out.write_text("")', "scores.json: empty"),
        ("__import__('os').mkfifo(args.out)", "not a regular file"),
        (
            'args.out.write_text(json.dumps({"metrics": {"excess_loss": 1.0}}))',
            "the evaluator: the metric 'distance' is missing",
        ),
        ('args.out.write_text(json.dumps({"metrics": {"excess_loss": float("nan"), "distance": 1.0}}))', "holds NaN"),
        (
            'args.out.write_text(json.dumps({"metrics": {"excess_loss": None, "distance": 1.0}}))',
            "'excess_loss' is no finite number",
        ),
        ('args.out.write_text(json.dumps({"metrics": [1]}))', "must be objects"),
        (
            'raise RuntimeError("cannot load the weights")',
            "the evaluator failed: RuntimeError: cannot load the weights (judge/__main__.py",
        ),
        ("__import__('os').abort()", "the evaluator failed: killed by SIGABRT"),
    ],
)
def test_an_evaluator_that_fails_is_a_named_failure(make: Maker, new: str, reason: str) -> None:
    """Nothing, NaN, a missing metric, a crash: each a reason that goes back, never a score."""
    result = scored(make, (WRITE, new))
    assert isinstance(result, ScoreFailed)
    assert result.outcome == "bad_results"
    assert reason in result.reason
    assert result.cause
    assert result.signature


FAILED = 'args.out.write_text(json.dumps({"metrics": {METRICS}, "failed": {"letters": "too few\\n letters"}}))'


def test_a_metric_that_is_missing_has_the_reason_of_what_failed(make: Maker) -> None:
    """The evaluator names what could not be measured and why; a metric that must be there is then missing for that reason."""
    result = scored(make, (WRITE, FAILED.replace("METRICS", '"excess_loss": 1.0')))
    assert isinstance(result, ScoreFailed)
    assert result.reason == "the evaluator (letters failed: too few letters): the metric 'distance' is missing"


def test_what_failed_beside_the_declared_metrics_is_kept(make: Maker) -> None:
    """A run that has all it must have is scored, and its details name what failed."""
    result = scored(make, (WRITE, FAILED.replace("METRICS", '"excess_loss": 1.0, "distance": 2.0')))
    assert isinstance(result, Scored)
    assert result.info["details"]["failed"] == {"letters": "too few\n letters"}


def test_an_evaluator_without_disk_is_the_environments(make: Maker) -> None:
    """Where the evaluator is stopped by the machine, no edit of the experiment is asked for."""
    result = scored(make, (WRITE, 'raise OSError(28, "No space left on device")'))
    assert isinstance(result, ScoreFailed)
    assert result.outcome == "environment"


def test_a_stale_score_is_not_taken(make: Maker) -> None:
    """What lies in the scores' folder beforehand is removed: an evaluator that writes nothing has no score."""
    bench = make(alter=lambda root: (root / "judge/__main__.py").write_text("# writes nothing\n"))
    paths = bench.session.paths.attempt(1)
    paths.scores.mkdir(parents=True)
    (paths.scores / "scores.json").write_text('{"metrics": {"excess_loss": 0, "distance": 0}}')
    result = score(bench.lab.bench, INFO, paths.code, paths.scores, bench.session.template.fixed_hash())
    assert isinstance(result, ScoreFailed)
    assert "absent" in result.reason


def test_the_evaluator_cannot_write_the_run(make: Maker) -> None:
    """The run's folder is read-only to its evaluator, the cache is not."""

    def alter(root: Path) -> None:
        path = root / "judge/__main__.py"
        attack = (
            "import os\n    open(os.environ['LABLOOP_CACHE'] + '/written', 'w')\n    open(args.run_dir / 'answer.json', 'w')\n    "
            + WRITE
        )
        path.write_text(replaced(path.read_text(), (WRITE, attack)))

    bench = make("bwrap", alter=alter, own_cache=True)
    run_dir = bench.session.paths.attempt(1).code / "run_1"
    run_dir.mkdir(parents=True)
    (run_dir / "answer.json").write_text(json.dumps({"x": [0.1] * 20}))
    result = score(
        bench.lab.bench, INFO, run_dir, bench.session.paths.attempt(1).scores, bench.session.template.fixed_hash()
    )
    assert isinstance(result, ScoreFailed)
    assert "Read-only file system" in result.reason
    assert (bench.lab.bench.cache / "written").exists()
    assert json.loads((run_dir / "answer.json").read_text())["x"]


@pytest.mark.parametrize("when", ["before", "while"])
def test_a_fixed_half_that_changed_gives_no_score(make: Maker, when: str) -> None:
    """The evaluator's files are hashed before and after; without namespaces it could even change itself while it runs."""
    bench = make()
    judge = bench.template / "judge/__main__.py"
    if when == "while":
        judge.write_text(
            replaced(judge.read_text(), (WRITE, "Path(__file__).with_name('planted.py').write_text('x'); " + WRITE))
        )
    expected = load_template(bench.template).fixed_hash()
    if when == "before":
        judge.write_text(judge.read_text() + "# easier\n")
    run_dir = bench.session.paths.attempt(1).code / "run_1"
    run_dir.mkdir(parents=True)
    (run_dir / "answer.json").write_text(json.dumps({"x": [0.1] * 20}))
    result = score(bench.lab.bench, INFO, run_dir, bench.session.paths.attempt(1).scores, expected)
    assert isinstance(result, ScoreFailed)
    assert result.outcome == "environment"
    assert "judge" in result.reason


def without_evaluator(root: Path) -> None:
    """Take the evaluator out of the template's contract."""
    declared = (root / "template.toml").read_text()
    start, end = declared.index("[evaluator]"), declared.index("[[controls]]")
    (root / "template.toml").write_text(declared[:start] + declared[end:])


@pytest.mark.parametrize(
    ("metrics", "ok"), [({"excess_loss": 0.5, "distance": 0.1}, True), ({"excess_loss": 0.5}, False)]
)
def test_without_an_evaluator_the_experiment_measures(
    make: Maker, metrics: dict[str, float], ok: bool, tmp_path: Path
) -> None:
    """A template without an evaluator has its metrics checked in the same way."""
    bench = make(alter=without_evaluator)
    result = score(bench.lab.bench, RunInfo({**INFO, "metrics": metrics}), tmp_path, tmp_path / "scores", "")
    assert isinstance(result, Scored) == ok
