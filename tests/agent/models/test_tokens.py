"""Our own meter, for providers that report no usage."""

from __future__ import annotations

import pytest

from agent.models.protocol import Message
from agent.models.tokens import count_tokens

pytestmark = pytest.mark.whole


def test_the_meter_counts_what_the_vocabulary_counts() -> None:
    """The estimate is tokens of cl100k_base plus four a message."""
    assert count_tokens([Message("user", "hello world")]) == 2 + 4
    assert count_tokens([Message("user", "<|endoftext|>")]) > 4
