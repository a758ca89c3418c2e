"""A connection that fails at a proxy of the environment says so; one that none was used for does not."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import httpx
import pytest

from agent.models.faults import Fault, fault_of

_VARIABLES = ("http", "https", "all", "no")


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxy but the test's own."""
    for name in _VARIABLES:
        monkeypatch.delenv(f"{name}_proxy", raising=False)
        monkeypatch.delenv(f"{name.upper()}_PROXY", raising=False)


@pytest.fixture
def refusing() -> Iterator[int]:
    """The port of a proxy that wants a login."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")

        threading.Thread(target=answer, daemon=True).start()
        yield server.getsockname()[1]


def failed(url: str) -> Fault:
    """What came of asking there."""
    with pytest.raises(Exception) as told:
        httpx.post(url, json={}, timeout=5)
    return fault_of(told.value)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    """The variable, the proxy without its password, and the host for NO_PROXY; it may pass, so it is tried again."""
    monkeypatch.setenv(f"{scheme.upper()}_PROXY", "http://me:secret@127.0.0.1:9")
    fault = failed(f"{scheme}://models.example/v1")
    assert fault.way == "retry" and "secret" not in fault.message
    assert (
        f"{scheme.upper()}_PROXY names (127.0.0.1:9)" in fault.message and "models.example in NO_PROXY" in fault.message
    )


def test_a_proxy_s_login_stops_at_once(monkeypatch: pytest.MonkeyPatch, refusing: int) -> None:
    """It answers before any provider does: asking again helps nothing."""
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{refusing}")
    fault = failed("https://models.example/v1")
    assert (fault.kind, fault.way) == ("network", "stop") and "HTTPS_PROXY names" in fault.message


def test_an_address_that_is_left_out_names_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """NO_PROXY keeps the question off it, and so does the message; without any proxy nothing is said of one."""
    assert "proxy" not in failed("http://127.0.0.1:9/v1").message
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    assert "proxy" not in failed("http://127.0.0.1:9/v1").message


def test_a_socks_proxy_is_named_with_what_helps(monkeypatch: pytest.MonkeyPatch) -> None:
    """The client cannot even be made, whomever it would ask: the variable and the proxy without its password, no library."""
    monkeypatch.setenv("ALL_PROXY", "socks5h://me:secret@127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "models.example")
    with pytest.raises(ImportError) as told:
        httpx.Client()
    fault = fault_of(told.value)
    assert (fault.kind, fault.way) == ("socks", "stop")
    assert "ALL_PROXY (127.0.0.1:9)" in fault.message and "secret" not in fault.message
    assert "HTTP proxies alone" in fault.remedy and "install" not in fault.remedy + fault.message
