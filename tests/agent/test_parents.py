"""From which run each run begins: decided before its brief, journalled, and its code is what the coder is given."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agent import conduct as conduct_module
from agent.conduct import conduct
from agent.models.recording import load_recording
from agent.replaying.recorded import recording_of
from agent.results.story import results_of, story_of
from agent.session.events import Exchanged, ParentChosen, RunAccepted
from agent.session.session import Session, open_session
from agent.session.steps import RunName
from tests.world.family import RATE, answers, family_session, halved, marked
from tests.world.toy import BlockCoder, block, toy_session

pytestmark = pytest.mark.whole

TWO = "1. First: a setting.\n2. Second{}: another."
THREE = TWO + "\n3. Third{}: one more."


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The coder that needs no process, and one cache for all sessions here."""
    monkeypatch.setattr(conduct_module, "coder_for", lambda *_: BlockCoder())
    monkeypatch.setenv("LABLOOP_CACHE", str(tmp_path_factory.getbasetemp() / "family_cache"))


def parents(session: Session) -> dict[str, str]:
    return {str(event.run): str(event.parent) for event in session.journal.all(ParentChosen)}


def asked_of(session: Session, step: str) -> str:
    """What a model was asked at this step."""
    exchange = next(event for event in session.journal.all(Exchanged) if event.step == step)
    return str(json.loads(session.paths.exchange(exchange.number).read_text())["messages"][-1]["content"])


def settings(session: Session, run: str) -> set[str]:
    """Which of the marks a run's config holds: those of the runs that it descends from, and its own."""
    found = results_of(session).get(run)
    assert found is not None
    return set(found.config) & {"alpha", "beta", "gamma"}


def test_the_plan_s_title_stands_where_the_coder_gives_none(tmp_path: Path) -> None:
    """A reply without a TITLE line is called what the plan calls its run, and not `run_1`; one with it by its own."""
    untitled = marked("run_1", "alpha").partition("\n")[2]
    session = family_session(tmp_path, answers({"run_1": untitled, "run_2": marked("run_2", "beta")}, TWO), max_runs=2)
    conduct(session)
    assert [run.title for run in story_of(session).runs] == ["First", "beta is recorded in run_2"]


def test_the_plan_names_the_parent(tmp_path: Path) -> None:
    """A plan's line `(from baseline)` puts the workspace to the baseline's code: nothing of the run before it is left."""
    told = answers(
        {"run_1": marked("run_1", "alpha"), "run_2": marked("run_2", "beta"), "run_3": marked("run_3", "gamma")},
        THREE.format(" (from baseline)", " (from run_2)"),
    )
    session = family_session(tmp_path, told, max_runs=3)
    conduct(session)
    assert parents(session) == {"run_1": "run_0", "run_2": "run_0", "run_3": "run_2"}
    assert settings(session, "run_2") == {"beta"} and settings(session, "run_3") == {"beta", "gamma"}
    story = story_of(session)
    assert "the plan's line for run_3 names it" in story.why_parent(RunName("run_3"))
    assert [run.parent for run in results_of(session).runs] == [None, "run_0", "run_0", "run_2"]


def test_the_adviser_names_the_parent_where_the_plan_does_not(tmp_path: Path) -> None:
    """`From: run_1` in the newest advice is followed; the next one's `From: baseline` too."""
    told = answers(
        {"run_1": marked("run_1", "alpha"), "run_2": marked("run_2", "beta"), "run_3": marked("run_3", "gamma")},
        THREE.format("", ""),
        {"run_1": "Go on from it.\n\n**From:** run_1", "run_2": "Isolate it.\nFrom: baseline"},
    )
    session = family_session(tmp_path, told, max_runs=3)
    conduct(session)
    assert parents(session) == {"run_1": "run_0", "run_2": "run_1", "run_3": "run_0"}
    assert settings(session, "run_2") == {"alpha", "beta"} and settings(session, "run_3") == {"gamma"}


def test_the_best_comparable_run_is_the_parent_where_nobody_names_one(tmp_path: Path) -> None:
    """A run that is no better than the baseline is no parent: its successor begins from the baseline again."""
    told = answers(
        {"run_1": marked("run_1", "alpha"), "run_2": halved("run_2"), "run_3": marked("run_3", "beta")},
        "1. A: a.\n2. B: b.\n3. C: c.",
    )
    session = family_session(tmp_path, told, max_runs=3)
    conduct(session)
    losses = [run.values["excess_loss"].mean for run in results_of(session).runs[:3]]
    assert losses[2] < losses[0] < losses[1], "run_1 is worse than the baseline, run_2 better"
    assert parents(session) == {"run_1": "run_0", "run_2": "run_0", "run_3": "run_2"}
    assert settings(session, "run_3") == {"beta"}
    assert "best comparable run by excess_loss" in story_of(session).why_parent(RunName("run_3"))


