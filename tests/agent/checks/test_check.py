"""The check: each thing that could fail late is planted, and found with its remedy."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from agent.checks import check as module
from agent.checks.check import CheckResult, check, environment_check, tex_files
from agent.checks.model import model_problem, named_models
from agent.checks.template import evaluator_problem
from agent.session.idea import Idea
from agent.session.scales import at_scale
from agent.session.settings import REPOSITORY, Settings
from agent.session.template import Template
from tests.world.model_server import ModelServer

pytestmark = pytest.mark.process

IDEA = {"Name": "i", "Title": "T", "Experiment": "E", "Technical_Details": "D", "Implementation_Plan": "P"}
NO_KEYS = ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "OLLAMA_API_BASE")
needs_tex = pytest.mark.skipif(not shutil.which("kpsewhich"), reason="TeX is not installed")


@pytest.fixture
def template(tmp_path: Path) -> Template:
    """A template that runs in the environment of the tests."""
    root = tmp_path / "template"
    (root / "latex").mkdir(parents=True)
    (root / "latex" / "paper.tex").write_text("\\documentclass{article}\\usepackage[round]{natbib, booktabs}\n")
    return Template.model_validate(
        {
            "format": 1,
            "name": "toy",
            "title": "Toy",
            "environment": "agent",
            "root": root,
            "experiment": {"command": ["python"], "editable": ["experiment.py"], "timeout_s": 9},
            "figures": {"command": ["python"], "editable": ["plot.py"]},
            "metrics": {"loss": {"direction": "lower", "description": "d", "primary": True}},
            "proofs": [{"check": "training.steps > 0", "reason": "r"}],
        }
    )


def only(results: list[CheckResult], name: str) -> CheckResult:
    found = [result for result in results if result.name.startswith(name)]
    assert len(found) == 1, results
    return found[0]


def run(template: Template, out: Path, **settings: object) -> list[CheckResult]:
    values = {"model": "manual", "coder": "scripted", "sandbox": "plain"} | settings
    return check(Idea.model_validate(IDEA), template, Settings.model_validate(values), out)


def fake_program(folder: Path, name: str, text: str) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text("#!/bin/sh\n" + text)
    path.chmod(0o755)
    return path


@needs_tex
def test_a_sound_machine_passes_and_nothing_is_left(template: Template, tmp_path: Path) -> None:
    """Everything is tried once, in order, and the output folder is not even made."""
    before = sorted(tmp_path.rglob("*"))
    results = run(template, tmp_path / "out" / "runs")
    assert [result.name for result in results] == [
        "environment agent",
        "TeX",
        "sandbox",
        "output folder",
        "disk",
        "GPU",
        "coder",
        "model (writer, coder, adviser)",
        "idea",
    ]
    assert all(result.ok or not result.fatal for result in results), results
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("out", ["/proc/labloop/runs", "/dev/null/runs"])
def test_an_output_folder_that_cannot_be_made_is_found(template: Template, out: str) -> None:
    """Even root cannot write there, and is told before a session begins."""
    if not Path(out).parents[1].exists():
        pytest.skip("no such folder on this system")
    result = only(run(template, Path(out)), "output folder")
    assert not result.ok
    assert result.fatal
    assert out in result.detail
    assert "--out" in result.remedy


def test_a_full_disk_is_found(template: Template, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Too little room is named with what is needed."""
    monkeypatch.setattr(module, "DISK_NEEDED_GB", 1e9)
    result = only(run(template, tmp_path), "disk")
    assert not result.ok
    assert "make room" in result.remedy


@needs_tex
def test_a_package_that_tex_lacks_is_named(template: Template, tmp_path: Path) -> None:
    """Packages are those that the template's own sources ask for; one beside the sources needs no TeX to have it."""
    source = template.root / "latex" / "paper.tex"
    source.write_text(source.read_text() + "\\usepackage{own,nosuchpackage}\n% \\usepackage{notasked}\n")
    (template.root / "latex" / "own.sty").touch()
    result = only(run(template, tmp_path), "TeX")
    assert not result.ok
    assert result.detail == "lacks nosuchpackage.sty"
    assert "make setup" in result.remedy


