"""What goes back to the coder once before it counts, through whole sessions on the toy template."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent import conduct as conduct_module
from agent.coding.coder import Ask, TurnReply, TurnRequest
from agent.coding.scripted import ScriptedCoder, Step
from agent.conduct import conduct
from agent.errors import NoRecordedAnswer
from agent.results.story import story_of
from agent.session.events import AttemptEnded
from agent.session.session import Session, open_session
from agent.session.steps import RunName
from tests.world.toy import TEMPLATE, toy_session

pytestmark = pytest.mark.process

NOW = (TEMPLATE / "experiment.py").read_text()
SEED = '        "seed": args.seed,\n'
NOISE = '"noise": NOISE'
SLOWER = NOW.replace("LEARNING_RATE = 0.01", "LEARNING_RATE = 0.005")
OTHER_BUDGET = {"experiment.py": SLOWER.replace(NOISE, '"noise": 2 * NOISE')}
SAME_BUDGET = {"experiment.py": SLOWER}
UNREAD = {"experiment.py": SLOWER.replace(SEED, f'        "clip": 1.0,\n{SEED}')}
READ = {
    "experiment.py": SLOWER.replace(SEED, f'        "clip": 1.0,\n{SEED}')
    .replace("x, training = ", "clip = 0\n    x, training = ")
    .replace("minimise(args.seed)", "minimise(args.seed + clip)")
}


class Recorded(ScriptedCoder):
    """A coder whose steps are a recording: there is no answer behind the last."""

    def work(self, request: TurnRequest, ask: Ask) -> TurnReply:
        if len(self.requests) == len(self.steps):
            raise NoRecordedAnswer("the recording has no answer")
        return super().work(request, ask)


def worked(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    *steps: Step,
    kind: type[ScriptedCoder] = ScriptedCoder,
    **settings: object,
) -> tuple[Session, ScriptedCoder]:
    coder = kind(steps)
    monkeypatch.setattr(conduct_module, "coder_for", lambda *_: coder)
    session = toy_session(folder, paper=False, max_runs=1, **settings)
    conduct(session)
    return session, coder


def differences(session: Session) -> list[str]:
    (run,) = story_of(session).runs
    return run.comparable


def test_another_budget_is_asked_about_and_put_right(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The coder hears which setting it changed from what to what; the run that counts has the baseline's."""
    session, coder = worked(tmp_path, monkeypatch, OTHER_BUDGET, SAME_BUDGET, "ALL_COMPLETED")
    message = coder.requests[1].message
    assert "you changed config.noise: 0.3 → 0.6" in message and "LAUNCH" in message and "failed" not in message
    assert differences(session) == []
    assert (session.paths.run_code(RunName.of(1))).read_text() == SLOWER


@pytest.mark.parametrize("answer", ["LAUNCH", "I keep it.", "ALL_COMPLETED"])
def test_another_budget_that_is_kept_counts_as_not_comparable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    """It is asked once, launched once, and accepted as what it is."""
    session, _ = worked(tmp_path, monkeypatch, OTHER_BUDGET, answer, "ALL_COMPLETED")
    assert differences(session) == ["config.noise: 0.3 → 0.6"]
    assert [e.outcome for e in session.journal.all(AttemptEnded) if e.run == "run_1"] == ["ok"]


def test_a_result_stays_where_what_follows_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Repairs that never work cost the run nothing: the launch that ended well counts, with its own code."""
    broken = [
        {"experiment.py": SLOWER.replace("import argparse\n", f"import argparse\nraise ValueError({n})\n", 1)}
        for n in (1, 2)
    ]
    session, _ = worked(tmp_path, monkeypatch, OTHER_BUDGET, *broken, "ALL_COMPLETED", max_repairs=2)
    assert differences(session) == ["config.noise: 0.3 → 0.6"]
    assert session.paths.run_code(RunName.of(1)).read_text() == OTHER_BUDGET["experiment.py"]
    code = story_of(session).code(session.files)
    assert session.blobs.get(code["experiment.py"]).decode() == OTHER_BUDGET["experiment.py"]


def test_a_setting_that_nothing_reads_is_asked_about_before_the_launch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing was launched for it; what is mended is."""
    session, coder = worked(tmp_path, monkeypatch, UNREAD, READ, "ALL_COMPLETED")
    assert "clip is recorded as a setting, but nothing in the code reads it" in coder.requests[1].message
    assert [e.number is not None for e in session.journal.all(AttemptEnded) if e.run == "run_1"] == [True]


def test_a_setting_that_is_kept_is_launched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """LAUNCH is an answer, and nothing is asked twice."""
    session, coder = worked(tmp_path, monkeypatch, UNREAD, "LAUNCH", "ALL_COMPLETED")
    assert (
        story_of(session).runs
        and len([r for r in coder.requests if "run_1" in r.message and "Before it counts" in r.message]) == 1
    )


@pytest.mark.parametrize("edit", [UNREAD, OTHER_BUDGET], ids=["unread", "budget"])
def test_a_recording_that_knows_no_question_plays_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, edit: dict[str, str]
) -> None:
    """What counted where it was recorded counts again."""
    session, _ = worked(tmp_path, monkeypatch, edit, kind=Recorded)
    assert len(story_of(session).runs) == 1


def test_a_session_that_was_asked_resumes_to_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is asked or launched again."""
    session, _ = worked(tmp_path, monkeypatch, OTHER_BUDGET, "LAUNCH", "ALL_COMPLETED")
    before = len(list(session.journal.all(AttemptEnded)))
    again = open_session(session.paths.root)
    conduct(again, resume=True)
    assert len(list(again.journal.all(AttemptEnded))) == before and differences(again)
