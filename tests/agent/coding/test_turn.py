"""One turn: what is recorded of it, what a dead coder costs, and that the workspace is what the journal says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from agent.coding.coder import Ask, CoderFailed, TurnReply, TurnRequest
from agent.coding.scripted import ScriptedCoder
from agent.coding.turn import Turn, restore_workspace, work_turn
from agent.models.protocol import Message
from agent.session.events import Edited
from agent.session.session import Session
from agent.session.steps import Step
from tests.world.toy import toy_session

TURN = Turn(Step("run_1/turn_1"), "go on", ("experiment.py",))


class Gateway:
    """Answers from a list and keeps the steps that it was asked for."""

    def __init__(self, *answers: str) -> None:
        self.answers, self.steps = list(answers), list[str]()

    def ask(self, role: str, step: str, messages: list[Message]) -> str:
        self.steps.append(step)
        return self.answers[len(self.steps) - 1]


@pytest.fixture
def session(tmp_path: Path) -> Session:
    return toy_session(tmp_path, paper=False)


def worked(session: Session, coder: Any, *answers: str) -> Edited:
    gateway: Any = Gateway(*answers)
    return work_turn(session, gateway, coder, TURN)


def test_what_the_coder_says_is_read_into_the_record(session: Session) -> None:
    """Advice becomes a field; ALL_COMPLETED counts only where nothing was edited."""
    text = "TITLE: Half\nADVICE: Taken, the rate alone.\nALL_COMPLETED"
    edited = worked(session, ScriptedCoder(["unused"], asks=True), text)
    assert (edited.outcome, edited.advice, edited.completed) == ("no_edit", "Taken, the rate alone.", True)
    assert edited.reply == text

    def edit(folder: Path) -> str:
        (folder / "experiment.py").write_text("x = 1\n")
        return "ALL_COMPLETED"

    again = toy_session(session.paths.root.parent / "other", paper=False)
    edited = worked(again, ScriptedCoder([edit]))
    assert (edited.outcome, edited.completed, edited.advice) == ("applied", False, "")
    assert again.blobs.get(edited.files["experiment.py"]) == b"x = 1\n"


def test_a_turn_is_worked_once(session: Session) -> None:
    """The second time it is the journal's, and the coder is not asked; the workspace is as the record says."""
    first = worked(session, ScriptedCoder([{"experiment.py": "x = 2\n"}]))
    (session.paths.workspace / "experiment.py").write_text("touched")
    (session.paths.workspace / "stray.txt").write_text("x")
    assert worked(session, ScriptedCoder([])) == first
    assert (session.paths.workspace / "experiment.py").read_text() == "x = 2\n"


class Dying(ScriptedCoder):
    """Its process dies in the first try, after one answer."""

    died = False

    def work(self, request: TurnRequest, ask: Ask) -> TurnReply:
        if not self.died:
            self.died = True
            ask([Message("user", request.message)])
            (request.workspace / "experiment.py").write_text("half")
            raise CoderFailed("killed")
        return super().work(request, ask)


def test_a_coder_that_dies_works_the_turn_again(session: Session) -> None:
    """Once more from the code before it; its exchanges get the same names, so answered ones cost nothing."""
    gateway: Any = Gateway("one", "one")
    edited = work_turn(session, gateway, Dying([{"experiment.py": "x = 3\n"}], asks=True), TURN)
    assert gateway.steps == ["run_1/turn_1/1", "run_1/turn_1/1"]
    assert edited.reply == "one" and edited.changed == ["experiment.py"]
    assert session.blobs.get(edited.files["experiment.py"]) == b"x = 3\n"


def test_the_hint_goes_to_the_coder(session: Session) -> None:
    """That edits missed before is told in a word of no coder's own."""
    coder = ScriptedCoder(["nothing"])
    gateway: Any = Gateway()
    work_turn(session, gateway, coder, Turn(Step("run_1/turn_2"), "again", ("experiment.py",), unmatched_before=True))
    assert coder.requests[0].unmatched_before


def test_the_workspace_holds_the_editable_files(session: Session) -> None:
    """As the session began, before anything was edited."""
    files = restore_workspace(session)
    assert set(files) == {"experiment.py", "plot.py"} == {path.name for path in session.paths.workspace.iterdir()}
