"""What is left out as a whole is not imported either: some of it imports for seven seconds."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest

_TIMEOUT = 300.0  # seconds that a test has where it names none (pyproject.toml)
_BY_PARAMETER = ("tests/test_shipped_session.py",)
"""Files whose fixture takes minutes for each of its parameters: what has the same one stays together, the others go to whoever is free."""
_WHOLE_FILE = re.compile(r"^pytestmark = .*\bpytest\.mark\.(\w+)", re.MULTILINE)


@pytest.fixture(scope="session", autouse=True)
def _own_slots(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Tests share the machine's slots with nobody: neither with a session that a person has going, nor with other tests."""
    os.environ["LABLOOP_SLOTS_FOLDER"] = str(tmp_path_factory.mktemp("slots"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The files that are given the most time come first, so that of two workers none is left alone with a long one."""
    given: dict[Path, float] = {}
    for item in items:
        own = item.get_closest_marker("timeout")
        seconds = float(own.args[0]) if own and own.args else _TIMEOUT
        slow = item.get_closest_marker("slow") is not None
        given[item.path] = max(given.get(item.path, 0.0), seconds + slow)
    items.sort(key=lambda item: -given[item.path])


def one_workers(nodeid: str) -> str:
    """What all tests have in common that one worker takes together with this one."""
    file, _, test = nodeid.partition("::")
    return file + test.partition("[")[2] if file in _BY_PARAMETER else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """What hands out the tests where workers take files (`--dist loadfile`): of some files they take a parameter's tests."""
    if config.option.dist != "loadfile":
        return None
    from xdist.scheduler import LoadScopeScheduling

    scheduling = LoadScopeScheduling(config, log)
    scheduling._split_scope = one_workers
    return scheduling


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """True for a file all of whose tests `-m "not …"` leaves out; else pytest decides."""
    if collection_path.suffix != ".py" or not config.option.markexpr:
        return None
    left_out = set(re.findall(r"\bnot (\w+)", config.option.markexpr))
    text = collection_path.read_text(encoding="utf-8")
    marks = {mark for line in _WHOLE_FILE.finditer(text) for mark in re.findall(r"pytest\.mark\.(\w+)", line[0])}
    return True if marks & left_out and " or " not in config.option.markexpr else None
