"""The handover: any Python, any folder, and never a loop. Real processes, in a repository of its own."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import venv
from importlib import metadata
from pathlib import Path

import pytest

from agent import handover
from agent.cli import COMMANDS
from agent.session.paths import REPOSITORY

pytestmark = pytest.mark.process

DOOR = '''"""A door."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from agent.handover import enter

if __name__ == "__main__":
    enter("door")
'''
COMMAND = '''"""What stands behind it."""

import json
import os
import sys


def main():
    import pydantic

    print(json.dumps({"prefix": sys.prefix, "argv": sys.argv[1:], "cwd": os.getcwd(), "path": sys.path[0],
                      "mark": os.environ.get("LABLOOP_HANDED_OVER")}))
    return 0
'''


def python_of(folder: Path) -> str:
    return str(folder / "bin" / "python")


@pytest.fixture(scope="session")
def bare(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A Python without any package."""
    folder = tmp_path_factory.mktemp("bare") / "venv"
    venv.create(folder, with_pip=False, symlinks=True)
    return python_of(folder)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with one door, in a folder with a space in its name, and no environment yet."""
    root = tmp_path / "a folder"
    (root / "agent" / "commands").mkdir(parents=True)
    (root / "agent" / "__init__.py").touch()
    (root / "agent" / "commands" / "__init__.py").touch()
    (root / "agent" / "commands" / "door.py").write_text(COMMAND)
    (root / "agent" / "door.py").write_text(DOOR)
    shutil.copy(REPOSITORY / "agent" / "handover.py", root / "agent")
    return root


def give_environment(repository: Path) -> Path:
    """`.venv/agent` of the repository: this test's own environment under another name."""
    folder = repository / ".venv" / "agent"
    folder.parent.mkdir()
    folder.symlink_to(sys.prefix)
    return folder


def start(python: str, *words: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run([python, *words], cwd=cwd, capture_output=True, text=True, timeout=60, check=False)


def pyenv(version: str) -> str:
    """A Python of that version, where this machine keeps one."""
    found = sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python3"))
    program = str(found[-1]) if found else shutil.which(f"python{version}")
    if program is None or start(program, "-c", "").returncode:
        pytest.skip(f"no Python {version} on this machine")
    return program


def test_a_bare_python_hands_over(repository: Path, bare: str, tmp_path: Path) -> None:
    """The same arguments reach the environment's Python, from any folder; the mark of the handover is gone by then."""
    folder = give_environment(repository)
    done = start(bare, str(repository / "agent" / "door.py"), "--name", "a b", "ä", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "prefix": str(folder),
        "argv": ["--name", "a b", "ä"],
        "cwd": str(tmp_path),
        "path": str(repository),
        "mark": None,
    }


def test_a_module_hands_over(repository: Path, bare: str) -> None:
    """`python -m agent.door` arrives too."""
    give_environment(repository)
    done = start(bare, "-m", "agent.door", "x", cwd=repository)
    assert json.loads(done.stdout)["argv"] == ["x"], done.stderr


@pytest.mark.parametrize("version", ["3.8", "3.10", "3.12", "3.13"])
def test_other_pythons_hand_over(repository: Path, version: str) -> None:
    """Whatever Python a command is started with, the environment's one does the work."""
    folder = give_environment(repository)
    done = start(pyenv(version), str(repository / "agent" / "door.py"), "x")
    assert json.loads(done.stdout)["prefix"] == str(folder), done.stderr


def test_the_right_python_stays(repository: Path) -> None:
    """Where the packages are there, nothing is replaced."""
    done = start(sys.executable, str(repository / "agent" / "door.py"))
    assert json.loads(done.stdout)["prefix"] == sys.prefix, done.stderr


def test_without_an_environment_make_setup_is_named(repository: Path, bare: str) -> None:
    """Exit 3, one line: what is missing and what to type."""
    done = start(bare, str(repository / "agent" / "door.py"))
    assert done.returncode == 3
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert "lacks the packages pydantic, jinja2" in done.stderr
    assert "type `make setup`" in done.stderr


@pytest.mark.parametrize("version", ["3.8", "3.9"])
def test_an_old_python_is_named(repository: Path, version: str) -> None:
    """A Python too old says so in one line, and is not stopped by newer syntax."""
    done = start(pyenv(version), str(repository / "agent" / "door.py"))
    assert done.returncode == 3
    assert f"needs Python 3.10 or newer, this is {version}" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_incomplete_environment_does_not_loop(repository: Path, bare: str) -> None:
    """An environment without its packages is tried once and named."""
    (repository / ".venv").mkdir()
    (repository / ".venv" / "agent").symlink_to(Path(bare).parents[1])
    done = start(bare, str(repository / "agent" / "door.py"))
    assert done.returncode == 3
    assert "is incomplete" in done.stderr
    assert "make setup" in done.stderr


def test_an_environment_that_does_not_start_is_named(repository: Path, bare: str) -> None:
    """A Python that the system cannot execute ends in one line, not in a traceback."""
    python = repository / ".venv" / "agent" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text("no program")
    python.chmod(0o755)
    done = start(bare, str(repository / "agent" / "door.py"))
    assert done.returncode == 3
    assert "cannot be started" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_environment_whose_python_is_gone_is_named(repository: Path, bare: str) -> None:
    """A Python that was moved since leaves a link into nothing: both ends are told, and no package is called missing."""
    python = repository / ".venv" / "agent" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to(repository / "moved" / "python3")
    done = start(bare, str(repository / "agent" / "door.py"))
    assert done.returncode == 3
    assert f"leads to {repository / 'moved' / 'python3'}, which is gone" in done.stderr
    assert "lacks the packages" not in done.stderr


def test_an_environment_of_another_person_is_named(repository: Path, bare: str) -> None:
    """A Python that this user may not run is told as that, with a clone of one's own as the way out."""
    python = repository / ".venv" / "agent" / "bin" / "python"
    python.parent.mkdir(parents=True)
    (repository / "python3").write_text("a program of somebody's")
    python.symlink_to(repository / "python3")
    done = start(bare, str(repository / "agent" / "door.py"))
    assert done.returncode == 3
    assert "which this user may not run" in done.stderr
    assert "a clone of your own" in done.stderr


def test_an_old_pydantic_is_not_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """Packages of the wrong generation count as missing."""
    assert handover.unfit() == ""
    monkeypatch.setattr(metadata, "version", lambda name: "1.10.2")
    assert "has pydantic 1.10.2" in handover.unfit()


@pytest.mark.parametrize("module", [module for module, _ in COMMANDS.values()])
def test_every_door_hands_over(module: str, bare: str, tmp_path: Path) -> None:
    """Each command tells its flags, started as a file by a bare Python in a foreign folder."""
    if not (REPOSITORY / ".venv" / "agent" / "bin" / "python").exists():
        pytest.skip("this checkout has no .venv/agent; `make setup` makes it")
    done = start(bare, str(REPOSITORY / "agent" / (module.rpartition(".")[2] + ".py")), "--help", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "usage:" in done.stdout
