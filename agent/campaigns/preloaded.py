"""Imported by the process that forks sessions, before the first of them: all that each would import for itself, and read into memory.

Sessions that play a recording count tokens, too, and the tokenizer comes with litellm; so nobody goes without.
"""

from __future__ import annotations

import contextlib
import importlib
import os

os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")  # no price table is downloaded, in a thread at that

import agent.campaigns.one
import agent.models.bodies.wire
import agent.models.litellm_model  # noqa: F401
from agent.models.protocol import Message
from agent.models.tokens import count_tokens
from agent.prompts import Prompts

_FIRST_CALL = ("openai.resources", "httpcore", "h2.connection")
"""What a first call to a provider imports of other packages."""

for _name in _FIRST_CALL:
    with contextlib.suppress(ImportError):  # a release of theirs without it: sessions import what they need
        importlib.import_module(_name)
Prompts().read_all()
count_tokens((Message("user", "the tokenizer's tables"),))
