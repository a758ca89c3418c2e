"""`python agent/audit.py`: what it says, and with which exit code."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from agent.commands import audit
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
    assert lines[-1] == f"{told['numbers']} numbers checked, {len(told['findings'])} findings"
    assert len(lines) == len(told["findings"]) + 1
