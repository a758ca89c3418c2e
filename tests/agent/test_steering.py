"""A person steers: a word for every brief, a run that is dropped, and runs that end where nothing is gained."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agent import conduct as conduct_module
from agent.coding.coder import Ask, TurnReply, TurnRequest
from agent.commands import drop, say
from agent.conduct import conduct
from agent.models.recording import load_recording
from agent.replaying.recorded import recording_of
from agent.results.story import results_of, story_of
from agent.session.events import Exchanged, ParentChosen, PersonSaid, RunDropped, RunsEnded, SessionEnded
from agent.session.session import Session, open_session
from agent.session.settings import Settings
from tests.world.family import answers, family_session, halved, marked
from tests.world.toy import BlockCoder

pytestmark = pytest.mark.whole
RUNS = {"run_1": halved("run_1"), "run_2": marked("run_2", "alpha"), "run_3": marked("run_3", "beta")}
PLAN = "1. First: a.\n2. Second: b.\n3. Third: c."


class Person(BlockCoder):
    """A coder beside whom a person types commands: by number of the turn, what is typed during it."""

    def __init__(self, session: Session, typed: dict[int, list[str]]) -> None:
        self.session, self.typed, self.turn = session, typed, 0

    def work(self, request: TurnRequest, ask: Ask) -> TurnReply:
        self.turn += 1
        for words in self.typed.get(self.turn, []):
            command, _, rest = words.partition(" ")
            main = {"say": say.main, "drop": drop.main}[command]
            given = rest.split(" ") if command == "drop" else [rest]
            assert main([str(self.session.paths.root), *given]) == 0
        return super().work(request, ask)


@pytest.fixture
def typing(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory):  # type: ignore[no-untyped-def]
    """Lets a session be worked while somebody types."""
    monkeypatch.setenv("LABLOOP_CACHE", str(tmp_path_factory.getbasetemp() / "family_cache"))

    def work(session: Session, typed: dict[int, list[str]], resume: bool = False) -> str:
        monkeypatch.setattr(conduct_module, "coder_for", lambda *_: Person(session, typed))
        return conduct(session, resume=resume).state

    return work


def asked_of(session: Session, step: str) -> str:
    """What a model was asked at this step."""
    exchange = next(event for event in session.journal.all(Exchanged) if event.step == step)
    return str(json.loads(session.paths.exchange(exchange.number).read_text())["messages"][-1]["content"])


def test_a_word_is_read_by_the_next_brief_and_every_later_one(tmp_path: Path, typing) -> None:  # type: ignore[no-untyped-def]
    """Said while run_1 is worked: journalled, in the adviser's question, run_2's and run_3's brief, notes and page; never twice."""
    session = family_session(tmp_path, answers(RUNS, PLAN), max_runs=3)
    assert typing(session, {1: ["say Vary the number of draws."]}) == "done"
    said = list(session.journal.all(PersonSaid))
    assert [(event.text, event.before) for event in said] == [("Vary the number of draws.", "run_2/parent")]
    assert "Vary the number" not in asked_of(session, "run_1/turn_1/1")
    for step in ("run_2/turn_1/1", "run_2/advice/1", "run_2/note/1", "run_3/turn_1/1", "figures/turn_1/1"):
        assert "Vary the number of draws." in asked_of(session, step), step
    assert "Vary the number of draws." in session.paths.notes.read_text()
    assert "Vary the number of draws." in session.paths.page.read_text()
    assert list(session.paths.say.iterdir()) == []


def test_a_file_that_a_person_puts_there_is_a_word(tmp_path: Path, typing) -> None:  # type: ignore[no-untyped-def]
    """Before the session begins: a text file is read by the plan; what cannot be read is set aside, and nothing fails."""
    session = family_session(tmp_path, answers(RUNS, PLAN), max_runs=1)
    session.paths.say.mkdir()
    (session.paths.say / "mine.md").write_text("Begin with the plainest form.\n")
    (session.paths.say / "broken.json").write_text('{"say": "a", "drop": "run_1"}')
    (session.paths.say / ".half.json").write_text("{")
    assert typing(session, {}) == "done"
    assert "Begin with the plainest form." in asked_of(session, "plan/1")
    left = sorted(path.name for path in session.paths.say.iterdir())
    assert left == [".half.json", "broken.json.unread"]


