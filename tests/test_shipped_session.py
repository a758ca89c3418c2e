"""The sessions that ship with the project: each recording is what it says, and works through to a paper on this machine."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from agent.models.recording import load_recording
from agent.session.events import Advised, AttemptEnded, Compiled, Edited, Exchanged, FiguresDrawn, Noted, RunAccepted
from agent.session.files import sha256
from agent.session.idea import load_idea
from agent.session.paths import REPOSITORY
from agent.session.session import Session, check_metrics, open_session
from agent.session.template import load_template, template_of
from tests.conftest import one_workers
from tests.world.shaken import findings_on

MOST_TOKENS = 350_000  # the adviser sees both diffs, the training record and what the launches took
MOST_LOOKING_BACK = 100_000  # notes once more, the review, an answer to the objections to each section
LOOKING_BACK = ("notes/revised", "review")
SUFFIX = ".recording.jsonl"
RECORDINGS = sorted([*REPOSITORY.glob(f"ideas/*{SUFFIX}"), *REPOSITORY.glob(f"templates/*/**/*{SUFFIX}")])
IDEAS = sorted([*REPOSITORY.glob("ideas/*.json"), *REPOSITORY.glob("templates/*/idea*.json")])
WHOLE = {"masked_orthogonal": 6, "idea": 8, "progressive": 7, "temporal": 6}
"""Sessions that the slow test works through, the longest first, each with the runs that it must reach; add an idea's file name here."""
SHAKEN = 8
"""As how many other machines might have measured a session, its texts are printed and audited anew."""


def name_of(path: Path) -> str:
    return str(path.relative_to(REPOSITORY))


def idea_of(recording: Path) -> Path:
    """The idea beside a recording."""
    return recording.with_name(recording.name.removesuffix(SUFFIX) + ".json")


@pytest.mark.parametrize("path", RECORDINGS, ids=name_of)
def test_a_recording_says_how_it_was_made(path: Path) -> None:
    """Its header names the idea and the manual session; every answer was given by hand, none by a model it claims."""
    recording = load_recording(path)
    assert recording.header.idea == load_idea(idea_of(path)).Name
    assert "manual" in recording.header.origin
    assert {answer.model for answer in recording.answers.values()} == {"manual"}
    assert all(answer.prompt_sha256 for answer in recording.answers.values())


@pytest.mark.parametrize("path", RECORDINGS, ids=name_of)
def test_a_recording_fits_its_template(path: Path) -> None:
    """Its edits were made for the files as they are; after changing these, drive a manual session and export it anew."""
    template, header = load_template(template_of(path)), load_recording(path).header
    assert header.template in ("", template.name)
    assert header.scale in ("", template.scale), "a session that is played without flags is at the default scale"
    assert set(header.files) == set(template.editable)
    for name, digest in header.files.items():
        assert sha256((template.root / name).read_bytes()) == digest, name


@pytest.mark.parametrize("path", RECORDINGS, ids=name_of)
def test_a_recording_holds_a_whole_session(path: Path) -> None:
    """From the plan to the paper's title, with a note and an advice on each of at least five runs."""
    answers = load_recording(path).answers
    runs = {step.split("/")[0] for role, step in answers if role == "coder" and step.startswith("run_")}
    noted = {run for run in runs if ("writer", f"{run}/note/1") in answers}
    assert len(noted) >= 5, f"{len(noted)} runs have a note"
    assert noted == {run for run in runs if ("adviser", f"{run}/advice/1") in answers}
    steps = {step.rsplit("/", 1)[0] for _, step in answers}
    assert {"plan", "figures/turn_1", "figures/note", "draft/title", "draft/Results/refine"} <= steps


@pytest.mark.parametrize("path", IDEAS, ids=name_of)
def test_an_idea_names_metrics_of_its_template(path: Path) -> None:
    """What an idea calls its metrics is measured by the template that it lies in."""
    check_metrics(load_idea(path), load_template(template_of(path)))


def test_the_sessions_that_are_worked_through_are_there() -> None:
    """Each name in WHOLE is the file of an idea with a recording."""
    assert set(WHOLE) <= {idea_of(path).stem for path in RECORDINGS}


@pytest.fixture(scope="module", params=list(WHOLE))
def session(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Session:
    """A shipped session, worked on this machine."""
    idea = next(idea_of(path) for path in RECORDINGS if idea_of(path).stem == request.param)
    out = tmp_path_factory.mktemp("shipped")
    command = [sys.executable, str(REPOSITORY / "agent" / "run_idea.py"), str(idea), "--json", "--out", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=2400)
    assert done.returncode == 0, done.stderr[-3000:]
    return open_session(Path(json.loads(done.stdout)["session"]))


def test_two_sessions_are_worked_side_by_side() -> None:
    """Of two workers each takes whole sessions, so that none is left alone with all four; of another file one takes all."""
    here = str(Path(__file__).relative_to(REPOSITORY))
    assert one_workers(f"{here}::test_a[idea]") == one_workers(f"{here}::test_b[idea]")
    assert one_workers(f"{here}::test_a[idea]") != one_workers(f"{here}::test_a[temporal]")
    assert one_workers("tests/other.py::test_a[idea]") == one_workers("tests/other.py::test_b[temporal]")


@pytest.mark.slow
@pytest.mark.timeout(2500)
def test_a_shipped_session_is_a_whole_study(session: Session, request: pytest.FixtureRequest) -> None:
    """Its runs are accepted, each with note and advice; figures are drawn, and a paper comes out."""
    journal = session.journal
    accepted = [event.run for event in journal.all(RunAccepted) if event.run != "run_0"]
    assert len(accepted) >= WHOLE[request.node.callspec.params["session"]]
    assert [event.run for event in journal.all(Advised)] == accepted
    assert {event.subject for event in journal.all(Noted)} == {*accepted, "confirm", "figures"}
    assert sum(name.endswith(".pdf") for name in list(journal.all(FiguresDrawn))[-1].files) >= 3
    assert list(journal.all(Compiled))[-1].ok and session.paths.paper.read_bytes().startswith(b"%PDF-")


@pytest.mark.slow
@pytest.mark.timeout(2500)
def test_a_shipped_session_holds_on_other_machines(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its notes and paper, printed from other values, verdicts and costs, hold nothing that the audit would find."""
    found = {seed: list(findings_on(session, seed, monkeypatch)) for seed in range(SHAKEN)}
    assert not any(found.values()), "\n".join(f"{seed}: {each}" for seed, all in found.items() for each in all)


@pytest.mark.slow
@pytest.mark.timeout(2500)
def test_the_progressive_session_shows_how_slips_are_taken(session: Session) -> None:
    """A repaired crash, a no-edit answer caught, and a block that did not match put right: all in its journal."""
    if session.idea.Name != "progressive":
        pytest.skip("the slips are staged in the progressive session")
    journal = session.journal
    assert {"crashed", "no_edit", "ok"} <= {event.outcome for event in journal.all(AttemptEnded)}
    assert any(event.unmatched and event.outcome == "applied" for event in journal.all(Edited))


@pytest.mark.slow
@pytest.mark.timeout(2500)
def test_a_shipped_session_is_frugal(session: Session) -> None:
    """From plan to title at most 350,000 tokens are sent, by our own meter, and 100,000 more for looking back at notes and draft."""
    sent = {event.step: event.tokens_sent for event in session.journal.all(Exchanged)}
    back = sum(tokens for step, tokens in sent.items() if step.startswith(LOOKING_BACK))
    assert 0 < sum(sent.values()) - back <= MOST_TOKENS and back <= MOST_LOOKING_BACK
