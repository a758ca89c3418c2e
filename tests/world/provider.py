"""Servers of models in a thread of the test: OpenAI's interface and Anthropic's, with what they list, and a note of each key."""

from __future__ import annotations

import json
import ssl
import subprocess
import threading
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urljoin


def certificate(folder: Path) -> Path:
    """A certificate of 127.0.0.1 that it signed itself, with its key, in one file."""
    made = folder / "certificate.pem"
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
    key = ["-newkey", "rsa:2048", "-nodes", "-keyout", str(folder / "key.pem")]
    command = ["openssl", "req", "-x509", *key, "-out", str(made), "-days", "2", *subject]
    subprocess.run(command, check=True, capture_output=True)
    made.write_text(made.read_text() + (folder / "key.pem").read_text())
    return made


class Provider:
    """Answers "yes" to every question, or what `refuse` says; `calls` holds each question: path, key, model, max_tokens;
    `looked` the key of each look at the list of models."""

    def __init__(
        self,
        served: Sequence[str] = (),
        refuse: tuple[int, str, str] | None = None,
        key: str = "",
        onward: str = "",
        status: int = 307,
        certificate: Path | None = None,
    ) -> None:
        """`onward`: an address to which every question is sent on, with this status."""
        self.served, self.refuse, self.key, self.onward, self.status = served, refuse, key, onward, status
        self.calls: list[dict[str, Any]] = []
        self.looked: list[str] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.root = f"http://127.0.0.1:{self._server.server_port}"
        self.url = f"{self.root}/v1"

    def __enter__(self) -> Provider:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if self.refuse:
            status, message, code = self.refuse
            return status, {"error": {"message": message, "type": "x", "code": code}}
        if path.endswith("/messages"):
            parts = [{"type": "text", "text": "yes"}]
            usage = {"input_tokens": 9, "output_tokens": 1}
            whole = {
                "id": "x",
                "type": "message",
                "role": "assistant",
                "model": body["model"],
                "stop_reason": "end_turn",
            }
            return 200, {**whole, "content": parts, "usage": usage}
        choice = {"index": 0, "message": {"role": "assistant", "content": "yes"}, "finish_reason": "stop"}
        usage = {"prompt_tokens": 9, "completion_tokens": 1, "total_tokens": 10}
        return 200, {
            "id": "x",
            "object": "chat.completion",
            "created": 0,
            "model": "another",
            "choices": [choice],
            "usage": usage,
        }

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_: object) -> None:
                """Quiet."""

            def do_GET(self) -> None:
                key = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
                provider.looked.append(key)
                if provider.onward and key:
                    self._onward()
                    return
                refused = provider.key and key != provider.key
                listed = {"object": "list", "data": [{"id": name} for name in provider.served]}
                self._send(*((401, {"error": "a key is needed"}) if refused else (200, listed)))

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                key = (self.headers.get("x-api-key") or self.headers.get("Authorization") or "").removeprefix("Bearer ")
                most = body.get("max_tokens", body.get("max_completion_tokens"))
                provider.calls.append({"path": self.path, "key": key, "model": body.get("model"), "max_tokens": most})
                if provider.onward and urljoin(provider.root, provider.onward) != provider.root + self.path:
                    self._onward()
                else:
                    self._send(*provider.answer(self.path, body))

            def _onward(self) -> None:
                self.send_response(provider.status)
                self.send_header("Location", provider.onward)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def _send(self, status: int, value: object) -> None:
                data = json.dumps(value).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

        return Handler
