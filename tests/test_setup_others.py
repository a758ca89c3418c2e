"""The set-up on other people's machines: their environments, their Pythons, no root, no network, a folder that is read-only."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from agent.session.paths import REPOSITORY
from setup import environments, interpreters, others, steps, system
from setup.environments import Environment

TINY = Environment("tiny", ("tiny.txt",), (3, 10), (3, 14), "pass")


def checkout(folder: Path) -> Path:
    """A folder that is a checkout, with the lock of one environment."""
    (folder / "setup").mkdir(parents=True)
    (folder / "setup" / "environments.py").write_text("")
    (folder / "requirements").mkdir()
    (folder / "requirements" / "tiny.txt").write_text("tiny==1.0\n")
    return folder


def finished(root: Path, home: Path) -> Path:
    """`.venv/tiny` as set-up leaves it for the checkout `home`."""
    folder = root / ".venv" / "tiny"
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "python").symlink_to(sys.executable)
    (folder / ".labloop-stamp").write_text(f"{environments.stamp(TINY, root)}\n{home.resolve()}\n")
    return folder


def test_its_own_environment_is_its_own(tmp_path: Path) -> None:
    """Made here, or not made yet, or by a version whose stamp names no checkout: set-up may mend it."""
    root = checkout(tmp_path / "a")
    assert others.sort_out([TINY], root) == ([TINY], [])
    folder = finished(root, root)
    assert environments.up_to_date(TINY, root)
    assert others.sort_out([TINY], root) == ([TINY], [])
    (folder / ".labloop-stamp").write_text(environments.stamp(TINY, root))
    assert environments.up_to_date(TINY, root) and others.not_ours("tiny", root) == ""


@pytest.mark.parametrize("which", [".venv", ".venv/tiny"])
def test_a_link_is_left_alone_and_said(which: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The whole folder or one environment in it: used as it is, nothing installed, nothing re-pointed."""
    first, second = checkout(tmp_path / "first"), checkout(tmp_path / "second")
    finished(first, first)
    (second / which).parent.mkdir(exist_ok=True)
    (second / which).symlink_to(first / which)
    assert others.sort_out([TINY], second) == ([], [])
    assert f"{which} is a link to {first / which}: it is used as it is, and left alone" in capsys.readouterr().err


def test_a_link_that_leads_nowhere_is_an_error(tmp_path: Path) -> None:
    """Nothing can be used and nothing may be made behind a link: the message says what to remove."""
    root = checkout(tmp_path / "a")
    (root / ".venv").symlink_to(tmp_path / "gone")
    ours, broken = others.sort_out([TINY], root)
    assert ours == [] and len(broken) == 1
    assert "is a link to" in broken[0] and "remove it here and type `make setup`" in broken[0]


def test_a_link_to_a_python_of_another_person_is_an_error(tmp_path: Path) -> None:
    """An environment whose Python this user may not run is not "used as it is": what helps is told."""
    first, second = checkout(tmp_path / "first"), checkout(tmp_path / "second")
    python = finished(first, first) / "bin" / "python"
    python.unlink()
    python.write_text("not for you")
    (second / ".venv").symlink_to(first / ".venv")
    wanted, failures = others.sort_out([TINY], second)
    assert wanted == []
    assert "no Python in it that this user may run" in failures[0]
    assert not environments.up_to_date(TINY, first)


def test_another_checkouts_environment_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A copied folder's stamp names where it is from; once that checkout is gone, the environment is this one's to mend."""
    first, second = checkout(tmp_path / "first"), checkout(tmp_path / "second")
    finished(second, first)
    assert others.sort_out([TINY], second) == ([], [])
    assert f".venv/tiny was made for the checkout {first}" in capsys.readouterr().err
    shutil.rmtree(first)
    assert others.sort_out([TINY], second) == ([TINY], [])


@pytest.mark.process
def test_set_up_in_a_clone_with_a_linked_environment_changes_nothing(tmp_path: Path) -> None:
    """The whole command: exit 0, said in a line for each environment, and not a file of the other checkout is newer."""
    clone = tmp_path / "clone"
    clone.mkdir()
    for name in ("setup", "requirements"):
        shutil.copytree(REPOSITORY / name, clone / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(REPOSITORY / "pyproject.toml", clone)
    for name in ("agent", "coder", "experiment"):
        python = tmp_path / "shared" / name / "bin" / "python"
        python.parent.mkdir(parents=True)
        python.symlink_to(sys.executable)
    (clone / ".venv").symlink_to(tmp_path / "shared")
    before = sorted((tmp_path / "shared").rglob("*"))
    argv = [sys.executable, "-B", "-m", "setup", "agent", "coder", "experiment"]
    done = subprocess.run(argv, cwd=clone, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("is a link to") == 3 and "left alone" in done.stderr
    assert sorted((tmp_path / "shared").rglob("*")) == before


def test_the_ignore_file_knows_a_link_too() -> None:
    """A slash at its end would match folders only, and git would show the link."""
    assert "/.venv" in (REPOSITORY / ".gitignore").read_text().splitlines()


def pretended(folder: Path, name: str, says: str) -> None:
    """A program that prints this."""
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\ncat <<'END'\n{says}\nEND\n")
    (folder / name).chmod(0o755)


@pytest.fixture
def only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH and a HOME with nothing in them, on which this very Python is not looked at."""
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/bin")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("LABLOOP_PYTHON", raising=False)
    for name in ("python3", "python", *(f"python3.{minor}" for minor in range(8, 15))):
        pretended(tmp_path / "bin", name, "no version")
    monkeypatch.setattr(sys, "executable", str(tmp_path / "bin" / "python3"))
    return tmp_path / "bin"


