"""Every status a provider may answer with, over HTTP through the gateway: asked again, or paused with what helps."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.errors import ModelUnavailable
from agent.models.exchanges import Exchanges
from agent.models.gateway import Gateway
from agent.models.limits import Limits
from agent.models.litellm_model import LitellmModel
from agent.models.protocol import Message, Model, Role
from tests.world.model_server import ModelServer
from tests.world.provider import Provider
from tests.world.toy import toy_session

pytestmark = pytest.mark.process
HELLO = [Message("user", "hello")]
PASSING = (408, 409, 420, 423, 424, 425, 429, 498, 499, 500, 502, 503, 504, 507, 508, 520, 521, 522, 523, 524, 525, 526)
STOPPING = {
    401: "set the provider's key",
    402: "add credit",
    403: "rights",
    404: "check --model",
    405: "refuses the request",
    407: "HTTPS_PROXY",
    410: "check --model",
    411: "refuses the request",
    413: "longer context",
    415: "refuses the request",
    418: "refuses the request",
    431: "refuses the request",
    440: "set the provider's key",
    444: "refuses the request",
    451: "rights",
    460: "refuses the request",
    511: "HTTPS_PROXY",
}


def asked(folder: Path, server: ModelServer | Provider, name: str = "m") -> str:
    """The answer to one question that goes through the gateway to a server."""
    model = LitellmModel(name, server.url, 20, first_wait_s=0.01)
    models: dict[Role, Model] = {"writer": model, "coder": model, "adviser": model, "reviewer": model}
    session = toy_session(folder)
    return Gateway(session.journal, Exchanges(session.paths.exchanges), models, Limits()).ask("writer", "plan/1", HELLO)


@pytest.mark.parametrize("status", [*PASSING, 529, 530, 561, 599])
def test_what_passes_is_asked_again(tmp_path: Path, status: int) -> None:
    """Failures behind the door, limits of capacity, and every 5xx that nobody has heard of."""
    with ModelServer(tmp_path, [{"status": status, "message": "not now"}, {"text": "hi"}]) as server:
        assert asked(tmp_path, server) == "hi"
        assert len(server.requests) == 2


@pytest.mark.parametrize("status", STOPPING)
def test_what_does_not_pass_stops_and_is_told(tmp_path: Path, status: int) -> None:
    """Asked once; every 4xx that nobody has heard of among them, in the provider's words."""
    with ModelServer(tmp_path, [{"status": status, "message": "not like this"}]) as server:
        with pytest.raises(ModelUnavailable, match=STOPPING[status]) as told:
            asked(tmp_path, server)
        assert len(server.requests) == 1 and "not like this" in str(told.value)


def test_a_token_that_has_expired_is_no_limit_of_capacity(tmp_path: Path) -> None:
    """Two makers use 498, for two things; the words tell them apart."""
    answers = [{"status": 498, "message": "Invalid token: it has expired"}]
    with ModelServer(tmp_path, answers) as server, pytest.raises(ModelUnavailable, match="set the provider's key"):
        asked(tmp_path, server)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("name", ["m", "anthropic/claude-sonnet-4-5"])
def test_a_key_never_goes_where_a_redirection_leads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: int, name: str
) -> None:
    """Neither key nor question: the session pauses, and a person may name the other address."""
    monkeypatch.setenv("OPENAI_API_KEY", "key-of-openai")
    monkeypatch.setenv("ANTHROPIC_API_KEY", "key-of-anthropic")
    with Provider() as other, Provider(onward=f"{other.url}/chat/completions", status=status) as server:
        with pytest.raises(ModelUnavailable) as told:
            asked(tmp_path, server, name)
        assert other.calls == [] and len(server.calls) == 1
    assert "--base-url" in str(told.value)


def test_a_redirection_on_the_same_server_is_followed(tmp_path: Path) -> None:
    """A gateway that moves its paths loses nobody."""
    with Provider(onward="/v2/chat/completions") as server:
        assert asked(tmp_path, server) == "yes"
        assert [call["path"] for call in server.calls] == ["/v1/chat/completions", "/v2/chat/completions"]
