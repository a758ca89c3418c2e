"""Each role asks its own model at its own address, and a key goes only where it belongs."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.models.address import address_of, provider_of, served_at
from agent.models.protocol import Message, Request
from agent.models.registry import models_for
from agent.session.settings import Asked, ModelSettings
from agent.session.steps import Step
from agent.session.stop import Stop
from tests.world.provider import Provider

pytestmark = pytest.mark.process
QUESTION = Request("writer", Step("plan/1"), (Message("user", "hello"),), 10)


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "key-of-openai")
    monkeypatch.setenv("ANTHROPIC_API_KEY", "key-of-anthropic")


@pytest.mark.parametrize(
    ("name", "provider"),
    [
        ("m", ""),
        ("Qwen/Qwen3-8B", ""),
        ("meta-llama/Llama-3.1-8B-Instruct", ""),
        ("google/gemma-3-27b-it", ""),
        ("deepseek-ai/DeepSeek-R1", ""),
        ("/models/mine", ""),
        ("anthropic/claude-sonnet-4-5", "anthropic"),
        ("openai/gpt-oss-20b", "openai"),
        ("ollama/llama3", "ollama"),
    ],
)
def test_a_name_begins_with_a_provider_or_is_the_servers(name: str, provider: str) -> None:
    """An organisation of a hub, or a folder, is no provider."""
    assert provider_of(name) == provider


@pytest.mark.parametrize("name", ["m", "Qwen/Qwen3-8B", "deepseek-ai/DeepSeek-R1", "/models/mine", "openai/m"])
def test_a_servers_name_is_asked_for_as_it_stands(name: str) -> None:
    """Through the model itself: the server reads the name as it was given, but for litellm's own `openai/`."""
    with Provider() as server:
        assert (
            models_for(ModelSettings(writer=name, base_url=server.url), Path(), Stop())["writer"].answer(QUESTION).text
        )
        assert server.calls[0]["model"] == name.removeprefix("openai/") and server.calls[0]["key"] == "key-of-openai"


@pytest.mark.parametrize("name", ["openai/gpt-oss-20b", "mistral/small", "nvidia_nim/x"])
def test_a_name_that_the_server_lists_is_asked_for_whole(name: str) -> None:
    """Though it begins as a provider of litellm's does; also where the list itself needs the key."""
    for key in ("", "key-of-openai"):
        with Provider(served=[name], key=key) as server:
            assert served_at(server.url) == (name,)
            models_for(ModelSettings(writer=name, base_url=server.url), Path(), Stop())["writer"].answer(QUESTION)
            assert server.calls[0]["model"] == name


def test_the_list_is_not_looked_for_elsewhere_with_a_key() -> None:
    """A server that wants the key and then sends on to another address is no list, and the key stays where it was sent."""
    with Provider() as other, Provider(key="k", onward=f"{other.url}/models") as server:
        assert served_at(server.url) == ()
        assert server.looked == ["", "key-of-openai"] and other.looked == []


def test_a_provider_keeps_its_interface_and_key() -> None:
    """At an address that lists no such name, anthropic/… is asked as Anthropic is, and OpenAI's key stays at home."""
    with Provider(served=["m"]) as server:
        settings = ModelSettings(writer="m", adviser="anthropic/claude-sonnet-4-5", adviser_base_url=server.root)
        models_for(settings, Path(), Stop())["adviser"].answer(QUESTION)
        call = server.calls[0]
    assert (call["path"], call["key"]) == ("/v1/messages", "key-of-anthropic")
    assert address_of("ollama/llama3", "http://127.0.0.1:9") == ("ollama/llama3", {"api_base": "http://127.0.0.1:9"})


def test_an_address_is_that_of_one_model() -> None:
    """--base-url is the writer's model's; the same model in another role is asked there too, another model is not."""
    given = ModelSettings(writer="m", base_url="W", coder="m", adviser="anthropic/x")
    assert given.asked == {
        "writer": Asked("m", "W"),
        "coder": Asked("m", "W"),
        "adviser": Asked("anthropic/x", ""),
        "reviewer": Asked("anthropic/x", ""),
    }
    given = ModelSettings(writer="m", base_url="W", coder_base_url="C", adviser="n", adviser_base_url="A")
    assert given.asked == {
        "writer": Asked("m", "W"),
        "coder": Asked("m", "C"),
        "adviser": Asked("n", "A"),
        "reviewer": Asked("n", "A"),
    }


def test_roles_share_a_model_where_name_and_address_are_one() -> None:
    """What one model has learnt of a server holds for the roles that ask there, and for no other."""
    made = models_for(
        ModelSettings(writer="m", base_url="http://127.0.0.1:9", coder_base_url="http://127.0.0.1:8"), Path(), Stop()
    )
    assert made["writer"] is made["adviser"] and made["coder"] is not made["writer"]


def test_a_person_and_a_recording_have_no_address(tmp_path: Path) -> None:
    """One of them answers in all roles, whatever addresses stand in the settings."""
    given = ModelSettings(writer="manual", base_url="W", adviser_base_url="A")
    assert set(given.asked.values()) == {Asked("manual", "")}
    made = models_for(given, tmp_path, Stop())
    assert made["writer"] is made["adviser"]


def test_a_provider_without_an_address_is_asked_at_home() -> None:
    """Nothing is added to what litellm knows of it."""
    assert address_of("anthropic/claude-sonnet-4-5", "") == ("anthropic/claude-sonnet-4-5", {})


def test_a_list_that_is_none_names_no_model() -> None:
    """A server that is not there, and one that lists nothing."""
    with Provider() as server:
        assert served_at(server.url) == ()
    assert served_at("http://127.0.0.1:9/v1") == served_at("no address") == ()


@pytest.mark.parametrize("address", ["http://h:8000", "http://h:8000/", "http://h:8000/v1", "http://h:8000/v1/"])
def test_a_version_that_litellm_adds_is_not_there_twice(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An Anthropic-like server is asked at /v1/messages, whether its address was given with /v1 or without."""
    monkeypatch.setattr("agent.models.address.served_at", lambda _: ())
    name, extra = address_of("anthropic/claude-x", address)
    assert name == "anthropic/claude-x" and extra["api_base"].rstrip("/") == "http://h:8000"
