"""Every case of the corpus gets its status, and the runner counts right."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.fraud.__main__ import counts, main
from tests.fraud.cases import Case, cases, read_case
from tests.fraud.judge import Judged, judged
from tests.fraud.other import judged_by
from tests.fraud.table import FRONT, README, with_counts, with_table
from tests.fraud.world import World

pytestmark = [pytest.mark.tex, pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("fraud"))


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in cases()])
def test_every_case_gets_its_status(case: Case, world: World) -> None:
    """A planted fraud is found for what it is, and nothing is said of an honest case."""
    found = judged(case, world)
    assert found.right, str(found)


def test_the_readme_states_the_counts() -> None:
    """Run `python -m tests.fraud.table` after adding a case; a kind is called honest where, and only where, it is clean."""
    found = list(cases())
    assert README.read_text() == with_table(README.read_text(), found)
    assert FRONT.read_text() == with_counts(FRONT.read_text(), found) and "planted frauds and" in FRONT.read_text()
    assert [case.name for case in found if case.is_clean is not case.kind.startswith("honest")] == []


def test_the_counts_are_of_kinds_and_leave_out_what_was_not_tried() -> None:
    """Right of tried, by domain and kind."""
    one, two = Case(kind="a", status="finding"), Case(kind="b", status="clean")
    found = [Judged(one, True), Judged(one, False), Judged(two, True), Judged(two, False, tried=False)]
    assert counts(found) == {("drafts", "a"): (1, 2), ("drafts", "b"): (1, 1)}


def test_another_tool_is_asked_of_what_has_a_draft(world: World, tmp_path: Path) -> None:
    """It gets the draft and the folder; its exit code is its word; of an archive it cannot be asked."""
    tool = tmp_path / "tool.py"
    tool.write_text(
        "import sys, pathlib\nsys.exit(5 if '0.0001' in open(sys.argv[2] + '/run_1/final_info.json').read() else 0)\n"
    )
    command = f"{sys.executable} {tool} {{draft}} {{results}}"
    by_name = {case.name: case for case in cases()}
    fraud = by_name["sessions/run_json_typed"]
    assert judged_by(command, fraud, world).right
    assert not judged_by(f"{sys.executable} -c 0", fraud, world).right
    assert not judged_by(command, by_name["archives/untouched"], world).tried


def test_the_command_prints_counts_by_kind(capsys: pytest.CaptureFixture[str]) -> None:
    """As lines and as one JSON object; a domain that there is not is a usage error."""
    assert main(["drafts", "--json"]) in (0, 1)
    assert set(json.loads(capsys.readouterr().out)) == {"kinds", "wrong", "not_tried"}
    with pytest.raises(SystemExit):
        main(["nowhere"])


def test_a_case_that_cannot_be_read_names_its_file(tmp_path: Path) -> None:
    """A slip in case.toml is told with its place."""
    file = tmp_path / "case.toml"
    file.write_text('kind = "x"\nstatus = "clean"\nsay = "y"\n')
    with pytest.raises(ValueError, match=r"(?s)case\.toml: .*say"):
        read_case(file, "drafts")
