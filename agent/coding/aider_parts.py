"""aider's model and terminal as a turn needs them: asked through the orchestrator, and answering no to everything."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from aider.io import InputOutput
from aider.models import Model

AskModel = Callable[[list[dict[str, str]]], str]


class FileUnwritable(BaseException):
    """A file could not be written. Not an Exception: aider would send the error to the model and pay for its reply."""


class AskedModel(Model):
    """A model that is asked through the orchestrator."""

    def __init__(self, ask: AskModel) -> None:
        super().__init__("labloop", weak_model="labloop", editor_model="labloop")
        self.ask = ask
        self.exchanges = 0
        self.max_chat_history_tokens = 10**9  # never summarise: that would be a hidden call
        self.use_repo_map = False
        self.lazy = self.overeager = False
        self.reminder = ""
        self.reasoning_tag = None

    def get_model_info(self, model: str) -> dict[str, Any]:
        """No limits and no prices: the orchestrator knows them, and aider would fetch a table to find them."""
        return {}

    def validate_environment(self) -> dict[str, Any]:
        """No key is needed here."""
        return {"missing_keys": [], "keys_in_environment": True}

    def token_count(self, messages: Any) -> int:
        """A guess; the orchestrator's meter counts, and aider only prints this."""
        return len(str(messages)) // 4

    def send_completion(self, messages: list[dict[str, Any]], *_: Any, **__: Any) -> tuple[Any, Any]:
        """The orchestrator's answer, in the shape that aider reads."""
        self.exchanges += 1
        text = self.ask([{"role": str(m["role"]), "content": str(m["content"])} for m in messages])
        # Lone surrogates cannot be written to a file; CRLF in a reply would match nothing.
        text = text.encode("utf-8", "replace").decode("utf-8").replace("\r\n", "\n")
        message = SimpleNamespace(content=text, tool_calls=None, reasoning_content=None)
        completion = SimpleNamespace(choices=[SimpleNamespace(message=message, finish_reason="stop")], usage=None)
        return SimpleNamespace(hexdigest=lambda: ""), completion


class Console(InputOutput):
    """aider's terminal: answers no to every question, opens nothing, keeps a file's line ends, hides no failed write."""

    def __init__(self) -> None:
        super().__init__(pretty=False, yes=False, fancy_input=False)
        self.console.soft_wrap = True

    def confirm_ask(self, question: str, *_: Any, **__: Any) -> bool:
        self.tool_output(f"{question} no")
        return False

    def offer_url(self, *_: Any, **__: Any) -> bool:
        return False

    def read_text(self, filename: str, silent: bool = False) -> str | None:
        """aider's own; a file that is yet to be made reads as empty, where aider's report on a block would break."""
        text: str | None = super().read_text(filename, silent) if Path(filename).exists() else ""
        return text

    def write_text(self, filename: str, content: str, *_: Any, **__: Any) -> None:
        path = Path(filename)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            before = path.read_bytes() if path.exists() else b""
            crlf = b"\r\n" in before and before.count(b"\r\n") == before.count(b"\n")
            path.write_bytes((content.replace("\n", "\r\n") if crlf else content).encode("utf-8"))
        except OSError as error:
            raise FileUnwritable(str(error)) from error
