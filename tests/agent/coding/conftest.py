"""The real aider in its own environment, kept warm for the tests of one file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from agent.coding.aider_client import AiderCoder
from agent.coding.coder import TurnRequest
from agent.coding.registry import PYTHON
from agent.models.protocol import Message

CODE = "def add(a, b):\n    return a - b\n\n\ndef half(a):\n    return a / 3\n"


def block(search: str, replace: str, name: str = "experiment.py") -> str:
    """A SEARCH/REPLACE block as a model writes it."""
    return f"{name}\n```python\n<<<<<<< SEARCH\n{search}=======\n{replace}>>>>>>> REPLACE\n```\n"


class Answers:
    """An Ask that gives its answers in order and keeps what it was asked."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.asked: list[list[Message]] = []

    def __call__(self, messages: list[Message]) -> str:
        self.asked.append(messages)
        return self.answers[len(self.asked) - 1]


@pytest.fixture(scope="session")
def aider_python() -> Path:
    if not PYTHON.exists():
        pytest.skip(f"no coder environment at {PYTHON}: make setup")
    return PYTHON


@pytest.fixture(scope="module")
def aider(aider_python: Path) -> Iterator[AiderCoder]:
    """One warm worker for the tests of a file; each turn is a conversation of its own."""
    coder = AiderCoder(aider_python)
    yield coder
    coder.close()


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = tmp_path / "workspace"
    folder.mkdir()
    (folder / "experiment.py").write_text(CODE)
    return folder


@pytest.fixture
def request_for(workspace: Path) -> Callable[..., TurnRequest]:
    """A TurnRequest on the workspace with experiment.py editable, unless told otherwise."""

    def make(
        message: str = "mend add()", editable: tuple[str, ...] = ("experiment.py",), **more: object
    ) -> TurnRequest:
        return TurnRequest(message, workspace, editable, **more)  # type: ignore[arg-type]

    return make


def no_answer(messages: list[Message]) -> str:
    raise AssertionError("the model must not be asked")