def test_a_dropped_run_leaves_all_that_counts(tmp_path: Path, typing) -> None:  # type: ignore[no-untyped-def]
    """run_1 is the best; dropped while run_2 is worked, it is in no table, no best, no parent, and stays in journal, notes and page."""
    session = family_session(tmp_path, answers(RUNS, PLAN), max_runs=3)
    assert typing(session, {2: ["drop run_1 --why leaked"]}) == "done"
    assert results_of(session).get("run_1") is None and results_of(session).best.name != "run_1"
    assert results_of(session).looks.runs == 3, "it was looked at all the same"
    parents = {str(event.run): str(event.parent) for event in session.journal.all(ParentChosen)}
    assert parents["run_2"] == "run_1" and parents["run_3"] != "run_1"
    brief = asked_of(session, "run_3/turn_1/1")
    assert "| run_1 |" not in brief and "run_1 (Half the step, run_1): leaked" in brief
    assert not (session.paths.root / "attempts" / "figures_turn_1" / "code" / "run_1").exists()
    notes = session.paths.notes.read_text()
    assert "A person took this run out of what counts: leaked." in notes
    assert "run_1" in story_of(session).accepted and (session.paths.root / "run_1.py").is_file()
    page = session.paths.page.read_text()
    assert 'id="run_1"' in page and "dropped" in page and "leaked" in page


def test_what_cannot_be_dropped_is_refused(tmp_path: Path, typing, capsys: pytest.CaptureFixture[str]) -> None:  # type: ignore[no-untyped-def]
    """The baseline, a run that is not there, one that was dropped, no run at all, an empty word, no session, runs that are over."""
    session = family_session(tmp_path, answers(RUNS, PLAN), max_runs=2)
    root, typed = str(session.paths.root), list[int]()

    def later(number: int) -> list[str]:
        typed.extend(
            (drop.main([root, "run_0"]), drop.main([root, "run_7"]), drop.main([root, "best"]), say.main([root, "  "]))
        )
        return ["drop run_1"]

    class Now(dict):  # type: ignore[type-arg]
        def get(self, number: int, default: object = None) -> object:
            return later(number) if number == 2 else []

    assert typing(session, Now()) == "done"
    assert typed == [2, 2, 2, 2] and len(list(session.journal.all(RunDropped))) == 1
    assert say.main([root, "too late"]) == 2 and drop.main([root, "run_2"]) == 2
    assert say.main([str(tmp_path / "nothing"), "a word"]) == 1
    told = capsys.readouterr().err
    for words in ("compared with the baseline", "no such accepted run", "names no run", "the runs are over"):
        assert words in told


def test_a_dropped_run_written_by_hand_that_is_none_is_said_and_left(tmp_path: Path, typing) -> None:  # type: ignore[no-untyped-def]
    """A file that drops the baseline changes nothing, and does not stop the session."""
    session = family_session(tmp_path, answers(RUNS, PLAN), max_runs=1)
    session.paths.say.mkdir()
    (session.paths.say / "a.json").write_text('{"drop": "run_0"}')
    assert typing(session, {}) == "done" and not list(session.journal.all(RunDropped))


def test_without_a_run_that_counts_there_is_no_paper(tmp_path: Path, typing) -> None:  # type: ignore[no-untyped-def]
    """Where every accepted run was dropped the session ends without one, and says why."""
    told = {
        **answers({"run_1": RUNS["run_1"]}, PLAN),
        ("coder", "run_2/turn_1/1"): "ALL_COMPLETED",
        ("coder", "run_2/turn_2/1"): "ALL_COMPLETED",
    }
    session = family_session(tmp_path, told, max_runs=3)
    assert typing(session, {2: ["drop run_1"]}) == "no_runs"
    ended = list(session.journal.all(SessionEnded))[-1]
    assert ended.reason == "every accepted run was dropped; no figures, no paper" and ended.exit_code == 5


