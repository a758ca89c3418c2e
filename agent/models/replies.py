"""What a model said: its reasoning taken off, and whether the rest is an answer. Every reply is read here, whoever gave it."""

from __future__ import annotations

import re
from dataclasses import dataclass

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
