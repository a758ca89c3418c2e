"""A contract knows what follows from it, and refuses what cannot be meant."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from agent.session.paths import REPOSITORY
from agent.session.template.contract import Metric, Proof, Template

CONTRACT: dict[str, Any] = {
    "format": 1,
    "name": "tiny",
    "title": "A tiny template",
    "experiment": {"command": ["python", "experiment.py"], "editable": ["experiment.py"], "timeout_s": 10},
    "figures": {"command": ["python", "plot.py"], "editable": ["plot.py", "experiment.py"]},
    "metrics": {
        "loss": {"direction": "lower", "description": "the loss", "primary": True},
        "time": {"direction": "lower", "description": "the time", "optional": True},
    },
    "proofs": [{"check": "training.steps > 0", "reason": "no step"}],
}


def contract(**changed: object) -> Template:
    return Template.model_validate(CONTRACT | changed)


def test_what_follows_from_it_is_said_in_one_place() -> None:
    """The primary metric, those that may be missing, and each file to edit once, the experiment's first."""
    template = contract()
    assert template.primary == "loss" and template.optional == {"time"}
    assert template.editable == ("experiment.py", "plot.py")


def test_commands_come_in_the_order_in_which_they_are_run() -> None:
    """Those that the template lacks are left out."""
    assert list(contract().commands) == ["experiment", "figures"]
    prepare = {"command": ["python", "prepare.py"], "timeout_s": 1}
    assert list(contract(prepare=prepare, evaluator=prepare).commands) == [
        "prepare",
        "experiment",
        "evaluator",
        "figures",
    ]


def test_an_environments_name_is_enough() -> None:
    """`environment = "NAME"` and a table with that name are the same; what it imports and keeps stands in the table."""
    assert contract(environment="agent").environment == contract(environment={"name": "agent"}).environment
    assert contract().environment.name == "experiment"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"metrics": {"loss": {"description": "d", "primary": True}}}, r"metrics\.loss\.direction: missing"),
        ({"metrics": {"loss": {"direction": "lower", "description": "d"}}}, "exactly one metric has primary = true"),
        ({"environment": {"keeps": ["HF_TOKEN"]}}, "HF_TOKEN looks like a secret"),
        ({"colour": "red"}, "Extra inputs"),
        ({"proofs": []}, "at least 1 item"),
    ],
)
def test_what_cannot_be_meant_is_refused(changed: dict[str, object], said: str) -> None:
    """Each with a sentence that says what is wrong."""
    with pytest.raises(ValidationError, match=said):
        contract(**changed)


def test_a_proof_asks_one_thing() -> None:
    """None, or two at once, would not say which of them failed."""
    for wrong in ({"reason": "r"}, {"reason": "r", "check": "a > 0", "file": "x"}):
        with pytest.raises(ValidationError, match="exactly one of check, file, differs_from"):
            Proof.model_validate(wrong)


def test_a_metric_of_foreign_results_may_lack_a_direction() -> None:
    """Only a template has to say which way is better."""
    assert Metric(description="from elsewhere").direction is None


def test_a_template_may_bring_its_own_paper(tmp_path: Path) -> None:
    """The repository's is taken where it brings none."""
    template = contract(root=tmp_path)
    assert template.latex == REPOSITORY / "latex"
    (tmp_path / "latex").mkdir()
    (tmp_path / "latex" / "paper.tex").touch()
    assert template.latex == tmp_path / "latex"


def test_the_fixed_hash_sees_names_and_contents(tmp_path: Path) -> None:
    """Any change of the fixed half changes its hash; compiled files do not."""
    fixed = tmp_path / "fixed"
    (fixed / "__pycache__").mkdir(parents=True)
    (fixed / "score.py").write_text("x = 1\n")
    template = contract(root=tmp_path, experiment=CONTRACT["experiment"] | {"fixed": ["fixed"]})
    before = template.fixed_hash()
    (fixed / "__pycache__" / "score.pyc").write_bytes(b"x")
    assert template.fixed_hash() == before
    (fixed / "score.py").write_text("x = 2\n")
    changed = template.fixed_hash()
    (fixed / "score.py").rename(fixed / "other.py")
    assert len({before, changed, template.fixed_hash()}) == 3
