"""The template's contract is read whole or refused with file, field and remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.errors import TemplateError
from agent.session.template import load_template
from agent.session.template.contract import Environment

CONTRACT = """
format = 1
name = "tiny"
title = "A tiny template"
[experiment]
command = ["python", "experiment.py", "--out_dir={out_dir}"]
editable = ["experiment.py"]
fixed = ["fixed"]
timeout_s = 10
[figures]
command = ["python", "plot.py"]
editable = ["plot.py"]
[metrics.loss]
direction = "lower"
description = "the loss"
primary = true
[[proofs]]
check = "training.steps > 0"
reason = "no step"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "fixed").mkdir()
    (tmp_path / "fixed" / "score.py").write_text("x = 1\n")
    for name in ("experiment.py", "plot.py"):
        (tmp_path / name).write_text("")
    (tmp_path / "template.toml").write_text(CONTRACT)
    return tmp_path


def test_a_whole_contract_is_read(folder: Path) -> None:
    """Editable files, primary metric and direction come from the file."""
    template = load_template(folder)
    assert template.editable == ("experiment.py", "plot.py")
    assert template.primary == "loss" and template.metrics["loss"].direction == "lower"


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ('direction = "lower"', 'direction = "down"', "metrics.loss.direction"),
        ('direction = "lower"\n', "", 'metrics.loss.direction: missing; say "higher" or "lower"'),
        ("primary = true", "primary = false", "template.toml: the file: metrics: exactly one"),
        ('reason = "no step"', 'reason = "no step"\nfile = "x"', "proofs.0"),
        ("timeout_s = 10", "timeout_s = -1", "experiment.timeout_s"),
        ("timeout_s = 10", "timeout_s = inf", "experiment.timeout_s"),
        ("timeout_s = 10", "timeout = 10", "experiment.timeout_s: Field required; rename 'timeout' to it"),
        ("timeout_s = 10", "", "experiment.timeout_s: Field required; mend this field"),
        ('editable = ["plot.py"]', 'editable = ["../x.py"]', "../x.py"),
        ('editable = ["plot.py"]', 'editable = ["gone.py"]', "gone.py"),
        ("format = 1", "format = = 1", "TOML"),
    ],
)
def test_a_broken_contract_names_its_field(folder: Path, old: str, new: str, field: str) -> None:
    """Each fault ends in one message with the file and the field."""
    path = folder / "template.toml"
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(TemplateError, match=r"template\.toml") as caught:
        load_template(folder)
    assert field in str(caught.value)


def test_a_folder_without_contract_is_refused(tmp_path: Path) -> None:
    """A template is a folder with template.toml."""
    with pytest.raises(TemplateError, match=r"template\.toml: missing"):
        load_template(tmp_path)
    with pytest.raises(TemplateError, match="no such template"):
        load_template(tmp_path / "unknown")


def test_the_old_form_of_the_environment_is_still_read(folder: Path) -> None:
    """`environment = "NAME"` names it and nothing else; without a word it is the experiment's."""
    assert load_template(folder).environment == Environment(name="experiment")
    path = folder / "template.toml"
    path.write_text(CONTRACT.replace('name = "tiny"', 'name = "tiny"\nenvironment = "agent"'))
    assert load_template(folder).environment == Environment(name="agent")


def test_an_environment_says_what_it_imports_and_keeps(folder: Path) -> None:
    """The table's fields are read; what it does not name is empty."""
    table = '[environment]\nname = "agent"\nimports = ["json"]\nkeeps = ["LIMIT_GB"]\n'
    (folder / "template.toml").write_text(CONTRACT + table)
    environment = load_template(folder).environment
    assert (environment.name, environment.imports, environment.keeps) == ("agent", ["json"], ["LIMIT_GB"])
    assert environment.caches == []


@pytest.mark.parametrize(
    "name", ["HF_TOKEN", "OPENAI_API_KEY", "MY_SECRET", "DB_PASSWORD", "AWS_ACCESS_KEY", "a b", ""]
)
def test_an_environment_that_would_keep_a_secret_is_refused(folder: Path, name: str) -> None:
    """What a model wrote gets no key, whatever the template says; the error names the field."""
    (folder / "template.toml").write_text(CONTRACT + f'[environment]\nkeeps = ["{name}"]\n')
    with pytest.raises(TemplateError, match=r"environment\.keeps"):
        load_template(folder)


def test_its_files_are_all_that_a_session_reads(folder: Path) -> None:
    """Edited, fixed, and the contract itself, each once."""
    assert load_template(folder).files == ("experiment.py", "plot.py", "fixed", "template.toml")


@pytest.mark.parametrize("name", ["prompt.json", "seed_ideas.json"])
def test_a_template_of_the_family_is_sent_to_its_page(tmp_path: Path, name: str) -> None:
    """A folder that is AI-Scientist's template lacks a contract, and there is a page on bringing it over."""
    (tmp_path / name).write_text("{}")
    with pytest.raises(TemplateError, match=r'template\.toml: missing.*"A template from AI-Scientist"'):
        load_template(tmp_path)
