"""The shipped recordings still fit the files that they edit."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
RECORDINGS = {
    **{path.name: (path, REPOSITORY) for path in sorted((REPOSITORY / "ideas").glob("*.recording.jsonl"))},
    "synthetic": (REPOSITORY / "templates/synthetic/idea.recording.jsonl", REPOSITORY / "templates/synthetic"),
}
STAGED = {("progressive.recording.jsonl", "run_4/turn_1/1")}
"""A block that does not match, on purpose: the recording's header says so."""
_BLOCK = re.compile(r"^(\S+)\n```\w*\n<<<<<<< SEARCH\n(.*?)=======\n(.*?)>>>>>>> REPLACE", re.DOTALL | re.MULTILINE)


def lost(recording: Path, root: Path) -> tuple[list[str], int]:
    """The steps with a block that finds no place in the code as it stands by then, and how many blocks there are."""
    code = {name: (root / name).read_text(encoding="utf-8") for name in ("experiment.py", "plot.py")}
    steps, blocks = [], 0
    for line in recording.read_text(encoding="utf-8").splitlines():
        answer = json.loads(line)
        for name, searched, put in _BLOCK.findall(answer.get("reply", "")):
            blocks += 1
            if searched not in code[name]:
                steps.append(answer["step"])
            code[name] = code[name].replace(searched, put, 1)
    return steps, blocks


@pytest.mark.parametrize("name", RECORDINGS)
def test_every_recorded_edit_finds_its_place(name: str) -> None:
    """Each block's text stands in the template's file with the blocks before it applied, but for the one that is meant to miss."""
    steps, blocks = lost(*RECORDINGS[name])
    assert blocks > 5
    assert {(name, step) for step in steps} == {each for each in STAGED if each[0] == name}


def test_a_line_that_moved_is_noticed(tmp_path: Path) -> None:
    """With one line of experiment.py changed that a recording edits, its blocks are lost: the check can fail."""
    recording, root = RECORDINGS["progressive.recording.jsonl"]
    for file in ("experiment.py", "plot.py"):
        (tmp_path / file).write_text((root / file).read_text().replace("from harness.pool import Pool\n", ""))
    assert len(lost(recording, tmp_path)[0]) > 1
