"""Whole attempts on the toy template: every outcome, and the frauds that a run's code could try."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.errors import Interrupted
from agent.launching import LocalLauncher
from agent.page.write import write_page
from agent.sandbox.machine import free_memory_gb
from agent.session.events import SESSION, AttemptBegun, AttemptEnded
from agent.session.journal import read_events
from agent.session.steps import BASELINE, RunName
from tests.agent.experiment.conftest import Bench, Maker, replaced

pytestmark = pytest.mark.process

RATE = "LEARNING_RATE = 0.01"
END = 'if __name__ == "__main__":\n    main()\n'


def test_an_honest_change_is_ok(measured: Bench) -> None:
    """An attempt that works is scored by the evaluator, proven, and leaves its folder without scratch."""
    ended = measured.attempt(replaced(measured.code, (RATE, "LEARNING_RATE = 0.005")))
    assert (ended.outcome, ended.exit_code) == ("ok", 0)
    assert ended.results["config"]["learning_rate"] == 0.005
    assert ended.results["metrics"]["excess_loss"]["mean"] > 0
    assert ended.score_seconds > 0
    paths = measured.session.paths.attempt(ended.number or 0)
    assert "steps, loss" in paths.stdout.read_text()
    assert (paths.code / "experiment.py").is_file()
    assert (paths.scores / "scores.json").is_file()
    assert not paths.scratch.exists()


@pytest.mark.parametrize(
    ("old", "new", "outcome", "reason"),
    [
        (
            "x, training = minimise(args.seed)",
            "x, training = minimize(args.seed)",
            "crashed",
            "NameError: name 'minimize'",
        ),
        (END, f"import os\n{END}    os.abort()\n", "killed", "SIGABRT"),
        (END, "import sys\nsys.exit(4)\n", "crashed", "exit status 4"),
        (END, "", "bad_results", "wrote no folder run_1"),
        (RATE, "LEARNING_RATE = 5.0", "bad_results", "holds NaN"),
        (
            '"steps": steps,',
            '"steps": 0,',
            "not_proven",
            "the run took no step (training.steps > 0: training.steps is 0)",
        ),
        ("while steps < GRADIENTS", "while steps < 10", "not_proven", "did not use its budget"),
        (RATE, "LEARNING_RATE = 0.0", "not_proven", "the loss did not fall"),
        ('json.dumps({"x": x})', '""', "not_proven", "answer.json is empty"),
        (
            'json.dumps({"x": x})',
            'json.dumps({"x": x[:3]})',
            "bad_results",
            "the evaluator failed: ValueError: answer.json: x must be 20",
        ),
        ("def main() -> None:", "def main( -> None:", "crashed", "SyntaxError"),
        ('"--out_dir", type=Path', '"--output", type=Path', "crashed", "required: --output"),
        (END, f"raise OSError(28, 'No space left on device')\n{END}", "crashed", "No space left on device"),
    ],
)
def test_what_goes_wrong_has_its_outcome(make: Maker, old: str, new: str, outcome: str, reason: str) -> None:
    """Each way of failing is told apart, with a reason that a coder can act on."""
    bench = make()
    bench.lab.measure_baseline()
    ended = bench.attempt(replaced(bench.code, (old, new)))
    assert ended.outcome == outcome, ended
    assert reason in ended.reason
    assert ended.cause
    assert ended.signature
    assert ended.results == {}


@pytest.mark.parametrize(("room", "outcome"), [(False, "environment"), (True, "crashed")])
def test_a_disk_is_full_where_it_is(make: Maker, monkeypatch: pytest.MonkeyPatch, room: bool, outcome: str) -> None:
    """With room on the real disk, a run ran out of a folder in memory: its code can be mended, and no resumption is stuck."""
    monkeypatch.setattr("agent.experiment.trials.failed.has_room", lambda *_: room)
    bench = make()
    bench.lab.measure_baseline()
    ended = bench.attempt(replaced(bench.code, (END, f"raise OSError(28, 'No space left on device')\n{END}")))
    assert ended.outcome == outcome


def test_time_and_memory_limits(make: Maker) -> None:
    """The settings' time limit replaces the template's; memory beyond its limit ends the run."""
    make().lab.measure_baseline()  # as long as that takes on a busy machine
    bench = make(timeout_s=1.0, memory_gb=0.2)
    bench.lab.measure_baseline()
    slow = bench.attempt(replaced(bench.code, (END, f"import time\ntime.sleep(30)\n{END}")))
    assert slow.outcome == "timed_out"
    assert slow.reason.startswith("ended at its time limit after 1 s")
    greedy = bench.attempt(
        replaced(bench.code, (END, f"import time\nkept = bytearray(500_000_000)\ntime.sleep(30)\n{END}"))
    )
    assert greedy.outcome in ("killed", "timed_out")
    assert "limit" in greedy.reason


DIG = """
import os
back = os.getcwd()
os.makedirs({where!r}, exist_ok=True)
os.chdir({where!r})
for _ in range(1500):
    os.mkdir("d"); os.chdir("d")
