"""The baseline: its noise, its cache, two sessions at once, and resuming seed by seed."""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

from agent.errors import CheckFailed, EnvironmentBroken, Interrupted
from agent.experiment import laboratory, trial
from agent.experiment.baseline_store import baseline_key
from agent.experiment.laboratory import Laboratory
from agent.results.results import collect
from agent.sandbox import choose
from agent.session.contract import Metric
from agent.session.events import AttemptBegun, AttemptEnded, RunAccepted
from agent.session.session import start_session
from agent.session.settings import Settings
from agent.session.steps import BASELINE
from agent.session.template import load_template
from tests.agent.experiment.conftest import IDEA, REPOSITORY, Maker, replaced

pytestmark = pytest.mark.process

PREPARE = """
[prepare]
command = ["python", "-m", "judge.prepare"]
timeout_s = 20
"""
PREPARED = """
import os, pathlib
cache = pathlib.Path(os.environ["LABLOOP_CACHE"])
(cache / "data.bin").write_bytes(b"prepared")
with open(cache / "count.txt", "a") as file:
    file.write("x")
"""


def with_prepare(root: Path) -> None:
    """Give the template a prepare step that counts its calls in the cache."""
    if not (root / "judge/prepare.py").exists():
        (root / "judge/prepare.py").write_text(PREPARED)
        (root / "template.toml").write_text((root / "template.toml").read_text() + PREPARE)


def test_run_0_is_mean_and_spread_over_seeds(make: Maker) -> None:
    """Metrics of run_0 are the mean over the seeds, their standard deviation, and their number; each seed is kept."""
    bench = make(own_cache=True)
    run = bench.lab.measure_baseline()
    folder = bench.session.paths.run(BASELINE)
    seeds = [json.loads((folder / f"seeds/{seed}/final_info.json").read_text()) for seed in (0, 1)]
    values = [info["metrics"]["excess_loss"]["mean"] for info in seeds]
    merged = run.results["metrics"]["excess_loss"]
    assert values[0] != values[1]
    assert merged["mean"] == pytest.approx(statistics.fmean(values))
    assert merged["spread"] == pytest.approx(statistics.stdev(values))
    assert merged["n"] == 2
    assert merged["noise"] == pytest.approx(12.706 * statistics.stdev(values) * 1.5**0.5)
    assert run.results["config"] == seeds[0]["config"]
    assert json.loads((folder / "final_info.json").read_text()) == run.results
    assert [event.run for event in bench.session.journal.all(AttemptEnded)] == ["run_0/seed_0", "run_0/seed_1"]
    assert bench.session.paths.run_code(BASELINE).read_text() == bench.code


def test_one_seed_has_no_spread(make: Maker) -> None:
    """A single seed says nothing of noise: its spread and its band are null, not zero."""

    def alter(root: Path) -> None:
        (root / "template.toml").write_text(
            (root / "template.toml").read_text().replace("seeds = [0, 1]", "seeds = [3]")
        )

    merged = make(alter=alter, own_cache=True).lab.measure_baseline().results["metrics"]["excess_loss"]
    assert (merged["spread"], merged["n"], merged["noise"]) == (None, 1, None)


def test_the_band_for_figures_is_the_one_of_verdicts(make: Maker) -> None:
    """`noise` in run_0's file is the interval that verdicts use: a run just inside is within noise, just outside is not."""
    run = make(own_cache=True).lab.measure_baseline()
    noise = run.results["metrics"]["excess_loss"]["noise"]
    base = run.results["metrics"]["excess_loss"]["mean"]
    metrics = {"excess_loss": Metric(direction="lower", description="")}
    words = []
    for factor in (0.999, 1.001):
        info = {"metrics": {"excess_loss": {"mean": base + factor * noise}}}
        other = RunAccepted(run="run_1", title="", results=info)
        results = collect(metrics, "excess_loss", [run, other])
        words.append(results.verdict(results.runs[1], "excess_loss").word)
    assert words == ["within noise", "worse"]


def test_a_second_session_reuses_it(make: Maker) -> None:
    """The same template is measured once on a machine: the second session launches nothing and has the same numbers."""
    first = make(own_cache=True).lab.measure_baseline()
    bench = make(own_cache=True)
    assert bench.lab.measure_baseline().results == first.results
    assert list(bench.session.journal.all(AttemptBegun)) == []
    assert (bench.session.paths.run(BASELINE) / "answer.json").is_file()


