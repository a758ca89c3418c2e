"""A template whose own experiment cannot work is found by running it once, where that is short."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from agent.checks.check import check
from agent.checks.experiment import check_limit_s, experiment_check
from agent.checks.result import CheckResult
from agent.experiment.baseline_store import BaselineStore
from agent.experiment.launch import CACHE_VARIABLE, cache_folder
from agent.session.paths import REPOSITORY
from agent.session.run_info import RunInfo
from agent.session.settings import Settings
from agent.session.template import load_template
from agent.session.template.contract import Template

pytestmark = pytest.mark.process

SETTINGS = Settings.model_validate({"model": "manual", "coder": "scripted", "paper": False})
Changed = Callable[[str, str, str], Template]


@pytest.fixture
def changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Changed:
    """A copy of the toy template with one text of one file replaced; the kept baselines are the test's own."""
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    shutil.copytree(REPOSITORY / "templates" / "toy", tmp_path / "toy", ignore=shutil.ignore_patterns("__pycache__"))

    def change(name: str, old: str, new: str) -> Template:
        text = (tmp_path / "toy" / name).read_text()
        assert old in text
        (tmp_path / "toy" / name).write_text(text.replace(old, new))
        return load_template(tmp_path / "toy")

    return change


def below(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_an_experiment_that_works_says_what_it_measured(changed: Changed, tmp_path: Path) -> None:
    """It is launched, scored and drawn; nothing of it is left, neither in the template nor in the cache."""
    template = changed("experiment.py", "0.01", "0.01")
    before = below(tmp_path)
    result = experiment_check(template, SETTINGS)
    assert result.ok and "excess_loss 0." in result.detail, result
    assert below(tmp_path) == before


@pytest.mark.parametrize(
    ("name", "old", "new", "words"),
    [
        ("experiment.py", "import random\n", "import random\nimport nosuchmodule\n", "No module named 'nosuchmodule'"),
        ("experiment.py", '"config": config, ', "", "'config' must be an object"),
        ("experiment.py", '"metrics": {}}', '"metrics": {}}["means"]', "KeyError"),
        ("experiment.py", "json.dumps(info)", 'json.dumps({"toy": {"means": {"loss": 1.0}}})', "{data set: {means, st"),
        ("judge/__main__.py", '"distance"', '"length"', "distance"),
        ("experiment.py", "steps += 1", "pass", "timed out"),
        ("template.toml", "training.loss_last < training.loss_first", "training.loss_last < training.gone", "gone"),
        ("template.toml", "training.steps > 0", "training.steps is good", "training.steps is good"),
    ],
)
def test_an_experiment_that_cannot_work_is_found(changed: Changed, name: str, old: str, new: str, words: str) -> None:
    """A crash, a result of another shape, a metric that is not there, a hang, a proof that cannot hold: each with its cause."""
    template = changed(name, old, new)
    experiment = template.experiment.model_copy(update={"check_s": 5})
    result = experiment_check(template.model_copy(update={"experiment": experiment}), SETTINGS)
    assert not result.ok and result.fatal
    assert words in result.detail, result
    assert "template" in result.remedy


def test_what_fails_on_a_login_node_may_work_as_a_job(
    changed: Changed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where launches are jobs it is said, and where it was tried, and keeps no session from beginning."""
    for name in ("sbatch", "squeue", "scancel", "srun"):
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    template = changed("experiment.py", "import random\n", "import random\nimport nosuchmodule\n")
    asked = SETTINGS.model_dump() | {"launching": {"launcher": "slurm"}}
    result = experiment_check(template, Settings.model_validate(asked))
    assert not result.ok and not result.fatal
    assert "nosuchmodule" in result.detail and "(here; jobs run elsewhere)" in result.detail


def test_figures_that_cannot_be_drawn_are_a_warning(changed: Changed) -> None:
    """A session could begin, since its coder may mend plot.py; it is said all the same."""
    result = experiment_check(changed("plot.py", "import zlib", "import zlib, nosuchmodule"), SETTINGS)
    assert not result.ok and not result.fatal
    assert "plot.py does not: " in result.detail and "nosuchmodule" in result.detail


def test_an_environment_that_is_missing_is_said(changed: Changed) -> None:
    """Without its Python nothing is run, and the remedy makes it, a template's own from its list of packages."""
    template = changed("template.toml", '"agent"', '"gone"')
    (template.root / "requirements.txt").write_text("tiny\n")
    result = experiment_check(template, SETTINGS)
    assert not result.ok and "not run: " in result.detail
    assert f"make setup TEMPLATE={template.root}" in result.remedy


def test_a_baseline_that_is_kept_is_not_measured_again(changed: Changed, tmp_path: Path) -> None:
    """Where an earlier session measured the untouched template on this machine, nothing is launched; under plain its result is not read."""
    template = changed("experiment.py", "0.01", "0.01")
    measured = RunInfo({"config": {}, "training": {}, "metrics": {"excess_loss": 0.5, "distance": 0.1}})
    run_dir = tmp_path / "measured"
    run_dir.mkdir()
    BaselineStore(cache_folder(), template).put(0, run_dir, measured)
    result = experiment_check(template, SETTINGS)
    assert result.ok and "measured here before" in result.detail
    plain = Settings.model_validate({"model": "manual", "coder": "scripted", "sandbox": {"kind": "plain"}})
    tried = experiment_check(template, plain)
    assert tried.ok and "untouched, in " in tried.detail, tried


def test_what_takes_long_is_not_run(changed: Changed) -> None:
    """Only where every limit is short, or the template says for how long; 0 says never."""
    short = changed("template.toml", "seed = 0", "seed = 0")
    assert check_limit_s(short, SETTINGS) == 20
    assert check_limit_s(short, Settings.model_validate({"timeout_s": 600})) == 0
    assert check_limit_s(changed("template.toml", "timeout_s = 20\nseed", "timeout_s = 90\nseed"), SETTINGS) == 0
    declared = changed("template.toml", "timeout_s = 90\nseed", "timeout_s = 90\ncheck_s = 30\nseed")
    assert check_limit_s(declared, SETTINGS) == 30
    assert check_limit_s(changed("template.toml", "check_s = 30", "check_s = 0"), SETTINGS) == 0
    assert check_limit_s(load_template(REPOSITORY), SETTINGS) == 0


def test_the_doctor_runs_it_and_a_session_does_not(changed: Changed, tmp_path: Path) -> None:
    """A session measures the baseline first of all, so its own check leaves that out."""
    template = changed("experiment.py", "0.01", "0.01")

    def named(results: list[CheckResult]) -> list[str]:
        return [result.name for result in results]

    assert "experiment" in named(check(template, SETTINGS, tmp_path / "runs", True))
    assert "experiment" not in named(check(template, SETTINGS, tmp_path / "runs"))
    assert "experiment" not in named(check(None, SETTINGS, tmp_path / "runs", True))


def test_the_doctor_tries_the_controls_too(changed: Changed) -> None:
    """What a control measured is said beside the experiment; one that cannot work is named before a token is spent."""
    works = experiment_check(changed("experiment.py", "0.01", "0.01"), SETTINGS)
    assert works.ok and "; control start " in works.detail, works
    broken = experiment_check(changed("template.toml", '"judge.start"', '"judge.nothing"'), SETTINGS)
    assert not broken.ok and "the control start does not work (crashed)" in broken.detail, broken
    assert "take it out of" in broken.remedy
