"""Which sandbox works on a machine is found out by trying it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from agent.errors import CheckFailed
from agent.sandbox import choose
from agent.sandbox.choose import bwrap_problem

pytestmark = pytest.mark.process


def test_a_bwrap_that_does_not_work_is_found_by_trying(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bwrap that is installed but forbidden is no sandbox: auto falls back for a recording and asks before live code is run, bwrap is refused."""
    fake = tmp_path / "bwrap"
    fake.write_text("#!/bin/sh\necho 'bwrap: setting up uid map: Permission denied' >&2\nexit 1\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    bwrap_problem.cache_clear()
    try:
        assert choose("auto").name == "plain"
        with pytest.raises(CheckFailed, match=r"uid map: Permission denied.*give --sandbox plain once"):
            choose("auto", live=True)
        assert choose("plain", live=True).name == "plain", "whoever asked for it has been asked"
        with pytest.raises(CheckFailed, match=r"uid map: Permission denied.*AppArmor"):
            choose("bwrap")
    finally:
        bwrap_problem.cache_clear()


def test_a_bwrap_that_keeps_nothing_apart_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program called bwrap that merely runs its command does not pass for a sandbox."""
    fake = tmp_path / "bwrap"
    fake.write_text('#!/bin/sh\nwhile [ "$1" != "--chdir" ]; do shift; done\ncd "$2"\nshift 3\nexec "$@"\n')
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    bwrap_problem.cache_clear()
    try:
        with pytest.raises(CheckFailed, match="does not keep files apart"):
            choose("bwrap")
    finally:
        bwrap_problem.cache_clear()


def test_a_missing_bwrap_names_its_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it is not installed, the message says what to type."""
    monkeypatch.setenv("PATH", str(tmp_path))
    bwrap_problem.cache_clear()
    try:
        with pytest.raises(CheckFailed, match="apt-get install bubblewrap"):
            choose("bwrap")
    finally:
        bwrap_problem.cache_clear()
