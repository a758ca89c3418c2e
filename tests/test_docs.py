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
