"""docs/guarantees.md lists every cheat of the catalogue, with what comes of it; nothing else claims to be tried there."""

from __future__ import annotations

import re

from agent.session.paths import REPOSITORY
from tests.cheats.catalogue import ALL

ROW = re.compile(r"^\| (?P<name>[^|]+?) \| (?P<what>[^|]+?) \| `tests/cheats/test_toy\.py` \|$", re.MULTILINE)


def test_the_page_lists_every_cheat_with_its_outcome() -> None:
    """A row each, as the catalogue says it."""
    page = (REPOSITORY / "docs/guarantees.md").read_text(encoding="utf-8")
    rows = {match["name"]: match["what"] for match in ROW.finditer(page)}
    assert rows == {cheat.name: cheat.what for cheat in ALL}


def test_the_tests_that_the_page_names_exist() -> None:
    """Each file, and each function in it."""
    page = (REPOSITORY / "docs/guarantees.md").read_text(encoding="utf-8")
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", page)
    assert named
    for path, function in named:
        text = (REPOSITORY / path).read_text(encoding="utf-8")
        assert f"def {function}" in text


def test_there_are_more_than_thirty_kinds() -> None:
    """No name stands twice."""
    names = [cheat.name for cheat in ALL]
    assert len(names) == len(set(names)) > 31
