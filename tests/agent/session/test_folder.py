"""A folder that nobody vouches for."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.session.folder import Folder


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """A folder with a file, and a secret beside it."""
    (tmp_path / "secret").write_text("SECRET")
    root = tmp_path / "folder"
    (root / "deep").mkdir(parents=True)
    (root / "deep" / "file.txt").write_bytes(b"caf\xc3\xa9 \xff")
    return Folder(root)


def test_a_file_inside_is_found_and_read(folder: Folder) -> None:
    """What is no UTF-8 in it is replaced."""
    assert folder.inside("deep", "file.txt") == folder.root / "deep" / "file.txt"
    assert folder.text("deep", "file.txt") == "café \ufffd"
    assert folder.names("deep") == ["file.txt"]
    assert folder.files() == [Path("deep/file.txt")]


@pytest.mark.parametrize(
    "name", ["../secret", "/etc/passwd", "deep", "", "no", "x" * 5000, "\0", "ring", "out", "out/secret"]
)
def test_what_leads_outside_or_is_no_file_is_not_there(folder: Folder, name: str) -> None:
    """Paths, links, folders, impossible names and rings of links: None, and nothing is read."""
    (folder.root / "ring").symlink_to(folder.root / "ring")
    (folder.root / "out").symlink_to(folder.root.parent)
    assert folder.inside(name) is None
    assert folder.text(name) is None
    assert folder.json_object(name) is None


@pytest.mark.parametrize("text", ["", "{", "[1]", "7", "[" * 100_000, '{"a": ' * 100_000])
def test_only_an_object_is_an_object(folder: Folder, text: str) -> None:
    """Anything else is None, however deep it is nested."""
    (folder.root / "value.json").write_text(text)
    assert folder.json_object("value.json") is None


def test_a_huge_file_is_no_object(folder: Folder) -> None:
    """More than 20 MB of JSON is not read."""
    with (folder.root / "value.json").open("wb") as file:
        file.write(b"{}")
        file.truncate(20_000_001)
    assert folder.json_object("value.json") is None


def test_listing_stops_somewhere_and_follows_no_links(folder: Folder) -> None:
    """The first files of many, no links; a folder that is not there has none."""
    for number in range(30):
        (folder.root / f"{number:02}").write_text("")
    (folder.root / "00link").symlink_to(folder.root.parent / "secret")
    assert folder.files(most=3) == [Path("00"), Path("01"), Path("02")]
    assert folder.names("nowhere") == []
    assert folder.files("nowhere") == []
