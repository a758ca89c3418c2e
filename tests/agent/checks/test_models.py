"""Models are looked at without being asked: key, provider, recording, server."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.checks.models import model_check, named_models
from agent.checks.result import CheckResult
from agent.session.settings import ModelSettings
from tests.world.model_server import ModelServer

pytestmark = pytest.mark.process

NO_KEYS = ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "OLLAMA_API_BASE")


def looked_at(name: str, **settings: str) -> CheckResult:
    return model_check("writer", name, ModelSettings.model_validate({"writer": name, **settings}))


@pytest.mark.parametrize(
    ("name", "ok", "said"),
    [
        ("gpt-4o", False, "OPENAI_API_KEY"),
        ("anthropic/claude-sonnet-4-5", False, "ANTHROPIC_API_KEY"),
        ("ollama/llama3", True, ""),
        ("nosuchprovider/x", False, "PROVIDER/MODEL"),
        ("gpt4-typo", False, "PROVIDER/MODEL"),
        ("manual", True, ""),
        ("recorded", False, "--recording"),
    ],
)
def test_models_are_looked_at_without_being_asked(
    monkeypatch: pytest.MonkeyPatch, name: str, ok: bool, said: str
) -> None:
    """A missing key, an unknown provider and a missing recording are each told apart."""
    for key in NO_KEYS:
        monkeypatch.delenv(key, raising=False)
    result = looked_at(name)
    assert (result.name, result.ok) == ("model (writer)", ok), result
    assert said in result.remedy


def test_no_model_at_all_is_a_warning() -> None:
    """The doctor without an idea cannot know who will answer; a session refuses it by itself."""
    result = looked_at("")
    assert (result.ok, result.fatal) == (False, False) and "--model NAME" in result.remedy


def test_a_key_in_the_environment_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """The key's value is neither tried nor shown."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    result = looked_at("gpt-4o")
    assert result.ok
    assert "sk-secret" not in str(result)


def test_a_server_of_ones_own_needs_no_key(tmp_path: Path) -> None:
    """With a base URL any name will do: the server knows it. It is looked for, and asked nothing."""
    with ModelServer(tmp_path, []) as server:
        assert looked_at("my-model", base_url=server.url).ok
        assert looked_at("openai/my", base_url=server.url).ok
        assert server.requests == []


@pytest.mark.parametrize("address", ["{gone}", "localhost:8000", "http://", "ftp://127.0.0.1:9"])
def test_a_server_that_is_not_there_is_found(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the baseline is measured, not at the first question; an address that is none is found too."""
    monkeypatch.setenv("no_proxy", "*")  # a proxy would answer in the server's place
    with ModelServer(tmp_path, []) as server:
        gone = server.url
    url = address.format(gone=gone)
    result = looked_at("my-model", base_url=url)
    assert not result.ok and result.fatal
    assert f"nothing answers at {url}" in result.detail and "--base-url" in result.remedy


def test_a_recording_that_cannot_be_read_is_found(tmp_path: Path) -> None:
    """A broken recording is found before the session, not at its first question."""
    path = tmp_path / "x.recording.jsonl"
    path.write_text("not json\n")
    result = looked_at("recorded", recording=str(path))
    assert not result.ok
    assert "line 1" in result.detail


def test_each_model_is_looked_at_once() -> None:
    """Roles that share a model share a check."""
    assert named_models(ModelSettings(writer="a")) == [("writer, coder, adviser", "a")]
    assert named_models(ModelSettings(writer="a", adviser="b")) == [("writer, coder", "a"), ("adviser", "b")]
