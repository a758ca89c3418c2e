"""The audit and passages: what a condition chose holds, the other branch is found where it is printed, and what is stale marks the draft."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from agent.auditing.session import audit_session
from agent.page.write import write_page
from agent.printing.press import assembled
from agent.results.values import Value
from agent.session.events import RunDropped
from agent.session.session import Session, open_session
from tests.world import papers, study
from tests.world.stage import Writer, make_session

pytestmark = pytest.mark.whole

ARGUED = (
    "[[if run_3.explained_variance better]]Run 3 improves explained variance because the penalty is released late, which run 1 lacks."
    "[[else]]Run 3 is not better on explained variance, so the late release does not pay.[[end]]"
)
ONE_SIDED = (
    "[[if any better explained_variance]]Some variant improves explained variance, as the schedule lets it.[[end]]"
)
NOTE = papers.NOTE.replace(
    "Reading: One seed.", "Reading: [[if run_3.explained_variance better]]A late release pays.[[end]] One seed."
)


def answer(request: object) -> str:
    """The honest writer, who argues in Results and in the notes."""
    said = papers.answer(request)  # type: ignore[arg-type]
    step = str(getattr(request, "step", ""))
    if step.startswith("draft/Results/"):
        return said.replace("\n```", f"\n{ARGUED}\n\n{ONE_SIDED}\n```")
    return NOTE.format(run=step.split("/")[0]) if step.startswith("run_3/note/") else said


def worked(folder: Path, values: dict[str, float] | None = None) -> Session:
    """A session in which the writer argues; `values` are other ones of run 3."""
    first = study.results().runs
    told = {**first[3].values, **{name: Value(value) for name, value in (values or {}).items()}}
    session = make_session(folder, (*first[:3], replace(first[3], values=told), first[4]))
    papers.write_paper(session, Writer(otherwise=answer))
    return session


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return worked(tmp_path_factory.mktemp("argued")).paths.root


@pytest.fixture
def session(written: Path, tmp_path: Path) -> Session:
    """A copy of it, to do harm to."""
    return open_session(Path(shutil.copytree(written, tmp_path / written.name)))


def test_a_session_that_argues_under_conditions_is_clean(session: Session) -> None:
    """The branch that holds is printed, and the values of its condition stand in the evidence table."""
    tex = (session.paths.latex / "paper.tex").read_text()
    assert "because the penalty is released late" in tex and "does not pay" not in tex
    assert "\\evidrow{if run_3.explained_variance better}" in tex
    assert "A late release pays." in session.paths.notes.read_text()
    assert audit_session(session).findings == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("\\evidif{run_3.explained_variance better}", "\\evidif{run_3.explained_variance worse}"),
        ("\\evidif{run_3.explained_variance better}", "\\evidif{run_3.explained_variance better / else}"),
        ("\\evidif{any better explained_variance}", "\\evidif{any better mse}"),
        ("\\evidif{any better explained_variance}", "\\evidif{run_9.mse better}"),
    ],
)
def test_a_branch_that_does_not_hold_is_found_in_print(session: Session, old: str, new: str) -> None:
    """Another condition, the else of one that holds, a condition on nothing: each is told by what is so."""
    path = session.paths.latex / "paper.tex"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    findings = audit_session(session).findings
    assert any("is printed" in found.what and "does not hold" in found.why for found in findings), findings


def test_claims_in_print_are_held_to_their_conditions(session: Session) -> None:
    """Where the condition of a passage is weaker than what is printed, the claim is a finding of its own."""
    path = session.paths.latex / "paper.tex"
    path.write_text(
        path.read_text().replace("{run_3.explained_variance better}", "{not run_3.explained_variance worse}")
    )
    findings = audit_session(session).findings
    assert any(found.what == "improves" for found in findings), findings


def test_what_is_stale_is_marked_and_found(tmp_path: Path) -> None:
    """The same answers on other measurements: the else is printed, a passage without one is marked, in notes too, and nothing untrue stands."""
    session = worked(tmp_path, {"explained_variance": 0.8750})
    tex, notes = (session.paths.latex / "paper.tex").read_text(), session.paths.notes.read_text()
    assert "does not pay" in tex and "because the penalty" not in tex and "Some variant improves" not in tex
    assert "\\evidstale{stale: a passage for the case" in tex and "A late release pays." not in notes
    assert "[stale: a passage for the case “run_3.explained_variance better”" in " ".join(notes.split())
    told = {(found.where, found.why.partition(",")[0]) for found in audit_session(session).findings}
    assert told == {
        ("paper, Results", "a passage for the case “any better explained_variance”"),
        ("notes.txt, run_3", "a passage for the case “run_3.explained_variance better”"),
    }
    assert "a passage for the case" in write_page(session).read_text(encoding="utf-8")


def test_a_run_that_is_dropped_makes_its_passages_stale(session: Session) -> None:
    """What was written before a person took the run out is not printed as true afterwards."""
    session.journal.append(RunDropped(run="run_3", why="it leaked", before="figures/turn_1"))
    again = open_session(session.paths.root)
    paper = assembled(again)
    assert "because the penalty is released late" not in paper.tex and paper.stale["Results"]
    assert any(found.what == "a stale passage" for found in audit_session(again).findings)
