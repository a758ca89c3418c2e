"""Every model call as a file: exchanges/NNNN.json holds what was asked, what was answered and what it cost."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from agent.errors import SessionError
from agent.models.protocol import Message
from agent.session.files import write_json
from agent.session.paths import exchange_name


def messages_sha256(messages: Iterable[Message]) -> str:
    """Hash of a conversation: role and text of each of its messages."""
    said = json.dumps([asdict(message) for message in messages], ensure_ascii=False)
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()


class Exchange(BaseModel):
    """One question and its answer."""

    model_config = ConfigDict(frozen=True)

    step: str = ""
    role: str = ""
    model: str = ""
    """Who answered."""
    messages: tuple[Message, ...] = ()
    reply: str
    finish: str = ""
    """Why the reply ended."""
    detail: dict[str, str] = {}
    """What else the model said of its answer."""
    tokens_sent: int = 0
    tokens_received: int = 0
    usd: float = 0.0
    seconds: float = 0.0
    retries: int = 0
    reasoning: str = ""
    """What the model thought aloud: taken off the reply, or given beside it."""
    unused: str = ""
    """Why the reply is no answer, and was asked for again: cut, empty, filtered …; empty where it is one."""
    metered: bool = True
    """False as it came: not read yet, tokens and price as the provider reported them, 0 where it did not."""


class Exchanges:
    """The folder of one piece of work's exchanges, numbered from 1."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keep(self, number: int, exchange: Exchange) -> None:
        """Write one; before the journal's line about it, so that a line always has its file."""
        write_json(self._path(number), exchange.model_dump(exclude={"metered"} if exchange.metered else None))

    def read(self, number: int) -> Exchange:
        """The exchange of this number. Raises SessionError where its file is missing or damaged."""
        path = self._path(number)
        try:
            return Exchange.model_validate(json.loads(path.read_text(encoding="utf-8-sig")))
        except (OSError, ValueError) as error:
            why = error.errors()[0]["msg"] if isinstance(error, ValidationError) else error
            raise SessionError(f"{path}: the recorded reply cannot be read ({why}); restore the file") from error

    def left(self, number: int) -> Exchange | None:
        """The whole exchange of a number that the journal does not have; None where there is none."""
        try:
            return self.read(number)
        except SessionError:
            return None

    def _path(self, number: int) -> Path:
        return self.folder / exchange_name(number)