def test_the_key_knows_what_the_numbers_depend_on(make: Maker) -> None:
    """Code, evaluator and commands change the key; figures, descriptions and budgets of time do not."""
    root = make(own_cache=True).template

    def changed(name: str, old: str, new: str) -> bool:
        before, text = baseline_key(load_template(root)), (root / name).read_text()
        (root / name).write_text(replaced(text, (old, new)))
        after = baseline_key(load_template(root))
        (root / name).write_text(text)
        return before != after

    assert changed("experiment.py", "LEARNING_RATE = 0.01", "LEARNING_RATE = 0.02")
    assert changed("judge/problem.py", "NOISE = 0.3", "NOISE = 0.4")
    assert changed("template.toml", '"-m", "judge"', '"-m", "judge", "-v"')
    assert not changed("plot.py", "WIDTH, HEIGHT", "WIDTH,  HEIGHT")
    assert not changed("template.toml", "timeout_s = 20", "timeout_s = 21")
    assert not changed("template.toml", "seeds = [0, 1]", "seeds = [0, 1, 2]")


def test_more_seeds_measure_only_the_new_ones(make: Maker) -> None:
    """A baseline that was cut off, or is asked for more seeds, goes on with the seeds that are missing."""
    make(own_cache=True).lab.measure_baseline()

    def alter(root: Path) -> None:
        (root / "template.toml").write_text(
            (root / "template.toml").read_text().replace("seeds = [0, 1]", "seeds = [0, 1, 2]")
        )

    bench = make(alter=alter, own_cache=True)
    assert bench.lab.measure_baseline().results["metrics"]["excess_loss"]["n"] == 3
    assert [event.run for event in bench.session.journal.all(AttemptBegun)] == ["run_0/seed_2"]


def test_a_damaged_cache_is_measured_anew(make: Maker) -> None:
    """A kept result that is cut off or lacks a metric is not believed."""
    bench = make(own_cache=True)
    bench.lab.measure_baseline()
    kept = bench.lab.store.seed_folder(0) / "final_info.json"
    info = json.loads(kept.read_text())
    del info["metrics"]["distance"]
    kept.write_text(json.dumps(info))
    (bench.lab.store.seed_folder(1) / "final_info.json").write_text("{")
    again = make(own_cache=True)
    again.lab.measure_baseline()
    assert len(list(again.session.journal.all(AttemptBegun))) == 2


