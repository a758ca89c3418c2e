"""The recordings that ship go on finding the places of their edits in the template's files."""

from __future__ import annotations

import json
import re

import pytest

from agent.session.paths import REPOSITORY

BLOCK = re.compile(r"(\S+\.py)\n```\w*\n<<<<<<< SEARCH\n(.*?)=======\n(.*?)>>>>>>> REPLACE", re.DOTALL)
STAGED = {"progressive": ["run_4/turn_1/1"]}  # a slip that the session was recorded with


@pytest.mark.parametrize("idea", ["progressive", "temporal", "masked_orthogonal"])
def test_every_recorded_edit_finds_its_place(idea: str) -> None:
    """In the order of the recording each SEARCH block stands in the file as the edits before it left it; the staged slip does not."""
    files = {name: (REPOSITORY / name).read_text(encoding="utf-8") for name in ("experiment.py", "plot.py")}
    lines = (REPOSITORY / "ideas" / f"{idea}.recording.jsonl").read_text(encoding="utf-8").splitlines()
    missed, found = [], 0
    for answer in map(json.loads, lines[1:]):
        for name, old, new in BLOCK.findall(answer["reply"]) if answer["role"] == "coder" else ():
            if old in files[name]:
                files[name] = files[name].replace(old, new, 1)
                found += 1
            else:
                missed.append(answer["step"])
    assert missed == STAGED.get(idea, [])
    assert found > 20
