"""An evaluator that stays for the session: the same score, sooner; and whatever befalls it, no run is the worse for it."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from agent.experiment import warm
from agent.experiment.score import Scored, ScoreFailed, score
from agent.sandbox.leavings import remove
from agent.sandbox.standing import StandingProcess
from agent.session.run_info import RunInfo
from tests.agent.experiment.conftest import Bench, Maker, replaced

pytestmark = pytest.mark.process

INFO = RunInfo({"format": 1, "config": {}, "training": {}, "metrics": {}, "details": {}})
DECLARED = 'command = ["python", "-m", "judge", "--run_dir={run_dir}", "--out={out}"]\n'
# The protocol of docs/templates.md in as few lines as it takes; ODD and PLAIN are what a test plants.
STAYING = """
import json, os, signal, sys, time
from judge import __main__ as judge

answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)

def say(value):
    answers.write(value if isinstance(value, str) else json.dumps(value) + "\\n")
    answers.flush()

LOADING
say({"ready": True})
for line in sys.stdin:
    request = json.loads(line)
    child = os.fork()
    if child == 0:
        sys.argv = request["command"][2:]
        judge.WHO = "warm"
        try:
            judge.main()
        except BaseException:
            os._exit(1)
        os._exit(0)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    ODD
    say({"exit_code": status})
"""
WRITTEN = '"details": {}}), encoding="utf-8")'


def staying(odd: str = "pass", loading: str = "pass") -> Callable[[Path], None]:
    """Gives a copy of the toy template an evaluator that stays, and has each score say who made it."""

    def alter(root: Path) -> None:
        (root / "judge/staying.py").write_text(STAYING.replace("ODD", odd).replace("LOADING", loading))
        judge = (root / "judge/__main__.py").read_text()
        told = replaced(
            judge, (WRITTEN, '"details": {"by": WHO}}), encoding="utf-8")'), ("def main", 'WHO = "cold"\n\n\ndef main')
        )
        (root / "judge/__main__.py").write_text(told)
        declared = (root / "template.toml").read_text()
        line = DECLARED + 'warm = ["python", "-m", "judge.staying"]\n'
        (root / "template.toml").write_text(replaced(declared, (DECLARED, line)))

    return alter


def answer(bench: Bench, number: int = 1, x: float = 0.1) -> Path:
    """A run to score, as an attempt leaves it."""
    run_dir = bench.session.paths.attempt(number).code / "run_1"
    remove(run_dir)
    run_dir.mkdir(parents=True)
    (run_dir / "answer.json").write_text(json.dumps({"x": [x] * 20}))
    return run_dir


def scored(bench: Bench, number: int = 1, x: float = 0.1) -> Scored | ScoreFailed:
    run_dir = answer(bench, number, x)
    scores = bench.session.paths.attempt(number).scores
    return score(bench.lab.bench, INFO, run_dir, scores, bench.session.fixed_sha256)


def by(found: Scored | ScoreFailed) -> str:
    """Who made the score."""
    assert isinstance(found, Scored), found
    return str(found.info["details"]["by"])


@pytest.fixture
def closing(make: Maker) -> Iterator[Maker]:
    """Benches whose evaluators are ended with the test."""
    made: list[Bench] = []

    def maker(*given: object, **named: object) -> Bench:
        made.append(make(*given, **named))
        return made[-1]

    yield maker
    for bench in made:
        bench.lab.close()


def test_it_scores_run_after_run_as_a_process_of_its_own_would(closing: Maker) -> None:
    """The same numbers, files and logs in the same place, one after another, with nothing left of the run before."""
    bench = closing("bwrap", staying())
    cold = scored(bench, 1)
    bench.lab.warm.start()
    first, other, again = scored(bench, 2), scored(bench, 3, x=0.3), scored(bench, 4)
    assert [by(each) for each in (cold, first, other, again)] == ["cold", "warm", "warm", "warm"]
    assert isinstance(cold, Scored) and isinstance(first, Scored) and isinstance(other, Scored)
    assert isinstance(again, Scored)
    assert cold.info["metrics"] == first.info["metrics"] == again.info["metrics"] != other.info["metrics"]
    assert 0 < first.seconds < 20
    for number in (2, 3, 4):
        assert (bench.session.paths.attempt(number).scores / "scores.json").is_file()


def test_nothing_is_left_when_the_session_ends(closing: Maker) -> None:
    """Closed, its processes and its folder are gone; a second close does nothing."""
    bench = closing("bwrap", staying())
    bench.lab.warm.start()
    assert by(scored(bench)) == "warm"
    supervisor = bench.lab.warm._standing
    assert isinstance(supervisor, StandingProcess)
    bench.lab.close()
    assert supervisor._process.poll() is not None
    assert not bench.session.paths.evaluator.exists()
    bench.lab.close()


@pytest.mark.parametrize(
    ("odd", "why"),
    [
        ("os.kill(os.getpid(), signal.SIGKILL)", "ended or took too long"),
        ("sys.exit(3)", "ended or took too long"),
        ('say("rubbish\\n")', "answered 'rubbish'"),
        ('say("[0]\\n")', "answered '[0]'"),
        ('say({"exit_code": "0"})', "answered"),
        ('say({"exit_code": True})', "answered"),
        ('say({"error": "not a request"})', "answered"),
    ],
)
def test_whatever_befalls_it_the_run_is_scored(
    closing: Maker, odd: str, why: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Killed in the middle, ended, poisoned: the run is scored by a process of its own, which is said, and it is replaced."""
    bench = closing("bwrap", staying(odd))
    bench.lab.warm.start()
    assert by(scored(bench)) == "cold"
    assert why in caplog.text
    first = bench.lab.warm._standing
    bench.lab.warm.start()
    assert bench.lab.warm._standing is not first


