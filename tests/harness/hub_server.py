"""As much of the hub as is needed to fetch models and stream data sets, served from folders of this machine.

    ROOT/models/acme/tiny/…      ROOT/datasets/acme/texts/…

A repository whose name holds `gated` is refused as the hub refuses it. `hub(root)` gives the address and the requests.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, LlamaConfig

from harness.read.lm import LOCAL_MODEL
from harness.read.text import DATA

API = re.compile(
    r"/api/(?P<kind>models|datasets)/(?P<name>[^/]+/[^/]+)"
    r"(?:/(?P<what>[\w-]+)(?:/(?P<rev>[^/]+)(?:/(?P<path>.*))?)?)?"
)
FILE = re.compile(r"/(?P<kind>datasets/)?(?P<name>[^/]+/[^/]+)/resolve/(?P<rev>[^/]+)/(?P<path>.+)")


def save_small_llama(folder: Path, dtype: torch.dtype = torch.float32) -> None:
    """A Llama of random weights with the shipped model's tokenizer, as `save_pretrained` writes it."""
    torch.manual_seed(0)
    config = LlamaConfig(
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        max_position_embeddings=64,
        vocab_size=8192,
        bos_token_id=2,
        eos_token_id=1,
        pad_token_id=0,
    )
    AutoModelForCausalLM.from_config(config).to(dtype).save_pretrained(folder)
    AutoTokenizer.from_pretrained(DATA / LOCAL_MODEL).save_pretrained(folder)


@dataclass
class Hub:
    """A running hub: its address, the repositories, and what was asked of it (`GET /api/…`)."""

    root: Path
    address: str = ""
    asked: list[str] = field(default_factory=list)
    sent_bytes: int = 0

    def files(self, kind: str, name: str) -> list[Path]:
        folder = self.root / kind / name
        return sorted(path for path in folder.rglob("*") if path.is_file())

    def commit(self, kind: str, name: str) -> str:
        """What the repository holds, as 40 hex digits."""
        digest = hashlib.sha1()
        for path in self.files(kind, name):
            digest.update(path.name.encode() + path.read_bytes())
        return digest.hexdigest()


@contextlib.contextmanager
def hub(root: Path) -> Iterator[Hub]:
    """A hub on a free port of this machine, until the block ends."""
    found = Hub(root)
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"hub": found}))
    found.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    hub: Hub
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer()

    def do_HEAD(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def log_message(self, *_: Any) -> None:
        pass

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        address = urlsplit(self.path)
        path = unquote(address.path)
        self.hub.asked.append(f"{self.command} {path}")
        if found := API.fullmatch(path):
            self._api(found.groupdict(), parse_qs(body.decode()) if body else {}, body)
        elif found := FILE.fullmatch(path):
            self._file(found.groupdict())
        else:
            self._send(404, b"{}")

    def _refused(self, kind: str, name: str, file: bool) -> bool:
        """Whether the repository is missing, or gated (its description is public, its files are not)."""
        if not self.hub.files(kind, name):
            self._send(401 if kind == "models" else 404, b"{}", {"X-Error-Code": "RepoNotFound"})
            return True
        if file and "gated" in name:
            said = f"Access to {name} is restricted"
            self._send(403, b"{}", {"X-Error-Code": "GatedRepo", "X-Error-Message": said})
            return True
        return False

    def _api(self, asked: dict[str, Any], form: dict[str, list[str]], body: bytes) -> None:
        kind, name, what = asked["kind"], asked["name"], asked["what"]
        if self._refused(kind, name, file=what == "auth-check"):
            return
        commit, folder = self.hub.commit(kind, name), self.hub.root / kind / name
        if asked["rev"] not in (None, "main", commit):
            self._send(404, b"{}", {"X-Error-Code": "RevisionNotFound"})
            return
        names = [str(path.relative_to(folder)) for path in self.hub.files(kind, name)]
        if what == "auth-check":
            self._send(200, b"{}")
        elif what in (None, "revision"):
            described = {
                "id": name,
                "sha": commit,
                "private": False,
                "gated": "gated" in name,
                "disabled": False,
                "downloads": 0,
                "likes": 0,
                "tags": [],
                "siblings": [{"rfilename": each} for each in names],
            }
            self._send(200, json.dumps(described).encode())
        elif what == "tree":
            self._send(200, json.dumps(self._tree(folder, names, asked["path"] or "")).encode())
        elif what == "paths-info":
            wanted = json.loads(body)["paths"] if body.startswith(b"{") else form.get("paths", [])
            self._send(200, json.dumps([self._entry(folder, each) for each in wanted if each in names]).encode())
        else:
            self._send(404, b"{}")

    def _tree(self, folder: Path, names: list[str], under: str) -> list[dict[str, Any]]:
        """Everything below a folder, or its direct children alone, folders among them."""
        prefix = f"{under}/" if under else ""
        below = [name for name in names if name.startswith(prefix)]
        if "recursive=true" in self.path.lower():
            return [self._entry(folder, name) for name in below]
        folders = {prefix + name.removeprefix(prefix).split("/")[0] for name in below} - set(below)
        return [{"type": "directory", "path": name, "size": 0, "oid": "0" * 40} for name in sorted(folders)] + [
            self._entry(folder, name) for name in below if "/" not in name.removeprefix(prefix)
        ]

    def _entry(self, folder: Path, name: str) -> dict[str, Any]:
        content = (folder / name).read_bytes()
        return {"type": "file", "path": name, "size": len(content), "oid": hashlib.sha1(content).hexdigest()}

    def _file(self, asked: dict[str, Any]) -> None:
        kind, name = "datasets" if asked["kind"] else "models", asked["name"]
        if self._refused(kind, name, file=True):
            return
        path = self.hub.root / kind / name / asked["path"]
        if not path.is_file():
            self._send(404, b"", {"X-Error-Code": "EntryNotFound", "X-Repo-Commit": self.hub.commit(kind, name)})
            return
        content = path.read_bytes()
        about = {
            "ETag": f'"{hashlib.sha256(content).hexdigest()}"',
            "X-Repo-Commit": self.hub.commit(kind, name),
            "Accept-Ranges": "bytes",
        }
        if part := re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range") or ""):
            first, last = int(part[1]), min(int(part[2] or len(content) - 1), len(content) - 1)
            about["Content-Range"] = f"bytes {first}-{last}/{len(content)}"
            self._send(206, content[first : last + 1], about)
        else:
            self._send(200, content, about)

    def _send(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # a stream is left when there is enough
                self.wfile.write(body)
                self.hub.sent_bytes += len(body)