os.chdir(back)
"""
MANY = "os.makedirs('run_1', exist_ok=True)\nfor n in range(400): Path(f'run_1/{n}').touch()\n"
HUGE = "os.makedirs('run_1', exist_ok=True)\nfor n in 'ab': open(f'run_1/{n}', 'wb').truncate(6 * 10**8)\n"
TOO_LARGE = "open('sparse', 'wb').truncate(10**10)\n"


@pytest.fixture
def swept(tmp_path: Path) -> Iterator[None]:
    """Deep folders go with the test, by other means: pytest cannot remove them."""
    yield
    subprocess.run(["rm", "-rf", *map(str, tmp_path.iterdir())], check=True)


def leaves(bench: Bench, what: str) -> str:
    """An honest change whose experiment leaves more than its result."""
    block = "".join(f"    {line}\n" for line in f"import os\n{what}".splitlines())
    return replaced(bench.code, (RATE, "LEARNING_RATE = 0.005"), (END, f"{END}{block}"))


@pytest.mark.parametrize(
    ("what", "reason"),
    [
        (DIG.format(where="run_1"), "more than 64 folders within each other (left_depth"),
        (DIG.format(where="elsewhere"), "more than 64 folders within each other (left_depth"),
        (MANY, "more than 300 files and folders (left_files"),
        (HUGE, "more than 1 GB of files (left_gb"),
    ],
)
@pytest.mark.usefixtures("swept")
def test_what_a_run_leaves_has_limits(make: Maker, what: str, reason: str) -> None:
    """Beyond them the attempt is no result, before it is journalled; what was left is gone, code and log stay."""
    bench = make(left_files=300, left_gb=1)
    bench.lab.measure_baseline()
    ended = bench.attempt(leaves(bench, what))
    assert (ended.outcome, ended.exit_code) == ("bad_results", 0)
    assert reason in ended.reason
    paths = bench.session.paths.attempt(ended.number or 0)
    assert os.listdir(paths.code) == ["experiment.py"]
    assert "steps, loss" in paths.stdout.read_text()


def test_a_file_beyond_the_limit_fails_with_its_reason(make: Maker) -> None:
    """The system itself refuses to let one file grow further; the coder is told which setting says so."""
    bench = make(left_gb=1)
    bench.lab.measure_baseline()
    ended = bench.attempt(leaves(bench, TOO_LARGE))
    assert ended.outcome == "crashed"
    assert "File too large" in ended.reason
    assert "left_gb in labloop.toml" in ended.cause


def test_a_bomb_of_processes_is_ended_with_its_reason(make: Maker) -> None:
    """More processes than the setting allows: the attempt is killed, and says why."""
    bench = make(max_processes=20)
    bench.lab.measure_baseline()
    bomb = "import time\nfor _ in range(60):\n    if os.fork() == 0:\n        time.sleep(30)\ntime.sleep(30)\n"
    ended = bench.attempt(leaves(bench, bomb))
    assert ended.outcome == "killed"
    assert "started more than 20 processes: max_processes in labloop.toml" in ended.reason


def test_memory_has_a_limit_where_none_is_set(make: Maker) -> None:
    """A share of what is free as the session starts; what goes beyond is ended, with the setting named."""
    bench = make()
    limit = bench.lab.bench.memory_gb
    assert limit is not None and 0 < limit < 0.9 * (free_memory_gb() or 0) + 1
    small = make(memory_share=0.15 / (free_memory_gb() or 1))
    small.lab.measure_baseline()
    ended = small.attempt(leaves(small, "import time\nkept = bytearray(500_000_000)\ntime.sleep(30)\n"))
    assert ended.outcome == "killed"
    assert re.search(r"needed more than 0\.1\d* GB: memory_gb in labloop\.toml", ended.reason)


@pytest.mark.usefixtures("swept")
def test_a_failed_run_leaves_no_mountain(make: Maker) -> None:
    """A crash keeps its cause, also where what the code left is beyond the limits and removed."""
    bench = make()
    bench.lab.measure_baseline()
    ended = bench.attempt(leaves(bench, DIG.format(where="run_1") + "raise ValueError('the true cause')"))
    assert (ended.outcome, ended.reason.split(" (")[0]) == ("crashed", "ValueError: the true cause")
    assert os.listdir(bench.session.paths.attempt(ended.number or 0).code) == ["experiment.py"]


@pytest.mark.usefixtures("swept")
def test_a_deep_temporary_folder_costs_nothing(measured: Bench) -> None:
    """Folders within each other in TMPDIR go with the scratch folder; the run counts and is accepted."""
    dig = DIG.replace("{where!r}", "os.environ['TMPDIR']")
    accepted = measured.accept(leaves(measured, dig))
    assert accepted.run == "run_1"
    assert not measured.session.paths.attempt(accepted.attempt or 0).scratch.exists()


def test_holes_and_closed_files_are_kept_with_the_run(make: Maker) -> None:
    """Within the limits a sparse file takes no more room when its run is accepted, and one without permissions is read."""
    bench = make()
    bench.lab.measure_baseline()
    closed = "open('run_1/closed', 'w').write('x'); os.chmod('run_1/closed', 0)\n"
    bench.accept(leaves(bench, closed + HUGE))
    kept = bench.session.paths.run(RunName("run_1"))
    assert (kept / "a").stat().st_size == 6 * 10**8
    assert (kept / "a").stat().st_blocks * 512 < 10**6
    assert (kept / "closed").read_text() == "x"


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (RecursionError("maximum recursion depth exceeded"), "bad_results"),
        (OSError(36, "File name too long"), "bad_results"),
        (ValueError("embedded null byte"), "bad_results"),
        (OSError(28, "No space left on device"), "environment"),
        (OSError(5, "Input/output error"), "environment"),
        (OSError(24, "Too many open files"), "environment"),
    ],
)
def test_nobody_foresaw_it_and_the_session_goes_on(
    make: Maker, monkeypatch: pytest.MonkeyPatch, error: Exception, outcome: str
) -> None:
    """Whatever reading a result raises becomes an outcome in the journal, or a pause where the machine is at its limit."""
    bench = make("plain")
    bench.lab.measure_baseline()

    def fails(folder: Path) -> None:
        raise error

    monkeypatch.setattr("agent.experiment.trials.judged.read_final_info", fails)
    ended = bench.attempt(replaced(bench.code, (RATE, "LEARNING_RATE = 0.005")))
    assert ended.outcome == outcome
    assert not ended.results
    assert str(error) in ended.reason
    assert bench.session.journal.find(AttemptEnded, ended.step) == ended


def test_nothing_is_launched_without_an_edit(measured: Bench) -> None:
    """No change, a change back to the baseline, and code that already failed cost no launch."""
    began = len(list(measured.session.journal.all(AttemptBegun)))
    assert measured.attempt(None).outcome == "no_edit"
    back = measured.attempt(measured.code)
    assert (back.outcome, back.number) == ("no_edit", None)
    assert "that of run_0" in back.reason
    broken = measured.attempt(replaced(measured.code, (RATE, "LEARNING_RATE = rate")))
    again = measured.attempt(replaced(measured.code, (RATE, "LEARNING_RATE = rate")))
    assert (broken.number is None, again.number) == (False, None)
    assert again.outcome == "crashed"
    assert again.signature == broken.signature
    assert f"attempt {broken.number}" in again.reason
    assert len(list(measured.session.journal.all(AttemptBegun))) == began + 1


def test_a_copied_result_is_not_proven(measured: Bench) -> None:
    """Results of an earlier run, or of the baseline, under other code: found by differs_from."""
    first = replaced(measured.code, (RATE, "LEARNING_RATE = 0.005"))
    measured.accept(first)
    copied = measured.attempt(first + "# the new method\n", "run_2")
    assert copied.outcome == "not_proven"
    assert "every metric equals that of run_1" in copied.reason
    unchanged = measured.attempt(measured.code + "# another new method\n", "run_2")
    assert "the baseline with seed 0" in unchanged.reason


def test_metrics_come_from_the_evaluator(measured: Bench) -> None:
    """What an experiment writes as its own metrics is replaced by what the evaluator measured."""
    lie = replaced(
        measured.code, (RATE, "LEARNING_RATE = 0.005"), ('"metrics": {}', '"metrics": {"excess_loss": {"mean": -9.0}}')
    )
    ended = measured.attempt(lie)
    assert ended.outcome == "ok"
    assert ended.results["metrics"]["excess_loss"]["mean"] > 0


def test_a_planted_evaluator_is_not_run(measured: Bench) -> None:
    """A package of the evaluator's name, and of a library's name, in the run's folder are not what scores it."""
    plant = """
for name in ("judge/__init__.py", "judge/__main__.py", "json.py", "sitecustomize.py", "run_1/judge/__main__.py"):
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("import sys; open(sys.argv[-1].split('=')[1], 'w').write('{}'); sys.exit(0)")
"""
    ended = measured.attempt(
        replaced(measured.code, (RATE, "LEARNING_RATE = 0.005"), (END, END.rstrip() + plant.replace("\n", "\n    ")))
    )
    assert ended.outcome == "ok", ended
    assert ended.results["metrics"]["distance"]["mean"] > 0