def test_a_machine_with_a_newer_python_only(only: Path) -> None:
    """Which Python there is and why it will not do; what helps without root; apt is not told to install it once more."""
    for name in ("python3", "python3.13"):
        pretended(only, name, "3 13")
    assert interpreters.find((3, 11), (3, 12)) is None
    said = interpreters.none_found((3, 11), (3, 12))
    assert "is 3.13, newer than 3.12" in said and "no Python 3.11 to 3.12" in said
    for remedy in (
        "`uv python install 3.12`",
        "`pyenv install 3.12`",
        "`conda create -n labloop python=3.12`",
        "LABLOOP_PYTHON",
    ):
        assert remedy in said
    assert "apt-get" not in said and "install python3 " not in said


def test_an_older_python_and_one_that_cannot_make_environments(only: Path) -> None:
    """Each is named with its reason."""
    pretended(only, "python3", "3 9")
    said = interpreters.none_found((3, 11), (3, 12))
    assert "is 3.9, older than 3.11" in said and "lacks venv and ensurepip" in said


@pytest.mark.parametrize(
    ("candidate", "packages"), [("3.11.2-1+b1", ["python3", "python3-venv"]), ("3.13.5-1", []), ("(none)", [])]
)
def test_apt_is_asked_only_for_a_python_that_fits(only: Path, candidate: str, packages: list[str]) -> None:
    """Its candidate decides, as its lists stand: Debian 13 has 3.13 and nothing else."""
    text = f"python3:\n  Installed: (none)\n  Candidate: {candidate}\n  Version table:"
    (only / "apt-cache").write_text(
        f"#!/bin/sh\nif [ \"$2\" = python3 ]; then cat <<'END'\n{text}\nEND\nelse echo '  Candidate: (none)'; fi\n"
    )
    (only / "apt-cache").chmod(0o755)
    assert system.python_packages((3, 11), (3, 12)) == packages


def test_apt_that_has_one_under_its_own_name(only: Path) -> None:
    """python3.12 beside a newer default is taken, with its venv."""
    (only / "apt-cache").write_text(
        "#!/bin/sh\ncase $2 in python3) echo 'Candidate: 3.13.5-1';; python3.12) echo 'Candidate: 3.12.3-1';; "
        "*) echo 'Candidate: (none)';; esac\n"
    )
    (only / "apt-cache").chmod(0o755)
    assert system.python_packages((3, 11), (3, 12)) == ["python3.12", "python3.12-venv"]


def test_without_apt_there_is_nothing_to_ask(only: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Other systems: no package is named, and none installed."""
    monkeypatch.setenv("PATH", str(only))
    assert system.python_packages((3, 11), (3, 12)) == []


def test_a_user_without_a_home_is_no_error(only: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A user id without a name and no HOME: pyenv's and uv's folders are not looked for."""

    def nowhere() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", nowhere)
    assert interpreters.find((3, 11), (3, 12)) is None


def test_a_command_finds_a_home_where_the_user_has_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """setuptools asks for one as it builds a package: the folder of the logs stands in, and who has a home keeps it."""
    asked = [sys.executable, "-c", "import os; print('home', os.environ.get('HOME'))"]
    monkeypatch.setenv("HOME", "/somebody")
    steps.call("a", asked, tmp_path / "with.log")
    assert "home /somebody" in (tmp_path / "with.log").read_text()
    monkeypatch.delenv("HOME")
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)  # what it says of a number without a name
    steps.call("a", asked, tmp_path / "without.log", {"PATH": os.environ["PATH"]})
    assert f"home {tmp_path}" in (tmp_path / "without.log").read_text()


@pytest.mark.parametrize(
    "line",
    [
        "Failed to establish a new connection: [Errno 111] Connection refused",
        "Could not connect to deb.example.org:80",
        "Temporary failure in name resolution",
        "('Cannot connect to proxy.', OSError('Tunnel connection failed: 407 Proxy Authentication Required'))",
    ],
)
def test_no_connection_is_told_with_the_proxys_variables(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What pip and apt both read; where one is set already, which one to look at."""
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    assert "behind a proxy set HTTPS_PROXY" in steps.hint(f"ERROR: x\n{line}\n")
    monkeypatch.setenv("https_proxy", "http://somewhere:1")
    assert "through the proxy in https_proxy" in steps.hint(line)
    assert steps.hint("ERROR: No matching distribution found") == ""
