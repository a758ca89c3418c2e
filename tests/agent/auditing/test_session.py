"""The audit finds every number that is not what its evidence says, and leaves an honest session alone."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from agent.auditing import paper
from agent.auditing.session import audit_session
from agent.commands import audit as door
from agent.printing.latex import lay_out
from agent.printing.press import assembled
from agent.session.events.text import Noted
from agent.session.session import Session, open_session
from agent.session.steps import RunName
from tests.world import papers
from tests.world.files import bars_pdf
from tests.world.stage import Writer, make_session

pytestmark = pytest.mark.whole


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A session with notes, figures and a laid-out paper, written by the honest writer."""
    session = make_session(tmp_path_factory.mktemp("written"))
    papers.write_paper(session, Writer(otherwise=papers.answer))
    return session.paths.root


@pytest.fixture
def session(written: Path, tmp_path: Path) -> Session:
    """A copy of it, to do harm to."""
    return open_session(Path(shutil.copytree(written, tmp_path / written.name)))


def in_paper(old: str, new: str) -> Callable[[Session], None]:
    return lambda session: _replace(session.paths.latex / "paper.tex", old, new)


def in_notes(old: str, new: str) -> Callable[[Session], None]:
    return lambda session: _replace(session.paths.notes, old, new)


def in_run(old: str, new: str) -> Callable[[Session], None]:
    return lambda session: _replace(session.paths.run(RunName.of(3)) / "final_info.json", old, new)


def in_journal(old: str, new: str) -> Callable[[Session], None]:
    return lambda session: _replace(session.paths.journal, old, new)


