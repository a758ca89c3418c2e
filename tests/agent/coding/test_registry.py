"""Coders by name, and the scripted one."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from agent.coding.coder import CoderFailed, TurnRequest
from agent.coding.registry import coder_for
from agent.coding.scripted import ScriptedCoder
from agent.errors import UsageError
from agent.prompts import Prompts
from agent.sandbox.plain import Plain
from agent.session.paths import REPOSITORY
from agent.session.settings import Settings
from tests.agent.coding.conftest import Answers, block, no_answer

pytestmark = pytest.mark.process

Make = Callable[..., TurnRequest]


def session_at(workspace: Path) -> Any:
    """As much of a session as a coder is told of."""
    return SimpleNamespace(
        paths=SimpleNamespace(workspace=workspace),
        template=SimpleNamespace(root=REPOSITORY),
        settings=Settings.model_validate({"turn_timeout_s": 60}),
    )


def test_aider_is_made_for_a_session(aider_python: Path, request_for: Make, workspace: Path) -> None:
    """The coder called aider edits the session's workspace from inside the session's sandbox."""
    coder = coder_for("aider", session_at(workspace), Plain(), Prompts())
    try:
        assert coder.work(request_for(), Answers(block("    return a - b\n", "    return a + b\n"))).edits_applied == 1
    finally:
        coder.close()


def test_an_unknown_coder_is_named(workspace: Path) -> None:
    """A wrong --coder says which there are."""
    with pytest.raises(UsageError, match="no such coder; there are aider, scripted"):
        coder_for("cursor", session_at(workspace), Plain(), Prompts())


def test_choosing_loads_nothing_heavy() -> None:
    """The registry and the client need neither aider nor litellm in the orchestrator."""
    code = "import sys, agent.coding.registry, agent.coding.aider_client; sys.exit(bool({'aider', 'litellm'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, check=False).returncode == 0


def test_a_script_is_worked_in_order(request_for: Make, workspace: Path) -> None:
    """Words, whole files and functions are the turns; one turn too many is an error that counts them."""

    def add(folder: Path) -> str:
        (folder / "experiment.py").write_text("y\n")
        return "added"

    coder = ScriptedCoder(["Nothing to do.", {"experiment.py": "x\n", "deep/a.py": "a\n"}, add])
    assert coder.work(request_for(), no_answer).text == "Nothing to do."
    assert coder.work(request_for(), no_answer).edits_applied == 2
    assert (workspace / "experiment.py").read_text() == "x\n"
    assert (workspace / "deep/a.py").read_text() == "a\n"
    assert coder.work(request_for("last"), no_answer).text == "added"
    assert (workspace / "experiment.py").read_text() == "y\n"
    assert coder.requests[-1].message == "last"
    with pytest.raises(CoderFailed, match="3 steps; this is turn 4"):
        coder.work(request_for(), no_answer)


def test_a_script_may_ask_the_model(request_for: Make) -> None:
    """With `asks`, the message goes to the model once, and its answer is the reply's text."""
    ask = Answers("ALL_COMPLETED")
    reply = ScriptedCoder(["unused"], asks=True).work(request_for("go on"), ask)
    assert reply.text == "ALL_COMPLETED"
    assert reply.exchanges == 1
    assert ask.asked[0][0].content == "go on"
