"""Ideas: bad ones end with file, field and remedy."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agent.errors import IdeaError
from agent.session.idea import load_idea

GOOD = {"Name": "an_idea", "Title": "T", "Experiment": "E", "Technical_Details": "D", "Implementation_Plan": "P"}


def write(folder: Path, value: object) -> Path:
    path = folder / "idea.json"
    path.write_text(value if isinstance(value, str) else json.dumps(value))
    return path


def test_unknown_keys_are_kept(tmp_path: Path) -> None:
    """Scores and evaluations of an idea generator travel along."""
    idea = load_idea(write(tmp_path, GOOD | {"Interestingness": 9}))
    assert idea.model_extra == {"Interestingness": 9}


@pytest.mark.parametrize("field", list(GOOD))
def test_a_missing_field_is_named(tmp_path: Path, field: str) -> None:
    """The message names the file, the field and what to do."""
    path = write(tmp_path, {name: value for name, value in GOOD.items() if name != field})
    with pytest.raises(IdeaError, match=rf"idea\.json.*'{field}'.*add it"):
        load_idea(path)


def test_every_wrong_field_is_named_at_once(tmp_path: Path) -> None:
    """A bad name, a missing plan and a misspelt title are one message, which says what the misspelling is meant to be."""
    wrong = {("Titel" if key == "Title" else key): value for key, value in GOOD.items()} | {"Name": "../x"}
    del wrong["Implementation_Plan"]
    with pytest.raises(IdeaError, match=r"(?s)'Name'.*'Title'.*rename 'Titel' to it.*'Implementation_Plan'.*add it"):
        load_idea(write(tmp_path, wrong))


@pytest.mark.parametrize("name", ["../x", "a/b", "", ".hidden", "a b", "x" * 65, "a\n", "ä"])
def test_a_name_that_could_leave_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    """Name becomes a folder's name, so only plain names pass."""
    with pytest.raises(IdeaError, match="Name"):
        load_idea(write(tmp_path, GOOD | {"Name": name}))


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '"idea"', "[" * 100_000, "\x00"])
def test_what_is_no_json_object_is_refused(tmp_path: Path, text: str) -> None:
    """Malformed JSON and other values end in one clear error."""
    with pytest.raises(IdeaError, match="idea.json"):
        load_idea(write(tmp_path, text))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """The path itself is in the message."""
    with pytest.raises(IdeaError, match="nowhere.json"):
        load_idea(tmp_path / "nowhere.json")
