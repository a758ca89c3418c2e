"""An OpenAI-compatible server for tests, in a process of its own: a queue of scripted answers, and faults below HTTP.

`python tests/world/model_server.py SCRIPT LOG` prints its port. SCRIPT is a JSON list of answers, each one of
{"text": …, "finish": "stop", "usage": true, "fields": {… of the message}}, {"status": 429, "message": …, "code": …,
"headers": {…}}, {"body": any JSON}, {"raw": text}, {"fault": "hang" | "drip" | "close" | "garbage" | "no_choices" | "null"}.
The last answer is repeated. Each request is appended to LOG as a JSON line, with the time at which it came.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


class ModelServer:
    """The server as tests see it: started on a free port, stopped at the end of `with`."""

    def __init__(self, folder: Path, answers: list[dict[str, Any]]) -> None:
        self._log = folder / "requests.jsonl"
        script = folder / "script.json"
        script.write_text(json.dumps(answers))
        self._process = subprocess.Popen(
            [sys.executable, __file__, str(script), str(self._log)], stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        self.url = f"http://127.0.0.1:{int(self._process.stdout.readline())}/v1"

    @property
    def requests(self) -> list[dict[str, Any]]:
        """Every request so far: its body, and the key it carried."""
        return [json.loads(line) for line in self._log.read_text().splitlines()] if self._log.exists() else []

    def __enter__(self) -> ModelServer:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._process.wait()


class _Provider(ThreadingHTTPServer):
    """Hands out the scripted answers in turn, the last one again and again; writes down each request."""

    def __init__(self, script: Path, log: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self._answers: list[dict[str, Any]] = json.loads(script.read_text())
        self._log, self._lock, self._served = log, threading.Lock(), 0

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        with self._lock:
            answer = self._answers[min(self._served, len(self._answers) - 1)]
            self._served += 1
            with open(self._log, "a") as file:
                file.write(json.dumps(request) + "\n")
        return answer


class _Handler(BaseHTTPRequestHandler):
    server: _Provider

    def log_message(self, *_: object) -> None:
        """Quiet."""

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        answer = self.server.answer(
            {"path": self.path, "key": self.headers.get("Authorization"), "at": time.monotonic(), **body}
        )
        if fault := answer.get("fault"):
            self._fail(fault)
        elif "raw" in answer:
            self._bytes(answer.get("status", 200), answer["raw"].encode(), answer.get("headers", {}))
        elif "body" in answer:
            self._send(answer.get("status", 200), answer["body"], answer.get("headers", {}))
        elif answer.get("status", 200) != 200:
            message = {"message": answer.get("message", "scripted"), "type": "x", "code": answer.get("code")}
            self._send(answer["status"], {"error": message}, answer.get("headers", {}))
        else:
            self._send(200, _completion(body["model"], answer["text"], answer))

    def _fail(self, fault: str) -> None:
        """A fault below HTTP, or a reply that is none."""
        if fault == "hang":
            time.sleep(600)
        elif fault == "close":
            self.connection.close()
        elif fault == "garbage":
            self._bytes(200, b"<html>not json")
        elif fault == "no_choices":
            self._send(200, {**_completion("m", "", {"usage": False}), "choices": []})
        elif fault == "null":
            self._send(200, _completion("m", None, {}))
        elif fault == "drip":
            self._drip()

    def _drip(self) -> None:
        """A byte now and then, never all of them."""
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        for _ in range(1000):
            self.wfile.write(b" ")
            self.wfile.flush()
            time.sleep(0.2)

    def _send(self, status: int, value: object, headers: dict[str, str] | None = None) -> None:
        self._bytes(status, json.dumps(value).encode(), headers)

    def _bytes(self, status: int, data: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, text in (headers or {}).items():
            self.send_header(name, text)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def _completion(model: str, text: str | None, answer: dict[str, Any]) -> dict[str, Any]:
    """A reply as the API gives it."""
    message = {"role": "assistant", "content": text, **answer.get("fields", {})}
    choice = {"index": 0, "message": message, "finish_reason": answer.get("finish", "stop")}
    whole = {"id": "x", "object": "chat.completion", "created": 0, "model": model, "choices": [choice]}
    told = answer.get("usage", True)
    usage = told if isinstance(told, dict) else {"prompt_tokens": 111, "completion_tokens": 22, "total_tokens": 133}
    return {**whole, "usage": usage} if told else whole


def serve(script: Path, log: Path) -> None:
    """Print the port, then answer for ever."""
    provider = _Provider(script, log)
    print(provider.server_address[1], flush=True)
    provider.serve_forever()


if __name__ == "__main__":
    serve(Path(sys.argv[1]), Path(sys.argv[2]))
