"""Building the kernels: once, into the cache, and what happens on a machine that cannot."""

from __future__ import annotations

import ctypes
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.fast import compiled
from harness.store.cache import Cache


@pytest.fixture(autouse=True)
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An empty cache, and no library remembered from another test."""
    monkeypatch.setenv("LABLOOP_CACHE", str(tmp_path))
    compiled.library.cache_clear()
    yield
    compiled.library.cache_clear()


@pytest.mark.process
def test_the_library_is_compiled_once_and_found_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second process (here: a forgotten library) loads what the first compiled, without a compiler."""
    if not compiled.warm():
        pytest.skip("no C compiler here")
    compiled.library.cache_clear()
    monkeypatch.setattr(compiled, "build", lambda draft: pytest.fail("compiled again"))
    assert isinstance(compiled.library(), ctypes.CDLL)


def test_another_source_or_cpu_is_another_library(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The key holds what the machine code depends on, so a cache shared by two machines serves both."""
    before = compiled.fields()
    monkeypatch.setattr(compiled, "_cpu", lambda: "another")
    assert compiled.fields() != before
    changed = tmp_path / "kernels.c"
    changed.write_text(compiled.SOURCES[0].read_text() + "\n")
    monkeypatch.setattr(compiled, "SOURCES", (changed, *compiled.SOURCES[1:]))
    assert compiled.fields()["source"] != before["source"]


@pytest.mark.process
@pytest.mark.parametrize("fault", ["no compiler", "not a program", "a source that does not compile", "read-only"])
def test_without_a_library_training_goes_on_and_says_why(
    fault: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """library() is None, with one warning that names the cause; nothing half-made stays in the cache."""
    if fault == "no compiler":
        monkeypatch.delenv("CC", raising=False)
        monkeypatch.setattr(compiled, "COMPILERS", ())
    elif fault == "not a program":
        monkeypatch.setenv("CC", str(tmp_path / "missing-cc"))
    elif fault == "read-only":
        monkeypatch.setattr(Cache, "is_writable", lambda self: False)
    else:
        broken = tmp_path / "kernels.c"
        broken.write_text("this is not C\n")
        monkeypatch.setattr(compiled, "SOURCES", (broken, *compiled.SOURCES[1:]))
    with caplog.at_level(logging.WARNING):
        assert compiled.library() is None
        assert not compiled.warm()
    messages = [record.getMessage() for record in caplog.records]
    assert len(messages) == 2
    cause = {
        "no compiler": "install one, for example gcc",
        "not a program": "missing-cc",
        "read-only": "harness.prepare",
    }
    assert all(cause.get(fault, "compile") in message for message in messages)
    assert Cache().find(compiled.KIND, compiled.fields()) is None
