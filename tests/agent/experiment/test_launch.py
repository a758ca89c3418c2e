"""Launching a template's commands: what is filled in, which Python, which places and variables."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from agent.errors import CheckFailed
from agent.experiment import launch as launch_module
from agent.experiment.launch import cache_folder, fill, interpreter, launch_environment
from agent.launching.place import Place
from agent.session.template import load_template
from agent.session.template.contract import Environment
from tests.agent.experiment.conftest import REPOSITORY


def test_the_command_is_filled_word_by_word() -> None:
    """Names in braces are filled, other braces and odd paths stay whole."""
    words = fill(
        ["python", "x.py", "--out_dir={out_dir}", "--json={}", "{seed}"], {"out_dir": "a b/{seed}c", "seed": "3"}
    )
    assert words[3:] == ["--json={}", "3"]
    assert len(words) == 5


def test_a_missing_environment_says_what_to_type() -> None:
    """An environment that is not installed is found before anything is launched."""
    with pytest.raises(CheckFailed, match="make setup"):
        interpreter("no-such-environment")
    assert interpreter("agent").exists()


def test_the_cache_can_be_moved(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """LABLOOP_CACHE names the cache; without it, it lies in the repository, ignored by git."""
    monkeypatch.setenv("LABLOOP_CACHE", str(tmp_path))
    assert cache_folder() == tmp_path
    monkeypatch.delenv("LABLOOP_CACHE")
    assert cache_folder().parts[-2:] == (".cache", "labloop")


def test_a_cache_behind_a_link_is_named_by_where_it_lies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever keeps `.cache` on another disk behind a link: experiments are shown, and told, the folder itself."""
    monkeypatch.delenv("LABLOOP_CACHE", raising=False)
    monkeypatch.setattr(launch_module, "REPOSITORY", tmp_path / "checkout")
    (tmp_path / "disk" / "labloop").mkdir(parents=True)
    (tmp_path / "checkout").mkdir()
    (tmp_path / "checkout" / ".cache").symlink_to(tmp_path / "disk")
    assert cache_folder() == tmp_path / "disk" / "labloop"


def test_a_place_has_its_logs_and_scratch_beside_one_another() -> None:
    """What is launched writes where it works, and nowhere else."""
    place = Place.within(Path("/x"), cwd=Path("/x/code"))
    assert (place.cwd, place.writable) == (Path("/x/code"), (Path("/x/code"),))
    assert {place.stdout.parent, place.stderr.parent, place.scratch.parent} == {Path("/x")}
    assert Place.within(Path("/x")).cwd == Path("/x")


def test_a_templates_commands_get_what_it_keeps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own Python first, its folder to import from, the variables and caches that it names."""
    monkeypatch.setenv("MY_LIMIT", "7")
    toy = load_template(REPOSITORY / "templates" / "toy")
    own = toy.model_copy(update={"environment": Environment(name="agent", keeps=["MY_LIMIT"], caches=["MY_CACHE"])})
    env = launch_environment(own, tmp_path, tmp_path / "cache")
    assert env["MY_LIMIT"] == "7" and env["PYTHONPATH"] == str(toy.root)
    assert Path(env["MY_CACHE"]).is_relative_to(tmp_path) and env["LABLOOP_CACHE"] == str(tmp_path / "cache")
    assert env["PATH"].startswith(str(interpreter("agent").parent))
    assert "MY_LIMIT" not in launch_environment(toy, tmp_path)


def test_a_read_only_checkout_keeps_its_cache_with_the_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the repository where that can be written, else below HOME, else among the temporary files; a named one always wins."""
    monkeypatch.delenv("LABLOOP_CACHE", raising=False)
    monkeypatch.setattr(launch_module, "REPOSITORY", tmp_path)
    assert launch_module.cache_folder() == tmp_path / ".cache" / "labloop"
    home = tmp_path.parent
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setattr(os, "access", lambda path, _: path == home)
    assert launch_module.cache_folder() == home / ".cache" / "labloop"
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert launch_module.cache_folder().parent.name == f"labloop-{os.getuid()}"
    monkeypatch.setenv("LABLOOP_CACHE", str(tmp_path / "named"))
    assert launch_module.cache_folder() == tmp_path / "named"