def test_without_tex_the_programs_are_named(
    template: Template, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No TeX at all: what to install, or how to go without; --no-paper asks for none."""
    monkeypatch.setenv("PATH", str(tmp_path))
    result = only(run(template, tmp_path), "TeX")
    assert not result.ok
    assert "pdflatex" in result.detail
    assert "--no-paper" in result.remedy
    assert not [each for each in run(template, tmp_path, paper=False) if each.name == "TeX"]


def test_the_sae_templates_packages_are_read() -> None:
    """Class, bibliography style and every package of the shipped paper are among what is looked for."""
    assert {"article.cls", "plainnat.bst", "natbib.sty", "booktabs.sty", "hyperref.sty", "graphicx.sty"} <= set(
        tex_files(REPOSITORY / "latex")
    )


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("echo 'ImportError: libfoo.so is missing' >&2; exit 1", "ImportError: libfoo.so is missing"),
        ("exit 7", "exit code 7"),
        ("exec sleep 30", "did not finish its imports in 0.5 s"),
    ],
)
def test_a_broken_environment_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, said: str) -> None:
    """An interpreter that fails, or hangs, is named with its own last words."""
    python = fake_program(tmp_path / "bin", "python", script)
    monkeypatch.setattr(module, "interpreter", lambda name: python)
    result = environment_check("experiment", limit_s=0.5 if "sleep" in script else 10)
    assert not result.ok
    assert said in result.detail
    assert "make setup" in result.remedy


def test_a_missing_environment_is_found() -> None:
    """An environment that was never made is named with `make setup`."""
    result = environment_check("nosuch")
    assert not result.ok
    assert "make setup" in result.remedy


def test_the_environment_of_the_tests_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real interpreter runs its real imports, whatever PYTHONPATH says."""
    monkeypatch.setenv("PYTHONPATH", "/nonexistent")
    monkeypatch.setattr(module, "interpreter", lambda name: Path(sys.executable))
    assert environment_check("agent") == CheckResult("environment agent", True, f"Python {sys.version.split()[0]}")


def test_bubblewrap_that_does_not_work_is_fatal_only_when_demanded(
    template: Template, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`auto` goes on without namespaces and says so; `bwrap` stops."""
    monkeypatch.setattr(module, "bwrap_problem", lambda: "no namespaces here")
    for setting, fatal in (("auto", False), ("bwrap", True)):
        result = only(run(template, tmp_path, sandbox=setting, paper=False), "sandbox")
        assert (result.ok, result.fatal) == (False, fatal)
        assert "no namespaces here" in result.detail


@pytest.mark.parametrize(
    ("script", "ok", "said"),
    [
        ("echo 'NVIDIA H200, 143771 MiB'", True, "NVIDIA H200"),
        ("echo 'NVIDIA-SMI has failed' ; exit 9", False, "NVIDIA-SMI has failed"),
        ("exit 0", False, "no answer"),
    ],
)
def test_a_gpu_is_reported_and_never_fatal(
    template: Template, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, ok: bool, said: str
) -> None:
    """A GPU is named, a broken driver is a warning: experiments run on the CPU."""
    fake_program(tmp_path / "bin", "nvidia-smi", script)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    result = only(run(template, tmp_path, paper=False), "GPU")
    assert (result.ok, result.fatal) == (ok, False)
    assert said in result.detail


def test_an_unknown_coder_is_found(template: Template, tmp_path: Path) -> None:
    """The coders there are, are named."""
    result = only(run(template, tmp_path, coder="nosuch", paper=False), "coder")
    assert not result.ok
    assert "aider" in result.remedy


def test_metrics_that_no_one_measures_are_found(template: Template, tmp_path: Path) -> None:
    """An idea cannot ask for a metric that its template lacks."""
    idea = Idea.model_validate(IDEA | {"Primary_Metric": "accuracy", "Metrics": ["loss"]})
    settings = Settings(model="manual", coder="scripted", sandbox="plain", paper=False)
    result = only(check(idea, template, settings, tmp_path), "idea")
    assert not result.ok
    assert "accuracy" in result.detail
    assert "loss" in result.remedy


@pytest.mark.parametrize(
    ("name", "ok", "said"),
    [
        ("gpt-4o", False, "OPENAI_API_KEY"),
        ("anthropic/claude-sonnet-4-5", False, "ANTHROPIC_API_KEY"),
        ("ollama/llama3", True, ""),
        ("nosuchprovider/x", False, "PROVIDER/MODEL"),
        ("gpt4-typo", False, "PROVIDER/MODEL"),
        ("manual", True, ""),
        ("recorded", False, "--recording"),
    ],
)
def test_models_are_looked_at_without_being_asked(
    monkeypatch: pytest.MonkeyPatch, name: str, ok: bool, said: str
) -> None:
    """A missing key, an unknown provider and a missing recording are each told apart."""
    for key in NO_KEYS:
        monkeypatch.delenv(key, raising=False)
    answer = model_problem(name, Settings(model=name))
    assert answer.ok == ok, answer
    assert said in answer.remedy


def test_a_key_in_the_environment_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """The key's value is neither tried nor shown."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    answer = model_problem("gpt-4o", Settings(model="gpt-4o"))
    assert answer.ok
    assert "sk-secret" not in str(answer)


def test_a_server_of_ones_own_needs_no_key(tmp_path: Path) -> None:
    """With a base URL any name will do: the server knows it. It is looked for, and asked nothing."""
    with ModelServer(tmp_path, []) as server:
        assert model_problem("my-model", Settings(model="my-model", base_url=server.url)).ok
        assert model_problem("openai/my", Settings(model="openai/my", base_url=server.url)).ok
        assert server.requests == []


@pytest.mark.parametrize("address", ["{gone}", "localhost:8000", "http://", "ftp://127.0.0.1:9"])
def test_a_server_that_is_not_there_is_found(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the baseline is measured, not at the first question; an address that is none is found too."""
    monkeypatch.setenv("no_proxy", "*")  # a proxy would answer in the server's place
    with ModelServer(tmp_path, []) as server:
        gone = server.url
    url = address.format(gone=gone)
    answer = model_problem("my-model", Settings(model="my-model", base_url=url))
    assert not answer.ok and answer.fatal
    assert f"nothing answers at {url}" in answer.detail and "--base-url" in answer.remedy


def test_a_recording_that_cannot_be_read_is_found(tmp_path: Path) -> None:
    """A broken recording is found before the session, not at its first question."""
    path = tmp_path / "x.recording.jsonl"
    path.write_text("not json\n")
    answer = model_problem("recorded", Settings(model="recorded", recording=str(path)))
    assert not answer.ok
    assert "line 1" in answer.detail


def test_each_model_is_looked_at_once() -> None:
    """Roles that share a model share a check."""
    assert named_models(Settings(model="a")) == {"writer, coder, adviser": "a"}
    assert named_models(Settings(model="a", adviser="b")) == {"writer, coder": "a", "adviser": "b"}


def test_what_the_evaluator_lacks_is_said_before_a_session(template: Template, tmp_path: Path) -> None:
    """Its own check is run at the chosen scale, offline and without keys as the evaluator will be; its lines are shown."""
    (template.root / "judge.py").write_text(
        "import os, sys\n"
        "print('missing: the data set of', sys.argv[1], os.environ['HF_HUB_OFFLINE'], file=sys.stderr)\n"
        "print('missing: a key' if 'OPENAI_API_KEY' not in os.environ else 'a key is there', file=sys.stderr)\n"
        "sys.exit(3 if sys.argv[1] == '--scale=full' else 0)\n"
    )
    values = template.model_dump() | {
        "experiment": {"command": ["python", "--scale={scale}"], "editable": ["experiment.py"], "timeout_s": 9},
        "evaluator": {"command": ["python"], "timeout_s": 9, "check": ["python", "-m", "judge", "--scale={scale}"]},
        "scales": {"tiny": {}, "full": {}},
        "default_scale": "tiny",
    }
    scaled = Template.model_validate(values)
    assert only(run(at_scale(scaled, "tiny"), tmp_path), "evaluator").ok
    found = only(run(at_scale(scaled, "full"), tmp_path), "evaluator")
    assert not found.ok and found.fatal and "another scale" in found.remedy
    assert "missing: the data set of --scale=full 1" in found.detail and "missing: a key" in found.detail


def test_an_evaluators_check_that_cannot_be_run_is_said(template: Template, tmp_path: Path) -> None:
    """A check that hangs or is not there fails the check, instead of passing for a sound one."""
    sleep = [sys.executable, "-c", "import time; time.sleep(60)"]
    for command in (sleep, [str(tmp_path / "gone")], ["python", "-c", "raise SystemExit(2)"]):
        values = template.model_dump() | {"evaluator": {"command": ["python"], "timeout_s": 9, "check": command}}
        assert evaluator_problem(Template.model_validate(values), limit_s=3)
    assert evaluator_problem(template) == ""
