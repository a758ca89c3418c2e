"""A note is read forgivingly and checked strictly."""

from __future__ import annotations

import json

import pytest

from agent.errors import BadAnswer
from agent.writing.notes.note import bare_note, parse_figures_note, parse_note
from tests.world.papers import PLAIN_NOTE
from tests.world.study import evidence

MARKDOWN = "\n\n".join(
    f"## **{line.split(':', 1)[0]}**\n{line.split(':', 1)[1].strip()}" for line in PLAIN_NOTE.splitlines()
)
BULLETS = "\n".join(f"- **{line.split(':', 1)[0]}:**{line.split(':', 1)[1]}" for line in PLAIN_NOTE.splitlines())
NUMBERED = "\n".join(f"{i}. {line}" for i, line in enumerate(PLAIN_NOTE.splitlines(), 1))
AS_JSON = json.dumps(
    {line.split(":", 1)[0].lower().replace(" ", "_"): line.split(":", 1)[1] for line in PLAIN_NOTE.splitlines()}
)


@pytest.mark.parametrize(
    "answer",
    [
        PLAIN_NOTE,
        MARKDOWN,
        BULLETS,
        NUMBERED,
        AS_JSON,
        f"```markdown\n{PLAIN_NOTE}\n```",
        f"Here it is.\n\n{PLAIN_NOTE}",
    ],
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
        (
            "Title: Explained variance\nWhat changed: Jag kan inte svara.\nWhat was seen: Inget.\nReading: Fråga en expert.",
            "names no run, no metric",
        ),
        (
            PLAIN_NOTE.replace("run_3.explained_variance.verdict", "run_3.explaind_variance"),
            "nearest: explained_variance",
        ),
        (PLAIN_NOTE.replace("[[run_3.explained_variance]]", "0.8971"), "a typed result"),
        (PLAIN_NOTE.replace("[[run_3.explained_variance]]", "0.93"), "not the value of"),
        (PLAIN_NOTE.replace("One seed", "Results over five seeds and one seed"), "3 seeds"),
        (PLAIN_NOTE + " It improves explained variance.", "comparison"),
        (PLAIN_NOTE.replace("[[run_3.explained_variance]]", "[[run_3.explained_variance"), "do not close"),
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
        PLAIN_NOTE.replace("Vary the decay.", "In run 4, raise lambda_max to 0.07 over 640 steps."), evidence()
    )
    with pytest.raises(BadAnswer, match=r"0\.93"):
        parse_note(PLAIN_NOTE.replace("Vary the decay.", "Since explained variance is 0.93, stop."), evidence())


def test_the_figures_note_has_one_heading_a_figure() -> None:
    """Named in any of its forms; a figure left out is sent back by name."""
    answer = "## separation.pdf\nBars of [[best.name]].\n## `curves.png`\nLoss by step."
    note = parse_figures_note(answer, evidence(), ["separation.pdf", "curves.pdf"])
    assert [name for name, _ in note.fields] == ["separation.pdf", "curves.pdf"]
    with pytest.raises(BadAnswer, match="curves.pdf"):
        parse_figures_note("## separation.pdf\nBars.", evidence(), ["separation.pdf", "curves.pdf"])


def test_a_note_of_the_tools_own_refers_to_nothing() -> None:
    """What is quoted in it is no reference."""
    assert bare_note("Figures", "No figure: [[run_9.mse]]").fields == (("Reading", "No figure: run_9.mse"),)


def test_a_figures_note_that_speaks_of_nothing_goes_back() -> None:
    """The names of files are its headings; what stands below them must say something of the session."""
    with pytest.raises(BadAnswer, match="names no run, no metric"):
        parse_figures_note("## separation.pdf\nOmlouvám se, nemohu pomoci.", evidence(), ["separation.pdf"])
