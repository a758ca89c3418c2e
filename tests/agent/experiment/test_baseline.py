"""The baseline: its noise, its cache, two sessions at once, and resuming seed by seed."""

from __future__ import annotations

import json
import shutil
import statistics
from pathlib import Path
from typing import Any

import pytest

from agent.errors import CheckFailed, EnvironmentBroken, Interrupted
from agent.experiment.laboratory import Laboratory
from agent.experiment.trials import side_by_side
from agent.experiment.trials.run_trial import Launched, launch_trial
from agent.results.collect import collect
from agent.sandbox import choose
from agent.session.events import AttemptBegun, AttemptEnded, RunAccepted
from agent.session.session import start_session
from agent.session.settings import Settings
from agent.session.steps import BASELINE
from agent.session.template import load_template
from agent.session.template.contract import Metric
from tests.agent.experiment.conftest import IDEA, REPOSITORY, Maker, replaced

pytestmark = pytest.mark.process


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
    assert merged["noise"] == pytest.approx(12.7062047 * statistics.stdev(values) * 1.5**0.5)
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


@pytest.mark.parametrize(
    ("seeds", "deterministic", "noise"), [("[0, 1]", "", None), ("[0, 1]", "true", 0.0), ("[3]", "true", 0.0)]
)
def test_seeds_that_change_nothing_measure_no_noise(
    make: Maker, seeds: str, deterministic: str, noise: float | None
) -> None:
    """An experiment that ignores its seed: the band is null, or 0 where the template is declared deterministic."""

    def alter(root: Path) -> None:
        text = (root / "template.toml").read_text()
        said = f"seeds = {seeds}" + (f"\ndeterministic = {deterministic}" if deterministic else "")
        (root / "template.toml").write_text(text.replace("seeds = [0, 1]", said))
        code = (root / "experiment.py").read_text()
        assert "random.Random(seed)" in code
        (root / "experiment.py").write_text(code.replace("random.Random(seed)", "random.Random(7)"))

    run = make(alter=alter, own_cache=True).lab.measure_baseline()
    assert run.results["metrics"]["excess_loss"]["noise"] == noise
    assert run.results.get("deterministic", False) is bool(deterministic)
    metrics = {"excess_loss": Metric(direction="lower", description="")}
    better = RunAccepted(run="run_1", title="", results={"metrics": {"excess_loss": {"mean": -1.0}}})
    results = collect(metrics, "excess_loss", [run, better])
    assert results.verdict(results.runs[1], "excess_loss").word == ("better" if deterministic else "noise unknown")


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


def test_more_seeds_measure_only_the_new_ones(make: Maker) -> None:
    """A baseline that was cut off, or is asked for more seeds, goes on with the seeds that are missing."""
    make("bwrap", own_cache=True).lab.measure_baseline()

    def alter(root: Path) -> None:
        (root / "template.toml").write_text(
            (root / "template.toml").read_text().replace("seeds = [0, 1]", "seeds = [0, 1, 2]")
        )

    bench = make("bwrap", alter=alter, own_cache=True)
    assert bench.lab.measure_baseline().results["metrics"]["excess_loss"]["n"] == 3
    assert [event.run for event in bench.session.journal.all(AttemptBegun)] == ["run_0/seed_2"]


def test_a_seed_survives_the_loss_of_the_cache(make: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    """A seed that this session measured is taken from its own journal where the cache was emptied meanwhile."""
    bench = make(own_cache=True)

    def stopped_at_the_second(*args: Any) -> Launched:
        if args[2].seed == 1:
            raise Interrupted("stopped")
        return launch_trial(*args)

    with monkeypatch.context() as patch:
        patch.setattr(side_by_side, "launch_trial", stopped_at_the_second)
        with pytest.raises(Interrupted):
            bench.lab.measure_baseline()
    shutil.rmtree(bench.lab.bench.cache)
    bench.lab.measure_baseline()
    assert [event.run for event in bench.session.journal.all(AttemptEnded)] == ["run_0/seed_0", "run_0/seed_1"]
    assert bench.lab.store.get(0) is not None


def test_a_template_that_does_not_work_is_told(make: Maker) -> None:
    """Where the untouched template fails, no model is asked to mend it: the reason and the logs are named."""

    def alter(root: Path) -> None:
        (root / "experiment.py").write_text("import argparse  # out_dir seed\nraise ValueError('broken template')\n")

    with pytest.raises(CheckFailed, match=r"broken template.*attempts/001"):
        make(alter=alter, own_cache=True).lab.measure_baseline()


def test_a_template_that_is_too_slow_here_is_not_called_broken(make: Maker) -> None:
    """On a busy machine its time limit ends what works: more time is named as the remedy, no change of the template."""

    def alter(root: Path) -> None:
        (root / "experiment.py").write_text("import time  # out_dir seed\ntime.sleep(60)\n")
        description = root / "template.toml"
        description.write_text(description.read_text().replace("timeout_s = 20", "timeout_s = 1", 1))

    with pytest.raises(CheckFailed, match="time limit.*--timeout gives a launch more time") as error:
        make(alter=alter, own_cache=True).lab.measure_baseline()
    assert "mend the template" not in str(error.value)


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
