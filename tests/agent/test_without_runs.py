"""ALL_COMPLETED before the plan is done, and sessions without an accepted run: asked back, never done, resumable."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent import conduct as conduct_module
from agent.coding.scripted import ScriptedCoder, Step
from agent.commands import run_idea
from agent.commands.ended import told_of
from agent.conduct import conduct, outcome
from agent.models.protocol import Reply, Request
from agent.models.recording import Recording, load_recording
from agent.results.story import story_of
from agent.session.events import AttemptEnded, Edited, Exchanged, FiguresDrawn, RunAbandoned, SessionEnded
from agent.session.idea import load_idea
from agent.session.session import Session, open_session, start_session
from agent.session.settings import Settings, overlay
from agent.session.template import load_template
from tests.world.toy import ANSWERS, IDEA, TEMPLATE, toy_recording, toy_session

pytestmark = pytest.mark.process

ORIGINAL = (TEMPLATE / "experiment.py").read_text()
DONE = "ALL_COMPLETED"
ENDED = ("done", "findings")  # the toy's figure note speaks of a run 2


def rate(value: str) -> dict[str, str]:
    """An edit of the learning rate."""
    return {"experiment.py": ORIGINAL.replace("LEARNING_RATE = 0.01", f"LEARNING_RATE = {value}")}


def conducted(
    session: Session, monkeypatch: pytest.MonkeyPatch, *steps: Step, resume: bool = False
) -> tuple[SessionEnded, ScriptedCoder]:
    """How the session ended with a coder that took these steps."""
    coder = ScriptedCoder(steps)
    monkeypatch.setattr(conduct_module, "coder_for", lambda *_: coder)
    return conduct(session, resume=resume), coder


def test_the_word_before_the_plan_is_done_is_asked_back_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The plan has two runs: after none and after one the coder is asked what is left, and what it then edits counts."""
    session = toy_session(tmp_path, paper=False)
    ended, coder = conducted(session, monkeypatch, DONE, rate("0.005"), DONE, DONE, "ALL_COMPLETED")
    assert ended.state in ENDED and len(coder.requests) == 5
    first, back, _, again = (request.message for request in coder.requests[:4])
    assert "You said ALL_COMPLETED" not in first and "no runs of 2 planned are accepted" in back
    assert "1 run of 2 planned is accepted" in again
    assert [str(e.step) for e in session.journal.all(Edited)][:4] == [
        "run_1/turn_1",
        "run_1/turn_2",
        "run_2/turn_1",
        "run_2/turn_2",
    ]


