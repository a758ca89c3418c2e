"""What the journal says of earlier launches: names, numbers, known code and results are those of old sessions too."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.experiment.past import earlier_results, known_code, launch_step, next_number
from agent.session.events import AttemptBegun, AttemptEnded, Edited, RunAccepted, SessionResumed
from agent.session.files import code_sha
from agent.session.session import Session, start_session
from agent.session.settings import Settings
from agent.session.steps import Step
from tests.world.sessions import final_info, make_idea, make_template


@pytest.fixture
def session(tmp_path: Path) -> Session:
    """A session in which nothing has happened yet."""
    return start_session(tmp_path / "runs", make_idea(), make_template(tmp_path / "pocket"), Settings())


def edit(session: Session, step: str, code: str) -> dict[str, str]:
    """A journalled turn that wrote `code`; the files by their hashes."""
    files = {"experiment.py": session.blobs.put(code.encode())}
    session.journal.append(Edited(step=step, outcome="applied", files=files, changed=["experiment.py"]))
    return files


def end(
    session: Session, step: str, outcome: str, number: int | None = 1, value: float = 0.9, run: str = "run_1"
) -> None:
    """A launch of a run and what came of it."""
    results = final_info(value, 0.1) if outcome == "ok" else {}
    event = {"step": step, "number": number, "run": run, "outcome": outcome, "results": results}
    session.journal.append(AttemptEnded.model_validate(event))


def accept(session: Session, run: str, files: dict[str, str], attempt: int | None, stored: bool) -> None:
    """A run of these files; `stored`: its event holds the results itself."""
    results = final_info(0.9, 0.1) if stored else {}
    event = {"run": run, "title": run, "attempt": attempt, "results": results, "code": files}
    session.journal.append(RunAccepted.model_validate(event))


def test_a_launch_that_the_environment_stopped_has_a_new_name_once_resumed(session: Session) -> None:
    """Before that the recorded end stands; each further resumption may try once more."""
    step = Step("run_1/turn_1")
    assert launch_step(session, step) == step
    for again in ("", "/again_1", "/again_2"):
        end(session, step + again, "environment")
        assert launch_step(session, step) == step + again, "not resumed yet: what is recorded stands"
        session.journal.append(SessionResumed(pid=1))
    assert launch_step(session, step) == f"{step}/again_3"
    end(session, f"{step}/again_3", "crashed")
    session.journal.append(SessionResumed(pid=1))
    assert launch_step(session, step) == f"{step}/again_3", "the code was at fault: nothing is tried again"


@pytest.mark.parametrize(
    ("run", "again"),
    [("run_0/seed_2", True), ("run_0/control_start", True), ("run_0/confirm_101", False), ("run_1", False)],
)
def test_what_the_template_brings_is_tried_again_where_its_time_was_up(session: Session, run: str, again: bool) -> None:
    """With more time, or less to do beside it; a coder's code had the time that it may take, on fresh seeds too."""
    end(session, run, "timed_out", run=run)
    assert launch_step(session, Step(run)) == run
    session.journal.append(SessionResumed(pid=1))
    assert launch_step(session, Step(run)) == (f"{run}/again_1" if again else run)


def test_a_number_is_never_given_twice(session: Session) -> None:
    """One past every launch that was begun, and past every folder that was left."""
    assert next_number(session) == 1
    session.journal.append(AttemptBegun(step="run_1/turn_1", number=3, run="run_1"))
    assert next_number(session) == 4
    (session.paths.attempts / "007").mkdir(parents=True)
    (session.paths.attempts / "figures_turn_1").mkdir()
    assert next_number(session) == 8


@pytest.mark.parametrize(
    ("outcome", "known"),
    [("crashed", True), ("timed_out", True), ("not_proven", True), ("bad_results", True), ("killed", False)],
)
def test_only_code_that_failed_by_its_own_fault_is_known_as_failed(session: Session, outcome: str, known: bool) -> None:
    """What was killed says nothing of the code; a launch made again belongs to the same turn."""
    edit(session, "run_1/turn_1", "a = 1\n")
    end(session, "run_1/turn_1/again_1", outcome)
    _, failed = known_code(session)
    assert (code_sha({"experiment.py": b"a = 1\n"}) in failed) == known


def test_accepted_code_is_known_by_its_run(session: Session) -> None:
    """By the experiment's files alone, whatever the journal's age."""
    files = edit(session, "run_1/turn_1", "b = 2\n")
    end(session, "run_1/turn_1", "ok")
    accept(session, "run_1", files, attempt=1, stored=False)
    accepted, failed = known_code(session)
    assert accepted == {code_sha({"experiment.py": b"b = 2\n"}): "run_1"} and failed == {}


@pytest.mark.parametrize("stored", [True, False])
def test_a_new_result_is_held_against_every_accepted_one(session: Session, stored: bool) -> None:
    """Results are found with the run in an old journal, with its attempt in a new one; before a baseline there are none."""
    files = edit(session, "run_1/turn_1", "c = 3\n")
    end(session, "run_1/turn_1", "ok", number=5)
    assert earlier_results(session).previous == ()
    accept(session, "run_0", {}, attempt=None, stored=True)
    accept(session, "run_1", files, attempt=5, stored=stored)
    (previous,) = earlier_results(session).previous
    assert previous.name == "run_1" and "explained_variance" in previous.means
