"""Models are looked at before a session, and each is asked for one token: key, provider, library, recording, server."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.checks.models import model_check, named_models
from agent.checks.result import CheckResult
from agent.errors import ModelUnavailable
from agent.models.litellm_model import LitellmModel
from agent.models.probe import lacking_library
from agent.models.protocol import Message, Request
from agent.session.settings import ModelSettings
from agent.session.steps import Step
from tests.world.model_server import ModelServer
from tests.world.provider import Provider, certificate

pytestmark = pytest.mark.process

NO_KEYS = ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "OLLAMA_API_BASE")


def looked_at(name: str, **settings: str) -> CheckResult:
    return model_check("writer", name, ModelSettings.model_validate({"writer": name, **settings}))


@pytest.mark.parametrize(
    ("name", "ok", "said"),
    [
        ("gpt-4o", False, "OPENAI_API_KEY"),
        ("anthropic/claude-sonnet-4-5", False, "ANTHROPIC_API_KEY"),
        ("nosuchprovider/x", False, "PROVIDER/MODEL"),
        ("gpt4-typo", False, "PROVIDER/MODEL"),
        ("manual", True, ""),
        ("recorded", False, "--recording"),
    ],
)
def test_what_is_missing_is_found_without_asking(
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


def test_a_key_is_tried_and_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """The provider is asked for one token with it; where it is refused, its variable is named."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    with Provider() as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        good = looked_at("gpt-4o")
        server.refuse = (401, "Incorrect API key provided", "invalid_api_key")
        bad = looked_at("gpt-4o")
    assert good.ok and good.detail == "gpt-4o (openai) answers"
    assert [(call["key"], call["max_tokens"]) for call in server.calls] == [("sk-secret", 1)] * 2
    assert not bad.ok and bad.fatal and "OPENAI_API_KEY" in bad.remedy
    assert "sk-secret" not in str(good) + str(bad)


