"""The shipped recordings still fit the files that they edit."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from benchmarks.recorded_edits import versions

REPOSITORY = Path(__file__).resolve().parents[1]
RECORDINGS = {
    **{path.name: (path, REPOSITORY) for path in sorted((REPOSITORY / "ideas").glob("*.recording.jsonl"))},
    "synthetic": (REPOSITORY / "templates/synthetic/idea.recording.jsonl", REPOSITORY / "templates/synthetic"),
}
STAGED = {("progressive.recording.jsonl", "run_5/turn_1/1")}
"""A block that does not match, on purpose: the recording's header says so."""


def lost(recording: Path, root: Path) -> tuple[list[str], int]:
    """The steps with a block that finds no place in the code as it stands by then, and how many blocks there are."""
    made = list(versions(recording, root))
    return [version.step for version in made if version.missed], sum(version.blocks for version in made)


@pytest.mark.parametrize("name", RECORDINGS)
def test_every_recorded_edit_finds_its_place(name: str) -> None:
    """Each block's text stands in the template's file with the blocks before it applied, but for the one that is meant to miss."""
    steps, blocks = lost(*RECORDINGS[name])
    assert blocks > 5
    assert {(name, step) for step in steps} == {each for each in STAGED if each[0] == name}


@pytest.mark.parametrize("name", RECORDINGS)
def test_a_recording_names_the_files_as_they_are(name: str) -> None:
    """Whoever plays a shipped example is not warned that its edits may not match: its header has the hashes of today's files."""
    recording, root = RECORDINGS[name]
    told = json.loads(recording.read_text(encoding="utf-8").partition("\n")[0])["files"]
    assert told == {file: hashlib.sha256((root / file).read_bytes()).hexdigest() for file in told} and "plot.py" in told


def test_a_line_that_moved_is_noticed(tmp_path: Path) -> None:
    """With one line of experiment.py changed that a recording edits, its blocks are lost: the check can fail."""
    recording, root = RECORDINGS["progressive.recording.jsonl"]
    for file in ("experiment.py", "plot.py"):
        (tmp_path / file).write_text((root / file).read_text().replace("from harness.pool import Pool\n", ""))
    assert len(lost(recording, tmp_path)[0]) > 1
