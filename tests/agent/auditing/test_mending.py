"""What the audit finds in a section goes back to its writer, all at once, up to three rounds; then the draft is marked."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from agent.auditing.mending import audit_mended
from agent.auditing.session import audit_session
from agent.errors import BudgetReached, NoRecordedAnswer
from agent.models.protocol import Request
from agent.paper import bibliography_of
from agent.printing.press import assembled
from agent.printing.without_tex import lay_sources
from agent.session.events import Audited, ObjectionsAnswered, Reviewed, SectionWritten
from agent.session.events.audit import SentBack
from agent.session.events.review import Objection, ObjectionAnswer
from agent.session.session import Session, open_session
from agent.session.steps import REVIEW, Step
from agent.writing.draft import read_draft
from agent.writing.draft.desk import Desk, lay_desk
from agent.writing.draft.drafting import write_draft
from agent.writing.draft.sections import section_of
from tests.world import papers
from tests.world.stage import Writer, gateway_for, make_session

pytestmark = pytest.mark.whole
TYPED = "Explained variance reaches 0.9312. The error falls by 41\\% and nothing was lost, so the problem is solved."
SHORT = "Over all its runs the study reaches 0.9312."
Says = Callable[[Request], str]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A session with notes, figures and an honest draft."""
    session = make_session(tmp_path_factory.mktemp("written"))
    papers.add_runs_on_disk(session)
    writer = Writer(otherwise=papers.answer)
    papers.add_notes(session, writer)
    write_draft(session, gateway_for(session, writer), bibliography_of(session))
    return session.paths.root


@pytest.fixture
def session(written: Path, tmp_path: Path) -> Session:
    """A copy of it."""
    return open_session(Path(shutil.copytree(written, tmp_path / written.name)))


def left(session: Session, text: str, *sections: str) -> None:
    """A writer left this in these sections after its last try."""
    desk = desk_of(session, Writer())
    for name in sections:
        section = section_of(name)
        assert section is not None
        found = desk.problems(section, "", text, read_draft(session))
        event = SectionWritten(step=f"draft/{name}/left", section=name, phase="refine", source=text, problems=found)
        session.journal.append(event)


def says(text: str, until: str = "never") -> Says:
    """A writer who answers with this text, and honestly from a step whose name holds `until`."""
    return lambda request: papers.answer(request) if until in request.step else f"```latex\n{text}\n```"


def desk_of(session: Session, writer: Writer) -> Desk:
    return lay_desk(session, gateway_for(session, writer), bibliography_of(session))


def mended(session: Session, writer: Writer) -> Audited:
    desk = desk_of(session, writer)

    def lay() -> None:
        lay_sources(session, assembled(session), desk.bibliography)

    lay()
    return audit_mended(desk, lay)


def steps(writer: Writer) -> list[str]:
    return [request.step for request in writer.asked]


def told(writer: Writer) -> str:
    """What its last question says that was found."""
    return writer.asked[-1].messages[1].content.split("# What the audit of the finished draft found in it")[1]


def test_all_findings_of_a_section_go_back_at_once_and_are_mended(session: Session) -> None:
    """The writer is told of each in one question, with its text, and what it mends leaves a clean audit."""
    left(session, TYPED, "Conclusion", "Method")
    writer = Writer(otherwise=says(TYPED, until="/audit_1"))
    assert not mended(session, writer).findings
    assert steps(writer) == ["draft/Method/audit_1/1", "draft/Conclusion/audit_1/1"]
    assert all(word in told(writer) for word in ("0.9312", "41", "solved"))
    assert TYPED in writer.asked[-1].messages[1].content
    assert [set(sent.findings) for sent in session.journal.all(SentBack)] == [{"Method", "Conclusion"}]


def test_findings_go_back_with_the_true_value(session: Session) -> None:
    """A digit that is off: the question names the value that was measured, with its reference."""
    left(session, "On explained variance run 3 reached 0.8921.", "Conclusion")
    writer = Writer(otherwise=says("", until="/audit_1"))
    assert not mended(session, writer).findings
    assert "[[run_3.explained_variance]] (0.8971)" in told(writer)


def test_a_writer_who_never_mends_is_asked_three_times(session: Session) -> None:
    """After three rounds the findings stand, and a session that is resumed asks no more."""
    left(session, TYPED, "Conclusion")
    writer = Writer(otherwise=says(TYPED + " It is so."))
    audit = mended(session, writer)
    assert any(finding.what == "0.9312" for finding in audit.findings)
    assert steps(writer) == [f"draft/Conclusion/audit_{number}/1" for number in (1, 2, 3)]
    assert mended(open_session(session.paths.root), Writer()).findings == audit.findings


