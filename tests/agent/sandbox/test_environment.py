"""The environment of what runs in a sandbox: nothing that was not asked for, no secret, every cache in scratch."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from agent.sandbox.environment import clean_environment
from agent.session.paths import REPOSITORY


def test_the_environment_holds_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever keys, tokens and proxies the user has, none is passed on; caches lie in the scratch folder."""
    names = (
        "OPENAI_API_KEY",
        "HF_TOKEN",
        "AWS_SECRET_ACCESS_KEY",
        "WANDB_API_KEY",
        "GITHUB_TOKEN",
        "HTTPS_PROXY",
        "PYTHONSTARTUP",
        "LD_PRELOAD",
        "PYTHONPATH",
        "SSH_AUTH_SOCK",
        "LABLOOP_MODEL",
    )
    for name in names:
        monkeypatch.setenv(name, "planted")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "1")
    env = clean_environment(tmp_path, {"PYTHONPATH": "/template"})
    assert "planted" not in env.values()
    assert env["PYTHONPATH"] == "/template"
    assert env["CUDA_VISIBLE_DEVICES"] == "1"
    for name in ("HOME", "TMPDIR", "TRITON_CACHE_DIR", "CUDA_CACHE_PATH", "MPLCONFIGDIR"):
        assert Path(env[name]).is_relative_to(tmp_path)
        assert Path(env[name]).is_dir()


def test_models_fetched_earlier_stay_readable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The hub's folder of models is named, the token that lies beside it is not."""
    (tmp_path / "hf/hub").mkdir(parents=True)
    (tmp_path / "hf/token").write_text("hf_planted")
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    env = clean_environment(tmp_path / "scratch", {})
    assert env["HF_HUB_CACHE"] == str(tmp_path / "hf/hub")
    assert env["HF_HOME"] != str(tmp_path / "hf")


def test_a_template_names_what_else_it_keeps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable that it keeps comes from the user's environment where it is set; a cache gets a folder in scratch."""
    monkeypatch.setenv("MY_LIMIT_GB", "4")
    env = clean_environment(tmp_path, {}, keeps=["MY_LIMIT_GB", "MY_UNSET"], caches=["MY_COMPILER_CACHE"])
    assert env["MY_LIMIT_GB"] == "4" and "MY_UNSET" not in env
    assert Path(env["MY_COMPILER_CACHE"]).is_dir() and Path(env["MY_COMPILER_CACHE"]).is_relative_to(tmp_path)
    assert "MY_LIMIT_GB" not in clean_environment(tmp_path, {})


@pytest.mark.process
@pytest.mark.parametrize("home", ["/nowhere/at/all", "", None])
def test_a_user_id_without_a_name_finds_a_sandbox(home: str | None) -> None:
    """`docker run --user 12345`, with HOME pointing nowhere, empty, or unset: the doctor says what there is."""
    unnamed = ["unshare", "--user", "--map-user=12345", "--map-group=12345"]
    if (
        shutil.which("unshare") is None
        or subprocess.run([*unnamed, "true"], capture_output=True, check=False).returncode
    ):
        pytest.skip("no user namespace here")
    environ = {name: value for name, value in os.environ.items() if name != "HOME"} | (
        {} if home is None else {"HOME": home}
    )
    doctor = [sys.executable, "agent/doctor.py", "templates/toy/idea.json", "--model", "manual", "--no-paper"]
    done = subprocess.run([*unnamed, *doctor], cwd=REPOSITORY, env=environ, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr and "error" not in done.stderr, done.stderr
    assert re.search(r"^. sandbox ", done.stdout, re.MULTILINE) and "A session can" in done.stdout
