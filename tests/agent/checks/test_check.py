"""The check tries everything that a session will need, once, and leaves nothing behind."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from agent.checks.check import check
from agent.session.settings import Settings
from agent.session.template.contract import Template

pytestmark = pytest.mark.process


def names(template: Template | None, out: Path, **settings: object) -> list[str]:
    values = {"model": "manual", "coder": "scripted", "sandbox": "plain"} | settings
    return [result.name for result in check(template, Settings.model_validate(values), out)]


@pytest.mark.skipif(not shutil.which("kpsewhich"), reason="TeX is not installed")
def test_a_sound_machine_passes_and_nothing_is_left(template: Template, tmp_path: Path) -> None:
    """Everything is tried once, in order, and the output folder is not even made."""
    before = sorted(tmp_path.rglob("*"))
    settings = Settings.model_validate({"model": "manual", "coder": "scripted", "sandbox": "plain"})
    results = check(template, settings, tmp_path / "out" / "runs")
    assert [result.name for result in results] == [
        "environment agent",
        "TeX",
        "paper",
        "sandbox",
        "output folder",
        "disk",
        "GPU",
        "coder",
        "model (writer, coder, adviser, reviewer)",
    ]
    assert all(result.ok or not result.fatal for result in results), results
    assert sorted(tmp_path.rglob("*")) == before


def test_what_is_not_needed_is_not_tried(template: Template, tmp_path: Path) -> None:
    """Without a paper no TeX; two models are looked at where two are named; an evaluator's check where it has one."""
    assert "TeX" not in names(template, tmp_path, paper=False)
    tried = names(template, tmp_path, paper=False, adviser="recorded")
    assert [name for name in tried if name.startswith("model")] == [
        "model (writer, coder)",
        "model (adviser, reviewer)",
    ]
    evaluator = {"command": ["python"], "timeout_s": 9, "check": ["python", "-c", "pass"]}
    asked = Template.model_validate(template.model_dump() | {"evaluator": evaluator})
    assert "evaluator" in names(asked, tmp_path, paper=False) and "evaluator" not in tried


def test_a_doctor_without_a_template_tries_the_rest(tmp_path: Path) -> None:
    """Where the template cannot be read, the environment that templates have by default is tried."""
    assert names(None, tmp_path, paper=False)[:2] == ["environment agent", "environment experiment"]


def test_an_unused_latex_folder_is_tried_with_the_paper(template: Template, tmp_path: Path) -> None:
    """A latex/ without paper.tex is one of the results where a paper is asked for."""
    (template.root / "latex" / "paper.tex").rename(template.root / "latex" / "template.tex")
    assert "latex" in names(template, tmp_path) and "latex" not in names(template, tmp_path, paper=False)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({}, "none is asked for: experiments run on the CPUs of their nodes"),
        ({"job_gpus": 2}, "2 for each job"),
        ({"job_flags": ["--gres=gpu:a100:1"]}, "--gres=gpu:a100:1"),
    ],
)
def test_the_gpus_of_jobs_are_those_that_they_ask_for(
    template: Template, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: dict[str, object], told: str
) -> None:
    """On a login node nothing is said of its own GPUs, which no job uses."""
    for name in ("sbatch", "squeue", "scancel", "srun"):
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    values = {"model": "manual", "coder": "scripted", "sandbox": "plain", "paper": False, "launcher": "slurm", **asked}
    results = {each.name: each for each in check(template, Settings.model_validate(values), tmp_path)}
    assert results["slurm"].ok and told in results["GPU"].detail
