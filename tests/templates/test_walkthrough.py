"""docs/templates.md builds a template step by step: its files, commands and outputs are tried here, so the page stays true."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from agent.models.recording import Answer, Header, Recording
from agent.session.events import RunAccepted
from agent.session.paths import REPOSITORY
from agent.session.session import open_session

pytestmark = pytest.mark.process

PAGE = (REPOSITORY / "docs" / "templates.md").read_text()
FILES = dict(re.findall(r"^`(denoise/[\w./]+)`:\n\n```\w+\n(.*?)^```$", PAGE, re.S | re.M))
CONSOLES = re.findall(r"^```console\n(.*?)^```$", PAGE, re.S | re.M)
EDIT = re.findall(r"^```text\n(TITLE:.*?)^```$", PAGE, re.S | re.M)
NOTE = (
    "Title: A longer reach\nWhat changed: The average reaches [[run_1.config.reach]] values to each side.\n"
    "Why: More values hold less noise.\nWhat was seen: On error run 1 is [[run_1.error.verdict]].\n"
    "Reading: One seed was run.\nNext: A longer one.\n"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where a reader has typed every file of the page."""
    for name, content in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return tmp_path


def coder_answer() -> str:
    """The page's edit in the fence that aider asks for."""
    title, name, rest = EDIT[0].split("\n", 2)
    return f"{title}\n{name}\n```python\n{rest.rstrip()}\n```\n"


def recording(folder: Path) -> Path:
    """The answers of a reader who makes the page's one run and stops."""
    replies = {
        ("writer", "plan/1"): "1. A longer reach.",
        ("coder", "run_1/turn_1/1"): coder_answer(),
        ("writer", "run_1/note/1"): NOTE,
        ("adviser", "run_1/advice/1"): "Nothing more is worth running.",
        ("coder", "run_2/turn_1/1"): "ALL_COMPLETED",
        ("coder", "figures/turn_1/1"): "TITLE: As it is\nThe figure says what there is to say.",
        ("coder", "figures/turn_1/2"): "The figure says what there is to say.",
        ("writer", "figures/note/1"): "## error.pdf\nThe error of each run; on it run 1 is [[run_1.error.verdict]].",
    }
    header = Header(idea="longer_reach", made="2026-01-01T00:00:00+00:00", origin="written for the tests")
    answers = [Answer(role=role, step=step, reply=text) for (role, step), text in replies.items()]
    path = folder / "page.recording.jsonl"
    Recording(header, answers).save(path)
    return path


def run(command: str, cwd: Path, cache: Path) -> str:
    """stdout of a command of the page."""
    environment = {**os.environ, "LABLOOP": str(REPOSITORY), "LABLOOP_CACHE": str(cache)}
    environment["PATH"] = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", command], cwd=cwd, env=environment, capture_output=True, text=True, check=False, timeout=280
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def agree(printed: str, expected: str) -> bool:
    """Whether the lines are those of the page, where … stands for the rest of a line."""
    pattern = "".join(re.escape(line).replace("…", ".*") + r"\n" for line in expected.splitlines())
    return re.fullmatch(pattern, printed.rstrip("\n") + "\n" if printed.strip() else "") is not None


def test_the_page_names_every_file_of_the_template() -> None:
    """Seven files, a hand-run and a session: a block that the pattern missed would go untested."""
    assert set(FILES) == {
        f"denoise/{name}"
        for name in (
            "judge/__init__.py",
            "judge/signal.py",
            "judge/__main__.py",
            "experiment.py",
            "plot.py",
            "template.toml",
            "idea.json",
        )
    }
    assert len(CONSOLES) == 2 and len(EDIT) == 1
    others = 4  # how data, a confirmation and controls are declared, and a line of a bibliography
    assert PAGE.count("```") == 2 * (len(FILES) + len(CONSOLES) + len(EDIT) + others)


@pytest.mark.timeout(300)
def test_the_pages_commands_print_what_it_says(folder: Path) -> None:
    """By hand, then as a session: one accepted run beyond noise, with the outputs as the page shows them."""
    cwd = folder
    for console in CONSOLES:
        for command, expected in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", console, re.M):
            if command.startswith("cd "):
                cwd = (cwd / command.removeprefix("cd ")).resolve()
                continue
            replayed = command.replace("--model manual", f"--model recorded --recording {recording(folder)}")
            printed = run(replayed, cwd, folder / "cache")
            assert agree(printed, expected), f"{command}\n{printed}"
    (path,) = [path for path in (folder / "sessions").iterdir() if path.is_dir()]
    session = open_session(path)
    accepted = list(session.journal.all(RunAccepted))
    assert [event.title for event in accepted] == ["Baseline", "Average over nine values"]
    assert "better than the baseline, beyond noise" in session.paths.notes.read_text()
