"""Notes are asked for until one is good, recorded once, and never missing."""

from __future__ import annotations

from pathlib import Path

from agent.auditing.session import audit_session
from agent.results.choosing.parents import Change
from agent.session.events import FiguresDrawn
from agent.session.steps import BASELINE
from agent.writing.notes.asking import note_figures, note_run
from agent.writing.notes.salvaged import LEFT_OUT
from tests.world import papers
from tests.world.stage import Writer, accepted, gateway_for, make_session


def test_a_bad_note_is_asked_again_and_a_good_one_never(tmp_path: Path) -> None:
    """The reason goes back to the model; once recorded, the note costs nothing more."""
    session = make_session(tmp_path)
    writer = Writer(
        {
            "run_3/note/1": papers.PLAIN_NOTE.replace("[[run_3.explained_variance]]", "0.8971"),
            "run_3/note/2": papers.PLAIN_NOTE,
        }
    )
    for _ in range(2):
        noted = note_run(
            session, gateway_for(session, writer), accepted(session, "run_3"), Change(BASELINE, diff="- a\n+ b")
        )
    assert [request.step for request in writer.asked] == ["run_3/note/1", "run_3/note/2"]
    assert "[[run_3.explained_variance]]" in writer.asked[1].messages[-1].content
    assert noted.text in session.paths.notes.read_text()


def test_a_run_is_never_left_without_a_note(tmp_path: Path) -> None:
    """Where every answer is unusable the note says so and still has the measured table."""
    session = make_session(tmp_path)
    writer = Writer(otherwise=lambda request: "Reading: Explained variance is 0.99 in run 3.")
    noted = note_run(session, gateway_for(session, writer), accepted(session, "run_3"), Change(BASELINE))
    assert (
        len(writer.asked) == 3 and "no usable note" in noted.text and "| mse (lower is better) | 0.1029" in noted.text
    )
    assert "lacks What changed" in noted.refused and "0.99" not in noted.text
    findings = audit_session(session).findings
    told = [finding.what for finding in findings if finding.where == "notes.txt, run_3"]
    assert told == ["no usable note of the writer's"]  # once, and nothing of the tool's own words


def test_what_is_right_of_a_note_that_is_wrong_to_the_last_try_stands(tmp_path: Path) -> None:
    """The label with the typed result says that it is left out, the others are the writer's; the audit finds the part once."""
    session = make_session(tmp_path)
    writer = Writer(otherwise=lambda request: papers.PLAIN_NOTE.replace("[[run_3.explained_variance]]", "0.99"))
    noted = note_run(session, gateway_for(session, writer), accepted(session, "run_3"), Change(BASELINE))
    assert len(writer.asked) == 3 and "0.99" in noted.refused and "0.99" not in noted.text
    assert "falls along a cosine" in noted.text and "One seed of the method" in noted.text
    assert " ".join(noted.text.split()).count(LEFT_OUT) == 1
    told = [finding.what for finding in audit_session(session).findings if finding.where.endswith("run_3")]
    assert told == ["a note that stands in part"]


def test_a_title_that_is_wrong_to_the_last_try_is_the_runs_own(tmp_path: Path) -> None:
    """Nothing else was wrong, so it is a note as any, and no finding."""
    session = make_session(tmp_path)
    wrong = papers.PLAIN_NOTE.replace("Cosine decay of the weight", "Cosine decay doubles explained variance")
    run = accepted(session, "run_3")
    noted = note_run(session, gateway_for(session, Writer(otherwise=lambda request: wrong)), run, Change(BASELINE))
    assert noted.title == run.title and not noted.refused and "doubles" not in noted.text + noted.source
    assert not [finding for finding in audit_session(session).findings if finding.where.endswith("run_3")]


def test_the_figures_note_has_a_text_for_each_figure(tmp_path: Path) -> None:
    """PDF and PNG of one figure are one entry, and its numbers are filled in."""
    answer = "## separation.pdf\nBars of [[best.name]].\n## `curves.png`\nLoss by step."
    session = make_session(tmp_path)
    drawn = FiguresDrawn(ok=True, files=["curves.pdf", "curves.png", "separation.pdf", "separation.png"])
    noted = note_figures(session, gateway_for(session, Writer({"figures/note/1": answer})), drawn)
    assert "Bars of run 3." in noted.text and session.paths.notes.read_text().count("curves") == 1


def test_without_figures_the_note_says_so_and_nobody_is_asked(tmp_path: Path) -> None:
    """No tokens are spent on figures that do not exist."""
    session, writer = make_session(tmp_path), Writer()
    drawn = FiguresDrawn(ok=False, reason="KeyError: 'curve'")
    noted = note_figures(session, gateway_for(session, writer), drawn)
    assert "KeyError" in noted.text and not writer.asked


def test_a_note_with_a_stale_passage_is_asked_again_and_then_stands(tmp_path: Path) -> None:
    """A writer is told; where the answer stays (a recording has no other), the note is kept with the passage shown as stale."""
    session = make_session(tmp_path)
    text = papers.NOTE.format(run="run_1") + " [[if run_1.mse better]]It helps.[[end]]"
    writer = Writer(otherwise=lambda request: text)
    noted = note_run(session, gateway_for(session, writer), accepted(session, "run_1"), Change(BASELINE))
    assert len(writer.asked) > 1 and "does not hold: run_1.mse is worse" in writer.asked[1].messages[-1].content
    assert "It helps" not in noted.text and "[stale: a passage for the case “run_1.mse better”" in " ".join(
        noted.text.split()
    )
    assert not noted.refused and "[[if run_1.mse better]]" in noted.source


def test_a_passage_stays_under_its_label(tmp_path: Path) -> None:
    """One that begins under one label and ends under another is no passage: each field is filled in by itself."""
    session = make_session(tmp_path)
    cut = papers.NOTE.format(run="run_1").replace("Reading: ", "[[if run_1.mse worse]]\nReading: x [[end]] ")
    writer = Writer(otherwise=lambda request: cut)
    noted = note_run(session, gateway_for(session, writer), accepted(session, "run_1"), Change(BASELINE))
    assert "a passage begins and ends under one label" in noted.refused