def test_one_that_hangs_costs_its_time_and_nothing_else(closing: Maker) -> None:
    """Past the evaluator's time limit it is ended, and the run scored without it."""

    def hurried(root: Path) -> None:
        staying("time.sleep(60)")(root)
        path = root / "template.toml"
        path.write_text(replaced(path.read_text(), ("timeout_s = 20\n\n[baseline]", "timeout_s = 3\n\n[baseline]")))

    bench = closing("bwrap", hurried)
    bench.lab.warm.start()
    began = time.monotonic()
    assert by(scored(bench)) == "cold"
    assert 3 < time.monotonic() - began < 55


@pytest.mark.parametrize("loading", ["time.sleep(60)", 'raise ImportError("no torch")', 'say("hello\\n")'])
def test_one_that_never_gets_ready_is_given_up(closing: Maker, monkeypatch: pytest.MonkeyPatch, loading: str) -> None:
    """It loads for ever, fails as it loads, or says something else: no run waits for it longer than the limit."""
    monkeypatch.setattr(warm, "_READY_S", 0.5)
    bench = closing("bwrap", staying(loading=loading))
    bench.lab.warm.start()
    assert by(scored(bench)) == "cold"
    assert bench.lab.warm._standing is None


def test_one_that_wants_no_work_is_not_asked_again(closing: Maker) -> None:
    """It ends well before it is ready (at a scale where it gains nothing): not started again, and nobody is warned."""
    bench = closing("bwrap", staying(loading="sys.exit(0)"))
    bench.lab.warm.start()
    assert by(scored(bench)) == "cold"
    bench.lab.warm.start()
    assert bench.lab.warm._standing is None


def test_it_is_not_started_for_ever(closing: Maker) -> None:
    """One that fails at each run is started three times in a session."""
    bench = closing("bwrap", staying("sys.exit(3)"))
    for number in range(1, 6):
        bench.lab.warm.start()
        assert (bench.lab.warm._standing is not None) == (number <= 3)
        assert by(scored(bench, number)) == "cold"


def test_one_that_was_started_on_other_files_is_not_used(closing: Maker, caplog: pytest.LogCaptureFixture) -> None:
    """The fixed half changed after it was started and is what the session began with now: what it holds is stale."""
    bench = closing("bwrap", staying())
    problem = bench.template / "judge/problem.py"
    right = problem.read_text()
    problem.write_text(right + "\nDIMENSION = 3\n")
    bench.lab.warm.start()
    problem.write_text(right)
    assert by(scored(bench)) == "cold"
    assert "other files" in caplog.text
    bench.lab.warm.start()
    assert by(scored(bench, 2)) == "warm"


def test_a_run_that_cannot_be_scored_has_the_same_reason(closing: Maker) -> None:
    """It says only that it could not; the cause that a coder sees is that of a process of its own. It stays for the next."""
    bench = closing("bwrap", staying())
    bench.lab.warm.start()
    failed = scored(bench, x=float("inf"))
    assert isinstance(failed, ScoreFailed)
    assert "finite numbers" in failed.reason
    assert by(scored(bench, 2)) == "warm"


def test_a_score_that_is_none_is_asked_of_another(closing: Maker) -> None:
    """It says that all is well and wrote rubbish: its word does not count."""
    bench = closing("bwrap", staying('open(request["command"][-1][6:], "w").write("{")'))
    bench.lab.warm.start()
    assert by(scored(bench)) == "cold"


def test_an_experiment_cannot_reach_it(closing: Maker) -> None:
    """From within an experiment's sandbox its process cannot be seen, its folder not be written, its requests not be read."""
    bench = closing("bwrap", staying())
    bench.lab.measure_baseline()
    attack = f"""
import pathlib
seen = [path for path in pathlib.Path("/proc").glob("[0-9]*") if b"judge.staying" in (path / "cmdline").read_bytes()]
assert not seen, seen
try:
    pathlib.Path({str(bench.session.paths.evaluator / "planted")!r}).write_text("x")
except OSError:
    pass
"""
    rate = ("LEARNING_RATE = 0.01", "LEARNING_RATE = 0.011")
    ended = bench.attempt(replaced(bench.code, rate, ("if __name__", attack + "if __name__")))
    assert ended.outcome == "ok", ended
    assert ended.results["details"]["by"] == "warm"
    assert bench.session.paths.evaluator.is_dir()
    assert not (bench.session.paths.evaluator / "planted").exists()


def test_in_a_plain_process_tree_there_is_none(closing: Maker) -> None:
    """An experiment could signal it there: every run has a process of its own."""
    bench = closing("plain", staying())
    bench.lab.warm.start()
    assert bench.lab.warm._standing is None
    assert by(scored(bench)) == "cold"


def test_a_stop_while_it_works_ends_it(closing: Maker) -> None:
    """A second Ctrl-C goes up at once, and what it would have said later is nobody's answer."""
    bench = closing("bwrap", staying("time.sleep(60)"))
    bench.lab.warm.start()

    def stop(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, stop)
    try:
        signal.setitimer(signal.ITIMER_REAL, 3)
        with pytest.raises(KeyboardInterrupt):
            scored(bench)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert bench.lab.warm._standing is None
