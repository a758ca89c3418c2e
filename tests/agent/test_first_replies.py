"""Whole sessions on the toy template with the real aider, whose model answers as models do that were not asked nicely."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agent.conduct import conduct
from agent.models.recording import Answer, Header, Recording
from agent.results.story import story_of
from agent.session.events import AttemptEnded, Edited, SessionEnded
from agent.session.idea import load_idea
from agent.session.session import Session, start_session
from agent.session.settings import Settings
from agent.session.template import load_template
from tests.world.toy import ANSWERS, IDEA, TEMPLATE, block

pytestmark = pytest.mark.process

RATE = "LEARNING_RATE = 0.01"
WHOLE = (TEMPLATE / "experiment.py").read_text().replace(RATE, "LEARNING_RATE = 0.005")
LISTING = f"TITLE: A smaller step\n\nexperiment.py\n```python\n{WHOLE}```\n"
PLAN = {"plan/1": "1. A smaller step: how much of the error is noise?"}
NOTE = ANSWERS["writer", "run_1/note/1"].replace("[[run_1.config.average_from]] of the run on", "a smaller step")
FIGURES = "## excess_loss.pdf\nThe excess loss of each run as a bar; lower is better."


def conducted(folder: Path, coder: dict[str, str], **settings: object) -> tuple[Session, SessionEnded]:
    """A session of one run in which the coder's model answers so, and how it ended."""
    texts = PLAN | {"run_1/note/1": NOTE, "figures/note/1": FIGURES, "run_1/advice/1": "Fine."}
    answers = [Answer(role="writer", step=step, reply=text) for step, text in texts.items() if "advice" not in step]
    answers.append(Answer(role="adviser", step="run_1/advice/1", reply="Fine."))
    coder = {"figures/turn_1/1": "ALL_COMPLETED"} | coder
    answers += [Answer(role="coder", step=step, reply=text) for step, text in coder.items()]
    header = Header(idea="averaged_iterates", made="2026-01-01T00:00:00+00:00", origin="written by hand for the tests")
    recording = folder / "case.recording.jsonl"
    Recording(header, answers).save(recording)
    chosen = {"model": "recorded", "recording": str(recording), "paper": False, "max_runs": 1, **settings}
    session = start_session(folder / "runs", load_idea(IDEA), load_template(TEMPLATE), Settings.model_validate(chosen))
    return session, conduct(session)


def edits(session: Session) -> list[str]:
    return [edit.outcome for edit in session.journal.all(Edited) if edit.step.run]


@pytest.mark.parametrize(
    "reply",
    [
        LISTING,
        f"I am to answer ALL_COMPLETED once nothing is worth running; that is not so yet.\n\n{LISTING}",
        f"TITLE: A smaller step\n<source>\n{WHOLE}</source>\n",
        f"TITLE: A smaller step\n```diff\n@@ -14 +14 @@\n-{RATE}\n+LEARNING_RATE = 0.005\n```\n",
        "TITLE: A smaller step\n" + block(RATE, "LEARNING_RATE = 0.005", "workspace/experiment.py"),
        "TITLE: A smaller step\n```json\n"
        + json.dumps([{"path": "experiment.py", "search": RATE, "replace": "LEARNING_RATE = 0.005"}])
        + "\n```\n",
    ],
    ids=["whole file", "the word in passing", "source", "diff", "path", "json"],
)
def test_the_first_reply_is_a_run(tmp_path: Path, reply: str) -> None:
    """Whatever its form, one turn edits, one launch is accepted, under the title that the reply gives."""
    session, ended = conducted(tmp_path, {"run_1/turn_1/1": reply})
    assert ended.state != "failed" and edits(session) == ["applied"]
    assert [(run.run, run.title) for run in story_of(session).runs] == [("run_1", "A smaller step")]


def test_a_snippet_is_asked_for_in_another_form(tmp_path: Path) -> None:
    """The second turn hears why, and its whole file runs; nothing was launched before."""
    snippet = "TITLE: A smaller step\n\nChange it so:\n```python\nLEARNING_RATE = 0.005\n```\n"
    session, _ = conducted(tmp_path, {"run_1/turn_1/1": snippet, "run_1/turn_2/1": LISTING})
    assert edits(session) == ["no_edit", "applied"]
    first = next(event for event in session.journal.all(AttemptEnded) if event.run == "run_1")
    assert first.number is None and "no form that can be applied" in first.reason
    assert len(story_of(session).runs) == 1


def test_an_edit_of_nothing_is_called_one(tmp_path: Path) -> None:
    """A block whose REPLACE is its SEARCH did match: the reason says what is so, and blocks are asked for again."""
    again = "TITLE: A smaller step\n" + block(RATE, "LEARNING_RATE = 0.005")
    session, _ = conducted(tmp_path, {"run_1/turn_1/1": block(RATE, RATE), "run_1/turn_2/1": again})
    assert edits(session) == ["unchanged", "applied"]
    first = next(event for event in session.journal.all(AttemptEnded) if event.run == "run_1")
    assert "changes nothing" in first.reason and "not found" not in first.reason


def test_a_recorded_end_before_the_plan_is_taken_at_its_word(tmp_path: Path) -> None:
    """A recording without an answer to the question back goes on as it did: here to an end without a run."""
    session, ended = conducted(tmp_path, {"run_1/turn_1/1": "ALL_COMPLETED"})
    assert (ended.state, ended.exit_code) == ("no_runs", 5)
    assert edits(session) == ["no_edit"]
