"""`python agent/audit.py`: what it says, and with which exit code."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from agent.commands import audit
from agent.results.english import counted
from tests.world.toy import TEMPLATE, toy_session


def test_a_session_without_runs_has_nothing_to_audit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is an error, not a clean audit."""
    assert audit.main([str(toy_session(tmp_path).paths.root), "--json"]) == 1
    out, err = capsys.readouterr()
    assert out == "" and "no accepted run yet" in err


def test_a_finding_is_shown_and_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A line each for people, the same objects for machines, and exit code 5."""
    stored = Path(__file__).parents[2] / "release" / "journals" / "format-1"
    folder = tmp_path / "session"
    shutil.copytree(stored, folder)
    spec = json.loads((folder / "session.json").read_text())
    (folder / "session.json").write_text(json.dumps(spec | {"template": str(TEMPLATE)}))
    notes = folder / "notes.txt"
    notes.write_text(notes.read_text() + "\nThe loss fell to 0.1234 in run 2.\n")
    assert audit.main([str(folder), "--json"]) == 5
    told = json.loads(capsys.readouterr().out)
    assert told["findings"] and told["numbers"] > 0
    assert audit.main([str(folder)]) == 5
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == f"{told['numbers']} numbers checked, {counted(len(told['findings']), 'finding')}"
    assert len(lines) == len(told["findings"]) + 1


RESULTS = Path(__file__).parents[2] / "drafts" / "results"


def test_a_draft_is_audited_against_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each number has file, line, text, value, status, evidence, reason; each run whether it is proven; 5 with findings."""
    draft = tmp_path / "draft.tex"
    draft.write_text("Leapfrog has an energy drift of 0.00362.\n\\input{more}\n")
    (tmp_path / "more.tex").write_text("\nRK4 has an energy drift of 0.00118.\n")
    assert audit.main([str(draft), "--results", str(RESULTS / "pendulum"), "--json"]) == 5
    told = json.loads(capsys.readouterr().out)
    assert set(told) == {"numbers", "runs", "counts"}
    first, second = told["numbers"]
    assert list(first) == ["file", "line", "text", "value", "status", "evidence", "reason"]
    assert (first["file"], first["line"], first["status"]) == ("draft.tex", 1, "supported")
    assert (second["file"], second["line"], second["status"]) == ("more.tex", 2, "misattributed")
    assert second["text"] == "RK4 has an energy drift of 0.00118." and "adaptive" in second["reason"]
    assert {run["run"]: run["proven"] for run in told["runs"]} == dict.fromkeys(
        ("adaptive", "euler", "leapfrog", "rk4"), True
    )
    assert told["counts"]["supported"] == told["counts"]["misattributed"] == told["counts"]["findings"] == 1


def test_a_clean_draft_ends_with_0(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is found, and the counts say what was read."""
    draft = tmp_path / "draft.md"
    draft.write_text("Euler has a position error of 0.0839.\n")
    assert audit.main([str(draft), "--results", str(RESULTS / "pendulum")]) == 0
    assert capsys.readouterr().out.strip() == "1 supported, 1 numbers"


def test_a_text_that_rests_on_an_unproven_run_is_a_finding(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The value is there; the run made no step, and another's results are the baseline's to the last digit."""
    draft = tmp_path / "draft.md"
    draft.write_text("Run 1 reaches an accuracy of 0.884.\n")
    assert audit.main([str(draft), "--results", str(RESULTS / "untrained"), "--json"]) == 5
    told = json.loads(capsys.readouterr().out)
    assert told["numbers"][0]["status"] == "supported" and "not proven" in told["numbers"][0]["reason"]
    reasons = {run["run"]: run["reason"] for run in told["runs"] if not run["proven"]}
    assert "training.steps is 0" in reasons["run_1"] and "equals that of run_0" in reasons["run_2"]


@pytest.mark.parametrize(
    ("name", "flags", "says"),
    [
        ("draft.md", [], "--results FOLDER"),
        ("draft.md", ["--results", "no/such"], "no such folder"),
        ("draft.pdf", ["--results", str(RESULTS)], ".tex, .md"),
    ],
)
def test_a_draft_that_cannot_be_audited_is_a_usage_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, flags: list[str], says: str
) -> None:
    """Exit code 2, and a sentence that names the flag or the kind of file."""
    draft = tmp_path / name
    draft.write_text("0.5")
    assert audit.main([str(draft), *flags]) == 2
    assert says in capsys.readouterr().err


def test_what_could_not_be_read_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """A damaged result, a binary and a missing \\input are named; the damaged run is not proven."""
    (tmp_path / "results" / "run_0").mkdir(parents=True)
    (tmp_path / "results" / "run_0" / "final_info.json").write_text('{"loss": 0.4')
    (tmp_path / "results" / "run_0" / "scores.npz").write_bytes(b"PK")
    draft = tmp_path / "draft.tex"
    draft.write_text("The loss is 0.4123. \\input{gone}")
    assert audit.main([str(draft), "--results", str(tmp_path / "results"), "--json"]) == 5
    told = json.loads(capsys.readouterr().out)
    assert told["counts"]["unread"] == 3
    assert all(name in caplog.text for name in ("final_info.json", "scores.npz", "gone"))
    assert told["runs"] == [{"run": "run_0", "proven": False, "reason": "final_info.json cannot be read"}]