def _replace(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def swap_figure(session: Session) -> None:
    (session.paths.latex / "figures" / "separation.pdf").write_bytes(bars_pdf() + b"\n%")


def figures_noted(text: str) -> Callable[[Session], None]:
    """The note on the figures, written once more with this text."""

    def harm(session: Session) -> None:
        (noted,) = (note for note in session.journal.all(Noted) if note.subject == "figures")
        session.journal.append(noted.model_copy(update={"step": "figures/note_again", "source": text, "text": text}))

    return harm


FRAUDS = [
    pytest.param(
        in_notes("Explained variance is 0.8971", "Explained variance is 0.9971"), "notes.txt", "0.9971", id="notes"
    ),
    pytest.param(
        in_notes("| mse (lower is better) | 0.1029", "| mse (lower is better) | 0.0029"),
        "notes.txt",
        "0.0029",
        id="table",
    ),
    pytest.param(
        in_notes("within noise of the baseline", "better than the baseline, beyond noise"),
        "notes.txt",
        "changed by hand",
        id="verdict-in-notes",
    ),
    pytest.param(lambda s: s.paths.notes.unlink(), "notes.txt", "missing", id="notes-gone"),
    pytest.param(lambda s: s.paths.notes.write_text("# Notes\n"), "notes.txt", "shorter", id="notes-cut"),
    pytest.param(
        in_paper("{run_3.explained_variance.delta}{+0.0059}", "{run_3.explained_variance.delta}{+0.0590}"),
        "paper.tex",
        "the evidence says '+0.0059'",
        id="value",
    ),
    pytest.param(
        in_paper("\\evid{run_3.explained_variance.mean}{0.8971}", "\\evid{run_3.explained_variance.mean}{0.8912}"),
        "paper.tex",
        "the evidence says '0.8971'",
        id="baseline-as-method",
    ),
    pytest.param(
        in_paper("{No comparable run beat", "{Every run beat"), "paper.tex", "the evidence says", id="conclusion"
    ),
    pytest.param(
        in_paper("{run_4.explained_variance.mean}{0.9300}", "{run_9.explained_variance.mean}{0.9300}"),
        "paper.tex",
        "'run_9' is neither an accepted run",
        id="run-never-made",
    ),
    pytest.param(
        in_paper("Figure~\\ref{fig:sep} shows separation", "Separation reaches 0.812, as Figure~\\ref{fig:sep} shows"),
        "paper.tex",
        "feature_separation is spoken of",
        id="typed",
    ),
    pytest.param(
        in_paper("Figure~\\ref{fig:sep} shows separation", "Separation is 0.751, as Figure~\\ref{fig:sep} shows"),
        "paper.tex",
        "it is the value of",
        id="value-of-another-metric",
    ),
    pytest.param(
        in_paper("One seed a variant", "On mse run 3 has \\evid{run_1.mse}{0.1250}. One seed a variant"),
        "paper.tex",
        "mse of run_1, not of run_3",
        id="value-of-another-run",
    ),
    pytest.param(
        in_paper("One seed a variant", "Means are $0.7000 \\pm 0.0100$. One seed a variant"),
        "paper.tex",
        "spread",
        id="spread-of-one-seed",
    ),
    pytest.param(
        in_paper(
            "\\bottomrule\n\\end{tabular}\n\\end{evidencetable}",
            "Static SAE & 0.6094 & 0.3906 & 0.016 & 0.75 \\\\\n\\bottomrule\n\\end{tabular}\n\\end{evidencetable}",
        ),
        "paper.tex",
        "Static SAE",
        id="column-of-no-run",
    ),
    pytest.param(in_run("0.8971", "0.9971"), "run_3/final_info.json", "the journal recorded", id="result-file"),
    pytest.param(
        lambda s: (s.paths.run(RunName.of(2)) / "final_info.json").unlink(),
        "run_2/final_info.json",
        "missing",
        id="result-gone",
    ),
    pytest.param(swap_figure, "latex/figures/separation.pdf", "not the figure that was drawn", id="figure"),
    pytest.param(
        lambda s: (s.paths.figures / "separation.png").unlink(), "figures/separation.png", "missing", id="figure-gone"
    ),
    pytest.param(
        in_journal("Explained variance is 0.8971", "Explained variance is 0.9971"),
        "note on run_3",
        "say otherwise",
        id="journal-text",
    ),
    pytest.param(
        in_journal('"explained_variance":{"mean":0.8971', '"explained_variance":{"mean":0.9971'),
        "run_3/final_info.json",
        "0.9971",
        id="journal-result",
    ),
    pytest.param(
        figures_noted("separation.png: run 3 ends at an mse of [[run_1.mse]]."),
        "notes.txt, figures",
        "0.1250 is mse of run_1, not of run_3",
        id="another-run-in-the-figures-note",
    ),
]


def test_an_honest_session_has_no_finding(session: Session) -> None:
    """Notes, runs, figures and paper as the tool wrote them are clean, and their numbers were counted."""
    audit = audit_session(session)
    assert audit.findings == [] and audit.numbers > 40


def test_a_value_that_the_paper_has_when_it_is_made_anew_is_taken(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever a text told before: the audit prints the paper again, and what stands there needs no other form."""
    monkeypatch.setattr(paper, "reads", lambda *_: False)
    assert audit_session(session).findings == []
    in_paper("{+0.0059}", "{+0.0590}")(session)
    assert any("+0.0059" in finding.why for finding in audit_session(session).findings)


@pytest.mark.parametrize(("harm", "where", "told"), FRAUDS)
def test_finds_what_was_changed(session: Session, harm: Callable[[Session], None], where: str, told: str) -> None:
    """Each planted fraud is found in its place, with what the evidence says."""
    harm(session)
    changed = open_session(session.paths.root)
    findings = audit_session(changed).findings
    assert any(where in f.where and told in f"{f.what} {f.why}" for f in findings), findings


def test_finds_what_the_writer_left(session: Session) -> None:
    """A section that was recorded with problems is a finding even where paper.tex is what the tool wrote."""
    section = next(event for event in reversed(session.journal.events) if event.step == "draft/Conclusion/refine")
    left = {"source": "We beat every method by 17 points. TODO", "problems": ["placeholder text 'TODO'"]}
    session.journal.append(section.model_copy(update={"step": "draft/Conclusion/again", **left}))
    lay_out(session, assembled(session), (), "")
    findings = audit_session(session).findings
    assert any(f.why == "placeholder text 'TODO'" for f in findings)
    assert any(f.what == "17" for f in findings)


def test_the_door_tells_by_its_exit_status(
    session: Session, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """0 and a count where clean, 5 with each finding where not, 1 where there is no session."""
    assert door.main([str(session.paths.root)]) == 0
    assert "0 findings" in capsys.readouterr().out
    in_paper("{+0.0059}", "{+0.0590}")(session)
    assert door.main([str(session.paths.root), "--json"]) == 5
    told = json.loads(capsys.readouterr().out)
    assert told["numbers"] > 40 and any("+0.0059" in finding["why"] for finding in told["findings"])
    assert door.main([str(tmp_path)]) == 1
    assert "holds no session.json" in capsys.readouterr().err


def test_the_audit_changes_nothing(session: Session) -> None:
    """Auditing a session leaves every file as it was."""
    before = {path: path.read_bytes() for path in session.paths.root.rglob("*") if path.is_file()}
    door.main([str(session.paths.root)])
    assert before == {path: path.read_bytes() for path in session.paths.root.rglob("*") if path.is_file()}
