"""Our own meter: tokens of messages where the provider does not report them."""

from __future__ import annotations

import functools
import os
from collections.abc import Sequence

from agent.models.protocol import Message

_PER_MESSAGE = 4  # role and separators, as chat formats spend them


@functools.cache
def _encoding() -> object:
    # litellm carries the cl100k_base table inside its wheel and points tiktoken at it, so no download is needed.
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
    from litellm.litellm_core_utils.default_encoding import encoding

    return encoding


def count_tokens(messages: Sequence[Message]) -> int:
    """Tokens of the messages in the cl100k_base vocabulary: an estimate for models with another one."""
    encode = _encoding().encode  # type: ignore[attr-defined]
    return sum(len(encode(message.content, disallowed_special=())) + _PER_MESSAGE for message in messages)
