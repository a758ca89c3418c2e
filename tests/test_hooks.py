"""What looks at a commit before it is made: the hooks of .pre-commit-config.yaml, each with what it must catch."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from agent.session.paths import REPOSITORY


@pytest.fixture
def hooks() -> dict[str, dict[str, Any]]:
    (local,) = yaml.safe_load((REPOSITORY / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
    assert local["repo"] == "local"
    return {hook["id"]: hook for hook in local["hooks"]}


def test_hooks_fetch_nothing(hooks: dict[str, dict[str, Any]]) -> None:
    """Each is a tool of .venv/agent, a script that is there, or a pattern."""
    for hook in hooks.values():
        program = hook["entry"].split()[0]
        assert hook["language"] == "pygrep" or program == ".venv/agent/bin/python" or (REPOSITORY / program).is_file()


def test_a_large_file_trips(tmp_path: Path) -> None:
    """500 kB pass, more does not, and the file is named."""
    (tmp_path / "fits").write_bytes(b"x" * 512_000)
    (tmp_path / "large").write_bytes(b"x" * 512_001)
    command = [str(REPOSITORY / ".ci" / "small"), "fits", "large"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "large: larger than 500 kB\n")
    assert subprocess.run(command[:2], cwd=tmp_path, check=False).returncode == 0


@pytest.mark.parametrize("start", ["-----BEGIN RSA PRIVATE", "-----BEGIN PRIVATE", "sk-", "hf_", "ghp_"])
def test_a_key_trips(hooks: dict[str, dict[str, Any]], start: str) -> None:
    """A private key and the tokens of three providers are found; those that tests plant are not."""
    pattern = hooks["private-keys"]["entry"]
    assert re.search(pattern, start + (" KEY-----" if start.startswith("-") else "a1B2" * 10))
    assert not re.search(pattern, "sk-planted-key-of-the-orchestrator")