def attack(bench: Bench, targets: list[Path]) -> str:
    """An experiment that replaces each of these files, as far as it can."""
    lines = f"""
import os
for target in {[str(path) for path in targets]!r}:
    try:
        os.remove(target)
        open(target, "w").write("planted")
    except OSError:
        pass
"""
    return replaced(bench.code, (RATE, "LEARNING_RATE = 0.005"), (END, f"{lines}{END}"))


def test_the_sessions_files_stay_as_they_are(measured: Bench) -> None:
    """Journal, spec, earlier results and code: out of reach in bubblewrap, found and put back without it."""
    paths = measured.session.paths
    blob = next(paths.blobs.iterdir())
    targets = [paths.spec, paths.run(BASELINE) / "final_info.json", paths.run_code(BASELINE), blob, paths.journal]
    before = {path: path.read_bytes() for path in targets}
    ended = measured.attempt(attack(measured, targets))
    after = {path: path.read_bytes() for path in targets}
    assert after.pop(paths.journal).startswith(before.pop(paths.journal))
    assert after == before
    assert len(measured.session.journal.events) == len(read_events(paths.journal, SESSION))
    if measured.lab.sandbox.keeps_apart:
        assert ended.outcome == "ok"
    else:
        assert ended.outcome == "not_proven"
        assert "changed files that are not its own" in ended.reason
        assert "journal.jsonl" in ended.reason