def test_asking_back_costs_no_repair(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With no repair at all, the turn after the question is still there."""
    session = toy_session(tmp_path, paper=False, max_repairs=0, max_runs=1)
    ended, _ = conducted(session, monkeypatch, DONE, rate("0.005"), DONE)
    assert ended.state in ENDED and len(story_of(session).runs) == 1


def test_the_word_in_passing_ends_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sentence about the word is a reply without an edit, and is sent back as one."""
    session = toy_session(tmp_path, paper=False, max_runs=1)
    prose = f"I am to answer {DONE} once nothing is worth running; that is not so yet.\n\nTITLE: A smaller step"
    ended, coder = conducted(session, monkeypatch, prose, rate("0.005"), DONE)
    assert ended.state in ENDED
    assert "no file was changed" in coder.requests[1].message
    assert [e.completed for e in session.journal.all(Edited)][:2] == [False, False]


def test_the_word_after_talk_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A coder that first says so in a sentence, then as asked, is done: nothing was edited in between."""
    session = toy_session(tmp_path, paper=False)
    ended, coder = conducted(session, monkeypatch, f"All is done: {DONE}.", DONE, DONE)
    assert ended.state == "no_runs" and len(coder.requests) == 3


def test_a_session_without_a_run_is_not_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit 5, a state of its own, no figures, no paper; JSON, page, and the first printed line say so."""
    session = toy_session(tmp_path)
    ended, _ = conducted(session, monkeypatch, DONE, DONE)
    assert (ended.state, ended.exit_code) == ("no_runs", 5) and "no run was accepted" in ended.reason
    told = outcome(session, ended)
    assert told["state"] == "no_runs" and told["paper"] is None and told["runs_completed"] == 0
    assert not list(session.journal.all(FiguresDrawn)) and not session.paths.paper.exists()
    assert {event.role for event in session.journal.all(Exchanged)} == {"writer"}
    assert "No run was accepted" in session.paths.page.read_text()
    lines = told_of(session, ended).text.splitlines()
    assert "No run was accepted" in lines[0] and lines[-1].startswith("resume")


def test_runs_that_are_all_given_up_end_so_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing accepted in any chance is no result either."""
    session = toy_session(tmp_path, max_repairs=0, max_abandoned=2)
    ended, _ = conducted(session, monkeypatch, "Words.", "More words.")
    assert (ended.state, ended.exit_code) == ("no_runs", 5)
    assert len(list(session.journal.all(RunAbandoned))) == 2


@pytest.mark.parametrize("first", [[DONE, DONE], ["Words.", "Words."]], ids=["completed", "given up"])
def test_it_is_resumed_with_new_chances(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: list[Step]) -> None:
    """Taken up again, with more runs or not, the coder is asked again; old turns stand and are not worked twice."""
    session = toy_session(tmp_path, paper=False, max_repairs=0, max_abandoned=2, max_runs=1)
    assert conducted(session, monkeypatch, *first)[0].state == "no_runs"
    settings = overlay(session.settings, "a test", {"max_runs": 2})
    again = open_session(session.paths.root, settings)
    ended, coder = conducted(again, monkeypatch, rate("0.005"), DONE, DONE, DONE, resume=True)
    assert ended.state in ENDED and len(story_of(again).runs) == 1
    steps = [str(e.step) for e in again.journal.all(Edited)]
    assert steps[:3] == ["run_1/turn_1", "run_1/turn_2", "run_1/turn_3"] and len(coder.requests) == 4
    assert [e.outcome for e in again.journal.all(AttemptEnded) if e.run == "run_1"][-1] == "ok"


def test_figures_and_paper_come_where_they_are_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`--paper-anyway` goes on without a run, also when given with --resume; it is still exit 5."""
    session = toy_session(tmp_path, paper=False)
    assert conducted(session, monkeypatch, DONE, DONE)[0].state == "no_runs"
    asked = open_session(session.paths.root, overlay(session.settings, "a test", {"paper_anyway": True}))
    ended, coder = conducted(asked, monkeypatch, DONE, resume=True)
    assert len(coder.requests) == 1 and "figures" in coder.requests[0].message
    assert list(asked.journal.all(FiguresDrawn))
    assert ended.state in ("no_runs", "paused")  # the toy's figure note is about its runs


def test_the_flag_gives_the_setting() -> None:
    """`--paper-anyway` is a setting of the paper, off where nothing is said."""
    from agent.commands.flags import given_settings

    assert given_settings(run_idea.parser().parse_args(["idea.json", "--paper-anyway"]))["paper_anyway"] is True
    assert "paper_anyway" not in given_settings(run_idea.parser().parse_args(["idea.json"]))


class Plans:
    """A recording whose plan is given one answer after the other."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *answers: str) -> None:
        self.asked: list[Request] = []
        answer = Recording.answer

        def planned(recording: Recording, request: Request) -> Reply:
            if not request.step.startswith("plan/"):
                return answer(recording, request)
            self.asked.append(request)
            return Reply(answers[len(self.asked) - 1], model="a test")

        monkeypatch.setattr(Recording, "answer", planned)


@pytest.mark.parametrize("refusal", ["?", "I'm sorry, but I can't help with that."])
def test_a_plan_that_lists_no_run_is_asked_for_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refusal: str
) -> None:
    """A question or a refusal goes back with the reason; the next answer is the plan."""
    plans = Plans(monkeypatch, refusal, "1. A smaller step: why.")
    session = toy_session(tmp_path, paper=False)
    conducted(session, monkeypatch, DONE, DONE)
    assert story_of(session).plan == "1. A smaller step: why."
    assert "it lists no run" in plans.asked[1].messages[-1].content


@pytest.mark.parametrize(
    ("refusal", "why"),
    [
        ("1. I can't help with that.\n2. Please ask somebody else.", "it declines"),
        ("1. Tyvärr: jag kan inte hjälpa till.\n2. Råd: fråga någon annan.", "it names no run, no metric"),
    ],
)
def test_a_plan_that_declines_line_by_line_is_asked_for_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refusal: str, why: str
) -> None:
    """Numbers before its lines make no plan of a refusal, whether a list knows its words or not."""
    plans = Plans(monkeypatch, refusal, "1. A smaller step: why.")
    session = toy_session(tmp_path, paper=False)
    conducted(session, monkeypatch, DONE, DONE)
    assert story_of(session).plan == "1. A smaller step: why."
    assert why in plans.asked[1].messages[-1].content


def test_a_writer_that_never_plans_pauses_the_session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the tries that it has, nothing is run on the plan: exit 4, with the setting that helps."""
    Plans(monkeypatch, "?", "?", "No.")
    session = toy_session(tmp_path, paper=False)
    ended, coder = conducted(session, monkeypatch)
    assert (ended.state, ended.exit_code) == ("paused", 4) and "max_answers" in ended.reason
    assert not coder.requests


@pytest.mark.parametrize(
    ("without", "told"),
    [
        (
            (),
            "the coder said ALL_COMPLETED (run_1/turn_1), and the recording has no answer of the coder to what is left of the plan",
        ),
        (
            ("run_1/turn_1/1",),
            "the recording has no answer of the coder for step 'run_1/turn_1/1', and none of the coder at all",
        ),
    ],
)
def test_a_recording_that_edits_nothing_says_what_is_missing(
    tmp_path: Path, without: tuple[str, ...], told: str
) -> None:
    """Whether it says at once that all is done or nothing at all: what was missing, in which step, and how to go on."""
    coders = tuple(step for role, step in ANSWERS if role == "coder")
    path = toy_recording(
        tmp_path / "r.recording.jsonl", tuple(step for step in coders if step != "run_1/turn_1/1") + without
    )
    recording = load_recording(path)
    kept = [
        answer.model_copy(update={"reply": DONE}) if answer.role == "coder" else answer
        for answer in recording.answers.values()
    ]
    Recording(recording.header, kept).save(path)
    chosen = Settings.model_validate({"model": "recorded", "recording": str(path), "paper": False, "review": False})
    session = start_session(tmp_path / "runs", load_idea(IDEA), load_template(TEMPLATE), chosen)
    ended = conduct(session)
    first = told_of(session, ended).text.splitlines()[0 if ended.exit_code == 5 else 1]
    assert told in first and "resume it with --model NAME or --model manual" in first
    assert ended.exit_code == (4 if without else 5)
