"""What a model said: its reasoning taken off, and whether the rest is an answer. Every reply is read here, whoever gave it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from agent.models.protocol import Reply
from agent.models.replies.endings import kind_of
from agent.models.replies.reasoning import split_reasoning
from agent.models.replies.wrapping import answer_within, unwrapped

LONGEST = 1_000_000
"""Characters of a reply that are read and kept; no answer that is asked for comes near."""

_END = r"(?:</s>|<\|(?:im_end|eot_id|end_of_text|endoftext|end|eom_id|assistant|END_RESPONSE)\|>|<\|(?!end_?|END_|/|call)[\w.-]{2,40}\|>(?=\s*\Z)|<(?:eos|end_of_turn)>|<｜end▁of▁sentence｜>|\[/INST\])"
_END_MARKS = re.compile(rf"(?:\s*{_END})+\s*\Z")
"""What a chat template writes behind a reply, left by a server that does not know it."""
_NEXT_TURN = re.compile(
    rf"\s*{_END}\s*(?:<\|im_start\|>\s*\w|<\|start_header_id\|>|<start_of_turn>|<\|(?:user|system|start_of_role)\|>|<s>\s*\[INST\]|\[INST\]|<｜User｜>).*\Z",
    re.DOTALL,
)
"""The other side's next words, which a server that does not stop at a turn's end lets a model invent."""


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
    text, inside = split_reasoning(_END_MARKS.sub("", _own_turn(reply.text[:LONGEST])))
    text, outside = unwrapped(text)
    if not text.strip() and (within := answer_within(inside)) is not None:
        text, inside = within
    heard = Heard(text, "\n\n".join(part for part in (reply.reasoning[:LONGEST].strip(), inside, outside) if part))
    return Heard(heard.text, heard.reasoning, _fault(reply, heard))


def _own_turn(text: str) -> str:
    """The text up to where another turn of the conversation begins; marks in code are code."""
    follows = _NEXT_TURN.search(text)
    return text if follows is None or text.count("```", 0, follows.start()) % 2 else text[: follows.start()]


def _fault(reply: Reply, heard: Heard) -> str:
    said = bool(heard.text.strip())
    ended = kind_of(reply.finish)
    if ended == "limit" or (ended == "broken" and said):
        return "cut" if said else "spent"
    if ended == "filtered":
        return "filtered"
    if len(reply.text) > LONGEST:
        return "long"
    if reply.finish == "refusal" or (reply.refusal and not said):
        return "refused"
    if said:
        return ""
    if reply.tools:
        return "tools"
    return "reasoned" if heard.reasoning else "empty"
