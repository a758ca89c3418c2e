"""Environments that are missing, broken or hang are found with what to type."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from agent.checks import environments as module
from agent.checks.environments import SETUP, coder_check, environment_check, environments_of, remedy_of
from agent.checks.result import CheckResult
from agent.session.paths import REPOSITORY
from agent.session.template.contract import Environment, Template
from tests.agent.checks.conftest import Fake

pytestmark = pytest.mark.process


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("echo 'ImportError: libfoo.so is missing' >&2; exit 1", "ImportError: libfoo.so is missing"),
        ("exit 7", "exit code 7"),
        ("exec sleep 30", "did not finish its imports in 0.5 s"),
    ],
)
def test_a_broken_environment_is_found(fake: Fake, monkeypatch: pytest.MonkeyPatch, script: str, said: str) -> None:
    """An interpreter that fails, or hangs, is named with its own last words."""
    python = fake("python", script)
    monkeypatch.setattr(module, "interpreter", lambda name: python)
    result = environment_check("experiment", "pass", limit_s=0.5 if "sleep" in script else 10)
    assert not result.ok
    assert said in result.detail
    assert "make setup" in result.remedy


def test_a_missing_environment_is_found() -> None:
    """An environment that was never made is named with `make setup`."""
    result = environment_check("nosuch", "pass")
    assert not result.ok
    assert "make setup" in result.remedy


def test_a_module_that_an_environment_lacks_is_named() -> None:
    """What its processes need is imported for real."""
    result = environment_check("agent", "import no_such_module")
    assert not result.ok and "no_such_module" in result.detail


def test_the_environment_of_the_tests_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real interpreter runs its real imports, whatever PYTHONPATH says."""
    monkeypatch.setenv("PYTHONPATH", "/nonexistent")
    monkeypatch.setattr(module, "interpreter", lambda name: Path(sys.executable))
    code = environments_of(None, "scripted")["agent"]
    assert environment_check("agent", code) == CheckResult(
        "environment agent", True, f"Python {sys.version.split()[0]}"
    )


def test_each_environment_is_tried_once(template: Template) -> None:
    """The tool's own, the coder's where it has one, and the template's, which may be the tool's own."""
    assert list(environments_of(template, "scripted")) == ["agent"]
    assert list(environments_of(template, "aider")) == ["agent", "coder"]
    assert list(environments_of(None, "aider")) == ["agent", "coder", "experiment"]


def test_an_unknown_coder_is_found() -> None:
    """The coders there are, are named."""
    result = coder_check("nosuch")
    assert not result.ok
    assert "aider" in result.remedy
    assert coder_check("scripted").ok


def test_a_templates_own_environment_names_its_own_command(template: Template) -> None:
    """Where the template lists packages, set-up with the template; where it lists none, how to; labloop's are labloop's."""
    assert remedy_of("agent", template) == remedy_of("coder", None) == SETUP
    own = template.model_copy(update={"environment": Environment(name="mine")})
    assert "requirements.txt and type `make setup TEMPLATE=" in remedy_of("mine", own)
    (template.root / "requirements.txt").write_text("tiny\n")
    assert remedy_of("mine", own) == f"type `make setup TEMPLATE={template.root}` in {REPOSITORY}"
    assert remedy_of("coder", own) == SETUP
    assert environment_check("mine", "pass", remedy_of("mine", own)).remedy == remedy_of("mine", own)


def test_a_package_that_the_templates_list_lacks_is_told(template: Template, monkeypatch: pytest.MonkeyPatch) -> None:
    """An import that fails in a template's own environment sends to its requirements.txt."""
    monkeypatch.setattr(module, "interpreter", lambda name: Path(sys.executable))
    remedy = remedy_of("mine", template.model_copy(update={"environment": Environment(name="mine")}))
    assert (
        "add the package to the template's requirements.txt" in environment_check("mine", "import gone", remedy).remedy
    )
