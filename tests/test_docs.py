"""The pages that are made from the code are what the code says now; links between pages lead somewhere."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from agent.commands.reference import commands_page, settings_page
from agent.session.paths import REPOSITORY
from agent.session.settings import GROUPS
from tests.guards import pages
from tests.guards.rooms import listed_arrows

DOCS = REPOSITORY / "docs"


@pytest.mark.skipif(sys.version_info[:2] not in ((3, 11), (3, 12)), reason="argparse words its help by version")
def test_the_commands_page_is_the_help_as_it_is_printed() -> None:
    """Run `python -m agent.commands.reference` after changing a flag."""
    assert (DOCS / "commands.md").read_text() == commands_page()


def test_the_settings_page_names_every_setting() -> None:
    """Run `python -m agent.commands.reference` after changing a setting."""
    text = (DOCS / "settings.md").read_text()
    assert text == settings_page()
    assert all(f"| `{name}` |" in text for group in GROUPS.values() for name in group.model_fields)


@pytest.mark.parametrize("page", sorted([*DOCS.rglob("*.md"), *REPOSITORY.glob("*.md")]), ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    """Every relative link of a page names a file that is there."""
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text())
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_no_file_holds_what_a_merge_left() -> None:
    """A conflict that was committed stands in no tracked file; blocks of edits, which look alike, name what they search."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=REPOSITORY, capture_output=True, text=True, check=False
    ).stdout
    marks = re.compile(r"^(?:<{7} (?:HEAD|main|[a-z][\w/'-]*)|>{7} (?:HEAD|main|[a-z][\w/'-]*))$", re.MULTILINE)
    texts = [
        REPOSITORY / name for name in listed.split("\0") if name.endswith((".py", ".md", ".toml", ".jinja", ".cfg"))
    ]
    assert [path.name for path in texts if path.is_file() and marks.search(path.read_text(errors="replace"))] == []
    assert marks.search("<<<<<<< HEAD\na\n=======\nb\n>>>>>>> main\n") and not marks.search("<<<<<<< SEARCH\n")


@pytest.mark.parametrize("page", sorted([*DOCS.rglob("*.md"), *REPOSITORY.glob("*.md")]), ids=lambda page: page.name)
def test_links_lead_to_headings(page: Path) -> None:
    """A link into a page names a heading that it has."""
    assert pages.dead_anchors(page) == []


def test_a_dead_anchor_trips(tmp_path: Path) -> None:
    """Of another page and of the page itself; code, punctuation and what only looks like a heading in a block are read as GitHub does."""
    page, other = tmp_path / "a.md", tmp_path / "b.md"
    other.write_text("# A `warm` evaluator, tried\n```\n# no heading\n```\n## One [link](x.md): two\n")
    good = "[x](b.md#a-warm-evaluator-tried) [y](b.md#one-link-two) [z](#here)"
    page.write_text(f"# Here\n{good} [p](b.md#no-heading) [q](#gone) [elsewhere](https://host/b.md#any)")
    assert pages.dead_anchors(page) == ["b.md#no-heading", "#gone"]


def test_each_object_of_the_structure_lies_where_it_says() -> None:
    """Whoever follows docs/structure.md finds the class in the module that it names."""
    assert pages.objects_not_there((DOCS / "structure.md").read_text(), REPOSITORY / "agent") == []


def test_an_object_that_moved_trips(tmp_path: Path) -> None:
    """A class that lies elsewhere now and a module that is gone are named; one beside the module before it, and one of a folder, are found."""
    (tmp_path / "room" / "inner").mkdir(parents=True)
    (tmp_path / "room" / "a.py").write_text("class One: ...\nLimit: int = 3\n")
    (tmp_path / "room" / "b.py").write_text("def two() -> None: ...\n")
    (tmp_path / "room" / "inner" / "c.py").write_text("Three = int\n")
    rows = [
        "| object | where | what it is |",
        "|---|---|---|",
        "| `One`, `two`, `Limit` | `room/a.py`, `b.py` | fine |",
        "| `Three` | `room/` | fine, see `Four` |",
        "| `One` | `room/b.py` | moved |",
        "| `two` | `room/b.py`, `gone.py` (was here) | half gone |",
    ]
    assert pages.objects_not_there("\n".join(rows), tmp_path) == ["One is not in `room/b.py`", "gone.py is not there"]


def test_the_changelog_says_each_thing_once() -> None:
    """One heading of a kind in a release, and no entry that a merge brought a second time."""
    assert pages.told_twice((REPOSITORY / "CHANGELOG.md").read_text()) == []


def test_a_doubled_entry_trips() -> None:
    """A heading twice in one release, and an entry in two versions; the same in another release is none."""
    first = "- `--resume` refuses a model that cannot be had, and says so.\n"
    again = "- `--resume` refuses a model that cannot be had.\n"
    text = f"# Changes\n\n## Unreleased\n\n### Fixed\n{first}{again}\n### Fixed\n- b\n\n## 0.1\n\n### Fixed\n{first}"
    assert pages.told_twice(text) == ["### Fixed", again.strip()]


@pytest.mark.parametrize("package", ["agent", "harness"])
def test_each_room_is_in_the_picture(package: str) -> None:
    """Whoever looks at docs/structure.md sees every room of which its list of arrows speaks."""
    page = (DOCS / "structure.md").read_text()
    assert pages.rooms_not_pictured(page, listed_arrows(page, package)) == []


def test_a_room_without_a_place_trips() -> None:
    """A folder, a module and one among others on a line are seen; a block in a language, and prose, are no picture."""
    page = "new/ here\n```python\nother\n```\nnew\n```\nroom/   what\nmodule.py   what\none · two   what\n```\n```python\nother\n```\n"
    rooms = ["__init__", "room", "module", "one", "two", "new", "other"]
    assert pages.rooms_not_pictured(page, rooms) == ["new", "other"]
