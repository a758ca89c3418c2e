"""Controls in a written session: an honest one is left alone, and a mark or value that somebody changes is found."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from agent.auditing.session import audit_session
from agent.results.controls import described
from agent.results.story import results_of
from agent.session.events import ControlMeasured
from agent.session.files import write_json
from agent.session.run_info import Measurement, RunInfo
from agent.session.session import Session, open_session
from tests.world import papers
from tests.world.stage import Writer, make_session
from tests.world.study import CONTROLS

pytestmark = pytest.mark.whole


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A session with controls, notes, figures and a laid-out paper, written by the honest writer, who knows of none."""
    session = make_session(tmp_path_factory.mktemp("written"))
    for control in CONTROLS:
        results = RunInfo().scored({name: Measurement(value.mean) for name, value in control.values.items()})
        session.journal.append(ControlMeasured(control=control.name, title=control.title, results=results))
    write_json(session.paths.controls, described(results_of(session).controls))
    papers.write_paper(session, Writer(otherwise=papers.answer))
    return session.paths.root


@pytest.fixture
def session(written: Path, tmp_path: Path) -> Session:
    """A copy of it, to do harm to."""
    return open_session(Path(shutil.copytree(written, tmp_path / written.name)))


def test_an_honest_session_with_controls_has_no_findings(session: Session) -> None:
    """Texts written without a word of controls carry their marks, and hold; notes and paper have their values."""
    audited = audit_session(session)
    assert audited.findings == [] and audited.numbers > 20
    notes, paper = session.paths.notes.read_text(), (session.paths.latex / "paper.tex").read_text()
    assert "| untrained | raw_dimension |" in notes and "(an untrained model scores 0.592 here)" in notes
    assert "\\emph{Untrained model}" in paper and "\\evidcontrollegend" in paper and "\\textbf{Control}" in paper


def in_file(place: Callable[[Session], Path], old: str, new: str) -> Callable[[Session], None]:
    def change(session: Session) -> None:
        text = place(session).read_text()
        assert old in text
        place(session).write_text(text.replace(old, new, 1))

    return change


def paper(session: Session) -> Path:
    return session.paths.latex / "paper.tex"


FRAUDS = [
    pytest.param(in_file(lambda s: s.paths.controls, "0.592", "0.292"), "controls.json, untrained", id="value"),
    pytest.param(lambda s: s.paths.controls.unlink(), "controls.json", id="gone"),
    pytest.param(lambda s: s.paths.controls.write_text("[]"), "controls.json", id="no-object"),
    pytest.param(
        in_file(lambda s: s.paths.notes, " (an untrained model scores 0.592 here)", ""), "notes.txt", id="note"
    ),
    pytest.param(
        in_file(paper, "{untrained.explained_variance.mean}{0.2124}", "{untrained.explained_variance.mean}{0.1124}"),
        "paper.tex",
        id="paper",
    ),
    pytest.param(in_file(paper, "\\evidcontrol ", " "), "paper.tex", id="mark"),
    pytest.param(in_file(paper, " (an untrained model scores 0.592 here)", ""), "paper.tex", id="words"),
]


@pytest.mark.parametrize(("harm", "where"), FRAUDS)
def test_a_changed_control_is_found(session: Session, harm: Callable[[Session], None], where: str) -> None:
    """The file that numbers of controls name, their values in print, the words and the mark at what tells nothing."""
    harm(session)
    assert any(where in finding.where for finding in audit_session(session).findings)
