"""Sections are asked for one at a time, checked, sent back, and what stays wrong becomes a finding."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from agent.auditing.session import audit_session
from agent.errors import Interrupted
from agent.models.protocol import Request
from agent.models.tokens import count_tokens
from agent.printing.latex import lay_out
from agent.printing.press import assembled
from agent.results.values import Value
from agent.session.session import Session, open_session
from agent.session.stop import Stop
from agent.writing.bibliography import read_entries
from agent.writing.draft import Draft, read_draft
from agent.writing.draft.drafting import read_section, write_draft
from agent.writing.draft.sections import SECTIONS
from tests.world import papers, study
from tests.world.stage import Writer, gateway_for, make_session

pytestmark = pytest.mark.whole


@pytest.fixture
def session(tmp_path: Path) -> Session:
    return papers.noted_session(tmp_path)


def draft_of(session: Session, writer: Writer) -> Draft:
    bibliography = read_entries((session.template.latex / "references.bib").read_text())
    return write_draft(session, gateway_for(session, writer), bibliography)


def test_fills_and_refines_every_section_then_reconsiders_the_title(session: Session) -> None:
    """Seventeen steps in the order of the mission; the draft is what the journal says."""
    writer = Writer(otherwise=papers.answer)
    draft = draft_of(session, writer)
    names = [section.name for section in SECTIONS]
    asked = [f"draft/{name}/{phase}/1" for phase in ("fill", "refine") for name in names]
    assert [request.step for request in writer.asked] == [*asked, "draft/title/1"]
    assert draft.title.startswith("Does Released Orthogonality") and set(draft.sections) == set(names)
    assert not any(draft.problems.values()) and read_draft(session) == draft


class StopAfter(Stop):
    """Stops once it was asked so many times."""

    def __init__(self, times: int) -> None:
        super().__init__()
        self.left = times

    def why(self) -> str | None:
        self.left -= 1
        return "stop" if self.left < 0 else None


def test_nothing_that_was_answered_is_asked_again(session: Session) -> None:
    """A session stopped anywhere in the draft goes on where it was, and ends in the same draft."""
    whole = draft_of(session, first := Writer(otherwise=papers.answer))
    asked = 0
    lines = session.paths.journal.read_text().splitlines(keepends=True)
    start = next(number for number, line in enumerate(lines) if '"draft/' in line)
    session.paths.journal.write_text("".join(lines[:start]))
    for exchange in session.paths.exchanges.glob("*.json"):
        if '"draft/' in exchange.read_text():  # else it would be taken up
            exchange.unlink()
    while True:
        again, writer = open_session(session.paths.root, stop=StopAfter(5)), Writer(otherwise=papers.answer)
        try:
            resumed = draft_of(again, writer)
        except Interrupted:
            asked += len(writer.asked)
            continue
        asked += len(writer.asked)
        break
    assert resumed == whole and asked == len(first.asked) == 17


def test_the_tokens_of_a_paper_stay_within_their_share(session: Session) -> None:
    """Seventeen exchanges on a small study send at most 60,000 tokens, so a session of ten runs stays below 110,000."""
    writer = Writer(otherwise=papers.answer)
    draft_of(session, writer)
    assert sum(count_tokens(request.messages) for request in writer.asked) < 60_000


def test_shows_a_section_only_what_it_needs(session: Session) -> None:
    """Background sees works and no results; Results sees notes, figures and table; the refinement sees the findings."""
    writer = Writer({"draft/Results/fill/1": "RESULTS HERE"}, otherwise=papers.answer)
    draft_of(session, writer)
    sent: dict[str, str] = {request.step: request.messages[1].content for request in writer.asked}
    assert "gao2024scaling" in sent["draft/Background/fill/1"] and "run_3.config" not in sent["draft/Background/fill/1"]
    results = sent["draft/Results/fill/1"]
    assert "separation.pdf: Separation of each run." in results and "[[run_3.explained_variance.verdict]]" in results
    assert "- Method: The loss adds" in results and "defines tab:variants" in results
    assert "The loss adds to the squared error" in sent["draft/Method/refine/1"]


def test_a_refinement_is_read_beside_what_the_others_claim(session: Session) -> None:
    """It is shown how every other section begins and each sentence of theirs that judges a result, but not itself."""
    writer = Writer(otherwise=papers.answer)
    draft_of(session, writer)
    sent: dict[str, str] = {request.step: request.messages[1].content for request in writer.asked}
    shown = sent["draft/Conclusion/refine/1"].split("# The other sections so far")[1].split("# The section")[0]
    assert "- Title and Abstract: Sparse autoencoders learn directions that overlap." in shown
    assert "On separation, run 1 is [[run_1.feature_separation.verdict]]." in shown
    assert "[[list better explained_variance]] stood out" in shown, "a claim deep in the introduction"
    assert "- Conclusion:" not in shown
    assert all(len(line) < 1000 for line in shown.splitlines())


def test_a_float_that_nothing_speaks_of_is_told_as_its_section_is_refined(session: Session) -> None:
    """It costs no try of its own: the refinement hears of it, unless any section refers to it."""
    lonely = papers.SECTIONS["Results"].replace("Figure~\\ref{fig:sep} shows separation; ", "")
    writer = Writer({"draft/Results/fill/1": f"```latex\n{lonely}\n```"}, otherwise=papers.answer)
    draft_of(session, writer)
    asked = {str(request.step): request.messages[1].content for request in writer.asked}
    assert "nothing speaks of the figure 'fig:sep'" in asked["draft/Results/refine/1"]
    assert not any("nothing speaks" in text for step, text in asked.items() if step != "draft/Results/refine/1")


def test_a_bad_section_goes_back_and_its_faults_are_named(session: Session) -> None:
    """Typed result, unknown reference, unknown citation and broken LaTeX are all told in one message."""
    bad = "Explained variance is 0.8971 and [[run_9.mse]] as \\citet{nobody} says. \\emph{open"
    writer = Writer({"draft/Conclusion/fill/1": bad}, otherwise=papers.answer)
    draft = draft_of(session, writer)
    told = next(request for request in writer.asked if request.step == "draft/Conclusion/fill/2").messages[-1].content
    for word in ("[[run_3.explained_variance]]", "run_9", "nobody", "does not parse"):
        assert word in told
    assert not draft.problems["Conclusion"]


@pytest.mark.parametrize(
    ("sorry", "why"),
    [
        ("I'm sorry, but I can't help with that.", "declines"),
        ("Sorry kyllä, mutta en voi auttaa tässä.", "names no run, no metric"),
        ("This is something for another day and another mind.", "names no run, no metric"),
    ],
)
def test_a_refusal_is_no_section(session: Session, sorry: str, why: str) -> None:
    """It goes back with the reason, in words that no list holds too; one that stays leaves the section as it was, with its problem."""
    answers = {"draft/Method/fill/1": sorry} | {f"draft/Conclusion/refine/{n}": sorry for n in (1, 2, 3)}
    writer = Writer(answers, otherwise=papers.answer)
    draft = draft_of(session, writer)
    told = next(request for request in writer.asked if request.step == "draft/Method/fill/2").messages[-1].content
    assert why in told and sorry not in "".join(draft.sections.values())
    assert draft.sections["Conclusion"] and not draft.problems["Method"] and why in draft.problems["Conclusion"][0]


def test_what_stays_wrong_is_kept_with_its_problems(session: Session) -> None:
    """After the last try the least bad version stands, its problems beside it, and the session goes on."""
    stubborn = {
        f"draft/Conclusion/{phase}/{n}": "It is 0.8971. It improves mse."
        if n == 2
        else "It is 0.8971. It improves mse. TODO"
        for phase in ("fill", "refine")
        for n in (1, 2, 3)
    }
    draft = draft_of(session, Writer(stubborn, otherwise=papers.answer))
    assert draft.sections["Conclusion"] == "It is 0.8971. It improves mse."
    assert len(draft.problems["Conclusion"]) == 2
    assert draft.title.startswith("Does Released")


def test_an_empty_refinement_leaves_the_section_as_it_was(session: Session) -> None:
    """A refinement that comes back empty does not delete what was written."""
    writer = Writer({f"draft/Method/refine/{n}": "```latex\n```" for n in (1, 2, 3)}, otherwise=papers.answer)
    draft = draft_of(session, writer)
    assert "The loss adds to the squared error" in draft.sections["Method"]
    assert draft.problems["Method"] == ("the section is empty",)


@pytest.mark.parametrize(
    ("answer", "title"),
    [
        ("TITLE: Released Orthogonality in Practice", "Released Orthogonality in Practice"),
        ("```latex\n\\title{Released {TopK} Orthogonality}\n```", "Released {TopK} Orthogonality"),
        ('"Released Orthogonality"', "Released Orthogonality"),
        ("TITLE: Improved Features by 12\\%", "Progressive Orthogonality in Sparse Autoencoders: A Small-Scale Study"),
    ],
)
def test_reads_the_reconsidered_title(session: Session, answer: str, title: str) -> None:
    """A title in any common form is taken; one that promises a result is not, and the old one stays."""

    def writes(request: Request) -> str:
        return answer if request.step.startswith("draft/title") else papers.answer(request)

    assert draft_of(session, Writer(otherwise=writes)).title == title


def test_an_abstract_without_its_environment_has_no_heading_of_its_own() -> None:
    """`Abstract:` before it stands in the paper already; the words of the abstract stay."""
    for answer in ("**Abstract:** We ask.", "Abstract: We ask.", "We ask."):
        assert read_section(SECTIONS[0], answer, "A title", ()) == ("A title", "We ask.")
    assert read_section(SECTIONS[0], "Abstract networks are asked.", "A", ())[1] == "Abstract networks are asked."


@pytest.mark.parametrize("scale", [0.2, 0.97, 1.02, 3.0])
def test_a_recorded_paper_is_taken_on_a_machine_that_measured_otherwise(tmp_path: Path, scale: float) -> None:
    """The same answers, with every run's values moved up or down, raise no finding, ask nothing more, and say the new verdicts."""
    moved = [
        dataclasses.replace(run, values={name: Value(v.mean * scale, v.spread, v.n) for name, v in run.values.items()})
        if run.index
        else run
        for run in study.results().runs
    ]
    session = make_session(tmp_path, moved)
    papers.add_runs_on_disk(session)
    writer = Writer(otherwise=papers.answer)
    papers.add_notes(session, writer)
    draft = draft_of(session, writer)
    assert len(writer.asked) == 5 + 17 and not any(draft.problems.values())
    lay_out(session, assembled(session), (), "")
    assert audit_session(session).findings == []
    tex = (session.paths.latex / "paper.tex").read_text()
    said = "No comparable run beat the baseline" if scale < 1 else "beat the baseline beyond noise"
    assert said in tex.split("\\section{Introduction}")[0]


