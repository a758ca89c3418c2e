"""What the loop does when things keep going wrong: the prompt changes, a run is given up, the session pauses."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from agent import conduct as conduct_module
from agent.coding.coder import Ask, TurnReply, TurnRequest
from agent.coding.scripted import ScriptedCoder, Step
from agent.conduct import conduct
from agent.session.events import AttemptEnded, Edited, FiguresDrawn, RunAbandoned, RunAccepted
from agent.session.session import Session, open_session
from tests.world.toy import TEMPLATE, toy_session

pytestmark = pytest.mark.process

ORIGINAL = (TEMPLATE / "experiment.py").read_text()


def failing(line: str, number: int) -> dict[str, str]:
    """The toy experiment with a line that fails at its start; each `number` is other code."""
    return {"experiment.py": ORIGINAL.replace("import argparse\n", f"import argparse\n{line}  # try {number}\n", 1)}


def worked(
    folder: Path, monkeypatch: pytest.MonkeyPatch, *steps: Step, **settings: object
) -> tuple[Session, ScriptedCoder]:
    """A session that played the toy recording, with a coder that took these steps."""
    coder = ScriptedCoder(steps)
    monkeypatch.setattr(conduct_module, "coder_for", lambda *_: coder)
    session = toy_session(folder, paper=False, **settings)
    conduct(session)
    return session, coder


def test_a_repeated_failure_changes_the_prompt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second time that the same signature comes, the coder is told to take another way."""
    same = [failing("raise ValueError('always the same')", number) for number in (1, 2, 3)]
    _, coder = worked(tmp_path, monkeypatch, *same, "ALL_COMPLETED", "ALL_COMPLETED", max_repairs=2)
    first, second, third = (request.message for request in coder.requests[:3])
    assert "always the same" not in first
    assert "always the same" in second and "same failure as before" not in second
    assert "always the same" in third and "same failure as before" in third


def test_a_run_that_never_works_is_given_up_and_its_code_undone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the last repair the run is recorded as abandoned, the next brief names it, and starts from accepted code."""
    same = [failing("raise ValueError('always the same')", number) for number in (1, 2, 3)]
    session, coder = worked(tmp_path, monkeypatch, *same, "ALL_COMPLETED", "ALL_COMPLETED", max_repairs=2)
    assert [event.run for event in session.journal.all(RunAbandoned)] == ["run_1"]
    assert [event.run for event in session.journal.all(RunAccepted)] == ["run_0"]
    assert "no accepted result after 3 turns" in coder.requests[3].message
    assert (session.paths.workspace / "experiment.py").read_text() == ORIGINAL
    assert all(session.paths.attempt(e.number or 0).stderr.is_file() for e in session.journal.all(AttemptEnded))


def test_code_that_failed_is_not_launched_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same bytes would fail the same way: no second launch, and the coder is told which attempt it was."""
    one, two = failing("raise ValueError('one')", 1), failing("raise ValueError('two')", 2)
    session, coder = worked(tmp_path, monkeypatch, one, two, one, "ALL_COMPLETED", "ALL_COMPLETED", max_repairs=2)
    tries = [event for event in session.journal.all(AttemptEnded) if event.run == "run_1"]
    assert [event.number is None for event in tries] == [False, False, True]
    assert "byte for byte" in tries[2].reason
    assert "reply with only LAUNCH" not in coder.requests[1].message, "it would be launched in vain"


def test_a_failure_that_no_edit_can_mend_pauses_the_session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk is not sent to the coder: the session pauses with exit code 4, and tries anew when resumed."""
    monkeypatch.setattr("agent.experiment.trials.failed.has_room", lambda *_: False)
    full = failing("raise OSError(28, 'No space left on device')", 1)
    session, coder = worked(tmp_path, monkeypatch, full)
    ended = session.journal.events[-1]
    assert (ended.kind, getattr(ended, "exit_code", None)) == ("session_ended", 4)
    assert "No space left" in str(getattr(ended, "reason", "")) and len(coder.requests) == 1
    again = open_session(session.paths.root)
    conduct(again, resume=True)
    outcomes = [event.outcome for event in again.journal.all(AttemptEnded) if event.run == "run_1"]
    assert outcomes == ["environment", "environment"]


def test_edits_elsewhere_are_undone_and_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A turn may change the experiment only: another file is put back, and nothing is launched."""
    session, _coder = worked(
        tmp_path,
        monkeypatch,
        {"plot.py": "print('mine')\n", "sneaky.py": "x = 1\n"},
        "ALL_COMPLETED",
        max_repairs=0,
        max_abandoned=1,
    )
    edit = next(session.journal.all(Edited))
    assert edit.outcome == "outside" and set(edit.outside) == {"plot.py", "sneaky.py"}
    assert not (session.paths.workspace / "sneaky.py").exists()
    assert (session.paths.workspace / "plot.py").read_text() == (TEMPLATE / "plot.py").read_text()
    assert next(session.journal.all(AttemptEnded)).outcome in ("no_edit", "ok")