def longer(run: str) -> str:
    """A turn that takes twice the gradients, and says so."""
    return f"TITLE: Twice the gradients, {run}\n" + block(RATE, f"{RATE}\nGRADIENTS = 2 * GRADIENTS")


def test_a_run_that_is_not_comparable_is_no_parent(tmp_path: Path) -> None:
    """Named by plan and adviser alike, it is refused by name, and the run begins from the best comparable one."""
    told = answers(
        {"run_1": longer("run_1"), "run_2": marked("run_2", "beta")},
        TWO.format(" (from run_1)"),
        {"run_1": "Go on.\nFrom: run_1"},
    )
    told["coder", "run_1/turn_2/1"] = "LAUNCH"  # the coder keeps it
    session = family_session(tmp_path, told, max_runs=2)
    conduct(session)
    assert story_of(session).runs[0].comparable, "it is not comparable"
    asked = asked_of(session, "run_1/turn_2/1")
    assert "you changed config.gradients: 2000 → 4000." in asked
    assert parents(session)["run_2"] == "run_0" and "GRADIENTS = 2" not in (session.paths.root / "run_2.py").read_text()
    why = story_of(session).why_parent(RunName("run_2"))
    assert "no comparable run is better" in why and why.count("run_1, which is not comparable") == 2


def test_a_recording_carries_the_parents(tmp_path: Path) -> None:
    """What a session exports names each run's parent, and its replay follows it against plan, advice and measurement."""
    told = answers(
        {"run_1": marked("run_1", "alpha"), "run_2": marked("run_2", "beta")}, TWO.format(" (from baseline)")
    )
    session = family_session(tmp_path / "then", told, max_runs=2)
    conduct(session)
    path = tmp_path / "again.jsonl"
    recording_of(session).save(path)
    assert load_recording(path).header.parents == {"run_1": "run_0", "run_2": "run_0"}
    other = answers({"run_1": marked("run_1", "alpha"), "run_2": marked("run_2", "beta")}, TWO.format(""))
    replayed = family_session(tmp_path / "again", other, {"run_2": "run_1"}, max_runs=2)
    conduct(replayed)
    assert parents(replayed) == {"run_1": "run_0", "run_2": "run_1"}
    assert settings(replayed, "run_2") == {"alpha", "beta"}


def test_a_recording_without_parents_plays_as_it_did(tmp_path: Path) -> None:
    """Each run of an old recording begins from the run accepted before it, whatever was measured; the journal says why."""
    session = toy_session(tmp_path, paper=False)
    assert conduct(session).state == "done"
    assert parents(session) == {"run_1": "run_0", "run_2": "run_1", "run_3": "run_2"}
    assert all("recording" in event.why for event in session.journal.all(ParentChosen))


def test_a_session_cut_off_after_the_choice_goes_on_from_the_same_parent(tmp_path: Path) -> None:
    """A kill between the choice and the turn chooses nothing anew, and the workspace is the parent's again."""
    told = answers(
        {"run_1": marked("run_1", "alpha"), "run_2": marked("run_2", "beta")}, TWO.format(" (from baseline)")
    )
    session = family_session(tmp_path, told, max_runs=2)
    conduct(session)
    lines = session.paths.journal.read_text().splitlines(keepends=True)
    cut = next(number for number, line in enumerate(lines) if '"step":"run_2/parent"' in line)
    session.paths.journal.write_text("".join(lines[: cut + 1]))
    resumed = open_session(session.paths.root)
    assert conduct(resumed, resume=True).state == "done"
    assert len(list(resumed.journal.all(ParentChosen))) == 2 and settings(resumed, "run_2") == {"beta"}


def test_a_run_begun_by_an_older_version_keeps_its_code(tmp_path: Path) -> None:
    """A journal without parents goes on as it was: a run that has begun is not put to another code in its middle."""
    session = toy_session(tmp_path, paper=False)
    conduct(session)
    lines = session.paths.journal.read_text().splitlines(keepends=True)
    cut = next(
        number for number, line in enumerate(lines) if '"step":"run_2/turn_2"' in line and '"kind":"edit"' in line
    )
    kept = [line for line in lines[:cut] if '"kind":"parent"' not in line]
    numbered = [json.dumps({**json.loads(line), "seq": place}) + "\n" for place, line in enumerate(kept)]
    session.paths.journal.write_text("".join(numbered))
    resumed = open_session(session.paths.root)
    assert conduct(resumed, resume=True).state == "done"
    assert parents(resumed) == {"run_3": "run_2"}
    assert [run.run for run in resumed.journal.all(RunAccepted)] == ["run_0", "run_1", "run_2"]
