"""What a tracker is told: SAELens' names, one run for each run, nothing twice; read back from the tracker's own files."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from harness.mirror import main, mirror
from harness.show import trackers as module
from harness.show.record import Record, record_of
from harness.show.runs import load_runs
from harness.show.trackers import MirrorError
from tests.harness.show.sessions import session


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[Record]:
    """Records that reached a tracker which only remembers them."""
    records: list[Record] = []
    monkeypatch.setenv("WANDB_API_KEY", "known")
    monkeypatch.delenv("WANDB_MODE", raising=False)
    monkeypatch.setitem(module.TRACKERS, "wandb", lambda record, *_: records.append(record))
    return records


def test_a_run_is_sent_once_and_again_when_its_results_change(tmp_path: Path, sent: list[Record]) -> None:
    """Mirroring twice sends nothing the second time; a run with other results is sent under another id."""
    folder = session(tmp_path / "s")
    assert mirror(folder, "wandb", "p") == (["run_0", "run_1"], [])
    assert mirror(folder, "wandb", "p") == ([], ["run_0", "run_1"])
    assert mirror(folder, "wandb", "another") == (["run_0", "run_1"], [])
    info = json.loads((folder / "run_1" / "final_info.json").read_text())
    info["metrics"]["explained_variance"]["mean"] = 0.9
    (folder / "run_1" / "final_info.json").write_text(json.dumps(info))
    assert mirror(folder, "wandb", "p") == (["run_1"], ["run_0"])
    assert len({record.fingerprint for record in sent}) == 3


def test_a_run_that_could_not_be_sent_is_sent_next_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sent: list[Record]
) -> None:
    """Where the tracker fails half way, what was sent before is noted and the rest is not."""
    folder = session(tmp_path / "s")
    remember = module.TRACKERS["wandb"]

    def failing(record: Record, *rest: Any) -> None:
        if record.name.startswith("run_1"):
            raise ConnectionError("the tracker is gone")
        remember(record, *rest)

    with monkeypatch.context() as patch:
        patch.setitem(module.TRACKERS, "wandb", failing)
        with pytest.raises(MirrorError, match="run_1: Static penalty .ConnectionError: the tracker is gone"):
            mirror(folder, "wandb", "p")
    assert mirror(folder, "wandb", "p") == (["run_1"], ["run_0"])


def test_one_run_alone_can_be_sent(tmp_path: Path, sent: list[Record], capsys: pytest.CaptureFixture[str]) -> None:
    """The folder of a run sends that run, and the session's later mirroring leaves it out."""
    folder = session(tmp_path / "s")
    assert main([str(folder / "run_1"), "--to", "wandb"]) == 0
    assert [record.group for record in sent] == ["s"]
    assert main([str(folder), "--to", "wandb"]) == 0
    assert [record.name for record in sent] == ["run_1: Static penalty", "run_0 (baseline)"]
    assert capsys.readouterr().out.splitlines() == [
        "1 runs sent to wandb, project labloop; 0 sent before",
        "1 runs sent to wandb, project labloop; 1 sent before",
    ]


WITHOUT_A_KEY = {
    "no WANDB_API_KEY": ({}, []),
    "--offline": ({"WANDB_API_KEY": "known"}, ["--offline"]),
    "WANDB_MODE=offline": ({"WANDB_API_KEY": "known", "WANDB_MODE": "offline"}, []),
}


