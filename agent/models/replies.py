"""What a model said: its reasoning taken off, and whether the rest is an answer. Every reply is read here, whoever gave it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from agent.models.protocol import Reply
from agent.models.reasoning import split_reasoning
from agent.models.wrapping import unwrapped

LONGEST = 1_000_000
"""Characters of a reply that are read and kept; no answer that is asked for comes near."""

_END_MARKS = re.compile(
    r"(?:\s*(?:</s>|<\|(?:im_end|eot_id|end_of_text|endoftext|end|eom_id|assistant)\|>|<(?:eos|end_of_turn)>|<｜end▁of▁sentence｜>|\[/INST\]))+\s*\Z"
)
"""What a chat template writes behind a reply, left by a server that does not know it."""
_BROKEN = ("error", "abort", "aborted", "cancelled", "interrupted")
"""The provider gave up in mid-reply: what came is a part."""
_CUT = ("length", "max_tokens", "max_output_tokens", "MAX_TOKENS", "model_length", "context_length", *_BROKEN)
_FILTERED = ("content_filter", "SAFETY", "RECITATION", "PROHIBITED_CONTENT", "guardrail_intervened")


@dataclass(frozen=True)
class Heard:
    """A reply as it was read."""

    text: str
    """What is left of it without its reasoning."""
    reasoning: str = ""
    """What the model thought aloud, whether in tags or in a field of its own."""
    fault: str = ""
    """Why this is no answer: cut, spent, filtered, refused, tools, long, reasoned, empty; empty where it is one."""


def hear(reply: Reply) -> Heard:
    """The reply without its reasoning, and what it is."""
    text, inside = split_reasoning(_END_MARKS.sub("", reply.text[:LONGEST]))
    text, outside = unwrapped(text)
    heard = Heard(text, "\n\n".join(part for part in (reply.reasoning[:LONGEST].strip(), inside, outside) if part))
    return Heard(heard.text, heard.reasoning, _fault(reply, heard))


def _fault(reply: Reply, heard: Heard) -> str:
    said = bool(heard.text.strip())
    if reply.finish in _CUT:
        return "cut" if said else "spent"
    if reply.finish in _FILTERED:
        return "filtered"
    if len(reply.text) > LONGEST:
        return "long"
    if said:
        return ""
    if reply.refusal or reply.finish == "refusal":
        return "refused"
    if reply.tools:
        return "tools"
    return "reasoned" if heard.reasoning else "empty"


def words_of(content: Any) -> str:
    """A message's content as text: as it is, or the text of its parts; thinking and pictures among them are left out."""
    if isinstance(content, str):
        return content
    if isinstance(content, Mapping):
        return words_of(content.get("text", "")) if content.get("type", "text") in ("text", "output_text") else ""
    return "".join(words_of(part) for part in content) if isinstance(content, (list, tuple)) else ""


def thoughts_of(message: Mapping[str, Any]) -> str:
    """What a provider's message holds of reasoning in fields of its own, each thing once."""
    found: list[str] = []
    inner = message.get("provider_specific_fields")
    for fields in (message, inner if isinstance(inner, Mapping) else {}):
        content = fields.get("content")
        for value in (
            fields.get("reasoning_content"),
            fields.get("reasoning"),
            fields.get("thinking_blocks"),
            fields.get("reasoning_details"),
            [part for part in content if isinstance(part, Mapping)] if isinstance(content, list) else None,
        ):
            words = _thought(value).strip()
            if words and words not in found:
                found.append(words)
    return "\n\n".join(found)


def _thought(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        told = value.get("thinking") or value.get("reasoning") or value.get("summary")
        kind = str(value.get("type", ""))
        return (
            _thought(told) if told else words_of(value.get("text", "")) if "reason" in kind or "think" in kind else ""
        )
    return "\n".join(filter(None, map(_thought, value))) if isinstance(value, (list, tuple)) else ""
