"""Settings: file, then environment, then flags."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from agent.errors import UsageError
from agent.session.settings import resolve


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "labloop.toml"
    path.write_text('model = "from-file"\nmax_runs = 3\nmax_repairs = 1\n')
    return path


def test_flags_win_over_environment_over_file(config: Path) -> None:
    """Each layer replaces only what it names."""
    settings = resolve({"max_runs": 5, "model": None}, config, {"LABLOOP_MODEL": "from-env", "LABLOOP_MAX_RUNS": "4"})
    assert (settings.model, settings.max_runs, settings.max_repairs) == ("from-env", 5, 1)


@pytest.mark.parametrize(
    ("flags", "environ", "source"),
    [({"max_runs": 0}, {}, "the command line"), ({}, {"LABLOOP_MAX_RUNS": "many"}, "the environment")],
)
def test_a_bad_value_names_source_and_field(
    config: Path, flags: dict[str, Any], environ: dict[str, str], source: str
) -> None:
    """The message says where the value came from."""
    with pytest.raises(UsageError, match=f"{source}: max_runs"):
        resolve(flags, config, environ)


def test_an_unknown_key_of_the_file_is_refused(config: Path) -> None:
    """A misspelt setting is not ignored."""
    config.write_text("max_run = 3\n")
    with pytest.raises(UsageError, match="max_run"):
        resolve({}, config, {})


def test_a_named_file_must_exist(tmp_path: Path) -> None:
    """--config with a wrong path is an error, no default in its place."""
    with pytest.raises(UsageError, match="no such settings file"):
        resolve({}, tmp_path / "gone.toml", {})