@pytest.mark.parametrize("why", WITHOUT_A_KEY)
def test_what_is_only_written_here_is_said_and_sent_later(
    tmp_path: Path, sent: list[Record], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    """The line says why, where it lies and what sends it; again writes nothing twice; with a key it is sent, once."""
    environment, flags = WITHOUT_A_KEY[why]
    folder = session(tmp_path / "a session")
    command = [str(folder), "--to", "wandb"]
    with monkeypatch.context() as patch:
        patch.delenv("WANDB_API_KEY")
        for name, value in environment.items():
            patch.setenv(name, value)
        for arguments in (command, [*command[1:], str(folder / "run_1")]):
            assert main([*arguments, *flags]) == 0
    synced = f"`{sys.executable} -m wandb sync '{folder}/wandb'/offline-run-*`"
    assert capsys.readouterr().out.splitlines() == [
        f"{new} runs written for wandb, project labloop, not sent: {why}; {old} written or sent before. "
        f"Send them with {synced}, or by this command with a key"
        for new, old in ((2, 0), (0, 1))
    ]
    assert json.loads((folder / "mirror.json").read_text()).keys() == {"wandb/labloop, not sent"}
    for _ in range(2):
        assert main(command) == 0
    assert capsys.readouterr().out.splitlines() == [
        "2 runs sent to wandb, project labloop; 0 sent before",
        "0 runs sent to wandb, project labloop; 2 sent before",
    ]
    assert [record.name for record in sent] == ["run_0 (baseline)", "run_1: Static penalty"] * 2
    assert json.loads((folder / "mirror.json").read_text()).keys() == {"wandb/labloop"}


def test_a_note_without_what_was_only_written_is_read(
    tmp_path: Path, sent: list[Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mirror.json of an earlier version: what it has as sent is sent no more, neither with a key nor without."""
    folder = session(tmp_path / "s")
    first, _ = load_runs(folder)
    (folder / "mirror.json").write_text(
        json.dumps({"wandb/p": {"run_0": record_of(first, "s").fingerprint}, "trackio/p": {"run_1": "f"}})
    )
    assert mirror(folder, "wandb", "p", offline=True) == (["run_1"], ["run_0"])
    assert mirror(folder, "wandb", "p") == (["run_1"], ["run_0"])
    assert json.loads((folder / "mirror.json").read_text())["trackio/p"] == {"run_1": "f"}


def test_what_cannot_be_sent_is_one_line_with_the_remedy(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder without runs, a damaged note of what was sent, and a tracker that is not installed each say what to do."""
    assert main([str(tmp_path), "--to", "wandb"]) == 1
    assert "give the folder of a session" in capsys.readouterr().err
    folder = session(tmp_path / "s")
    (folder / "mirror.json").write_text("{")
    assert main([str(folder), "--to", "wandb"]) == 1
    assert "delete it to send every run again" in capsys.readouterr().err
    (folder / "mirror.json").unlink()
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    assert main([str(folder), "--to", "trackio"]) == 1
    error = capsys.readouterr().err
    assert error.startswith("error: trackio is not installed here: ")
    assert "pip install trackio" in error
    assert not (folder / "mirror.json").exists()


DAMAGED = {
    "titles.json": ["{", "[]", "\xff"],
    "run_1/final_info.json": ["{", "[]", '{"training": null}', '{"training": {"curve": {"step": [0], "loss": 3}}}'],
    "mirror.json": ["{", "[]", '{"wandb/labloop": 3}'],
}


@pytest.mark.parametrize(
    ("file", "content"), [(file, content) for file, contents in DAMAGED.items() for content in contents]
)
def test_a_damaged_file_is_one_line_that_names_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], sent: list[Record], file: Any, content: Any
) -> None:
    """Cut short, no table, no text, or a table of something else: the file, what to do, exit code 1 and no traceback."""
    folder = session(tmp_path / "s")
    (folder / file).write_bytes(content.encode("latin-1"))
    assert main([str(folder), "--to", "wandb"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("error: ") and said.count("\n") == 1
    assert str(folder / file) in said
    assert "delete it" in said or "work the run again" in said


@pytest.mark.process
def test_a_wrong_key_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """wandb's own refusal, with what to check; nothing is noted as sent."""
    pytest.importorskip("wandb")
    monkeypatch.delenv("WANDB_MODE", raising=False)
    monkeypatch.setenv("WANDB_API_KEY", "wrong")
    folder = session(tmp_path / "s")
    assert main([str(folder), "--to", "wandb"]) == 1
    (said,) = [line for line in capsys.readouterr().err.splitlines() if not line.startswith("wandb: ")]
    assert said.startswith("error: wandb did not take run_0 (baseline) (")
    assert "check the key and the network" in said
    assert not (folder / "mirror.json").exists()


def test_a_note_that_cannot_be_written_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], sent: list[Record]
) -> None:
    """Where mirror.json cannot be written it is said: the run would be sent again."""
    folder = session(tmp_path / "s")
    (folder / "mirror.json.part").mkdir()  # where it is written aside
    assert main([str(folder), "--to", "wandb"]) == 1
    said = capsys.readouterr().err
    assert said.startswith(f"error: {folder / 'mirror.json'} cannot be written") and said.count("\n") == 1
    assert len(sent) == 1


def test_a_folder_with_another_name_is_no_run(tmp_path: Path, sent: list[Record]) -> None:
    """A final_info.json outside of run_N is refused, not sent under a wrong name."""
    folder = session(tmp_path / "s")
    (folder / "run_1").rename(folder / "seed_1")
    with pytest.raises(MirrorError, match="is not called run_0"):
        mirror(folder / "seed_1", "wandb", "p")
    assert not sent
