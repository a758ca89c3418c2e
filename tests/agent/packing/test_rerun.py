"""A run of a package, run again: the same within the noise, or what differs; a stranger's code is kept apart."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from agent.commands import verify as door
from agent.packing.container import decoded, encoded
from agent.packing.manifest import NAME, chain, listed, read_manifest
from agent.packing.verify import verify
from agent.sandbox.choose import bwrap_problem
from tests.world.packed import packed_in, worked_session

pytestmark = [pytest.mark.process, pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package of a toy session without a paper."""
    folder = tmp_path_factory.mktemp("worked")
    return packed_in(worked_session(folder, paper=False), folder / "a.tar.gz")


def test_an_honest_run_gives_the_same(package: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Its code is launched and scored here; nothing differs, and the door says so."""
    if bwrap_problem():
        pytest.skip("bubblewrap does not work here")
    assert door.main([str(package), "--rerun", "run_2"]) == 0
    assert "run_2 run again gives the same" in capsys.readouterr().out
    assert door.main([str(package), "--rerun", "run_7", "--json"]) == 2
    assert "no such accepted run in the package; there are run_1, run_2, and `figures`" in capsys.readouterr().err


def test_where_nothing_keeps_it_apart_it_is_not_run(
    package: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without bubblewrap the command ends with a check that failed, whatever sandbox the package names; `plain` runs it."""
    monkeypatch.setattr(sys.modules["agent.sandbox.choose"], "bwrap_problem", lambda: "it is not installed")
    assert door.main([str(package), "--rerun", "run_2"]) == 3
    assert "bubblewrap does not work here" in capsys.readouterr().err
    assert door.main([str(package), "--rerun", "run_2", "--sandbox", "plain"]) == 0


def test_a_result_that_the_code_does_not_give_is_found(package: Path, tmp_path: Path) -> None:
    """All that tells a run's loss, made better consistently: only running it again tells, and it does."""
    members = decoded(package.read_bytes())
    measured = json.loads(members["session/run_1/final_info.json"])["metrics"]["distance"]["mean"]
    told = repr(measured).encode()
    forged = {name: content.replace(told, b"9.5") for name, content in members.items() if name != NAME}
    shown = f"{measured:.4f}".encode()
    forged = {
        name: content.replace(shown, b"9.5000") if name.endswith(("notes.txt", "journal.jsonl")) else content
        for name, content in forged.items()
    }
    listing = {name: listed(content) for name, content in forged.items()}
    update = {"members": listing, "journal_chain": chain(forged["session/journal.jsonl"])}
    manifest = read_manifest(members).model_copy(update=update).written()
    file = tmp_path / "b.tar.gz"
    file.write_bytes(encoded({NAME: manifest, **forged}))
    found = [
        finding for finding in verify(file, again="run_1", sandbox="plain").differences if finding.where == "run_1"
    ]
    assert any("distance: 9.5 then" in finding.why for finding in found), found


def test_another_fixed_half_is_not_run(package: Path, tmp_path: Path) -> None:
    """Where this tool's evaluator is not the package's, that is said and nothing is launched."""
    members = decoded(package.read_bytes())
    spec = json.loads(members["session/session.json"])
    other = {**members, "session/session.json": json.dumps(spec | {"fixed_sha256": "0" * 64}).encode()}
    file = tmp_path / "c.tar.gz"
    file.write_bytes(encoded(other))
    told = [str(finding) for finding in verify(file, again="run_1", sandbox="plain").differences]
    assert any("run_1: it cannot be run again: this tool's template has another fixed half" in line for line in told)