def test_a_session_stopped_between_two_rounds_goes_on_where_it_was(session: Session) -> None:
    """What was answered is not asked again, and the rounds before the stop count."""

    def stops(request: Request) -> str:
        if "/audit_2" in request.step:
            raise BudgetReached("no more")
        return says(TYPED)(request)

    left(session, TYPED, "Conclusion")
    with pytest.raises(BudgetReached):
        mended(session, first := Writer(otherwise=stops))
    second = Writer(otherwise=says(TYPED))
    assert mended(open_session(session.paths.root), second).findings
    assert steps(first) == ["draft/Conclusion/audit_1/1", "draft/Conclusion/audit_2/1"]
    assert steps(second) == [f"draft/Conclusion/audit_{number}/1" for number in (2, 3)]


def test_a_recording_without_an_answer_leaves_the_findings(session: Session) -> None:
    """A session that is played asks once, and what nobody mends stays a finding."""

    def plays(request: Request) -> str:
        raise NoRecordedAnswer("the recording has none")

    left(session, SHORT, "Conclusion")
    writer = Writer(otherwise=plays)
    assert mended(session, writer).findings and steps(writer) == ["draft/Conclusion/audit_1/1"]


@pytest.mark.parametrize("answer", [" ".join(f"Run {n} reached 0.93{n} of all." for n in range(1, 5)), ""])
def test_an_answer_that_is_worse_is_not_taken(session: Session, answer: str) -> None:
    """A section that comes back with more wrong in it, or empty, stands as it was."""
    left(session, SHORT, "Conclusion")
    assert mended(session, Writer(otherwise=says(answer))).findings
    assert read_draft(session).sections["Conclusion"] == SHORT


def test_the_abstract_is_mended_without_its_title(session: Session) -> None:
    """The title is settled by then: the question says so, an answer without it keeps it, and one with another changes it."""
    title = read_draft(session).title
    left(session, SHORT, "Title and Abstract")
    writer = Writer(otherwise=says("\\begin{abstract}\nWe ask whether it does. [[conclusion]]\n\\end{abstract}"))
    assert not mended(session, writer).findings
    assert "the title is settled" in writer.asked[-1].messages[1].content
    assert read_draft(session).title == title


def test_what_is_wrong_outside_of_sections_goes_to_no_writer(session: Session) -> None:
    """Notes that were changed by hand are a finding, and nobody is asked about a clean draft."""
    session.paths.notes.write_text(session.paths.notes.read_text() + "\nThe gain is 0.5.\n")
    audit = mended(session, writer := Writer())
    assert {finding.where for finding in audit.findings} == {"notes.txt"}
    assert not writer.asked and not any(session.journal.all(SentBack))


def test_what_another_section_mended_is_found_mended(session: Session) -> None:
    """A version that comes back as it was is looked at anew: its problem may have been another section's."""
    last = [event for event in session.journal.all(SectionWritten) if event.section == "Results"][-1]
    problems = ["refers to 'sec:later', which is nowhere"]
    session.journal.append(last.model_copy(update={"step": "draft/Results/left", "problems": problems}))
    assert audit_session(session).findings
    assert not mended(session, Writer(otherwise=papers.answer)).findings


QUOTE = "Nobody has looked at this before us in any way"


def reviewed(session: Session) -> None:
    """A review had this sentence of the conclusion changed."""
    objection = Objection(number=1, quote=QUOTE, section="Conclusion", text="Who knows?", evidence=["code"])
    answer = ObjectionAnswer(number=1, how="changed", text="it is left out")
    session.journal.append(Reviewed(step=REVIEW, objections=[objection]))
    answered = ObjectionsAnswered(step=Step.review_answer("Conclusion"), section="Conclusion", answers=[answer])
    session.journal.append(answered)


def puts_back(until: str) -> Says:
    """A writer who mends what was found, and puts that sentence back, up to a step whose name holds `until`."""

    def answer(request: Request) -> str:
        told = papers.answer(request)
        return told if until in request.step else told.replace("```latex\n", f"```latex\n{QUOTE}.\n\n", 1)

    return answer


def test_a_sentence_that_an_objection_removed_does_not_come_back(session: Session) -> None:
    """Mended with that sentence in it, the section goes back once more with the reason; without it nothing is found."""
    reviewed(session)
    left(session, TYPED, "Conclusion")
    writer = Writer(otherwise=puts_back("audit_2"))
    assert mended(session, writer).findings == []
    sent = [each.findings["Conclusion"] for each in session.journal.all(SentBack)]
    assert len(sent) == 2 and any("objection 1 of the review" in told for told in sent[1])
    assert "Open again" not in assembled(session).tex


def test_one_that_stays_is_a_finding_and_its_objection_is_open_again(session: Session) -> None:
    """The writer never leaves it out: the draft is marked, and the appendix says that it came back."""
    reviewed(session)
    left(session, TYPED, "Conclusion")
    audited = mended(session, Writer(otherwise=puts_back("never")))
    assert any("it is back" in finding.why for finding in audited.findings)
    assert "Open again" in assembled(session).tex and "Its review left 1 objection open" in assembled(session).tex