def test_the_templates_files_are_watched(measured: Bench) -> None:
    """Evaluator and template: out of reach in bubblewrap; without it a change stops the session, and nothing counts."""
    targets = [measured.template / "judge/problem.py", measured.template / "template.toml"]
    before = [path.read_bytes() for path in targets]
    ended = measured.attempt(attack(measured, [*targets, measured.session.paths.spec]))
    if measured.lab.sandbox.keeps_apart:
        assert ended.outcome == "ok"
        assert [path.read_bytes() for path in targets] == before
    else:
        assert ended.outcome == "environment"
        assert "problem.py" in ended.reason
        assert ended.results == {}
        assert measured.session.paths.spec.read_text() != "planted"


def test_a_changed_evaluator_fails_closed(make: Maker) -> None:
    """Where the fixed half is not what the session began with, nothing is scored, whoever changed it."""
    bench = make()
    bench.lab.measure_baseline()
    problem = bench.template / "judge/problem.py"
    problem.write_text(replaced(problem.read_text(), ("return 0.5 *", "return 0.4 *")))
    ended = bench.attempt(replaced(bench.code, (RATE, "LEARNING_RATE = 0.005")))
    assert ended.outcome == "environment"
    assert "judge" in ended.reason
    assert ended.results == {}


def test_asking_for_a_network_can_be_mended(make: Maker) -> None:
    """Where the template itself needs no network, code that asks for one goes back to the coder, not to the user."""
    bench = make("bwrap")
    bench.lab.measure_baseline()
    ended = bench.attempt(
        replaced(bench.code, (END, f"import urllib.request\nurllib.request.urlopen('http://example.invalid')\n{END}"))
    )
    assert ended.outcome == "crashed"
    assert "run without one" in ended.cause


