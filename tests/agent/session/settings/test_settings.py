"""Settings stand in groups; file, then environment, then flags; names of labloop 0.1 are read everywhere."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from agent.errors import UsageError
from agent.session.session import open_session
from agent.session.settings import GROUPS, VARIABLES, Settings, overlay, resolve
from tests.world.toy import toy_session

FLAT = {
    "model": "a",
    "adviser": "b",
    "coder": "scripted",
    "coder_model": "c",
    "base_url": "http://localhost:1/v1",
    "recording": "r.jsonl",
    "scale": "tiny",
    "max_runs": 1,
    "max_repairs": 2,
    "max_abandoned": 3,
    "max_answers": 4,
    "budget_usd": 5.0,
    "budget_tokens": 6,
    "timeout_s": 7.0,
    "model_timeout_s": 8.0,
    "turn_timeout_s": 9.0,
    "max_output_tokens": 1000,
    "paper": False,
    "sandbox": "plain",
    "memory_gb": 11.0,
    "memory_share": 0.5,
    "max_processes": 15,
    "left_gb": 12.0,
    "left_files": 13,
    "left_depth": 14,
    "search_url": "http://localhost:2",
}
"""Every setting of labloop 0.1, each with a value of its own."""
GROUPED: dict[str, dict[str, Any]] = {
    "models": {
        "writer": "a",
        "adviser": "b",
        "coder": "c",
        "base_url": "http://localhost:1/v1",
        "recording": "r.jsonl",
        "timeout_s": 8.0,
        "max_output_tokens": 1000,
        "max_answers": 4,
    },
    "coder": {"name": "scripted", "timeout_s": 9.0},
    "experiment": {"scale": "tiny", "timeout_s": 7.0},
    "limits": {"max_runs": 1, "max_repairs": 2, "max_abandoned": 3, "budget_usd": 5.0, "budget_tokens": 6},
    "sandbox": {
        "kind": "plain",
        "memory_gb": 11.0,
        "memory_share": 0.5,
        "max_processes": 15,
        "left_gb": 12.0,
        "left_files": 13,
        "left_depth": 14,
    },
    "paper": {"write": False, "search_url": "http://localhost:2"},
}
"""The same in groups."""


def of_old(settings: Settings) -> dict[str, Any]:
    """The settings of labloop 0.1 among these; those that came later are left out."""
    found = settings.model_dump()
    return {group: {name: found[group][name] for name in values} for group, values in GROUPED.items()}


def as_toml(values: Mapping[str, Any]) -> str:
    """Flat names first, then a table for each group."""
    flat = [f"{name} = {json.dumps(value)}" for name, value in values.items() if not isinstance(value, dict)]
    tables = [f"[{name}]\n{as_toml(value)}" for name, value in values.items() if isinstance(value, dict)]
    return "\n".join([*flat, *tables]) + "\n"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "labloop.toml"
    path.write_text('[models]\nwriter = "from-file"\n[limits]\nmax_runs = 3\nmax_repairs = 1\n')
    return path


def test_flags_win_over_environment_over_file(config: Path) -> None:
    """Each layer replaces only what it names."""
    settings = resolve({"max_runs": 5, "model": None}, config, {"LABLOOP_MODEL": "from-env", "LABLOOP_MAX_RUNS": "4"})
    limits = settings.limits
    assert (settings.models.writer, limits.max_runs, limits.max_repairs) == ("from-env", 5, 1)


def test_a_file_holds_groups_or_the_names_of_old(tmp_path: Path) -> None:
    """Both spellings of every setting lead to the same settings."""
    path = tmp_path / "labloop.toml"
    for values in (FLAT, GROUPED):
        path.write_text(as_toml(values))
        assert of_old(resolve({}, path, {})) == GROUPED


def test_every_setting_has_a_variable_of_the_old_kind(tmp_path: Path) -> None:
    """LABLOOP_MAX_RUNS and its like set each of them, and no two share one."""
    environ = {f"LABLOOP_{name.upper()}": str(value) for name, value in FLAT.items()}
    assert set(environ) <= set(VARIABLES.values()) and len(set(VARIABLES.values())) == len(VARIABLES)
    path = tmp_path / "none.toml"
    path.touch()
    assert of_old(resolve({}, path, environ)) == GROUPED


def test_a_session_of_old_opens_with_its_settings(tmp_path: Path) -> None:
    """session.json of labloop 0.1 holds the names without groups; a new one holds groups."""
    session = toy_session(tmp_path)
    spec = json.loads(session.paths.spec.read_text())
    assert set(spec["settings"]) == set(GROUPS)
    session.paths.spec.write_text(json.dumps(spec | {"settings": FLAT | {"scale": ""}}))
    opened = of_old(open_session(session.paths.root).settings)
    assert opened == GROUPED | {"experiment": {"scale": "", "timeout_s": 7.0}}


@pytest.mark.parametrize(
    ("flags", "environ", "said"),
    [
        ({"max_runs": 0}, {}, "the command line: max_runs: .*greater than or equal to 1; see docs/settings.md"),
        ({}, {"LABLOOP_MAX_RUNS": "many"}, "the environment: LABLOOP_MAX_RUNS: .*valid integer"),
        ({"budget_usd": math.inf}, {}, "the command line: budget_usd: .*finite number"),
        ({"timeout_s": math.nan}, {}, "the command line: timeout_s: .*finite number"),
        ({}, {"LABLOOP_LEFT_GB": "inf"}, "the environment: LABLOOP_LEFT_GB: .*finite number"),
        ({}, {"LABLOOP_MEMORY_GB": "1e300"}, "the environment: LABLOOP_MEMORY_GB: .*less than or equal to 1000000000"),
    ],
)
def test_a_bad_value_names_source_and_field(
    config: Path, flags: dict[str, Any], environ: dict[str, str], said: str
) -> None:
    """The message says where the value came from, under the name that was written there."""
    with pytest.raises(UsageError, match=said):
        resolve(flags, config, environ)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("max_run = 5", r"max_run: there is no such setting; did you mean max_runs\?"),
        ("[limits]\nmax_run = 5", r"limits\.max_run: there is no such setting; did you mean limits\.max_runs\?"),
        ("[limit]\nmax_runs = 5", r"limit: there is no such setting"),
        ("zzz = 1", r"zzz: there is no such setting; docs/settings\.md lists them all"),
        ("limits = 5", r"limits: is a group of settings; write max_runs, .* under \[limits\]"),
        ("max_runs = 1\n[limits]\nmax_runs = 2", r"limits\.max_runs: given a second time \(also as max_runs\)"),
        ('[sandbox]\nkind = "none"', r"sandbox\.kind: Input should be 'auto', 'bwrap' or 'plain'"),
        ("max_runs = ", r"not valid TOML"),
    ],
)
def test_what_a_file_cannot_say_is_refused(tmp_path: Path, text: str, said: str) -> None:
    """The file, the field as it is written there, and the remedy: for a name that does not exist, the nearest one."""
    path = tmp_path / "labloop.toml"
    path.write_text(text)
    with pytest.raises(UsageError, match=said) as refused:
        resolve({}, path, {})
    assert str(path) in str(refused.value)


def test_a_named_file_must_be_there(tmp_path: Path) -> None:
    """--config names a file that exists; without it, labloop.toml may be absent."""
    with pytest.raises(UsageError, match=r"gone\.toml: there is no such settings file"):
        resolve({}, tmp_path / "gone.toml", {})


def test_settings_are_changed_by_laying_others_on_top() -> None:
    """What is not named stays, the settings themselves too, and a bad value is a usage error here as well."""
    before = Settings.model_validate({"model": "a", "max_runs": 2})
    after = overlay(before, "a test", {"limits.max_runs": 3, "paper": {"write": False}})
    assert (after.models.writer, after.limits.max_runs, after.paper.write) == ("a", 3, False)
    assert before.limits.max_runs == 2
    with pytest.raises(UsageError, match=r"a test: limits\.max_runs"):
        overlay(before, "a test", {"limits.max_runs": 0})


def test_a_role_without_a_model_has_the_writers() -> None:
    """Coder and adviser answer as the writer does where they are not named, the reviewer as the adviser."""
    models = Settings.model_validate({"model": "a", "adviser": "b"}).models
    assert models.by_role == {"writer": "a", "coder": "a", "adviser": "b", "reviewer": "b"}


def test_unknown_settings_of_a_session_are_refused() -> None:
    """A session.json that was written by hand says which name does not exist."""
    with pytest.raises(ValidationError, match="max_run: there is no such setting"):
        Settings.model_validate({"max_run": 1})
