"""`python agent/review.py`."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from agent.commands.review import main
from agent.session.paths import REPOSITORY
from tests.world.campaigns import idea_folder, toy_campaign
from tests.world.sessions import make_session

pytestmark = pytest.mark.process


def test_the_command_writes_the_page_into_the_session(tmp_path: Path) -> None:
    """Started as a file from another folder, it prints the page's path on stdout and ends with 0."""
    session = make_session(tmp_path)
    done = subprocess.run(
        [sys.executable, REPOSITORY / "agent" / "review.py", session.paths.root],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.strip() == str(session.paths.page)
    assert session.paths.page.read_text(encoding="utf-8").startswith("<!doctype html>")


def test_json_is_one_object_that_names_the_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """--json with --out gives the path of the file that was asked for."""
    session = make_session(tmp_path)
    assert main([str(session.paths.root), "--json", "--out", str(tmp_path / "page.html")]) == 0
    assert json.loads(capsys.readouterr().out) == {"page": str(tmp_path / "page.html")}
    assert (tmp_path / "page.html").is_file()
    assert not session.paths.page.exists()


def test_a_folder_that_is_no_session_ends_with_1_and_a_remedy(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The message names the folder and where sessions lie; stdout stays empty."""
    assert main([str(tmp_path)]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert str(tmp_path) in err
    assert "runs/" in err


def test_a_page_that_cannot_be_written_ends_with_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A place below a file is a usage error."""
    session = make_session(tmp_path)
    assert main([str(session.paths.root), "--out", str(session.paths.spec / "page.html")]) == 2
    assert "--out" in capsys.readouterr().err


def test_of_a_campaign_the_report_is_written_anew(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Its page, Markdown and JSON as its sessions stand now; elsewhere it would name pages that are not there."""
    campaign = toy_campaign(tmp_path / "c", [idea_folder(tmp_path / "ideas", 1)])
    paths = campaign.paths
    assert main([str(paths.root), "--out", str(tmp_path / "page.html")]) == 2
    assert "--out" in capsys.readouterr().err and not paths.page.exists()
    assert main([str(paths.root)]) == 0
    assert capsys.readouterr().out.strip() == str(paths.page)
    assert all("001_averaged_0" in path.read_text() for path in (paths.page, paths.markdown, paths.report))
