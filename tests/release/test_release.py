"""`make release`: a commit and a tag where everything is ready, a sentence and no change where it is not."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from agent import __version__
from agent.session.events import FORMAT
from agent.session.paths import REPOSITORY
from setup import release as recipe
from setup.release import FORMAT_FILE, NotReady, release

FILES = {
    "agent/__init__.py": '__version__ = "0.1.0"\n',
    FORMAT_FILE: "FORMAT = 1\n",
    "CHANGELOG.md": "# Changes\n\n## Unreleased\n\n### Added\n- Something new.\n\n## 0.1.0 - 2026-01-01\n- The first.\n",
    "CITATION.cff": "cff-version: 1.2.0\nversion: 0.1.0\n",
    "tests/release/journals/format-1/journal.jsonl": "{}\n",
}


def git(root: Path, *words: str) -> str:
    done = subprocess.run(["git", *words], cwd=root, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository that is ready for a release."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    for who in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{who}_NAME", "a person")
        monkeypatch.setenv(f"GIT_{who}_EMAIL", "person@example.org")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", os.devnull)
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-q", "-m", "All")
    return tmp_path


def test_a_release_is_a_commit_and_a_tag(tree: Path) -> None:
    """Version, changelog and citation name it, the tag stands on the commit, and the tree is clean."""
    release(tree, "0.2.0", "2026-11-28", dry=False)
    assert git(tree, "log", "-1", "--format=%s") == "Release 0.2.0" and git(tree, "status", "--porcelain") == ""
    assert git(tree, "rev-parse", "v0.2.0^{commit}") == git(tree, "rev-parse", "HEAD")
    assert (tree / "agent/__init__.py").read_text() == '__version__ = "0.2.0"\n'
    assert (
        "## Unreleased\n\n## 0.2.0 - 2026-11-28\n\n### Added\n- Something new." in (tree / "CHANGELOG.md").read_text()
    )
    assert (tree / "CITATION.cff").read_text() == "cff-version: 1.2.0\nversion: 0.2.0\ndate-released: 2026-11-28\n"
    with pytest.raises(NotReady, match="nothing stands under Unreleased"):
        release(tree, "0.3.0", "2026-11-29", dry=False)


def test_a_dry_run_changes_nothing(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It says which files and which tag."""
    before = git(tree, "rev-parse", "HEAD")
    release(tree, "0.2.0", "2026-11-28", dry=True)
    assert "would release 0.2.0" in capsys.readouterr().out
    assert (git(tree, "rev-parse", "HEAD"), git(tree, "tag"), git(tree, "status", "--porcelain")) == (before, "", "")


def dirty(root: Path) -> None:
    (root / "CHANGELOG.md").write_text("half a sentence")


def tagged(root: Path) -> None:
    git(root, "tag", "v0.2.0")


def of_a_new_format(root: Path) -> None:
    (root / FORMAT_FILE).write_text("FORMAT = 2\n")
    git(root, "commit", "-q", "-a", "-m", "A new format")


def as_it_is(root: Path) -> None:
    """Nothing is amiss with the tree."""


@pytest.mark.parametrize(
    ("version", "fault", "said"),
    [
        ("0.2", as_it_is, "three numbers"),
        ("0.1.0", as_it_is, "does not come after 0.1.0"),
        ("0.0.9", as_it_is, "does not come after 0.1.0"),
        ("0.2.0", dirty, "not clean"),
        ("0.2.0", tagged, "v0.2.0 is there already"),
        ("0.2.0", of_a_new_format, "format-2/journal.jsonl is missing"),
    ],
)
def test_what_is_not_ready_is_said(tree: Path, version: str, fault: Callable[[Path], None], said: str) -> None:
    """Each fault has its sentence, and nothing is changed."""
    fault(tree)
    before = (git(tree, "rev-parse", "HEAD"), git(tree, "tag"), git(tree, "status", "--porcelain"))
    with pytest.raises(NotReady, match=said):
        release(tree, version, "2026-11-28", dry=False)
    assert (git(tree, "rev-parse", "HEAD"), git(tree, "tag"), git(tree, "status", "--porcelain")) == before


def test_a_version_counts_as_numbers(tree: Path) -> None:
    """0.10.0 comes after 0.9.0, though a letter-wise order has it before."""
    (tree / "agent/__init__.py").write_text('__version__ = "0.9.0"\n')
    git(tree, "commit", "-q", "-a", "-m", "Nine")
    release(tree, "0.10.0", "2026-11-28", dry=True)
    with pytest.raises(NotReady, match="does not come after 0.9.0"):
        release(tree, "0.8.10", "2026-11-28", dry=True)


def test_this_tree_names_its_version_alike() -> None:
    """The package and the citation name one version, and the recipe finds it, as it finds the journal's format."""
    assert recipe.current_version(REPOSITORY) == __version__
    assert recipe.current_format(REPOSITORY) == str(FORMAT)
    assert f"version: {__version__}\n" in (REPOSITORY / "CITATION.cff").read_text()
    assert recipe.main([]) == 2