def test_an_unmatched_edit_is_asked_for_as_whole_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After blocks that did not match, the next turn asks for the whole new content."""
    coder = MissingCoder(["a block that is found nowhere", "nothing", "ALL_COMPLETED", "ALL_COMPLETED"])
    monkeypatch.setattr(conduct_module, "coder_for", lambda *_: coder)
    conduct(toy_session(tmp_path, paper=False, max_repairs=1))
    assert [request.unmatched_before for request in coder.requests[:2]] == [False, True]
    assert "whole new content" in coder.requests[1].message


class UnreadCoder(ScriptedCoder):
    """A scripted coder whose first reply held code that was no edit."""

    def work(self, request: TurnRequest, ask: Ask) -> TurnReply:
        reply = super().work(request, ask)
        return (
            replace(reply, unread="the reply held code in no form that can be applied")
            if len(self.requests) == 1
            else reply
        )


def test_code_that_was_no_edit_is_asked_for_as_whole_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second turn hears the reason, sees its own reply, and is asked for another form; record and page say so."""
    run = {"experiment.py": ORIGINAL.replace("LEARNING_RATE = 0.01", "LEARNING_RATE = 0.005")}
    coder = UnreadCoder(["my snippet", run, "ALL_COMPLETED"])
    monkeypatch.setattr(conduct_module, "coder_for", lambda *_: coder)
    session = toy_session(tmp_path, paper=False, max_runs=1)
    conduct(session)
    assert [request.unmatched_before for request in coder.requests[:2]] == [False, True]
    told = coder.requests[1].message
    assert "no form that can be applied" in told and "my snippet" in told and "whole new content" in told
    assert coder.requests[0].flags == ("out_dir", "seed")
    assert next(session.journal.all(AttemptEnded)).outcome in ("ok", "no_edit")
    assert "no form that can be applied" in session.paths.page.read_text()


def test_a_repair_may_say_launch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the code is meant as it stands, LAUNCH as the whole answer launches it; the prompt offers the word only then."""
    half = {"experiment.py": ORIGINAL.replace("LEARNING_RATE = 0.01", "LEARNING_RATE = 0.004")}
    coder = PartialCoder(["Words.", half, "TITLE: A step\nLAUNCH", "ALL_COMPLETED"])
    coder.left = (0, 1)
    monkeypatch.setattr(conduct_module, "coder_for", lambda *_: coder)
    session = toy_session(tmp_path, paper=False, max_runs=1)
    conduct(session)
    messages = [request.message for request in coder.requests]
    assert ["reply with only LAUNCH" in message for message in messages[:3]] == [False, False, True]
    accepted = [(event.run, event.title) for event in session.journal.all(RunAccepted)]
    assert accepted == [("run_0", "Baseline"), ("run_1", "A step")]
    assert [edit.launch for edit in session.journal.all(Edited)][:3] == [False, False, True]


def test_launch_without_a_change_is_no_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The code of the baseline is known already, whatever the coder says."""
    session, _ = worked(tmp_path, monkeypatch, "LAUNCH", "LAUNCH", max_repairs=0)
    tries = [event for event in session.journal.all(AttemptEnded) if event.run == "run_1"]
    assert [event.number for event in tries] == [None, None] and "byte for byte" in tries[0].reason


def test_an_edit_beside_a_refused_file_is_launched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What may be edited landed, so it runs; the record names what was refused."""
    run = {"experiment.py": ORIGINAL.replace("LEARNING_RATE = 0.01", "LEARNING_RATE = 0.005")}
    coder = RefusedCoder([run, "ALL_COMPLETED"])
    monkeypatch.setattr(conduct_module, "coder_for", lambda *_: coder)
    session = toy_session(tmp_path, paper=False, max_runs=1)
    conduct(session)
    assert [event.run for event in session.journal.all(RunAccepted)] == ["run_0", "run_1"]
    assert next(session.journal.all(Edited)).refused == ["harness/sae.py"]
    assert "harness/sae.py" in session.paths.page.read_text()


def test_a_plot_whose_edit_came_to_nothing_is_not_drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An edit of plot.py that found no place goes back with the reason, instead of the old figures as its own."""
    plot = (TEMPLATE / "plot.py").read_text()
    run = {"experiment.py": ORIGINAL.replace("LEARNING_RATE = 0.01", "LEARNING_RATE = 0.005")}
    coder = MissingCoder([run, "a block that is found nowhere", {"plot.py": plot + "\n# mine\n"}])
    coder.missing = 2
    monkeypatch.setattr(conduct_module, "coder_for", lambda *_: coder)
    session = toy_session(tmp_path, paper=False, max_runs=1)
    conduct(session)
    assert [event.ok for event in session.journal.all(FiguresDrawn)] == [False, True]
    assert "the text to be replaced was not found" in coder.requests[2].message
    assert coder.requests[2].unmatched_before


