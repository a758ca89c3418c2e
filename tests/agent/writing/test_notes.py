"""Notes are read forgivingly, checked strictly, and kept by the tool."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agent.auditing.session import audit_session
from agent.errors import BadAnswer
from agent.results.story import results_of
from agent.session.events import FiguresDrawn, Noted
from agent.writing.notes import (
    note_figures,
    note_run,
    notes_text,
    parse_figures_note,
    parse_note,
    render_note,
    write_notes,
)
from tests.world.stage import Writer, accepted, gateway_for, make_session
from tests.world.study import evidence

PLAIN = """Title: Cosine decay of the weight
What changed: lambda_max = 0.02 falls along a cosine.
Why: To see whether a late release of the penalty restores reconstruction.
What was seen: Explained variance is [[run_3.explained_variance]], [[run_3.explained_variance.verdict]].
Reading: One seed of the method; the noise is that of the baseline.
Next: Vary the decay."""
MARKDOWN = "\n\n".join(
    f"## **{line.split(':', 1)[0]}**\n{line.split(':', 1)[1].strip()}" for line in PLAIN.splitlines()
)
BULLETS = "\n".join(f"- **{line.split(':', 1)[0]}:**{line.split(':', 1)[1]}" for line in PLAIN.splitlines())
NUMBERED = "\n".join(f"{i}. {line}" for i, line in enumerate(PLAIN.splitlines(), 1))
AS_JSON = json.dumps(
    {line.split(":", 1)[0].lower().replace(" ", "_"): line.split(":", 1)[1] for line in PLAIN.splitlines()}
)


@pytest.mark.parametrize(
    "answer", [PLAIN, MARKDOWN, BULLETS, NUMBERED, AS_JSON, f"```markdown\n{PLAIN}\n```", f"Here it is.\n\n{PLAIN}"]
)
def test_reads_a_note_in_the_forms_that_models_give(answer: str) -> None:
    """Plain labels, headings, bold bullets, numbering, JSON and fences all give the same note."""
    note = parse_note(answer, evidence())
    assert note.title == "Cosine decay of the weight"
    assert dict(note.fields)["Next"].strip() == "Vary the decay."
    assert "[[run_3.explained_variance.verdict]]" in dict(note.fields)["What was seen"]


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("The run went well.", "lacks What changed, What was seen, Reading"),
        (PLAIN.replace("run_3.explained_variance.verdict", "run_3.explaind_variance"), "nearest: explained_variance"),
        (PLAIN.replace("[[run_3.explained_variance]]", "0.8971"), "a typed result"),
        (PLAIN.replace("[[run_3.explained_variance]]", "0.93"), "not the value of"),
        (PLAIN.replace("One seed", "Results over five seeds and one seed"), "3 seeds"),
        (PLAIN + " It improves explained variance.", "comparison"),
        (PLAIN.replace("[[run_3.explained_variance]]", "[[run_3.explained_variance"), "do not close"),
    ],
)
def test_sends_a_bad_note_back_with_its_reason(answer: str, told: str) -> None:
    """Missing labels, unknown references, typed results and unborne claims are refused, each with the remedy."""
    with pytest.raises(BadAnswer, match="(?s).*") as bad:
        parse_note(answer, evidence())
    assert told in str(bad.value)


def test_a_proposal_may_name_what_nobody_has_tried() -> None:
    """The next run and settings of no run may stand under Next; a result may not."""
    assert parse_note(
        PLAIN.replace("Vary the decay.", "In run 4, raise lambda_max to 0.07 over 640 steps."), evidence()
    )
    with pytest.raises(BadAnswer, match=r"0\.93"):
        parse_note(PLAIN.replace("Vary the decay.", "Since explained variance is 0.93, stop."), evidence())


def test_renders_a_section_with_the_table_of_all_metrics() -> None:
    """The tool places the table: value, baseline with its spread, delta, noise and verdict of every metric."""
    noted = render_note(parse_note(PLAIN, evidence()), evidence(), "run_3")
    assert noted.text.startswith("## run_3: Cosine decay of the weight")
    row = "| mse (lower is better) | 0.1029 | 0.1088 ± 0.0004 | -0.0059 | 0.0020 | better than the baseline, beyond noise |"
    assert row in noted.text
    assert "Explained variance is 0.8971, better than the baseline, beyond noise." in noted.text
    assert noted.source == PLAIN and noted.references == [
        "run_3.explained_variance",
        "run_3.explained_variance.verdict",
    ]


def test_notes_are_rebuilt_whole_and_in_order_after_any_loss(tmp_path: Path) -> None:
    """Overwritten notes come back from the journal, runs by number, the figures last."""
    session = make_session(tmp_path)
    for subject in ("figures", "run_10", "run_2"):
        session.journal.append(
            Noted(step=f"{subject}/note", subject=subject, title="t", source="", text=f"## {subject}")
        )
    session.paths.notes.write_text("overwritten")
    write_notes(session.paths, session.journal.events)
    text = session.paths.notes.read_text()
    assert text == notes_text(session.journal.events)
    assert text.index("## run_2") < text.index("## run_10") < text.index("## figures")


def test_a_bad_note_is_asked_again_and_a_good_one_never(tmp_path: Path) -> None:
    """The reason goes back to the model; once recorded, the note costs nothing more."""
    session = make_session(tmp_path)
    writer = Writer({"run_3/note/1": PLAIN.replace("[[run_3.explained_variance]]", "0.8971"), "run_3/note/2": PLAIN})
    for _ in range(2):
        noted = note_run(
            session, gateway_for(session, writer), results_of(session), accepted(session, "run_3"), "- a\n+ b"
        )
    assert [request.step for request in writer.asked] == ["run_3/note/1", "run_3/note/2"]
    assert "[[run_3.explained_variance]]" in writer.asked[1].messages[-1].content
    assert noted.text in session.paths.notes.read_text()


def test_a_run_is_never_left_without_a_note(tmp_path: Path) -> None:
    """Where every answer is unusable the note says so and still has the measured table."""
    session = make_session(tmp_path)
    writer = Writer(otherwise=lambda request: PLAIN.replace("[[run_3.explained_variance]]", "0.99"))
    noted = note_run(session, gateway_for(session, writer), results_of(session), accepted(session, "run_3"), "")
    assert (
        len(writer.asked) == 3 and "no usable note" in noted.text and "| mse (lower is better) | 0.1029" in noted.text
    )
    assert "0.99" in noted.refused and "0.99" not in noted.text
    findings = audit_session(session, results_of(session)).findings
    told = [finding["what"] for finding in findings if finding["where"] == "notes.txt, run_3"]
    assert told == ["no usable note of the writer's"]  # once, and nothing of the tool's own words


def test_the_figures_note_has_a_text_for_each_figure(tmp_path: Path) -> None:
    """PDF and PNG of one figure are one entry; a figure left out is sent back by name."""
    answer = "## separation.pdf\nBars of [[best.name]].\n## `curves.png`\nLoss by step."
    note = parse_figures_note(answer, evidence(), ["separation.pdf", "curves.pdf"])
    assert [name for name, _ in note.fields] == ["separation.pdf", "curves.pdf"]
    with pytest.raises(BadAnswer, match="curves.pdf"):
        parse_figures_note("## separation.pdf\nBars.", evidence(), ["separation.pdf", "curves.pdf"])
    session = make_session(tmp_path)
    drawn = FiguresDrawn(ok=True, files=["curves.pdf", "curves.png", "separation.pdf", "separation.png"])
    noted = note_figures(session, gateway_for(session, Writer({"figures/note/1": answer})), results_of(session), drawn)
    assert "Bars of run 3." in noted.text and session.paths.notes.read_text().count("curves") == 1


def test_without_figures_the_note_says_so_and_nobody_is_asked(tmp_path: Path) -> None:
    """No tokens are spent on figures that do not exist."""
    session, writer = make_session(tmp_path), Writer()
    drawn = FiguresDrawn(ok=False, reason="KeyError: 'curve'")
    noted = note_figures(session, gateway_for(session, writer), results_of(session), drawn)
    assert "KeyError" in noted.text and not writer.asked