def test_a_seed_survives_the_loss_of_the_cache(make: Maker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A seed that this session measured is taken from its own journal where the cache was emptied meanwhile."""
    bench = make(own_cache=True)
    run_trial = trial.run_trial

    def stopped_at_the_second(*args: Any) -> AttemptEnded:
        if args[2].seed == 1:
            raise Interrupted("stopped")
        return run_trial(*args)

    with monkeypatch.context() as patch:
        patch.setattr(laboratory, "run_trial", stopped_at_the_second)
        with pytest.raises(Interrupted):
            bench.lab.measure_baseline()
    shutil.rmtree(tmp_path / "cache")
    bench.lab.measure_baseline()
    assert [event.run for event in bench.session.journal.all(AttemptEnded)] == ["run_0/seed_0", "run_0/seed_1"]
    assert bench.lab.store.get(0) is not None


def test_two_sessions_at_once_measure_it_once(make: Maker, tmp_path: Path) -> None:
    """Two processes that start together share the work: each seed is launched by one of them only."""
    benches = [make("plain"), make("plain")]
    program = """
        import sys
        from pathlib import Path
        from agent.experiment.laboratory import Laboratory
        from agent.sandbox import choose
        from agent.session.session import open_session
        session = open_session(Path(sys.argv[1]))
        Laboratory(session, choose("plain"), cache=Path(sys.argv[2])).measure_baseline()
    """
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(program), str(bench.session.paths.root), str(tmp_path / "cache")],
            cwd=REPOSITORY,
        )
        for bench in benches
    ]
    assert [process.wait(60) for process in processes] == [0, 0]
    launched = [
        line
        for bench in benches
        for line in bench.session.paths.journal.read_text().splitlines()
        if '"attempt_begun"' in line
    ]
    assert len(launched) == 2
    results = [json.loads((bench.session.paths.run(BASELINE) / "final_info.json").read_text()) for bench in benches]
    assert results[0] == results[1]


def test_a_template_that_does_not_work_is_told(make: Maker) -> None:
    """Where the untouched template fails, no model is asked to mend it: the reason and the logs are named."""

    def alter(root: Path) -> None:
        (root / "experiment.py").write_text("import argparse  # out_dir seed\nraise ValueError('broken template')\n")

    with pytest.raises(CheckFailed, match=r"broken template.*attempts/001"):
        make(alter=alter, own_cache=True).lab.measure_baseline()


def test_a_broken_environment_is_not_the_templates_fault(make: Maker, tmp_path: Path) -> None:
    """A baseline that the machine stops can be resumed once the machine is mended."""
    flag = tmp_path / "full"
    flag.touch()

    def alter(root: Path) -> None:
        source = (root / "experiment.py").read_text()
        (root / "experiment.py").write_text(
            replaced(
                source,
                (
                    "    began = ",
                    f"    if Path({str(flag)!r}).exists(): raise OSError(28, 'No space left on device')\n    began = ",
                ),
            )
        )

    bench = make(alter=alter, own_cache=True)
    with pytest.raises(EnvironmentBroken, match="--resume"):
        bench.lab.measure_baseline()
    flag.unlink()
    bench.resume()
    assert bench.lab.measure_baseline().results["metrics"]["excess_loss"]["n"] == 2


def test_prepare_runs_once_while_its_files_are_there(make: Maker, tmp_path: Path) -> None:
    """What prepare put into the cache is made once, and again only where it is gone; experiments cannot write there."""
    make("bwrap", alter=with_prepare, own_cache=True).lab.measure_baseline()
    bench = make("bwrap", alter=with_prepare, own_cache=True)
    bench.lab.measure_baseline()
    assert (tmp_path / "cache/count.txt").read_text() == "x"
    (tmp_path / "cache/data.bin").unlink()
    make("bwrap", alter=with_prepare, own_cache=True).lab.measure_baseline()
    assert (tmp_path / "cache/count.txt").read_text() == "xx"
    attack = "import os\nopen(os.environ['LABLOOP_CACHE'] + '/data.bin', 'w')\n"
    ended = bench.attempt(replaced(bench.code, ("LEARNING_RATE = 0.01", attack + "LEARNING_RATE = 0.02")))
    assert ended.outcome == "crashed"
    assert "Read-only file system" in ended.reason


def test_a_prepare_that_fails_is_told(make: Maker) -> None:
    """A failing prepare stops the session before anything is measured, with its log."""

    def alter(root: Path) -> None:
        with_prepare(root)
        (root / "judge/prepare.py").write_text("raise ValueError('no data')\n")

    with pytest.raises(EnvironmentBroken, match=r"prepare step failed: ValueError: no data.*stderr"):
        make(alter=alter, own_cache=True).lab.measure_baseline()


def test_the_toy_templates_own_noise_lets_a_difference_be_seen(tmp_path: Path) -> None:
    """The shipped toy's five seeds differ, and by less than their mean."""
    session = start_session(tmp_path, IDEA, load_template(REPOSITORY / "templates/toy"), Settings())
    metric = (
        Laboratory(session, choose("auto"), cache=tmp_path / "cache")
        .measure_baseline()
        .results["metrics"]["excess_loss"]
    )
    assert metric["n"] == 5
    assert 0 < metric["spread"] < metric["mean"]


def test_each_scale_has_its_own_baseline(make: Maker, tmp_path: Path) -> None:
    """The experiment gets the scale in its command, with that scale's seeds; nothing measured at one is used at another."""
    scales = (
        'default_scale = "small"\n[scales.small]\n[scales.large]\nseeds = [5]\nexperiment_timeout_s = 19\n[experiment]'
    )

    def alter(root: Path) -> None:
        contract = replaced(
            (root / "template.toml").read_text(),
            ("[experiment]", scales),
            ('"--seed={seed}"', '"--seed={seed}", "--scale={scale}"'),
        )
        (root / "template.toml").write_text(contract)
        code = replaced(
            (root / "experiment.py").read_text(),
            ('parser.add_argument("--seed"', 'parser.add_argument("--scale")\n    parser.add_argument("--seed"'),
            ('"seed": args.seed', '"scale": args.scale, "seed": args.seed'),
        )
        (root / "experiment.py").write_text(code)

    root = make(alter=alter, own_cache=True).template
    runs = {}
    for scale in ("small", "large"):
        session = start_session(
            tmp_path / "runs", IDEA, load_template(root, scale), Settings.model_validate({"scale": scale})
        )
        runs[scale] = Laboratory(session, choose("plain"), cache=tmp_path / "cache").measure_baseline()
    assert {scale: run.results["config"]["scale"] for scale, run in runs.items()} == {
        "small": "small",
        "large": "large",
    }
    assert (runs["small"].results["seeds"], runs["large"].results["seeds"]) == ([0, 1], [5])
    assert len(list((tmp_path / "cache" / "baselines").iterdir())) == 2