def test_what_was_said_is_recorded_and_said_again(tmp_path: Path, typing) -> None:  # type: ignore[no-untyped-def]
    """A recording carries words and drops with their places, so that its replay has the same tables."""
    session = family_session(tmp_path / "then", answers(RUNS, PLAN), max_runs=3)
    typing(session, {1: ["say Go on."], 2: ["drop run_1 --why leaked"]})
    path = tmp_path / "again.jsonl"
    recording_of(session).save(path)
    header = load_recording(path).header
    assert [(word.say, word.drop, word.before) for word in header.said] == [
        ("Go on.", None, "run_2/parent"),
        ("", "run_1", "run_3/parent"),
    ]
    replayed = family_session(tmp_path / "again", answers(RUNS, PLAN), max_runs=3, recording=str(path))
    assert typing(replayed, {}) == "done"
    assert [run.name for run in results_of(replayed).runs] == ["run_0", "run_2", "run_3"]
    assert "Go on." in asked_of(replayed, "run_2/turn_1/1")


@pytest.mark.parametrize("after", [True, False], ids=["journalled", "not journalled"])
def test_a_kill_round_the_word_says_it_once(tmp_path: Path, typing, after: bool) -> None:  # type: ignore[no-untyped-def]
    """Killed before the word is journalled, or after it with its file still there: the resumed session has it once."""
    session = family_session(tmp_path, answers(RUNS, PLAN), max_runs=2)
    typing(session, {1: ["say Go on."]})
    lines = session.paths.journal.read_text().splitlines(keepends=True)
    cut = next(place for place, line in enumerate(lines) if '"kind":"said"' in line)
    kept = json.loads(lines[cut])
    session.paths.journal.write_text("".join(lines[: cut + after]))
    if not after:
        assert say.main([str(session.paths.root), "Go on."]) == 0
    resumed = open_session(session.paths.root)
    assert typing(resumed, {}, resume=True) == "done"
    assert [event.text for event in resumed.journal.all(PersonSaid)] == ["Go on."] and kept["text"] == "Go on."
    assert "Go on." in asked_of(resumed, "run_2/turn_1/1")


def test_patience_ends_the_runs(tmp_path: Path, typing) -> None:  # type: ignore[no-untyped-def]
    """After two runs without a gain beyond noise the third is not begun; the reason is journalled and told; resuming begins none either."""
    session = family_session(tmp_path, answers(RUNS, PLAN), max_runs=3, patience=2)
    assert typing(session, {}) == "done"
    ended = story_of(session).ended_early
    assert [run.run for run in story_of(session).runs] == ["run_1", "run_2"] and ended is not None
    assert ended.run == "run_2" and "no gain beyond noise by excess_loss in 2 runs" in ended.reason
    assert ended.reason in session.paths.notes.read_text() and ended.reason in session.paths.page.read_text()
    lines = session.paths.journal.read_text().splitlines(keepends=True)
    cut = next(place for place, line in enumerate(lines) if '"kind":"runs_ended"' in line)
    for until in (cut, cut + 1):
        session.paths.journal.write_text("".join(lines[:until]))
        resumed = open_session(session.paths.root)
        assert typing(resumed, {}, resume=True) == "done"
        assert len(story_of(resumed).runs) == 2 and len(list(resumed.journal.all(RunsEnded))) == 1


def test_patience_is_asked_of_the_last_run_alone(tmp_path: Path, typing) -> None:  # type: ignore[no-untyped-def]
    """Given on a resumption, it does not end the runs before those that are there."""
    session = family_session(tmp_path, answers(RUNS, PLAN), max_runs=3)
    typing(session, {})
    lines = session.paths.journal.read_text().splitlines(keepends=True)
    cut = next(place for place, line in enumerate(lines) if '"step":"run_3/note"' in line)
    session.paths.journal.write_text("".join(lines[:cut]))
    chosen = Settings.model_validate({**session.settings.model_dump(), "limits": {"max_runs": 3, "patience": 1}})
    resumed = open_session(session.paths.root, chosen)
    assert typing(resumed, {}, resume=True) == "done"
    assert len(story_of(resumed).runs) == 3 and [event.run for event in resumed.journal.all(RunsEnded)] == ["run_3"]
