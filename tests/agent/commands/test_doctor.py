"""The doctor: one table for a person, one object for a machine, exit 0 or 3."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agent.checks.result import CheckResult
from agent.commands import doctor
from agent.session.settings import Settings
from tests.agent.session.template.test_scales import write_template

SOUND = CheckResult("disk", True, "9 GB", seconds=0.1)
WARNING = CheckResult("sandbox", False, "no namespaces", "install it", fatal=False)
FATAL = CheckResult("TeX", False, "lacks x.sty", "make setup")


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> list[CheckResult]:
    """What the check will report."""
    results = [SOUND, WARNING]
    monkeypatch.setattr(doctor, "check", lambda *_: list(results))
    return results


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A template whose contract can be read."""
    for name in ("experiment.py", "plot.py"):
        (tmp_path / name).touch()
    (tmp_path / "template.toml").write_text(
        'format = 1\nname = "toy"\ntitle = "Toy"\n'
        '[experiment]\ncommand = ["python"]\neditable = ["experiment.py"]\ntimeout_s = 9\n'
        '[figures]\ncommand = ["python"]\neditable = ["plot.py"]\n'
        '[metrics.loss]\ndirection = "lower"\ndescription = "d"\nprimary = true\n'
        '[[proofs]]\ncheck = "training.steps > 0"\nreason = "r"\n'
    )
    return tmp_path


def test_warnings_do_not_stop_a_session(
    found: list[CheckResult], folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is not fatal is shown with its remedy, and the exit code is 0."""
    assert doctor.main(["--template", str(folder)]) == 0
    shown = capsys.readouterr().out
    assert "! sandbox" in shown
    assert "→ install it" in shown
    assert shown.endswith("A session can start.\n")
    assert "\x1b" not in shown  # not a terminal


def test_what_is_fatal_stops_it(found: list[CheckResult], folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One failed check that a session cannot do without: exit 3."""
    found.append(FATAL)
    assert doctor.main(["--template", str(folder)]) == 3
    assert "✗ TeX" in capsys.readouterr().out


def test_json_is_one_object(found: list[CheckResult], folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`--json` prints nothing else on stdout."""
    found.append(FATAL)
    assert doctor.main(["--template", str(folder), "--json"]) == 3
    told = json.loads(capsys.readouterr().out)
    assert told["ok"] is False
    assert [each["name"] for each in told["checks"]] == ["template", "disk", "sandbox", "TeX"]
    assert told["checks"][-1]["remedy"] == "make setup"


def test_a_broken_template_and_idea_are_results(
    found: list[CheckResult], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Both are named with file and remedy beside the other checks, not instead of them."""
    idea = tmp_path / "idea.json"
    idea.write_text("{")
    assert doctor.main([str(idea), "--template", str(tmp_path), "--json"]) == 3
    checks = json.loads(capsys.readouterr().out)["checks"]
    assert [(each["name"], each["ok"]) for each in checks[:2]] == [("template", False), ("idea", False)]
    assert "template.toml" in checks[0]["detail"]
    assert "idea.json" in checks[1]["detail"]


def test_a_recording_beside_the_idea_is_what_would_answer(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The doctor looks at the model that run_idea would take."""
    monkeypatch.delenv("LABLOOP_MODEL", raising=False)
    asked: list[Settings] = []

    def check(template: object, settings: Settings, *_: object) -> list[CheckResult]:
        asked.append(settings)
        return []

    monkeypatch.setattr(doctor, "check", check)
    (tmp_path / "x.json").write_text("{}")
    (tmp_path / "x.recording.jsonl").touch()
    doctor.main([str(tmp_path / "x.json"), "--template", str(folder)])
    assert asked[0].models.writer == "recorded"
    assert asked[0].models.recording == str((tmp_path / "x.recording.jsonl").resolve())


def test_a_bad_settings_file_is_a_usage_error(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Exit 2 and one message."""
    assert doctor.main(["--config", str(tmp_path / "none.toml")]) == 2
    assert "none.toml" in capsys.readouterr().err


def test_the_doctor_looks_at_one_scale(
    found: list[CheckResult], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The template is shown with the scale that would be worked at; one that it does not have is a usage error."""
    folder = write_template(tmp_path / "sized")
    assert doctor.main(["--template", str(folder), "--scale", "full"]) == 0
    assert "sized at scale full" in capsys.readouterr().out
    assert doctor.main(["--template", str(folder), "--scale", "huge"]) == 2
    assert "it has tiny, full" in capsys.readouterr().err
    (folder / "fixed" / "reported.json").unlink()
    assert doctor.main(["--template", str(folder), "--scale", "full"]) == 3
    assert "reported.json: cannot be read" in capsys.readouterr().out


def test_an_idea_of_a_list_is_looked_at_by_name(
    found: list[CheckResult], folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without --idea the doctor says which ideas the file holds; with it that one is checked."""
    idea = {"Name": "one", "Title": "T", "Abstract": "A", "Experiments": ["a", "b"]}
    path = tmp_path / "ideas.json"
    path.write_text(json.dumps([idea, idea | {"Name": "two"}]))
    assert doctor.main([str(path), "--template", str(folder), "--model", "manual"]) == 3
    assert "--idea NAME; it holds one, two" in capsys.readouterr().out
    assert doctor.main([str(path), "--idea", "two", "--template", str(folder), "--model", "manual"]) == 0
    assert "two on template toy" in capsys.readouterr().out
