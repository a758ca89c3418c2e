"""What is read of an answer that revises notes, and what of one goes back."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.errors import BadAnswer
from agent.evidence.evidence import Evidence
from agent.results.story import story_of
from agent.session.events import Noted
from agent.session.steps import RunName, Step
from agent.writing.known import evidence_of
from agent.writing.notes.revising import came_after, read_revisions
from tests.world.stage import make_session

BEFORE = (
    "Title: A weight\nWhat changed: A term.\nWhat was seen: On l0 run 1 is [[run_1.l0.verdict]].\nReading: One seed.\n"
)
NOTES = {RunName(run): Noted(subject=Step(run), title="A weight", source=BEFORE, text="") for run in ("run_1", "run_2")}


@pytest.fixture(scope="module")
def evidence(tmp_path_factory: pytest.TempPathFactory) -> Evidence:
    return evidence_of(make_session(tmp_path_factory.mktemp("study")))


def test_what_is_not_given_stays(evidence: Evidence) -> None:
    """A heading in any form, one label and the reason: the other labels are those of the form before."""
    answer = "**run_1: A weight**\n**Reading:** Run 2 tests it.\nWhy it was revised: run 2 came."
    (note,) = read_revisions(answer, NOTES, evidence).values()
    said = dict(note.fields)
    assert said["Reading"] == "Run 2 tests it." and said["What changed"] == "A term." and note.title == "A weight"
    assert "[[run_1.l0.verdict]]" in note.source and said["Why it was revised"] == "run 2 came."


@pytest.mark.parametrize("answer", ["NONE", "None.", "**NONE**", "none of them must change"])
def test_none_is_an_answer(evidence: Evidence, answer: str) -> None:
    """Nothing is revised then."""
    assert read_revisions(answer, NOTES, evidence) == {}


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ("The notes are fine as they are.", "or answer NONE"),
        ("## run_7\nReading: a.\nWhy it was revised: b.", "run_7 has no note"),
        ("## run_1\nReading: Run 2 tests it.", "and `Why it was revised:`"),
        ("## run_1\nWhy it was revised: b.", "give the labels that change"),
        ("## run_1\nReading: It reached 0.97.\nWhy it was revised: b.", "run_1: "),
        ("## run_1\nReading: [[run_9.l0]] is low.\nWhy it was revised: b.", "run_9"),
        ("## run_1\nReading: Nemohu odpovědět.\nWhy it was revised: Zeptejte se jinde.", "names no run, no metric"),
        ("## run_1\nReading: a.\nWhy it was revised: l0 fell to 12.7 in run 2.", "12.7"),
    ],
)
def test_what_cannot_stand_goes_back_with_the_reason(evidence: Evidence, answer: str, why: str) -> None:
    """A typed number, an unknown run or reference, a change without reason: never a revision."""
    with pytest.raises(BadAnswer, match=why.replace("(", r"\(")):
        read_revisions(answer, NOTES, evidence)


def test_one_run_alone_has_nothing_after_it(tmp_path: Path) -> None:
    """Without a later run or a confirmation nothing is asked."""
    session = make_session(tmp_path)
    assert came_after(story_of(session)) == ""
    for run, note in NOTES.items():
        assert came_after(story_of(session)) == ""
        session.journal.append(note.model_copy(update={"step": Step.note(run)}))
    assert came_after(story_of(session)) == "run_2"
