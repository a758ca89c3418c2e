"""A template to be checked, and programs that stand in for real ones."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from agent.session.template.contract import Template

Fake = Callable[[str, str], Path]


@pytest.fixture
def template(tmp_path: Path) -> Template:
    """A template that runs in the environment of the tests."""
    root = tmp_path / "template"
    (root / "latex").mkdir(parents=True)
    (root / "latex" / "paper.tex").write_text(
        "\\documentclass{article}\\usepackage[round]{natbib}\\usepackage{booktabs}\\begin{document}@@TITLE@@\\end{document}\n"
    )
    (root / "latex" / "references.bib").write_text("")
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


@pytest.fixture
def fake(tmp_path: Path) -> Fake:
    """`fake(name, script)` lays a program of this name down in tmp_path/bin; its path."""

    def lay_down(name: str, script: str) -> Path:
        path = tmp_path / "bin" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("#!/bin/sh\n" + script)
        path.chmod(0o755)
        return path

    return lay_down


@pytest.fixture(autouse=True)
def papers_pass_once(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """What passed TeX is remembered beside the tests, not in the repository, and for all of them."""
    monkeypatch.setenv("LABLOOP_CACHE", str(tmp_path_factory.getbasetemp() / "checks-cache"))
