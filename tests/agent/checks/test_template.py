"""What a template's evaluator lacks, and what an idea asks of a template in vain, is said before a session."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from agent.checks.environments import requirements_check
from agent.checks.template import evaluator_check, idea_check, latex_check, unused_latex
from agent.session.idea import Idea
from agent.session.template import at_scale
from agent.session.template.contract import Template

pytestmark = pytest.mark.process

IDEA = {"Name": "i", "Title": "T", "Experiment": "E", "Technical_Details": "D", "Implementation_Plan": "P"}


def test_metrics_that_no_one_measures_are_found(template: Template) -> None:
    """An idea cannot ask for a metric that its template lacks."""
    result = idea_check(Idea.model_validate(IDEA | {"Primary_Metric": "accuracy", "Metrics": ["loss"]}), template)
    assert not result.ok
    assert "accuracy" in result.detail
    assert "it has loss" in result.detail and "Primary_Metric" in result.remedy
    assert idea_check(Idea.model_validate(IDEA | {"Metrics": ["loss"]}), template).detail == "i on template toy"


def test_a_title_that_cannot_be_printed_is_said(template: Template) -> None:
    """The doctor names the characters; a session can start all the same, since the writer may give another title."""
    result = idea_check(Idea.model_validate(IDEA | {"Title": "稀疏 autoencoders"}), template)
    assert not result.ok and not result.fatal and "U+7A00" in result.detail and "Latin letters" in result.remedy
    assert idea_check(Idea.model_validate(IDEA | {"Title": "λ for Nguyễn"}), template).ok


def test_what_the_evaluator_lacks_is_said_before_a_session(template: Template) -> None:
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
    assert evaluator_check(at_scale(scaled, "tiny")).ok
    found = evaluator_check(at_scale(scaled, "full"))
    assert not found.ok and found.fatal and "another scale" in found.remedy
    assert "missing: the data set of --scale=full 1" in found.detail and "missing: a key" in found.detail


def test_an_evaluators_check_that_cannot_be_run_is_said(template: Template, tmp_path: Path) -> None:
    """A check that hangs or is not there fails the check, instead of passing for a sound one."""
    sleep = [sys.executable, "-c", "import time; time.sleep(60)"]
    for command in (sleep, [str(tmp_path / "gone")], ["python", "-c", "raise SystemExit(2)"]):
        values = template.model_dump() | {"evaluator": {"command": ["python"], "timeout_s": 9, "check": command}}
        assert not evaluator_check(Template.model_validate(values), limit_s=3).ok
    assert evaluator_check(template).ok


def test_a_list_of_packages_that_nothing_installs_is_said(template: Template) -> None:
    """Beside an environment of labloop's own it is a warning with what would heed it; of the template's own it is none."""
    assert requirements_check(template).ok
    (template.root / "requirements.txt").write_text("numpy\n")
    result = requirements_check(template)
    assert not result.ok and not result.fatal
    assert "is not heeded" in result.detail and "make setup TEMPLATE=" in result.remedy
    values = template.model_dump()
    values["environment"]["name"] = "of_its_own"
    assert requirements_check(
        template.model_copy(update={"environment": Template.model_validate(values).environment})
    ).ok


def test_a_latex_folder_that_is_not_used_is_said(template: Template) -> None:
    """Without a paper.tex nothing of it is used: a warning names what lies there; with one, or no folder, there is none."""
    assert unused_latex(template) == [] and latex_check(template).ok
    (template.root / "latex" / "paper.tex").rename(template.root / "latex" / "template.tex")
    result = latex_check(template)
    assert not result.ok and not result.fatal
    assert "template.tex but no paper.tex" in result.detail and "call its template paper.tex" in result.remedy
    for path in (template.root / "latex").iterdir():
        path.unlink()
    assert "holds nothing but no paper.tex" in latex_check(template).detail
    (template.root / "latex").rmdir()
    assert unused_latex(template) == []