@pytest.mark.parametrize(
    ("message", "count", "outcome"),
    [
        ("No CUDA GPUs are available", 0, "crashed"),
        ("No CUDA GPUs are available", 1, "environment"),
        ("CUDA error: invalid device ordinal", 1, "crashed"),
        ("CUDA error: CUDA-capable device(s) is/are busy or unavailable", 1, "environment"),
        ("CUDA error: CUDA-capable device(s) is/are busy or unavailable", 0, "environment"),
    ],
)
def test_a_gpu_lost_in_mid_session_is_not_the_codes_fault(
    make: Maker, monkeypatch: pytest.MonkeyPatch, message: str, count: int, outcome: str
) -> None:
    """Code that asks for a GPU where there is none can be mended; a machine that has one and lost it cannot by an edit."""
    bench = make("plain")
    bench.lab.measure_baseline()
    monkeypatch.setattr(LocalLauncher, "gpus", count)
    ended = bench.attempt(replaced(bench.code, (END, f"raise RuntimeError({message!r})\n{END}")))
    assert ended.outcome == outcome, ended


def test_the_evaluators_own_files_are_kept_with_the_run(make: Maker) -> None:
    """What the evaluator writes beside its scores lies in run_0/scores and run_1/scores; a folder of that name that the
    experiment planted does not.
    """
    write = 'args.out.write_text(json.dumps({"format": 1'
    extra = (
        "(args.out.parent / 'sae_bench').mkdir()\n    (args.out.parent / 'sae_bench/core.json').write_text('{}')\n    "
    )

    def alter(root: Path) -> None:
        judge = root / "judge/__main__.py"
        if extra not in judge.read_text():
            judge.write_text(replaced(judge.read_text(), (write, extra + write)))

    bench = make(alter=alter, own_cache=True)
    bench.lab.measure_baseline()
    plant = f"Path('run_1/scores').mkdir(parents=True)\nPath('run_1/scores/forged.json').write_text('1')\n{END}"
    ended = bench.accept(replaced(bench.code, (RATE, "LEARNING_RATE = 0.005"), (END, plant)))
    for index in (0, 1):
        scores = bench.session.paths.run(RunName.of(index)) / "scores"
        kept = sorted(str(path.relative_to(scores)) for path in scores.rglob("*") if path.is_file())
        assert kept == ["sae_bench/core.json", "scores.json"], index
    assert (bench.session.paths.attempt(ended.attempt or 0).scores / "sae_bench/core.json").is_file()
    again = make(own_cache=True)
    again.lab.measure_baseline()
    assert (again.session.paths.run(BASELINE) / "scores/sae_bench/core.json").is_file()
    assert "scores/sae_bench/core.json" in write_page(bench.session).read_text()


