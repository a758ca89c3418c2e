"""Every model call is a file that can be read back whole."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agent.errors import SessionError
from agent.models.exchanges import Exchange, Exchanges
from agent.models.protocol import Message


def test_what_was_kept_is_read_back(tmp_path: Path) -> None:
    """Messages, reply and costs under the exchange's number, with the keys that the page and older sessions have."""
    exchanges = Exchanges(tmp_path / "exchanges")
    kept = Exchange(step="plan/1", role="writer", model="m", messages=(Message("user", "hellö"),), reply="hi", usd=0.5)
    exchanges.keep(7, kept)
    assert exchanges.read(7) == kept
    written = json.loads((tmp_path / "exchanges" / "0007.json").read_text(encoding="utf-8"))
    assert written["messages"] == [{"role": "user", "content": "hellö"}]
    assert list(written) == [
        "step",
        "role",
        "model",
        "messages",
        "reply",
        "finish",
        "detail",
        "tokens_sent",
        "tokens_received",
        "usd",
        "seconds",
        "retries",
        "reasoning",
        "unused",
    ]


@pytest.mark.parametrize("text", [None, "", "[]", "{}", '{"reply": null}'])
def test_a_reply_that_cannot_be_read_is_told_with_its_file(tmp_path: Path, text: str | None) -> None:
    """Missing or damaged: it was paid for, so it is not asked again in silence."""
    if text is not None:
        (tmp_path / "0001.json").write_text(text)
    with pytest.raises(SessionError, match=r"0001\.json: the recorded reply cannot be read .*restore the file"):
        Exchanges(tmp_path).read(1)