def test_all_over_claims_of_a_section_go_back_at_once(session: Session) -> None:
    """Each with what is true; a section that keeps them three times over has them as its problems, and so as findings."""
    claims = [
        "All runs improve explained variance ([[run_3.explained_variance.verdict]]).",
        "On mse run 2 is [[run_2.mse.verdict]], which confirms that the release helps.",
        "Run 1 has the lowest mse of all runs.",
        "Run 3 has an explained variance of [[run_3.mse]].",
    ]
    honest = papers.SECTIONS["Results"]
    boastful = f"```latex\n{honest}\n{' '.join(claims)}\n```"
    mended = Writer({"draft/Results/fill/1": boastful}, otherwise=papers.answer)
    draft = draft_of(session, mended)
    back = next(request.messages[-1].content for request in mended.asked if request.step == "draft/Results/fill/2")
    for told in (
        "on explained_variance run_1 is worse than the baseline",
        "a verdict that decides nothing",
        "the lowest by mse is run_3",
        "0.1029 is mse of run_3, not its explained_variance",
    ):
        assert told in back, back
    assert not any(draft.problems.values())


def test_over_claims_that_stay_are_problems(session: Session) -> None:
    """Asked three times, the writer keeps one: it is kept with the section, and the audit finds it there."""
    boast = f"```latex\n{papers.SECTIONS['Results']}\nRun 1 has the lowest mse of all runs.\n```"
    steps = {f"draft/Results/{phase}/{attempt}": boast for phase in ("fill", "refine") for attempt in (1, 2, 3)}
    draft = draft_of(session, Writer(steps, otherwise=papers.answer))
    assert any("the lowest by mse is run_3" in problem for problem in draft.problems["Results"])