def test_the_broken_environment_is_tried_again_when_resumed(
    make: Maker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk pauses the session; after --resume the same step launches anew and keeps both records."""
    monkeypatch.setattr("agent.experiment.trials.failed.has_room", lambda *_: False)
    bench = make("plain")
    bench.lab.measure_baseline()
    flag = tmp_path / "disk-is-full"
    flag.touch()
    source = replaced(
        bench.code,
        (RATE, "LEARNING_RATE = 0.005"),
        (END, f"if Path({str(flag)!r}).exists(): raise OSError(28, 'No space left on device')\n{END}"),
    )
    edit = bench.edit(source)
    assert bench.lab.try_out(RunName("run_1"), edit.step, edit).outcome == "environment"
    assert bench.lab.try_out(RunName("run_1"), edit.step, edit).outcome == "environment"
    bench.resume()
    flag.unlink()
    ended = bench.lab.try_out(RunName("run_1"), edit.step, edit)
    assert (ended.outcome, ended.step) == ("ok", f"{edit.step}/again_1")
    assert bench.lab.try_out(RunName("run_1"), edit.step, edit) == ended
    assert [e.outcome for e in bench.session.journal.all(AttemptEnded)][-2:] == ["environment", "ok"]


def test_a_finished_attempt_is_not_repeated(make: Maker) -> None:
    """Asked again, the laboratory answers from the journal; nothing is launched."""
    bench = make()
    bench.lab.measure_baseline()
    edit = bench.edit(replaced(bench.code, (RATE, "LEARNING_RATE = 0.005")))
    first = bench.lab.try_out(RunName("run_1"), edit.step, edit)
    folders = sorted(os.listdir(bench.session.paths.attempts))
    assert bench.lab.try_out(RunName("run_1"), edit.step, edit) == first
    assert sorted(os.listdir(bench.session.paths.attempts)) == folders


def test_an_attempt_that_was_cut_off_keeps_its_folder(make: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    """An interrupted attempt is no result: its folder stays, and the next one gets the next number."""
    bench = make()
    bench.lab.measure_baseline()
    edit = bench.edit(replaced(bench.code, (RATE, "LEARNING_RATE = 0.005")))
    sandbox = bench.lab.sandbox
    run = sandbox.run
    with monkeypatch.context() as patch:
        patch.setattr(sandbox, "run", lambda command, stop: run(command, lambda: True))
        with pytest.raises(Interrupted):
            bench.lab.try_out(RunName("run_1"), edit.step, edit)
    cut_off = list(bench.session.journal.all(AttemptBegun))[-1].number
    assert (bench.session.paths.attempt(cut_off).code / "experiment.py").is_file()
    ended = bench.lab.try_out(RunName("run_1"), edit.step, edit)
    assert (ended.outcome, ended.number) == ("ok", cut_off + 1)


def test_what_the_evaluator_alone_may_read_is_not_there_for_the_experiment(make: Maker) -> None:
    """A hidden file cannot be read by the experiment in bubblewrap, and is whole to the evaluator."""

    def alter(root: Path) -> None:
        (root / "judge" / "answers.txt").write_text("the truth")
        judge = root / "judge" / "__main__.py"
        judge.write_text(
            'from pathlib import Path\nassert Path(__file__).with_name("answers.txt").read_text() == "the truth"\n'
            + judge.read_text().replace("from __future__ import annotations\n", "")
        )
        contract = root / "template.toml"
        contract.write_text(
            contract.read_text().replace("[evaluator]\n", '[evaluator]\nhidden = ["judge/answers.txt"]\n')
        )

    bench = make("bwrap", alter, own_cache=True)
    bench.lab.measure_baseline()
    peek = f"""
import judge
try:
    seen = open(os.path.dirname(judge.__file__) + '/answers.txt').read()
except OSError:
    seen = ''
assert not seen
{END}"""
    edited = replaced(
        bench.code, (RATE, "LEARNING_RATE = 0.005"), ("import json", "import json\nimport os"), (END, peek)
    )
    ended = bench.attempt(edited)
    assert ended.outcome == "ok", ended.cause