@pytest.mark.parametrize("name", ["my-model", "openai/my", "Qwen/Qwen3-8B"])
def test_a_server_of_ones_own_needs_no_key(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a base URL any name will do that the server knows; slashes are its own."""
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with Provider() as server:
        assert looked_at(name, base_url=server.url).ok
        assert [call["max_tokens"] for call in server.calls] == [1]


@pytest.mark.parametrize(
    ("refuse", "fatal", "words"),
    [
        ((404, "the model my does not exist", "model_not_found"), True, "it serves one, two; name one of them"),
        ((401, "no", "invalid_api_key"), True, "OPENAI_API_KEY"),
        ((403, "not allowed", "permission_denied"), True, "OPENAI_API_KEY"),
        ((429, "You exceeded your current quota", "insufficient_quota"), True, "credit"),
        ((429, "30000 tokens per minute, try again in 40s", "rate_limit_exceeded"), False, "may pass"),
        ((503, "overloaded", "x"), False, "may pass"),
        ((400, "unknown field", "x"), True, "check the model's name"),
    ],
    ids=str,
)
def test_a_model_that_does_not_answer_is_found(refuse: tuple[int, str, str], fatal: bool, words: str) -> None:
    """Each refusal with its remedy before a session; what passes by itself is a warning."""
    with Provider(served=["one", "two"], refuse=refuse) as server:
        result = looked_at("my", base_url=server.url)
    assert (result.ok, result.fatal) == (False, fatal) and words in result.remedy, result
    assert len(server.calls) == 1


@pytest.mark.parametrize(
    "message", ["max_tokens is not supported, use max_completion_tokens", "max_tokens was reached before the end"]
)
def test_a_model_that_minds_the_short_answer_is_there(message: str) -> None:
    """It knows the name and took the key: a session asks for longer answers, in the form that the model wants."""
    with Provider(refuse=(400, message, "unsupported_parameter")) as server:
        assert looked_at("my", base_url=server.url).ok


def test_an_address_that_leads_nowhere_is_told() -> None:
    """A server that lists nothing and knows no such path: the end that is mostly forgotten is named."""
    with Provider(refuse=(404, "no such page", "x")) as server:
        assert "ends in /v1" in looked_at("my", base_url=server.root).remedy


def test_a_model_that_never_answers_is_told_in_time(tmp_path: Path) -> None:
    """The time is a setting, and the remedy names it."""
    with ModelServer(tmp_path, [{"fault": "hang"}]) as server:
        result = model_check("writer", "my", ModelSettings(writer="my", base_url=server.url, check_s=0.5))
    assert not result.ok and "no answer" in result.detail and "check_s" in result.remedy


def test_a_library_that_a_provider_needs_is_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything is asked; the remedy needs nothing installed."""
    if not lacking_library("vertex_ai"):
        pytest.skip("google-auth is installed here")
    monkeypatch.setenv("VERTEXAI_PROJECT", "p")
    monkeypatch.setenv("VERTEXAI_LOCATION", "l")
    result = looked_at("vertex_ai/gemini-2.5-pro")
    assert not result.ok and "google.auth is not installed" in result.detail and "GEMINI_API_KEY" in result.remedy
    assert lacking_library("openai") == lacking_library("bedrock") == ""


@pytest.mark.parametrize("end", ["/", "/chat/completions", "/chat/completions/", "/models"])
def test_a_page_below_the_address_is_taken_for_the_address(end: str) -> None:
    """As it is copied from a server's page or log."""
    with Provider(served=["m"]) as server:
        assert looked_at("m", base_url=server.url + end).ok
        assert [call["path"] for call in server.calls] == ["/v1/chat/completions"]


@pytest.mark.parametrize(
    "url",
    [
        "localhost:9/v1",
        "localhost:8000",
        "http://",
        "ftp://127.0.0.1:9",
        "127.0.0.1:9",
        "http//localhost:9/v1",
        "http:/localhost:9",
        "ftp://x/v1",
        "file:///etc/x",
        "http://a:b/v1",
        "https://a b/v1",
    ],
)
def test_what_is_no_address_is_told_as_that(url: str) -> None:
    """Without its scheme, or mistyped: nothing is asked, and the remedy is not to start a server."""
    result = looked_at("m", base_url=url)
    assert not result.ok and result.fatal
    assert "is no address of a server" in result.detail and "--base-url http://" in result.remedy


def test_spaces_round_an_address_are_none_of_it() -> None:
    """As they are copied with it."""
    with Provider(served=["m"]) as server:
        assert looked_at("m", base_url=f" {server.url}\n").ok


def test_a_certificate_that_nobody_here_trusts_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the check, and in a session, where it is no fault that passes; with its file in SSL_CERT_FILE it is trusted."""
    made = certificate(tmp_path)
    with Provider(certificate=made) as server:
        url = server.url.replace("http:", "https:")
        result = looked_at("m", base_url=url)
        assert not result.ok and "is not trusted here" in result.detail and "SSL_CERT_FILE" in result.remedy
        with pytest.raises(ModelUnavailable, match=r"asking again would not help.*SSL_CERT_FILE"):
            LitellmModel("openai/m", url, 5, first_wait_s=0.01).answer(
                Request("writer", Step("plan/1"), (Message("user", "hello"),))
            )
        assert server.calls == []


def test_each_role_is_asked_at_its_own_address(monkeypatch: pytest.MonkeyPatch) -> None:
    """The adviser without an address is no model of the writer's server, and the remedy names the adviser's flag."""
    with Provider() as server:
        settings = ModelSettings(writer="m", base_url=server.url, adviser="n", coder_base_url=server.root)
        assert model_check("writer", "m", settings).ok
        adviser = model_check("adviser, reviewer", "n", settings)
    assert not adviser.ok and "--adviser-base-url" in adviser.remedy
    assert named_models(settings) == [("writer", "m"), ("coder", "m"), ("adviser, reviewer", "n")]


def test_a_server_that_is_not_there_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the baseline is measured, not at the first question."""
    monkeypatch.setenv("no_proxy", "*")  # a proxy would answer in the server's place
    with ModelServer(tmp_path, []) as server:
        url = server.url
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
    assert named_models(ModelSettings(writer="a")) == [("writer, coder, adviser, reviewer", "a")]
    assert named_models(ModelSettings(writer="a", adviser="b")) == [("writer, coder", "a"), ("adviser, reviewer", "b")]