class RefusedCoder(ScriptedCoder):
    """A scripted coder that also tried to edit a fixed file."""

    def work(self, request: TurnRequest, ask: Ask) -> TurnReply:
        return replace(super().work(request, ask), refused=("harness/sae.py",))


class MissingCoder(ScriptedCoder):
    """A scripted coder of whose turns one, the first where nothing is said, tried an edit that found no place."""

    missing = 1

    def work(self, request: TurnRequest, ask: Ask) -> TurnReply:
        return replace(super().work(request, ask), tried=len(self.requests) == self.missing)


class PartialCoder(ScriptedCoder):
    """A scripted coder of whose turns some are applied in part only: `left` is how many blocks each turn leaves."""

    left: tuple[int, ...] = ()

    def work(self, request: TurnRequest, ask: Ask) -> TurnReply:
        reply = super().work(request, ask)
        left = self.left[len(self.requests) - 1] if len(self.requests) <= len(self.left) else 0
        return replace(reply, edits_left=left, left_report="block of the decay rate" if left else "")


def test_a_partly_applied_edit_is_not_launched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of a change is not what was meant: it stays, but goes back with the blocks that did not match before a launch."""
    half, whole = (
        {"experiment.py": ORIGINAL.replace("LEARNING_RATE = 0.01", f"LEARNING_RATE = {rate}")}
        for rate in (0.004, 0.005)
    )
    coder = PartialCoder([half, whole, "ALL_COMPLETED"])
    coder.left = (1,)
    monkeypatch.setattr(conduct_module, "coder_for", lambda *_: coder)
    session = toy_session(tmp_path, paper=False)
    conduct(session)
    edits = list(session.journal.all(Edited))
    assert [(edit.outcome, edit.left) for edit in edits[:2]] == [("applied", 1), ("applied", 0)]
    tries = [event for event in session.journal.all(AttemptEnded) if event.run == "run_1"]
    assert [(event.outcome, event.number is None) for event in tries] == [("no_edit", True), ("ok", False)]
    assert "only a part of the edit was applied: 1 block did not match" in tries[0].reason
    message = coder.requests[1].message
    assert (
        "block of the decay rate" in message
        and "LEARNING_RATE = 0.004" in message
        and "whole new content" not in message
    )
    assert [event.run for event in session.journal.all(RunAccepted)] == ["run_0", "run_1"]


def test_edits_that_stay_partial_are_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second time it is asked for whole files; the limit of repairs holds, nothing is launched, and the code is undone."""
    codes = [{"experiment.py": ORIGINAL.replace("LEARNING_RATE = 0.01", f"LEARNING_RATE = 0.00{n}")} for n in (2, 3, 4)]
    coder = PartialCoder([*codes, "ALL_COMPLETED", "ALL_COMPLETED"])
    coder.left = (2, 1, 1)
    monkeypatch.setattr(conduct_module, "coder_for", lambda *_: coder)
    session = toy_session(tmp_path, paper=False, max_repairs=2)
    conduct(session)
    assert [request.unmatched_before for request in coder.requests[:3]] == [False, False, True]
    assert [event.run for event in session.journal.all(RunAbandoned)] == ["run_1"]
    assert not [e for e in session.journal.all(AttemptEnded) if e.run == "run_1" and e.number is not None]
    assert (session.paths.workspace / "experiment.py").read_text() == ORIGINAL


def test_a_partly_edited_plot_is_not_drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures from half of a change would show something else than was meant: the coder gets the rest back first."""
    plot = (TEMPLATE / "plot.py").read_text()
    run = {"experiment.py": ORIGINAL.replace("LEARNING_RATE = 0.01", "LEARNING_RATE = 0.005")}
    coder = PartialCoder([run, {"plot.py": plot + "\n# half\n"}, {"plot.py": plot + "\n# whole\n"}])
    coder.left = (0, 1)
    monkeypatch.setattr(conduct_module, "coder_for", lambda *_: coder)
    session = toy_session(tmp_path, paper=False, max_runs=1)
    conduct(session)
    assert [event.ok for event in session.journal.all(FiguresDrawn)] == [False, True]
    assert "block of the decay rate" in coder.requests[2].message
