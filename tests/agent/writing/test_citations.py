"""The bibliography is sound, and what a search brings is let in only where it is."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

import pytest

from agent.paper import bibliography_of
from agent.session.events import CitationsFound
from agent.session.session import Session, open_session
from agent.session.settings import overlay
from agent.writing.citations import entry_of
from tests.world.stage import make_session

pytestmark = pytest.mark.whole


def work(
    title: str, year: int | None = 2021, authors: tuple[str, ...] = ("Ada Lovelace", "Søren Å"), **more: Any
) -> dict[str, Any]:
    return {
        "title": title,
        "publication_year": year,
        "authorships": [{"author": {"display_name": name}} for name in authors],
        "primary_location": {"source": {"display_name": "Journal of 100% & More"}},
        "doi": "https://doi.org/10.1234/ab_c",
        **more,
    }


WORKS = [
    work("Orthogonal <i>Codes</i> & Sparse_Features"),
    work("Orthogonal Codes & Sparse_Features"),
    work("Scaling and Evaluating Sparse Autoencoders"),
    work("Without Year", year=None),
    work("Without Authors", authors=()),
    work("Withdrawn", is_retracted=True),
    work("\\input{/etc/passwd} injected"),
    {"title": None},
    "not even an object",
]


class Server(BaseHTTPRequestHandler):
    """Answers /works as OpenAlex does."""

    queries: ClassVar[list[str]] = []
    status = 200

    def do_GET(self) -> None:
        type(self).queries.append(parse_qs(urlsplit(self.path).query)["search"][0])
        body = json.dumps({"meta": {}, "results": WORKS}).encode() if self.status == 200 else b"<html>sorry"
        self.send_response(self.status)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def server() -> Iterator[str]:
    Server.queries, Server.status = [], 200
    with HTTPServer(("127.0.0.1", 0), Server) as http:
        thread = threading.Thread(target=http.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{http.server_port}"
        http.shutdown()


def searching(tmp_path: Path, url: str) -> Session:
    session = make_session(tmp_path)
    return open_session(session.paths.root, overlay(session.settings, "a test", {"search_url": url}))


def test_takes_sound_works_and_refuses_the_others(tmp_path: Path, server: str) -> None:
    """Doubles, known works, works without year or authors and withdrawn ones stay out; what comes in is safe for TeX."""
    session = searching(tmp_path, server)
    found = bibliography_of(session)[-2:]
    event = next(session.journal.all(CitationsFound))
    assert [entry.key for entry in found] == ["lovelace2021orthogonal", "lovelace2021etcpasswd"]
    assert found[0].text.startswith(
        "@article{lovelace2021orthogonal,\n  title = {{Orthogonal Codes \\& Sparse\\_Features}}"
    )
    assert "S{\\o}ren \\r{A}" in found[0].text and "100\\% \\& More" in found[0].text
    assert "\\input" not in found[1].text and len(event.entries) == 2
    assert Server.queries == ["Progressive Orthogonality", "A study for tests"]


def test_a_search_is_recorded_and_not_made_again(tmp_path: Path, server: str) -> None:
    """Resuming takes the entries from the journal."""
    session = searching(tmp_path, server)
    first = bibliography_of(session)
    again = open_session(session.paths.root, session.settings)
    assert bibliography_of(again) == first and len(Server.queries) == 2


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "file:///etc", "not a url"])
def test_without_an_answer_the_shipped_bibliography_stands_alone(tmp_path: Path, url: str) -> None:
    """A search that cannot be asked costs a warning, not the paper."""
    session = searching(tmp_path, url)
    assert next(iter(session.journal.all(CitationsFound)), None) is None
    assert len(bibliography_of(session)) >= 20 and next(session.journal.all(CitationsFound)).entries == []


def test_a_server_that_fails_is_survived(tmp_path: Path, server: str) -> None:
    """An error page is no answer."""
    Server.status = 500
    assert len(bibliography_of(searching(tmp_path, server))) >= 20


def test_nobody_is_asked_unless_it_was_wished(tmp_path: Path, server: str) -> None:
    """Without `search_url` no connection is made and nothing is journalled."""
    session = make_session(tmp_path)
    bibliography_of(session)
    assert not Server.queries and not list(session.journal.all(CitationsFound))


def test_a_work_without_a_named_author_is_no_entry() -> None:
    """What lacks an author's name cannot be cited."""
    assert entry_of({"title": "T", "publication_year": 2020, "authorships": [{"author": None}]}) is None
